// SPDX-License-Identifier: GPL-2.0
/* A walk of the table on behalf of some censuses. */

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "compat/conntrack.h"
#include "netns/net.h"
#include "table/survey.h"

static atomic_t ctw_generation = ATOMIC_INIT(0);

/**
 * ctw_survey_generation() - a number that no census has had
 *
 * Return: the number, not 0 until they wrap.
 */
u32 ctw_survey_generation(void)
{
	return atomic_inc_return(&ctw_generation);
}

static int ctw_netns_order(const void *a, const void *b)
{
	const struct ctw_netns_inum *x = a, *y = b;

	return x->net < y->net ? -1 : x->net > y->net;
}

/* All namespaces there are, for censuses that group by them. */
static struct ctw_netns_map *ctw_netns_map(void)
{
	struct ctw_netns_map *map;
	struct ctw_net *cn;
	u32 n = 0;

	mutex_lock(&ctw_lock);
	list_for_each_entry(cn, &ctw_nets, list)
		n++;
	map = kvmalloc(struct_size(map, v, n), GFP_KERNEL);
	if (map) {
		map->n = 0;
		list_for_each_entry(cn, &ctw_nets, list)
			map->v[map->n++] = (struct ctw_netns_inum) {
				.net = cn->net,
				.inum = ctw_net_inum(cn),
			};
		sort(map->v, n, sizeof(*map->v), ctw_netns_order, NULL);
	}
	mutex_unlock(&ctw_lock);
	return map;
}

/**
 * ctw_survey_begin() - prepare
 * @s: the survey, with its censuses
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or -ENOMEM; ctw_survey_end() is due in any case.
 */
int ctw_survey_begin(struct ctw_survey *s)
{
	int ret;
	u32 i;

	s->nets = NULL;
	s->began = ktime_get_ns();
	ret = ctw_walk_begin(&s->walk);
	for (i = 0; !ret && i < s->n; i++) {
		if (!(s->census[i]->plan.query.by & CTWATCH_GROUP_KEY_NETNS))
			continue;
		if (!s->nets)
			s->nets = ctw_netns_map();
		if (!s->nets)
			ret = -ENOMEM;
		s->census[i]->nets = s->nets;
	}
	return ret;
}

/* Count of entries of the namespaces that a query is about. */
static u32 ctw_survey_entries(const struct ctw_query *q)
{
	struct ctw_net *cn;
	u32 n = 0;

	mutex_lock(&ctw_lock);
	if (q->net) {
		cn = ctw_net_by_id(q->net_id);
		n = cn ? ctw_ct_count(cn->net) : 0;
	} else {
		list_for_each_entry(cn, &ctw_nets, list)
			n += ctw_ct_count(cn->net);
	}
	mutex_unlock(&ctw_lock);
	return n;
}

static int ctw_survey_finish(struct ctw_survey *s)
{
	u64 now = ktime_get_ns();
	int ret = 0;
	u32 i;

	for (i = 0; i < s->n && !ret; i++) {
		struct ctw_census *c = s->census[i];

		c->nets = NULL;
		c->facts.began = s->began;
		c->facts.duration = div_u64(now - s->began, NSEC_PER_USEC);
		c->facts.generation = ctw_survey_generation();
		c->facts.entries = ctw_survey_entries(&c->plan.query);
		ret = ctw_census_sort(c);
	}
	return ret;
}

/* The table was resized: begin anew. */
static void ctw_survey_restart(struct ctw_survey *s)
{
	u32 i;

	for (i = 0; i < s->n; i++)
		ctw_census_clear(s->census[i]);
	s->began = ktime_get_ns();
}

/**
 * ctw_survey_run() - walk
 * @s: the survey
 * @until: stop at this time, ns; U64_MAX for no hurry
 *
 * Context: process, may sleep; takes ctw_lock. A fatal signal ends it.
 * Return: 0 when the censuses are complete; -ETIME when time is up, and the
 * next call goes on; -EBUSY when the table is being resized all the time,
 * -EINTR, -ENOMEM.
 */
int ctw_survey_run(struct ctw_survey *s, u64 until)
{
	u32 n, i;
	int ret;

	while (!ctw_walk_done(&s->walk)) {
		if (until != U64_MAX && ktime_get_ns() > until)
			return -ETIME;
		ret = ctw_walk_next(&s->walk, &n);
		if (ret == -EAGAIN)
			ctw_survey_restart(s);
		else if (ret)
			return ret;
		for (i = 0; i < s->n; i++)
			ctw_census_count(s->census[i], s->walk.entries, n);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return ctw_survey_finish(s);
}

/**
 * ctw_survey_end() - give the memory back, but for that of the censuses
 * @s: the survey
 *
 * Context: process.
 */
void ctw_survey_end(struct ctw_survey *s)
{
	ctw_walk_end(&s->walk);
	kvfree(s->nets);
}
