// SPDX-License-Identifier: GPL-2.0
/* Decisions: levels, hysteresis, growth, time to full. Pure logic on samples;
 * where the words go is report.c's business.
 */

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "watch/watch.h"

/* Growth is smoothed over about so long. */
#define CTW_GROWTH_NS		(4ULL * NSEC_PER_SEC)
/* A change of at least a 20th of the table between two samples is a leap: it
 * counts at its full speed, unsmoothed. At most one second lies between
 * samples, so a leap upwards fills the table in 20 s.
 */
#define CTW_LEAP		20
/* A prediction lasts so long after it last held. */
#define CTW_PREDICTED_HOLD_NS	(10ULL * NSEC_PER_SEC)
/* Full lasts so long after the last drop or eviction. */
#define CTW_FULL_HOLD_NS	(5ULL * NSEC_PER_SEC)

/* Growth */

/* times 1,000 a second */
static s64 ctw_slope(u32 from, u32 to, u64 ns)
{
	return div64_s64(((s64)to - from) * 1000 * (s64)NSEC_PER_MSEC,
			 max_t(s64, div64_u64(ns, 1000), 1));
}

static void ctw_watch_grow(struct ctw_watch *w, const struct ctw_sample *s)
{
	u64 ns = s->now - w->last.now;
	u32 change = max(s->count, w->last.count) -
		     min(s->count, w->last.count);
	s64 slope, step;

	w->burst = 0;
	if (!w->primed || !ns)
		return;
	slope = ctw_slope(w->last.count, s->count, ns);
	/* alpha = ns / (ns + window), in microseconds to stay within 64 bits */
	ns = min_t(u64, ns, 10 * CTW_GROWTH_NS);
	step = div64_s64((slope - w->growth) * (s64)div64_u64(ns, 1000),
			 (s64)div64_u64(ns + CTW_GROWTH_NS, 1000));
	w->growth += step;
	if (s->max && change >= DIV_ROUND_UP(s->max, CTW_LEAP))
		w->burst = slope;
}

/**
 * ctw_watch_growth() - how fast the table grows
 * @w: the watch
 *
 * Return: entries a second, rounded to the nearest.
 */
s32 ctw_watch_growth(const struct ctw_watch *w)
{
	s64 g = w->burst ?: w->growth;

	g = div64_s64(g + (g < 0 ? -500 : 500), 1000);
	return clamp_t(s64, g, S32_MIN, S32_MAX);
}

/**
 * ctw_watch_time_to_full() - how long until the table is full
 * @w: the watch
 *
 * Return: ms at the present growth, 0 when full, U32_MAX when the table does
 * not grow or has no limit.
 */
u32 ctw_watch_time_to_full(const struct ctw_watch *w)
{
	s64 g = w->burst ?: w->growth;
	u64 room;

	if (!w->last.max)
		return U32_MAX;
	if (w->last.count >= w->last.max)
		return 0;
	/* What rounds to nothing is no growth. */
	if (g < 500)
		return U32_MAX;
	room = w->last.max - w->last.count;
	return min_t(u64, div64_u64(room * 1000 * MSEC_PER_SEC, g),
		     U32_MAX - 1);
}

/* Levels */

static bool ctw_above(const struct ctw_sample *s, u32 percent)
{
	return (u64)s->count * 100 >= (u64)s->max * percent;
}

/* By thresholds alone: up at the threshold, down hysteresis points below. */
static enum ctwatch_level ctw_level_by_count(const struct ctw_config *c,
					     const struct ctw_sample *s,
					     enum ctwatch_level old)
{
	const u32 threshold[] = {
		[CTWATCH_LEVEL_NOTICE] = c->notice,
		[CTWATCH_LEVEL_WARNING] = c->warning,
		[CTWATCH_LEVEL_CRITICAL] = c->critical,
	};
	u32 level;

	if (!s->max)
		return CTWATCH_LEVEL_OK;
	for (level = CTWATCH_LEVEL_CRITICAL; level > CTWATCH_LEVEL_OK; level--) {
		u32 percent = threshold[level];

		if (old >= level)
			percent -= min(percent, c->hysteresis);
		if (ctw_above(s, percent))
			return level;
	}
	return CTWATCH_LEVEL_OK;
}

/* An eviction happens to a full table only; the kernel's drop also counts
 * other misfortunes, so it needs a table that is or was critical.
 */
