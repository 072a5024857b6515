// SPDX-License-Identifier: GPL-2.0
/* From a decision to the line and the event. What rises is told with who holds
 * the table, and for that the table is walked, once for all that rose in a
 * round. The line does not wait for a slow walk: it then goes out with who
 * inserts, and the event follows with the census.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <linux/ctwatch.h>

#include "compat/conntrack.h"
#include "lib/params.h"
#include "lib/ratelimit.h"
#include "netlink/event.h"
#include "netns/net.h"
#include "notify.h"
#include "table/survey.h"
#include "watch/report.h"

/* Lines of all namespaces together: in a burst, and how often one more. */
#define CTW_ALL_LINES_BURST	100
#define CTW_ALL_LINES_EVERY	(NSEC_PER_SEC / 2)

/* A line waits for the walk so long, and for no more than this part of the
 * time that is left until the table is full.
 */
#define CTW_LINE_WAIT		(250ULL * NSEC_PER_MSEC)
#define CTW_LINE_WAIT_PART	4
/* An event waits so long; then it goes out without a census. */
#define CTW_EVENT_WAIT		(10ULL * NSEC_PER_SEC)
/* While a table is high, its peak is looked at again when it has grown by this
 * part of the maximum.
 */
#define CTW_PEAK_STEP		20

/**
 * struct ctw_telling - something to tell about a namespace
 * @id: the namespace, which may go meanwhile
 * @now: when it was decided, ns
 * @since: when the level rose above ok, ns
 * @census: who holds the table, when it is complete
 * @peak: the heaviest of it, to be remembered
 * @report: the facts
 * @line: the words
 * @logged: they went to the kernel log
 */
struct ctw_telling {
	u32 id;
	u64 now;
	u64 since;
	struct ctw_census *census;
	struct ctw_census *peak;
	struct ctw_report report;
	char line[CTW_LINE];
	bool logged;
};

/**
 * struct ctw_round - namespaces that one walk serves
 * @survey: the walk
 * @until: how long lines may wait for it, ns
 * @n: how many
 * @v: what to tell of them
 */
struct ctw_round {
	struct ctw_survey survey;
	u64 until;
	u32 n;
	struct ctw_telling v[CTW_ROUND_NETS];
};

static struct workqueue_struct *ctw_late_wq;

/* Under ctw_lock. */
static struct ctw_lines ctw_all_lines;
static struct ctw_telling ctw_at_once;	/* too large for the stack */
static struct ctw_round *ctw_late;	/* its events wait for its walk */

/* May a line of this netns go to the kernel log at all? */
static bool ctw_may_log(const struct ctw_net *cn)
{
	return cn->config.log &&
	       (READ_ONCE(ctw_param_log_all_netns) ||
		net_eq(cn->net, &init_net));
}

/* The next line counts losses from here. */
static void ctw_told(struct ctw_net *cn)
{
	ctw_watch_told(&cn->watch);
	ctw_tally_told_drops(&cn->tally);
}

/* Takes a line to the log. Returns whether it got there. */
static bool ctw_log(struct ctw_net *cn, enum ctwatch_level level,
		    const char *line, u64 now)
{
	if (!ctw_may_log(cn)) {
		/* not withheld by a limit: the event is all there is to be */
		ctw_told(cn);
		return false;
	}
	if (!ctw_lines_take(&cn->watch.lines, now) ||
	    !ctw_lines_take(&ctw_all_lines, now)) {
		ctw_watch_withheld(&cn->watch);
		return false;
	}
	if (level >= CTWATCH_LEVEL_CRITICAL)
		pr_crit("%s\n", line);
	else if (level == CTWATCH_LEVEL_WARNING)
		pr_warn("%s\n", line);
	else
		pr_notice("%s\n", line);
	ctw_told(cn);
	return true;
}

static void ctw_tell_line(struct ctw_net *cn, struct ctw_telling *t)
{
	struct ctw_report *r = &t->report;

	r->inum = ctw_net_inum(cn);
	r->ipv4_prefix = cn->config.ipv4_prefix;
	r->ipv6_prefix = cn->config.ipv6_prefix;
	r->suppressed = cn->watch.new_suppressed;
	if (ctw_verdict_names(&r->verdict))
		ctw_tally_name(&cn->tally, t->now, &r->naming);
	ctw_tally_name_drops(&cn->tally, &r->drops);
	ctw_report_level(t->line, r);
	/* Easing is for listeners; in the log the next line says as much. */
	if (r->verdict.event != CTW_EVENT_EASED)
		t->logged = ctw_log(cn, r->verdict.level, t->line, t->now);
}

