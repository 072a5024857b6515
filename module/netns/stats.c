// SPDX-License-Identifier: GPL-2.0
/* The state of the table at one moment, as the kernel tells it. */

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/string.h>

#include "compat/conntrack.h"
#include "netns/stats.h"
#include "watch/watch.h"

static void ctw_stats_sum(const struct net *net, u32 sum[CTW_STATS])
{
	int cpu;

	memset(sum, 0, CTW_STATS * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct ip_conntrack_stat *st =
			per_cpu_ptr(net->ct.stat, cpu);

		sum[CTW_STAT_INSERT] += READ_ONCE(st->insert);
		sum[CTW_STAT_INSERT_FAILED] += READ_ONCE(st->insert_failed);
		sum[CTW_STAT_CLASH_RESOLVE] += READ_ONCE(st->clash_resolve);
		sum[CTW_STAT_DROP] += READ_ONCE(st->drop);
		sum[CTW_STAT_EARLY_DROP] += READ_ONCE(st->early_drop);
#ifdef CTW_HAVE_STAT_CHAINTOOLONG
		sum[CTW_STAT_CHAIN_TOOLONG] += READ_ONCE(st->chaintoolong);
#endif
	}
}

/**
 * ctw_stats_update() - bring the sums up to date
 * @s: the sums
 * @net: the netns
 *
 * Context: any. The caller serialises.
 */
void ctw_stats_update(struct ctw_stats *s, const struct net *net)
{
	u32 sum[CTW_STATS], i;

	ctw_stats_sum(net, sum);
	for (i = 0; i < CTW_STATS; i++) {
		s->since[i] += (u32)(sum[i] - s->last[i]);
		s->last[i] = sum[i];
	}
}

/**
 * ctw_stats_reset() - count from now on
 * @s: the sums
 * @net: the netns
 *
 * Context: any. The caller serialises.
 */
void ctw_stats_reset(struct ctw_stats *s, const struct net *net)
{
	memset(s, 0, sizeof(*s));
	ctw_stats_sum(net, s->last);
}

/**
 * ctw_stats_sample() - take a sample
 * @s: the sums; they are brought up to date
 * @net: the netns
 * @sample: the sample
 *
 * Context: any. The caller serialises.
 */
void ctw_stats_sample(struct ctw_stats *s, struct net *net,
		      struct ctw_sample *sample)
{
	ctw_stats_update(s, net);
	sample->now = ktime_get_ns();
	sample->count = ctw_ct_count(net);
	sample->max = ctw_ct_max(net);
	sample->drop = s->since[CTW_STAT_DROP];
	sample->early_drop = s->since[CTW_STAT_EARLY_DROP];
}