static bool ctw_is_full(struct ctw_watch *w, const struct ctw_sample *s,
			bool critical)
{
	if (!s->max)
		return false;
	if (w->primed && (s->early_drop != w->last.early_drop ||
			  (s->drop != w->last.drop && critical))) {
		w->full_ns = s->now;
		return true;
	}
	return w->level == CTWATCH_LEVEL_FULL &&
	       s->now - w->full_ns < CTW_FULL_HOLD_NS;
}

static bool ctw_is_predicted(struct ctw_watch *w, const struct ctw_config *c,
			     const struct ctw_sample *s)
{
	if (!c->predict_time || !s->max)
		return false;
	if (ctw_above(s, c->predict_min) &&
	    ctw_watch_time_to_full(w) < c->predict_time * MSEC_PER_SEC) {
		w->predicted_ns = s->now;
		return true;
	}
	return w->predicted && ctw_above(s, c->predict_min) &&
	       s->now - w->predicted_ns < CTW_PREDICTED_HOLD_NS;
}

static enum ctwatch_level ctw_watch_level(struct ctw_watch *w,
					  const struct ctw_config *c,
					  const struct ctw_sample *s)
{
	bool critical = w->by_count == CTWATCH_LEVEL_CRITICAL;

	/* The hysteresis of the thresholds is their own: neither a prediction
	 * nor a drop lowers one.
	 */
	w->by_count = ctw_level_by_count(c, s, w->by_count);
	critical |= w->by_count == CTWATCH_LEVEL_CRITICAL;
	w->predicted = ctw_is_predicted(w, c, s);
	if (ctw_is_full(w, s, critical)) {
		w->predicted = false;
		return CTWATCH_LEVEL_FULL;
	}
	if (w->by_count >= CTWATCH_LEVEL_WARNING) {
		w->predicted = false;
		return w->by_count;
	}
	return w->predicted ? CTWATCH_LEVEL_WARNING : w->by_count;
}

static void ctw_watch_peak(struct ctw_watch *w, enum ctwatch_level old,
			   const struct ctw_sample *s)
{
	if (s->count > w->peak) {
		w->peak = s->count;
		w->peak_ns = s->now;
	}
	if (old == CTWATCH_LEVEL_OK)
		w->high_peak = 0;
	if (s->count > w->high_peak) {
		w->high_peak = s->count;
		w->high_peak_ns = s->now;
	}
}

/* Entries that make room for others come before packets that are lost. */
static bool ctw_is_dropping(const struct ctw_watch *w,
			    const struct ctw_sample *s)
{
	if (w->level != CTWATCH_LEVEL_FULL)
		return false;
	return w->dropping || (w->primed && s->drop != w->last.drop);
}

/* The same level may be news: a prediction came true, or packets are dropped
 * where only entries were evicted.
 */
static bool ctw_is_worse(const struct ctw_watch *w, bool predicted,
			 bool dropping)
{
	return (predicted && !w->predicted) || (w->dropping && !dropping);
}

static enum ctw_event ctw_watch_event(const struct ctw_watch *w,
				      const struct ctw_config *c,
				      enum ctwatch_level old, bool worse,
				      u64 now)
{
	if (w->level > old || (w->level == old && worse))
		return CTW_EVENT_RAISED;
	if (w->level < old)
		return w->level >= CTWATCH_LEVEL_WARNING ? CTW_EVENT_EASED :
							   CTW_EVENT_CLEARED;
	/* A notice is said once: a table may live at 65 % for years. */
	if (w->level >= CTWATCH_LEVEL_WARNING && c->repeat &&
	    now - w->due_ns >= (u64)c->repeat * NSEC_PER_SEC)
		return CTW_EVENT_LASTS;
	return CTW_EVENT_NONE;
}

static void ctw_watch_tell(const struct ctw_watch *w,
			   const struct ctw_sample *since,
			   const struct ctw_sample *s, struct ctw_verdict *v)
{
	v->level = w->level;
	v->predicted = w->predicted;
	v->count = s->count;
	v->max = s->max;
	v->growth = ctw_watch_growth(w);
	v->time_to_full = ctw_watch_time_to_full(w);
	v->high_peak = w->high_peak;
	v->high_peak_age = div64_u64(s->now - w->high_peak_ns, NSEC_PER_MSEC);
	v->high_for = div64_u64(s->now - w->high.now, NSEC_PER_MSEC);
	v->high_drop = s->drop - w->high.drop;
	v->high_early_drop = s->early_drop - w->high.early_drop;
	v->new_drop = s->drop - since->drop;
	v->new_early_drop = s->early_drop - since->early_drop;
	v->interval = div64_u64(s->now - since->now, NSEC_PER_MSEC);
}