static void ctw_tell_event(struct ctw_net *cn, const struct ctw_telling *t)
{
	ctw_event_level(cn, &t->report, t->line, t->logged);
}

static void ctw_tell_at_once(struct ctw_net *cn, const struct ctw_verdict *v,
			     u64 now)
{
	struct ctw_telling *t = &ctw_at_once;

	memset(t, 0, sizeof(*t));
	t->report.verdict = *v;
	t->now = now;
	ctw_tell_line(cn, t);
	ctw_tell_event(cn, t);
}

/* Is the census of the peak no longer that of the peak? */
static bool ctw_peak_due(const struct ctw_net *cn, const struct ctw_sample *s)
{
	if (cn->watch.level == CTWATCH_LEVEL_OK)
		return false;
	return !cn->peak || cn->peak_since != cn->watch.high.now ||
	       s->count >= cn->peak->facts.entries + max(s->max / CTW_PEAK_STEP, 1U);
}

static u64 ctw_line_wait(const struct ctw_verdict *v)
{
	u64 left = (u64)v->time_to_full * NSEC_PER_MSEC;

	if (v->event != CTW_EVENT_RAISED || !v->time_to_full)
		return CTW_LINE_WAIT;
	return min(CTW_LINE_WAIT, div_u64(left, CTW_LINE_WAIT_PART));
}

/* A place in the round, NULL when there is none. */
static struct ctw_telling *ctw_round_place(struct ctw_round **round)
{
	if (!*round) {
		*round = kvzalloc(sizeof(**round), GFP_KERNEL);
		if (!*round)
			return NULL;
		(*round)->until = U64_MAX;
	}
	return (*round)->n == CTW_ROUND_NETS ? NULL :
					       &(*round)->v[(*round)->n++];
}

/**
 * ctw_notify() - tell a decision, or leave it for the end of the round
 * @round: the round, made when it is needed; NULL at its start
 * @cn: the namespace
 * @v: the decision
 * @s: the sample that led to it
 *
 * Context: process, may sleep; under ctw_lock.
 * Return: whether it is left for the end: ctw_round_finish() then has its id.
 */
bool ctw_notify(struct ctw_round **round, struct ctw_net *cn,
		const struct ctw_verdict *v, const struct ctw_sample *s)
{
	struct ctw_telling *t = NULL;

	if (ctw_verdict_names(v) ||
	    (v->event == CTW_EVENT_NONE && ctw_peak_due(cn, s)))
		t = ctw_round_place(round);
	if (!t) {
		if (v->event != CTW_EVENT_NONE)
			ctw_tell_at_once(cn, v, s->now);
		return false;
	}
	t->id = cn->id;
	t->now = s->now;
	t->since = cn->watch.high.now;
	t->report.verdict = *v;
	(*round)->until = min((*round)->until, s->now + ctw_line_wait(v));
	return true;
}

/* The query for who holds a namespace's table. */
static void ctw_holders_query(const struct ctw_net *cn, struct ctw_query *q)
{
	memset(q, 0, sizeof(*q));
	q->net = cn->net;
	q->net_id = cn->id;
	q->by = CTW_HOLDERS_BY;
	q->by_src[0] = cn->config.ipv4_prefix;
	q->by_src[1] = cn->config.ipv6_prefix;
}

/* Censuses for all of a round; together they take the memory of one. */
static int ctw_round_begin(struct ctw_round *r)
{
	u32 max = max(ctw_param_groups / r->n, (u32)CTW_GROUPS_MIN), i;
	struct ctw_query q;
	struct ctw_net *cn;

	mutex_lock(&ctw_lock);
	for (i = 0; i < r->n; i++) {
		cn = ctw_net_by_id(r->v[i].id);
		if (!cn)
			continue;
		ctw_holders_query(cn, &q);
		r->v[i].census = ctw_census_alloc(&q, max);
		if (r->v[i].census)
			r->survey.census[r->survey.n++] = r->v[i].census;
	}
	mutex_unlock(&ctw_lock);
	return ctw_survey_begin(&r->survey);
}

static void ctw_round_free(struct ctw_round *r)
{
	u32 i;

	for (i = 0; i < r->n; i++) {
		ctw_census_free(r->v[i].census);
		ctw_census_free(r->v[i].peak);
	}
	ctw_survey_end(&r->survey);
	kvfree(r);
}

/* The walk is complete: who holds what. */
static void ctw_round_name(struct ctw_round *r)
{
	u32 i;

	for (i = 0; i < r->n; i++) {
		struct ctw_telling *t = &r->v[i];

		if (!t->census)
			continue;
		if (ctw_verdict_names(&t->report.verdict))
			ctw_holders_name(t->census, &t->report.holders);
		t->peak = ctw_census_regroup(t->census, &t->census->plan.query,
					     CTW_PEAK_GROUPS);
	}
}

