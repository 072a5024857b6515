/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_TALLY_H
#define CTW_TALLY_H

#include "lib/groups.h"
#include "lib/kinds.h"
#include "lib/prefix.h"
#include "lib/top.h"
#include "tally/window.h"

/* Periods of which the length is remembered. */
#define CTW_PERIODS	8
/* A slow period takes at least so long. */
#define CTW_SLOW_NS	(32ULL * NSEC_PER_SEC)

/**
 * struct ctw_row - one source
 * @g: count, error
 * @key: the source
 * @by: insertions by kind since the row was made; sum is @g.count - @g.error
 * @cur: the same in the present period
 * @prev: the same in the period before
 * @slow_cur: insertions in the present slow period
 * @slow_prev: insertions in the slow period before
 * @rate: insertions a second, smoothed, times 16
 * @period: period to which @cur belongs
 * @slow_period: slow period to which @slow_cur belongs
 * @fresh: no period has ended yet since the row was made
 */
struct ctw_row {
	struct ctw_group g;
	struct ctw_key key;
	u64 by[CTW_KINDS];
	u32 cur[CTW_KINDS];
	u32 prev[CTW_KINDS];
	u32 slow_cur;
	u32 slow_prev;
	u32 rate;
	u32 period;
	u32 slow_period;
	bool fresh;
};

/**
 * struct ctw_drop_row - packets of one source that conntrack dropped
 * @g: count, error
 * @key: the source
 * @undone: how many of them were not dropped after all
 * @told: what was certain of it at the last line
 */
struct ctw_drop_row {
	struct ctw_group g;
	struct ctw_key key;
	u64 undone;
	u64 told;
};

/**
 * struct ctw_tally - insertions of one netns
 * @groups: rows by source
 * @drops: rows by source of dropped packets
 * @by: all insertions by kind, exact
 * @total: sum of @by
 * @missed: a source may have had so many more than its row says
 * @cur: insertions in the present period, exact
 * @prev: insertions in the period before, exact
 * @period: number of the present period
 * @start: when it began, ns
 * @prev_start: when the one before began
 * @slow_cur: insertions in the present slow period, exact
 * @slow_prev: insertions in the slow period before, exact
 * @slow_period: number of the present slow period
 * @slow_start: when it began, ns
 * @slow_prev_start: when the one before began
 * @lengths: ms that the last periods took, by number modulo CTW_PERIODS
 * @since: when counting began, ns
 *
 * Exact while the sources fit. The caller serialises.
 */
struct ctw_tally {
	struct ctw_groups groups;
	struct ctw_groups drops;
	u64 by[CTW_KINDS];
	u64 total;
	u64 missed;
	u64 cur;
	u64 prev;
	u32 period;
	u64 start;
	u64 prev_start;
	u64 slow_cur;
	u64 slow_prev;
	u32 slow_period;
	u64 slow_start;
	u64 slow_prev_start;
	u32 lengths[CTW_PERIODS];
	u64 since;
};

/* Most sources named in a line. */
#define CTW_NAMES		CTW_TOP
/* Fewer insertions in the last periods say little: those of the last slow
 * periods then have to speak, or all since the start.
 */
#define CTW_NAME_INSERTIONS	64

/**
 * struct ctw_source - a source as others see it
 * @key: who
 * @count: at most so many insertions since the start
 * @error: at least @count - @error
 * @recent: insertions in the present and the last period, at least
 * @rate: insertions a second, smoothed
 * @by: insertions by kind; sum is @count - @error
 * @drop: packets of it that conntrack dropped, at least
 */
struct ctw_source {
	struct ctw_key key;
	u64 count;
	u64 error;
	u32 recent;
	u32 rate;
	u64 by[CTW_KINDS];
	u64 drop;
};

/**
 * struct ctw_name - a source in a line
 * @source: the source
 * @share: its share of the insertions in the window, per cent
 * @kind: what it inserted most in the window
 * @kind_share: share of that, per cent
 */
struct ctw_name {
	struct ctw_source source;
	u32 share;
	enum ctw_kind_id kind;
	u32 kind_share;
};

/**
 * struct ctw_drop_naming - whose packets were dropped
 * @total: packets since the last line that have a source
 * @n: sources named
 * @keys: the sources, most first
 * @drop: their packets
 * @share: their shares of @total, per cent
 */
struct ctw_drop_naming {
	u64 total;
	u32 n;
	struct ctw_key keys[CTW_NAMES];
	u64 drop[CTW_NAMES];
	u32 share[CTW_NAMES];
};

/**
 * struct ctw_naming - who inserts
 * @window: ms that the counts cover
 * @insertions: in the window, all sources
 * @n: sources named
 * @names: the sources, most first
 * @diffuse: the sources named are less than half of it
 * @prefix: then the largest prefix of the others; family 0 if unknown
 * @prefix_share: its share of all, per cent
 */
struct ctw_naming {
	u64 window;
	u64 insertions;
	u32 n;
	struct ctw_name names[CTW_NAMES];
	bool diffuse;
	struct ctw_prefix prefix;
	u32 prefix_share;
};

void ctw_tally_init(struct ctw_tally *t, u32 max, u64 now);
void ctw_tally_reset(struct ctw_tally *t, u64 now);
void ctw_tally_free(struct ctw_tally *t);
void ctw_tally_fold(struct ctw_tally *t, const struct ctw_slot *slot);
void ctw_tally_total(struct ctw_tally *t, const u32 by[CTW_KINDS]);
void ctw_tally_missed(struct ctw_tally *t, u32 missed, const u32 by[CTW_KINDS]);
void ctw_tally_period(struct ctw_tally *t, u64 now);
u64 ctw_tally_unattributed(const struct ctw_tally *t);
struct ctw_source *ctw_tally_snapshot(struct ctw_tally *t, u64 now, u32 *n);
void ctw_tally_name(struct ctw_tally *t, u64 now, struct ctw_naming *out);
void ctw_tally_name_drops(const struct ctw_tally *t,
			  struct ctw_drop_naming *out);
void ctw_tally_told_drops(struct ctw_tally *t);
u64 ctw_tally_dropped(const struct ctw_tally *t);
size_t ctw_tally_bytes(u32 max);

#endif