/**
 * ctw_watch_step() - take a sample into account and decide
 * @w: the watch
 * @c: settings that passed ctw_config_check()
 * @s: the sample, not older than the last
 * @v: the decision
 *
 * The caller serialises.
 */
void ctw_watch_step(struct ctw_watch *w, const struct ctw_config *c,
		    const struct ctw_sample *s, struct ctw_verdict *v)
{
	enum ctwatch_level old = w->level;
	bool predicted = w->predicted, dropping = w->dropping;
	struct ctw_sample since;

	memset(v, 0, sizeof(*v));
	v->previous = old;
	if (!w->primed)
		w->line = *s;
	since = w->primed ? w->last : *s;
	if (old == CTWATCH_LEVEL_OK)
		w->high = since;
	ctw_watch_grow(w, s);
	w->last.count = s->count;
	w->last.max = s->max;
	w->level = ctw_watch_level(w, c, s);
	w->dropping = ctw_is_dropping(w, s);
	w->last = *s;
	w->primed = true;
	ctw_watch_peak(w, old, s);
	v->event = ctw_watch_event(w, c, old,
				   ctw_is_worse(w, predicted, dropping),
				   s->now);
	if (v->event != CTW_EVENT_NONE)
		w->due_ns = s->now;
	/* What was lost when the table got full, it lost since the last sample;
	 * later lines go on from the one before.
	 */
	if (old == CTWATCH_LEVEL_FULL || w->level != CTWATCH_LEVEL_FULL)
		since = w->line;
	ctw_watch_tell(w, &since, s, v);
}

/**
 * ctw_watch_told() - the line of the last sample was written
 * @w: the watch
 *
 * The next line counts drops and evictions from here.
 */
void ctw_watch_told(struct ctw_watch *w)
{
	w->line = w->last;
	w->new_suppressed = 0;
}

/**
 * ctw_watch_withheld() - the line of the last sample met a limit
 * @w: the watch
 */
void ctw_watch_withheld(struct ctw_watch *w)
{
	w->new_suppressed++;
	w->suppressed++;
}

/**
 * ctw_watch_trip() - the next count at which a sample is due at once
 * @c: settings
 * @count: entries now
 * @max: limit
 *
 * Every threshold, the start of prediction, half of it (so that the speed of a
 * flood is known when it gets there), and the limit.
 *
 * Return: the least of them above @count, or CTW_TRIP_NEVER.
 */
u32 ctw_watch_trip(const struct ctw_config *c, u32 count, u32 max)
{
	const u32 percent[] = { c->predict_min / 2, c->predict_min, c->notice,
				c->warning, c->critical, 100 };
	u32 trip = CTW_TRIP_NEVER, i;

	if (!max)
		return trip;
	for (i = 0; i < ARRAY_SIZE(percent); i++) {
		u64 at = DIV_ROUND_UP_ULL((u64)max * percent[i], 100);

		if (at > count && at < trip)
			trip = at;
	}
	return trip;
}

/**
 * ctw_watch_init() - a watch that has seen nothing
 * @w: the watch
 * @now: ns
 */
void ctw_watch_init(struct ctw_watch *w, u64 now)
{
	memset(w, 0, sizeof(*w));
	ctw_lines_init(&w->lines, CTW_LINES_BURST, CTW_LINES_EVERY, now);
}

/**
 * ctw_watch_reset() - start the peak and the counts anew, keep the level
 * @w: the watch
 * @now: ns
 *
 * The next sample's drops and evictions may start from zero again.
 */
void ctw_watch_reset(struct ctw_watch *w, u64 now)
{
	w->peak = w->last.count;
	w->peak_ns = now;
	w->high_peak = w->last.count;
	w->high_peak_ns = now;
	w->last.drop = 0;
	w->last.early_drop = 0;
	w->line = w->last;
	w->high = w->last;
	w->suppressed = 0;
}
