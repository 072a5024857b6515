/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_NET_H
#define CTW_NET_H

#include <linux/cache.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>

#include "lib/config.h"
#include "netns/stats.h"
#include "tally/tally.h"
#include "watch/watch.h"

struct ctw_census;
struct work_struct;
struct workqueue_struct;

/**
 * struct ctw_totals - insertions of one CPU by kind, one set for each epoch
 * @n: counts since the last fold
 */
struct ctw_totals {
	u32 n[2][CTW_KINDS];
};

/**
 * struct ctw_net - a network namespace
 * @trip: count of entries that calls for a sample; the packet path compares
 * @id: what stands for this netns in windows; not used again for long
 * @ipv4_mask: mask of an IPv4 source
 * @ipv6_mask: mask of an IPv6 source
 * @totals: exact counts, allocated before the hooks go in
 * @kicked: the trip was reached, a sample is due
 * @drops_on: drops are to be attributed
 * @drops_settled: no packet is inside conntrack that entered before @drops_on
 * @net: the netns itself
 * @list: in ctw_nets
 * @tracking: families in which tracking is on
 * @hooked: families with our hooks in
 * @drop_hooked: families with the hooks around conntrack in
 * @ops_ipv4: our hooks, see ctw_hooks_add(); NULL while they never were in
 * @ops_ipv6: the same
 * @drop_ops_ipv4: the hooks around conntrack
 * @drop_ops_ipv6: the same
 * @config: settings
 * @stats: what the kernel counts
 * @tally: insertions per source
 * @watch: levels
 * @peak: who held the table at its last peak, the heaviest; NULL if unknown
 * @peak_since: when the level rose above ok before that peak, ns
 * @events: how many there were so far
 * @telling: the worker is about to tell a verdict
 * @again: a threshold was met meanwhile
 *
 * The packet path reads the first cache line only, and writes @trip and
 * @kicked when a threshold is crossed. All behind is under ctw_lock.
 */
struct ctw_net {
	u32 trip;
	u32 id;
	__be32 ipv4_mask;
	u64 ipv6_mask[2];
	struct ctw_totals __percpu *totals;
	bool kicked;
	bool drops_on;
	bool drops_settled;

	struct net *net ____cacheline_aligned;
	struct list_head list;
	u32 tracking;
	u32 hooked;
	u32 drop_hooked;
	struct nf_hook_ops *ops_ipv4;
	struct nf_hook_ops *ops_ipv6;
	struct nf_hook_ops *drop_ops_ipv4;
	struct nf_hook_ops *drop_ops_ipv6;
	struct ctw_config config;
	struct ctw_stats stats;
	struct ctw_tally tally;
	struct ctw_watch watch;
	struct ctw_census *peak;
	u64 peak_since;
	u32 events;
	bool telling;
	bool again;
};

/* Groups that are kept of the census of a peak. */
#define CTW_PEAK_GROUPS	256

/* Protects the list and every ctw_net behind its first cache line. Taken in
 * process context only. The hooks' mutex and the CPU hotplug lock nest inside.
 */
extern struct mutex ctw_lock;
extern struct list_head ctw_nets;

/* Of the pernet operations, which are main.c's. */
extern unsigned int ctw_net_id;

int ctw_net_add(struct net *net);
void ctw_net_remove(struct ctw_net *cn);
void ctw_net_free(struct ctw_net *cn);
void ctw_net_stop(void);
size_t ctw_net_bytes(void);

struct ctw_net *ctw_net(const struct net *net);
struct ctw_net *ctw_net_by_id(u32 id);
struct ctw_net *ctw_net_next(u32 *id);
struct ctw_net *ctw_net_by_inum(u32 inum);
bool ctw_net_set_config(struct ctw_net *cn, const struct ctw_config *c);
void ctw_net_reset(struct ctw_net *cn);
void ctw_net_set_peak(struct ctw_net *cn, struct ctw_census *c, u64 since);
bool ctw_net_busy(const struct ctw_net *cn);
void ctw_net_on_kick(struct workqueue_struct *wq, struct work_struct *work);
void ctw_net_kick(struct ctw_net *cn);

/* Clear the host part of a source's address. */
static inline void ctw_net_mask(const struct ctw_net *cn, struct ctw_key *key)
{
	if (key->family == NFPROTO_IPV4) {
		key->addr.s6_addr32[0] &= cn->ipv4_mask;
	} else {
		key->addr64[0] &= cn->ipv6_mask[0];
		key->addr64[1] &= cn->ipv6_mask[1];
	}
}

static inline u32 ctw_net_inum(const struct ctw_net *cn)
{
	return cn->net->ns.inum;
}

#endif
