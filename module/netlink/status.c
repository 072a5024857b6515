// SPDX-License-Identifier: GPL-2.0
/* status-get, and reset, which zeroes what it shows. */

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <net/genetlink.h>
#include <linux/ctwatch.h>

#include "compat/conntrack.h"
#include "compat/genetlink.h"
#include "netlink/netlink.h"
#include "netns/net.h"
#include "packet/fresh.h"

static int ctw_put_table(struct sk_buff *skb, const struct ctw_net *cn)
{
	const struct ctw_watch *w = &cn->watch;
	u32 ttf = ctw_watch_time_to_full(w);

	return nla_put_u32(skb, CTWATCH_A_NETNS, ctw_net_inum(cn)) ||
	       nla_put_string(skb, CTWATCH_A_MODULE_VERSION, CTW_VERSION) ||
	       nla_put_u32(skb, CTWATCH_A_TRACKING, cn->tracking) ||
	       nla_put_u32(skb, CTWATCH_A_LEVEL, w->level) ||
	       (w->predicted && nla_put_flag(skb, CTWATCH_A_PREDICTED)) ||
	       nla_put_u32(skb, CTWATCH_A_ENTRIES, ctw_ct_count(cn->net)) ||
	       nla_put_u32(skb, CTWATCH_A_MAX_ENTRIES, ctw_ct_max(cn->net)) ||
	       nla_put_s32(skb, CTWATCH_A_GROWTH, ctw_watch_growth(w)) ||
	       (ttf != U32_MAX &&
		nla_put_u32(skb, CTWATCH_A_TIME_TO_FULL, ttf));
}

static int ctw_put_counters(struct sk_buff *skb, const struct ctw_net *cn)
{
	const u64 *stat = cn->stats.since;

	return ctw_put_u64(skb, CTWATCH_A_ATTEMPTS, cn->tally.total) ||
	       ctw_put_u64(skb, CTWATCH_A_INSERT, stat[CTW_STAT_INSERT]) ||
	       ctw_put_u64(skb, CTWATCH_A_INSERT_FAILED,
			   stat[CTW_STAT_INSERT_FAILED]) ||
	       ctw_put_u64(skb, CTWATCH_A_CLASH_RESOLVE,
			   stat[CTW_STAT_CLASH_RESOLVE]) ||
	       (CTW_CHAIN_TOOLONG &&
		ctw_put_u64(skb, CTWATCH_A_CHAIN_TOOLONG,
			    stat[CTW_STAT_CHAIN_TOOLONG])) ||
	       ctw_put_u64(skb, CTWATCH_A_DROP, stat[CTW_STAT_DROP]) ||
	       ctw_put_u64(skb, CTWATCH_A_DROP_ATTRIBUTED,
			   ctw_tally_dropped(&cn->tally)) ||
	       ctw_put_u64(skb, CTWATCH_A_EARLY_DROP,
			   stat[CTW_STAT_EARLY_DROP]);
}

/**
 * ctw_put_status() - how a namespace is, as it was last counted
 * @skb: where to
 * @cn: the namespace
 *
 * Context: under ctw_lock.
 * Return: 0 or -EMSGSIZE.
 */
int ctw_put_status(struct sk_buff *skb, const struct ctw_net *cn)
{
	const struct ctw_watch *w = &cn->watch;
	u64 now = ktime_get_ns();

	if (ctw_put_table(skb, cn) || ctw_put_counters(skb, cn) ||
	    ctw_put_u64(skb, CTWATCH_A_SINCE,
			div_u64(now - cn->tally.since, NSEC_PER_MSEC)) ||
	    nla_put_u32(skb, CTWATCH_A_PEAK_ENTRIES, w->peak) ||
	    ctw_put_u64(skb, CTWATCH_A_PEAK_AGE,
			div_u64(now - w->peak_ns, NSEC_PER_MSEC)) ||
	    nla_put_u32(skb, CTWATCH_A_SOURCES, cn->tally.groups.used) ||
	    nla_put_u32(skb, CTWATCH_A_SOURCES_MAX, cn->tally.groups.max) ||
	    ctw_put_u64(skb, CTWATCH_A_UNATTRIBUTED,
			ctw_tally_unattributed(&cn->tally)) ||
	    ctw_put_u64(skb, CTWATCH_A_SUPPRESSED, w->suppressed))
		return -EMSGSIZE;
	return ctw_put_kinds(skb, CTWATCH_A_KIND, cn->tally.by);
}

/* Levels are judged by the second and at thresholds; the counters here are to
 * be those of this moment.
 */
static int ctw_status_fill(struct sk_buff *skb, struct ctw_net *cn)
{
	ctw_stats_update(&cn->stats, cn->net);
	return ctw_put_status(skb, cn);
}

/**
 * ctw_status_get() - answer how a namespace is
 * @skb: the request
 * @info: the request
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it.
 */
int ctw_status_get(struct sk_buff *skb, struct genl_info *info)
{
	struct ctw_net *cn;
	int ret;

	ctw_fresh();
	mutex_lock(&ctw_lock);
	cn = ctw_wanted(skb, info->attrs[CTWATCH_A_NETNS], info->extack);
	ret = IS_ERR(cn) ? PTR_ERR(cn) : ctw_reply(info, cn, ctw_status_fill);
	mutex_unlock(&ctw_lock);
	return ret;
}

/**
 * ctw_status_dump_start() - begin a dump of how namespaces are
 * @cb: the dump
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it.
 */
int ctw_status_dump_start(struct netlink_callback *cb)
{
	ctw_fresh();
	return ctw_dump_begin(cb, ctw_dump_attrs(cb)[CTWATCH_A_NETNS],
			      sizeof(struct ctw_dump));
}

/**
 * ctw_status_dump() - the next messages
 * @skb: where to
 * @cb: the dump
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: bytes, 0 at the end, or a negative error.
 */
int ctw_status_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ctw_dump_each(skb, cb, CTWATCH_CMD_STATUS_GET, ctw_status_fill);
}

/**
 * ctw_reset() - zero counters, sources and peak
 * @skb: the request
 * @info: the request
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it.
 */
int ctw_reset(struct sk_buff *skb, struct genl_info *info)
{
	struct ctw_net *cn;
	u32 id;

	mutex_lock(&ctw_lock);
	cn = ctw_wanted(skb, info->attrs[CTWATCH_A_NETNS], info->extack);
	id = IS_ERR(cn) ? 0 : cn->id;
	mutex_unlock(&ctw_lock);
	if (IS_ERR(cn))
		return PTR_ERR(cn);
	ctw_fresh_start(id);
	return 0;
}
