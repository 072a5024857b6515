// SPDX-License-Identifier: GPL-2.0
/* Whose packets does conntrack drop? Nobody is told: nf_conntrack_in() fails,
 * and no later hook sees the packet. So two hooks stand around it: what enters
 * and does not come out was dropped.
 *
 * Each CPU remembers the packet that is inside, one for softirqs and one for
 * processes, for a softirq may come in between. It was dropped when the next
 * one enters, or when a fold, having waited for RCU, still finds it there. A
 * process may be preempted or moved while its packet is inside; the packet
 * then comes out where it is not remembered, and is counted back.
 *
 * The hooks come when a table first gets high, and stay; behind a static key
 * they do nothing while no table is.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jump_label.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <linux/ctwatch.h>

#include "lib/kinds.h"
#include "netns/net.h"
#include "packet/count.h"
#include "packet/drops.h"
#include "packet/hooks.h"

/**
 * struct ctw_inside - the packet that is inside nf_conntrack_in()
 * @token: which one, 0 for none; whoever sets it to 0 answers for it
 * @skb: its address, for comparison only
 * @key: its source
 * @epoch: the epoch of the fold in which it entered
 */
struct ctw_inside {
	unsigned long token;
	const struct sk_buff *skb;
	struct ctw_key key;
	u32 epoch;
};

enum ctw_context {
	CTW_PROCESS,
	CTW_SOFTIRQ,
	CTW_CONTEXTS
};

static DEFINE_PER_CPU(struct ctw_inside [CTW_CONTEXTS], ctw_inside);
static DEFINE_PER_CPU(unsigned long, ctw_tokens);

static DEFINE_STATIC_KEY_FALSE(ctw_drops_on);

static enum ctw_context ctw_context(void)
{
	return in_serving_softirq() ? CTW_SOFTIRQ : CTW_PROCESS;
}

/* The source as it will be, or would have been, that of an insertion. */
static void ctw_drop_key(const struct ctw_net *cn, const struct sk_buff *skb,
			 u8 family, u8 kind, struct ctw_key *key)
{
	enum ip_conntrack_info ctinfo;
	const struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	memset(key, 0, sizeof(*key));
	if (family == NFPROTO_IPV4)
		key->addr.s6_addr32[0] = ip_hdr(skb)->saddr;
	else
		key->addr = ipv6_hdr(skb)->saddr;
	key->net = cn->id;
	/* before conntrack a template may have the zone */
	key->zone = ct ? nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL) :
			 NF_CT_DEFAULT_ZONE_ID;
	key->family = family;
	key->kind = kind;
	ctw_net_mask(cn, key);
}

static unsigned int ctw_drop_enter(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	enum ctw_context context = ctw_context();
	struct ctw_net *cn = priv;
	struct ctw_inside *in;
	bool entered;

	if (!static_branch_unlikely(&ctw_drops_on) || !READ_ONCE(cn->drops_on))
		return NF_ACCEPT;

	entered = ctw_count_enter();
	in = &this_cpu_ptr(ctw_inside)[context];
	if (xchg(&in->token, 0))
		ctw_count_add(ctw_count_epoch(), &in->key);
	in->skb = skb;
	in->epoch = ctw_count_epoch();
	ctw_drop_key(cn, skb, state->pf, CTW_KIND_DROP, &in->key);
	/* Pairs with smp_load_acquire() in ctw_drops_collect_one(). 0 is none:
	 * where a long has 32 bits, the count gets there again. Nobody comes
	 * between the two on this CPU, see ctw_count_enter().
	 */
	smp_store_release(&in->token, __this_cpu_inc_return(ctw_tokens) ?: 1);
	ctw_count_leave(entered);
	return NF_ACCEPT;
}

static unsigned int ctw_drop_leave(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	enum ctw_context context = ctw_context();
	struct ctw_net *cn = priv;
	struct ctw_inside *in;
	struct ctw_key key;
	bool entered;

	if (!static_branch_unlikely(&ctw_drops_on))
		return NF_ACCEPT;

	entered = ctw_count_enter();
	in = &this_cpu_ptr(ctw_inside)[context];
	if (READ_ONCE(in->token) && in->skb == skb && in->key.net == cn->id) {
		xchg(&in->token, 0);
	} else if (context == CTW_PROCESS && READ_ONCE(cn->drops_settled)) {
		ctw_drop_key(cn, skb, state->pf, CTW_KIND_UNDROP, &key);
		ctw_count_add(ctw_count_epoch(), &key);
	}
	ctw_count_leave(entered);
	return NF_ACCEPT;
}

static const struct nf_hook_ops ctw_drop_ops_ipv4[] = {
	CTW_HOOK(ctw_drop_enter, NFPROTO_IPV4, NF_INET_PRE_ROUTING,
		 NF_IP_PRI_CONNTRACK - 1),
	CTW_HOOK(ctw_drop_leave, NFPROTO_IPV4, NF_INET_PRE_ROUTING,
		 NF_IP_PRI_CONNTRACK + 1),
	CTW_HOOK(ctw_drop_enter, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
		 NF_IP_PRI_CONNTRACK - 1),
	CTW_HOOK(ctw_drop_leave, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
		 NF_IP_PRI_CONNTRACK + 1),
};