static void ctw_keep_peak(struct ctw_net *cn, struct ctw_telling *t)
{
	if (!t->peak || (cn->peak && cn->peak_since == t->since &&
			 cn->peak->facts.entries > t->peak->facts.entries))
		return;
	ctw_net_set_peak(cn, t->peak, t->since);
	t->peak = NULL;
}

/* Lines, unless they are out; and events, unless they have to wait. */
static void ctw_round_tell(struct ctw_round *r, bool lines, bool events)
{
	struct ctw_net *cn;
	u32 i;

	for (i = 0; i < r->n; i++) {
		struct ctw_telling *t = &r->v[i];

		cn = ctw_net_by_id(t->id);
		if (!cn)
			continue;
		if (lines && t->report.verdict.event != CTW_EVENT_NONE)
			ctw_tell_line(cn, t);
		if (events && t->report.verdict.event != CTW_EVENT_NONE)
			ctw_tell_event(cn, t);
		ctw_keep_peak(cn, t);
	}
}

/* Of which namespaces the lines are out. */
static u32 ctw_round_told(const struct ctw_round *r, u32 told[CTW_ROUND_NETS])
{
	u32 i;

	for (i = 0; i < r->n; i++)
		told[i] = r->v[i].id;
	return r->n;
}

static void ctw_late_finish(struct work_struct *work)
{
	struct ctw_round *r;
	int ret;

	mutex_lock(&ctw_lock);
	r = ctw_late;
	mutex_unlock(&ctw_lock);
	ret = ctw_survey_run(&r->survey, ktime_get_ns() + CTW_EVENT_WAIT);
	if (!ret)
		ctw_round_name(r);
	mutex_lock(&ctw_lock);
	ctw_round_tell(r, false, true);
	ctw_late = NULL;
	mutex_unlock(&ctw_lock);
	ctw_round_free(r);
}

static DECLARE_WORK(ctw_late_work, ctw_late_finish);

/**
 * ctw_round_finish() - tell what ctw_notify() left for the end
 * @r: the round, or NULL; it is gone afterwards
 * @told: ids of the namespaces whose lines are out, on return; some may have
 *	gone meanwhile
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: number of @told.
 */
u32 ctw_round_finish(struct ctw_round *r, u32 told[CTW_ROUND_NETS])
{
	bool late;
	u32 n;
	int ret;

	if (!r)
		return 0;
	n = ctw_round_told(r, told);
	ret = ctw_round_begin(r);
	if (!ret)
		ret = ctw_survey_run(&r->survey, r->until);
	if (!ret)
		ctw_round_name(r);
	mutex_lock(&ctw_lock);
	late = ret == -ETIME && !ctw_late;
	if (late)
		ctw_late = r;
	ctw_round_tell(r, true, !late);
	mutex_unlock(&ctw_lock);
	if (late)
		queue_work(ctw_late_wq, &ctw_late_work);
	else
		ctw_round_free(r);
	return n;
}

/* Entries made since a time, one tick ago. A namespace that had none then had
 * nothing to sample.
 */
static u64 ctw_new_entries(const struct ctw_net *cn, u32 count, u64 since)
{
	const struct ctw_sample *last = &cn->watch.last;
	u32 before = cn->watch.primed && last->now >= since ? last->count : 0;

	return count - min(count, before);
}

/**
 * ctw_notify_tracking() - tell that tracking started
 * @cn: the namespace
 * @families: in which it did, flags of &enum ctwatch_tracking
 * @since: when it did not yet, ns
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_notify_tracking(struct ctw_net *cn, u32 families, u64 since)
{
	struct ctw_telling *t = &ctw_at_once;
	u64 now = ktime_get_ns();
	u32 count = ctw_ct_count(cn->net);
	bool logged;
	u64 growth;

	growth = div64_u64(ctw_new_entries(cn, count, since) * NSEC_PER_SEC,
			   max(now - since, 1ULL));
	ctw_report_tracking(t->line, ctw_net_inum(cn), families, count,
			    ctw_ct_max(cn->net), min_t(u64, growth, U32_MAX));
	logged = ctw_log(cn, CTWATCH_LEVEL_OK, t->line, now);
	ctw_event_tracking(cn, t->line, logged);
}

/**
 * ctw_notify_start() - begin
 * @wq: where events wait for a walk
 * @now: ns
 */
void ctw_notify_start(struct workqueue_struct *wq, u64 now)
{
	ctw_late_wq = wq;
	ctw_lines_init(&ctw_all_lines, CTW_ALL_LINES_BURST,
		       CTW_ALL_LINES_EVERY, now);
}
