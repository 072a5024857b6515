/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_WATCH_H
#define CTW_WATCH_H

#include <linux/types.h>
#include <linux/ctwatch.h>

#include "lib/config.h"
#include "lib/ratelimit.h"

/* No insertion reaches this count: nothing to wait for. */
#define CTW_TRIP_NEVER	U32_MAX

/* Lines a netns may write in a burst, and how often it earns one more. */
#define CTW_LINES_BURST	10
#define CTW_LINES_EVERY	(6ULL * NSEC_PER_SEC)

/**
 * struct ctw_sample - the table at one moment
 * @now: monotonic time, ns
 * @count: entries
 * @max: limit of entries, 0 for none
 * @drop: packets dropped since some start, not decreasing
 * @early_drop: entries evicted since some start, not decreasing
 */
struct ctw_sample {
	u64 now;
	u32 count;
	u32 max;
	u64 drop;
	u64 early_drop;
};

/**
 * struct ctw_watch - what is remembered of a table between samples
 * @level: the level
 * @by_count: the level that the thresholds alone give, without prediction
 * @predicted: @level is a prediction
 * @primed: there was a sample before
 * @last: the last sample
 * @growth: entries a second, smoothed, times 1,000
 * @burst: entries a second since the last sample, if it was a leap, else 0
 * @predicted_ns: when the prediction last held
 * @full_ns: when something was last dropped or evicted
 * @dropping: packets were dropped since the level became full
 * @peak: highest count since the start or the last reset
 * @peak_ns: when
 * @high_peak: highest count since the level rose above ok
 * @high_peak_ns: when
 * @high: the sample before the level rose above ok
 * @due_ns: when the last line was due
 * @line: the sample of the last line written
 * @lines: limiter of this netns
 * @new_suppressed: lines withheld since the last one written
 * @suppressed: lines withheld since the start or the last reset
 */
struct ctw_watch {
	enum ctwatch_level level;
	enum ctwatch_level by_count;
	bool predicted;
	bool primed;
	struct ctw_sample last;
	s64 growth;
	s64 burst;
	u64 predicted_ns;
	u64 full_ns;
	bool dropping;
	u32 peak;
	u64 peak_ns;
	u32 high_peak;
	u64 high_peak_ns;
	struct ctw_sample high;
	u64 due_ns;
	struct ctw_sample line;
	struct ctw_lines lines;
	u32 new_suppressed;
	u64 suppressed;
};

/**
 * enum ctw_event - what a sample means
 * @CTW_EVENT_NONE: nothing to say
 * @CTW_EVENT_RAISED: the level rose, or became worse than was said
 * @CTW_EVENT_LASTS: the level lasts, and a repeat is due
 * @CTW_EVENT_EASED: the level fell, but stays at warning or above
 * @CTW_EVENT_CLEARED: the level fell below warning
 */
enum ctw_event {
	CTW_EVENT_NONE,
	CTW_EVENT_RAISED,
	CTW_EVENT_LASTS,
	CTW_EVENT_EASED,
	CTW_EVENT_CLEARED,
};

/**
 * struct ctw_verdict - the decision on a sample
 * @event: what to say
 * @level: the level now
 * @previous: the level before
 * @predicted: the level is a prediction
 * @count: entries
 * @max: limit
 * @growth: entries a second
 * @time_to_full: ms until @max at this growth, U32_MAX when not growing
 * @high_peak: highest count since the level rose above ok
 * @high_peak_age: ms since
 * @high_for: ms since the level rose above ok
 * @high_drop: drops since then
 * @high_early_drop: evictions since then
 * @new_drop: drops since the last line
 * @new_early_drop: evictions since the last line
 * @interval: ms since the last line, of which these are the counts
 */
struct ctw_verdict {
	enum ctw_event event;
	enum ctwatch_level level;
	enum ctwatch_level previous;
	bool predicted;
	u32 count;
	u32 max;
	s32 growth;
	u32 time_to_full;
	u32 high_peak;
	u64 high_peak_age;
	u64 high_for;
	u64 high_drop;
	u64 high_early_drop;
	u64 new_drop;
	u64 new_early_drop;
	u64 interval;
};

/* Does what is said of it name sources? */
static inline bool ctw_verdict_names(const struct ctw_verdict *v)
{
	return v->event == CTW_EVENT_RAISED || v->event == CTW_EVENT_LASTS;
}

void ctw_watch_init(struct ctw_watch *w, u64 now);
void ctw_watch_reset(struct ctw_watch *w, u64 now);
void ctw_watch_told(struct ctw_watch *w);
void ctw_watch_withheld(struct ctw_watch *w);
void ctw_watch_step(struct ctw_watch *w, const struct ctw_config *c,
		    const struct ctw_sample *s, struct ctw_verdict *v);
u32 ctw_watch_trip(const struct ctw_config *c, u32 count, u32 max);
s32 ctw_watch_growth(const struct ctw_watch *w);
u32 ctw_watch_time_to_full(const struct ctw_watch *w);

#endif