static const struct nf_hook_ops ctw_drop_ops_ipv6[] = {
	CTW_HOOK(ctw_drop_enter, NFPROTO_IPV6, NF_INET_PRE_ROUTING,
		 NF_IP6_PRI_CONNTRACK - 1),
	CTW_HOOK(ctw_drop_leave, NFPROTO_IPV6, NF_INET_PRE_ROUTING,
		 NF_IP6_PRI_CONNTRACK + 1),
	CTW_HOOK(ctw_drop_enter, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
		 NF_IP6_PRI_CONNTRACK - 1),
	CTW_HOOK(ctw_drop_leave, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
		 NF_IP6_PRI_CONNTRACK + 1),
};

/* Families that have the insertion hooks get these too. */
static void ctw_drops_register(struct ctw_net *cn)
{
	u32 want = cn->hooked & ~cn->drop_hooked;

	if ((want & CTWATCH_TRACKING_IPV4) &&
	    !ctw_hooks_add(cn, &cn->drop_ops_ipv4, ctw_drop_ops_ipv4,
			   ARRAY_SIZE(ctw_drop_ops_ipv4)))
		cn->drop_hooked |= CTWATCH_TRACKING_IPV4;
	if ((want & CTWATCH_TRACKING_IPV6) &&
	    !ctw_hooks_add(cn, &cn->drop_ops_ipv6, ctw_drop_ops_ipv6,
			   ARRAY_SIZE(ctw_drop_ops_ipv6)))
		cn->drop_hooked |= CTWATCH_TRACKING_IPV6;
}

static void ctw_drops_turn(struct ctw_net *cn, bool on)
{
	if (on == cn->drops_on)
		return;
	WRITE_ONCE(cn->drops_on, on);
	WRITE_ONCE(cn->drops_settled, false);
	if (on)
		static_branch_inc(&ctw_drops_on);
	else
		static_branch_dec(&ctw_drops_on);
}

/**
 * ctw_drops_watch() - attribute drops from now on, or no more
 * @cn: the netns
 * @on: whether to
 *
 * Without memory for the hooks, drops stay without a source and are told so;
 * the next call tries again.
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_drops_watch(struct ctw_net *cn, bool on)
{
	/* Hooks come one by one, and go again when there is no memory for the
	 * next: a packet that meets only the first of two is not to be counted.
	 */
	if (on && cn->hooked & ~cn->drop_hooked) {
		ctw_drops_turn(cn, false);
		ctw_drops_register(cn);
	}
	ctw_drops_turn(cn, on);
}

/**
 * ctw_drops_settle() - no packet is inside that entered before the watch
 * @cn: the netns
 *
 * Context: under ctw_lock, after a grace period of RCU since ctw_drops_watch().
 */
void ctw_drops_settle(struct ctw_net *cn)
{
	WRITE_ONCE(cn->drops_settled, cn->drops_on);
}

/**
 * ctw_drops_unregister() - take the hooks out
 * @cn: the netns, on its way out or the module is
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_drops_unregister(struct ctw_net *cn)
{
	ctw_drops_watch(cn, false);
	if (cn->drop_hooked & CTWATCH_TRACKING_IPV4)
		nf_unregister_net_hooks(cn->net, cn->drop_ops_ipv4,
					ARRAY_SIZE(ctw_drop_ops_ipv4));
	if (cn->drop_hooked & CTWATCH_TRACKING_IPV6)
		nf_unregister_net_hooks(cn->net, cn->drop_ops_ipv6,
					ARRAY_SIZE(ctw_drop_ops_ipv6));
}

static void ctw_drops_collect_one(struct ctw_inside *in, u32 epoch)
{
	/* pairs with smp_store_release() in ctw_drop_enter() */
	unsigned long token = smp_load_acquire(&in->token);
	struct ctw_slot slot = { .count = 1 };
	struct ctw_net *cn;

	if (!token || READ_ONCE(in->epoch) != epoch)
		return;
	slot.key = in->key;
	/* Had the CPU gone on meanwhile, the token is another one. */
	if (cmpxchg(&in->token, token, 0) != token)
		return;
	cn = ctw_net_by_id(slot.key.net);
	if (cn)
		ctw_tally_fold(&cn->tally, &slot);
}

/**
 * ctw_drops_collect() - count packets that are still remembered and have gone
 * @epoch: the epoch that is being folded; whatever entered in it is through
 *
 * Context: process, may sleep; under ctw_lock, after a grace period of RCU.
 */
void ctw_drops_collect(u32 epoch)
{
	int cpu, i;

	for_each_possible_cpu(cpu)
		for (i = 0; i < CTW_CONTEXTS; i++)
			ctw_drops_collect_one(&per_cpu(ctw_inside, cpu)[i],
					      epoch);
}
