/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_STATS_H
#define CTW_STATS_H

#include <linux/types.h>

struct ctw_sample;
struct net;

enum ctw_stat {
	CTW_STAT_INSERT,
	CTW_STAT_INSERT_FAILED,
	CTW_STAT_CLASH_RESOLVE,
	CTW_STAT_CHAIN_TOOLONG,
	CTW_STAT_DROP,
	CTW_STAT_EARLY_DROP,
	CTW_STATS
};

/**
 * struct ctw_stats - the kernel's per-CPU counters of a netns, summed
 * @last: what the sums were; 32 bits, they wrap
 * @since: what came since the start or the last reset
 */
struct ctw_stats {
	u32 last[CTW_STATS];
	u64 since[CTW_STATS];
};

/* Whether this kernel counts chains that are too long. */
#ifdef CTW_HAVE_STAT_CHAINTOOLONG
#define CTW_CHAIN_TOOLONG true
#else
#define CTW_CHAIN_TOOLONG false
#endif

void ctw_stats_update(struct ctw_stats *s, const struct net *net);
void ctw_stats_reset(struct ctw_stats *s, const struct net *net);
void ctw_stats_sample(struct ctw_stats *s, struct net *net,
		      struct ctw_sample *sample);

#endif
