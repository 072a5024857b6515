// SPDX-License-Identifier: GPL-2.0
/* The state of the table at one moment, as the kernel tells it. */

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/string.h>

#include "compat/conntrack.h"
#include "netns/net.h"
#include "netns/stats.h"

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

static void ctw_stats_update(struct ctw_net *cn)
{
	u32 sum[CTW_STATS], i;

	ctw_stats_sum(cn->net, sum);
	for (i = 0; i < CTW_STATS; i++) {
		cn->stats.since[i] += (u32)(sum[i] - cn->stats.last[i]);
		cn->stats.last[i] = sum[i];
	}
}

/**
 * ctw_stats_reset() - count from now on
 * @cn: the netns
 *
 * Context: under ctw_lock.
 */
void ctw_stats_reset(struct ctw_net *cn)
{
	memset(&cn->stats, 0, sizeof(cn->stats));
	ctw_stats_sum(cn->net, cn->stats.last);
}

/**
 * ctw_sample() - take a sample
 * @cn: the netns; its stats are brought up to date
 * @s: the sample
 *
 * Context: under ctw_lock.
 */
void ctw_sample(struct ctw_net *cn, struct ctw_sample *s)
{
	ctw_stats_update(cn);
	s->now = ktime_get_ns();
	s->count = ctw_ct_count(cn->net);
	s->max = ctw_ct_max(cn->net);
	s->drop = cn->stats.since[CTW_STAT_DROP];
	s->early_drop = cn->stats.since[CTW_STAT_EARLY_DROP];
}
