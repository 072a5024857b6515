// SPDX-License-Identifier: GPL-2.0
/* Answers to queries about the table, shared by all who ask the same.
 *
 * A dump remembers the generation of its answer and where it is, nothing more:
 * however many dumps are begun and left, memory is that of CTW_SNAPSHOTS
 * answers. One whose answer has gone meanwhile is told so.
 */

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "lib/params.h"
#include "netns/net.h"
#include "table/snapshot.h"
#include "table/survey.h"

struct ctw_snapshot {
	struct ctw_census *census;
	u64 used;
};

/* One walk for askers at a time: a crowd of them keeps one CPU busy, not all.
 * ctw_lock nests inside.
 */
static DEFINE_MUTEX(ctw_walk_lock);
/* The snapshots; nothing nests inside. */
static DEFINE_MUTEX(ctw_snapshot_mutex);
static struct ctw_snapshot ctw_snapshots[CTW_SNAPSHOTS];

static bool ctw_snapshot_answers(const struct ctw_snapshot *s,
				 const struct ctw_query *q, u64 not_before)
{
	return s->census && s->census->facts.began >= not_before &&
	       !memcmp(&s->census->plan.query, q, sizeof(*q));
}

/* Is there an answer that is new enough? Then the newest. */
static bool ctw_snapshot_find(const struct ctw_query *q, u64 not_before,
			      u32 *generation)
{
	struct ctw_snapshot *s, *found = NULL;

	mutex_lock(&ctw_snapshot_mutex);
	for (s = ctw_snapshots; s < ctw_snapshots + CTW_SNAPSHOTS; s++)
		if (ctw_snapshot_answers(s, q, not_before) &&
		    (!found || s->census->facts.began > found->census->facts.began))
			found = s;
	if (found) {
		found->used = ktime_get_ns();
		*generation = found->census->facts.generation;
	}
	mutex_unlock(&ctw_snapshot_mutex);
	return found;
}

/* Where the next snapshot goes: in place of the one nobody used for longest. Not
 * of an older one of the same query: dumps may be under way that read it.
 */
static struct ctw_snapshot *ctw_snapshot_place(void)
{
	struct ctw_snapshot *s, *place = ctw_snapshots;

	for (s = ctw_snapshots; s < ctw_snapshots + CTW_SNAPSHOTS; s++)
		if (s->used < place->used)
			place = s;
	return place;
}

/**
 * ctw_snapshot_keep() - keep an answer for who asks the same
 * @c: the answer; it is the cache's from now on
 *
 * Context: process, may sleep.
 * Return: its generation, for ctw_snapshot_lock().
 */
u32 ctw_snapshot_keep(struct ctw_census *c)
{
	u32 generation = c->facts.generation;
	struct ctw_snapshot *s;
	struct ctw_census *old;

	mutex_lock(&ctw_snapshot_mutex);
	s = ctw_snapshot_place();
	old = s->census;
	s->census = c;
	s->used = ktime_get_ns();
	mutex_unlock(&ctw_snapshot_mutex);
	ctw_census_free(old);
	return generation;
}

/**
 * ctw_snapshot_peak() - answer a query from the census of the last peak
 * @cn: the namespace, which has one
 * @q: the query, in groups that can be made of those kept
 *
 * Context: process, may sleep; under ctw_lock.
 * Return: the answer, for ctw_snapshot_keep() once the lock is released; NULL
 * without memory.
 */
struct ctw_census *ctw_snapshot_peak(const struct ctw_net *cn,
				     const struct ctw_query *q)
{
	struct ctw_census *c = ctw_census_regroup(cn->peak, q, CTW_PEAK_GROUPS);

	if (c)
		c->facts.generation = ctw_survey_generation();
	return c;
}

static int ctw_snapshot_walk(const struct ctw_query *q, u32 *generation)
{
	struct ctw_survey *s = kzalloc(sizeof(*s), GFP_KERNEL);
	struct ctw_census *c = ctw_census_alloc(q, ctw_param_groups);
	int ret = -ENOMEM;

	if (!s || !c)
		goto out;
	s->census[s->n++] = c;
	ret = ctw_survey_begin(s);
	if (!ret)
		ret = ctw_survey_run(s, U64_MAX);
	ctw_survey_end(s);
	if (!ret) {
		*generation = ctw_snapshot_keep(c);
		c = NULL;
	}
out:
	ctw_census_free(c);
	kfree(s);
	return ret;
}

/**
 * ctw_snapshot_take() - answer a query
 * @q: the query
 * @max_age: an answer so old will do, ns; one from a walk that began after the
 *	call always does
 * @generation: of the answer, for ctw_snapshot_lock()
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0, or as ctw_survey_run().
 */
int ctw_snapshot_take(const struct ctw_query *q, u64 max_age, u32 *generation)
{
	u64 now = ktime_get_ns();
	u64 not_before = now - min(now, max_age);
	int ret;

	if (max_age && ctw_snapshot_find(q, not_before, generation))
		return 0;
	ret = mutex_lock_killable(&ctw_walk_lock);
	if (ret)
		return ret;
	/* somebody else may have asked the same while we waited */
	if (!ctw_snapshot_find(q, not_before, generation))
		ret = ctw_snapshot_walk(q, generation);
	mutex_unlock(&ctw_walk_lock);
	return ret;
}

/**
 * ctw_snapshot_lock() - read an answer
 * @generation: which
 *
 * Context: process, may sleep.
 * Return: the answer, to be followed by ctw_snapshot_unlock(); NULL when it has
 * gone, and then there is nothing to unlock.
 */
const struct ctw_census *ctw_snapshot_lock(u32 generation)
{
	struct ctw_snapshot *s;

	mutex_lock(&ctw_snapshot_mutex);
	for (s = ctw_snapshots; s < ctw_snapshots + CTW_SNAPSHOTS; s++) {
		if (s->census && s->census->facts.generation == generation) {
			s->used = ktime_get_ns();
			return s->census;
		}
	}
	mutex_unlock(&ctw_snapshot_mutex);
	return NULL;
}

/**
 * ctw_snapshot_unlock() - done with what ctw_snapshot_lock() gave
 */
void ctw_snapshot_unlock(void)
{
	mutex_unlock(&ctw_snapshot_mutex);
}

/**
 * ctw_snapshot_expire() - give back what nobody uses any more
 * @now: ns
 *
 * Context: process, may sleep.
 */
void ctw_snapshot_expire(u64 now)
{
	struct ctw_snapshot *s;

	mutex_lock(&ctw_snapshot_mutex);
	for (s = ctw_snapshots; s < ctw_snapshots + CTW_SNAPSHOTS; s++) {
		if (!s->census || s->used + CTW_SNAPSHOT_IDLE > now)
			continue;
		ctw_census_free(s->census);
		memset(s, 0, sizeof(*s));
	}
	mutex_unlock(&ctw_snapshot_mutex);
}

/**
 * ctw_snapshot_stop() - the end
 *
 * Context: process; nobody asks any more.
 */
void ctw_snapshot_stop(void)
{
	ctw_snapshot_expire(U64_MAX);
}
