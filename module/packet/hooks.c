// SPDX-License-Identifier: GPL-2.0
/* The packet path: a hook right before conntrack confirms an entry. It sees
 * every attempt to insert, changes nothing, and accepts.
 */

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <linux/ctwatch.h>

#include "compat/conntrack.h"
#include "lib/kinds.h"
#include "netns/net.h"
#include "packet/count.h"
#include "packet/hooks.h"

/* Where conntrack confirms, see ipv4_conntrack_ops and ipv6_conntrack_ops in
 * nf_conntrack_proto.c. A new hook comes before older ones of its priority
 * (nf_hook_entries_grow()), so one less is right whoever came first.
 */
#define CTW_CONFIRM_POST_ROUTING	INT_MAX
#define CTW_CONFIRM_LOCAL_IN_IPV4	INT_MAX
#define CTW_CONFIRM_LOCAL_IN_IPV6	(INT_MAX - 1)

static void ctw_key_from(const struct ctw_net *cn, const struct nf_conn *ct,
			 struct ctw_key *key)
{
	const struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	key->family = nf_ct_l3num(ct);
	/* conntrack clears the whole of an address before it sets it */
	memcpy(&key->addr, &t->src.u3, sizeof(key->addr));
	ctw_net_mask(cn, key);
	key->net = cn->id;
	key->zone = nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL);
	key->kind = ctw_kind_of(ct);
}

/* Not inline: a packet that inserts nothing need not set a key's place up. */
static noinline void ctw_insertion(struct ctw_net *cn, struct net *net,
				   const struct nf_conn *ct)
{
	struct ctw_key key;

	ctw_key_from(cn, ct, &key);
	ctw_count_insertion(cn, &key);
	if (unlikely(ctw_ct_count(net) >= READ_ONCE(cn->trip)))
		ctw_net_kick(cn);
}

/* An unconfirmed entry in reply direction is the answer of REJECT, accepted
 * by conntrack and never inserted.
 */
static unsigned int ctw_preconfirm(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!ct || nf_ct_is_confirmed(ct) ||
	    CTINFO2DIR(ctinfo) != IP_CT_DIR_ORIGINAL ||
	    ctw_in_vrf_postrouting(state))
		return NF_ACCEPT;
	ctw_insertion(priv, state->net, ct);
	return NF_ACCEPT;
}

static const struct nf_hook_ops ctw_ops_ipv4[] = {
	CTW_HOOK(ctw_preconfirm, NFPROTO_IPV4, NF_INET_POST_ROUTING,
		 CTW_CONFIRM_POST_ROUTING - 1),
	CTW_HOOK(ctw_preconfirm, NFPROTO_IPV4, NF_INET_LOCAL_IN,
		 CTW_CONFIRM_LOCAL_IN_IPV4 - 1),
};

static const struct nf_hook_ops ctw_ops_ipv6[] = {
	CTW_HOOK(ctw_preconfirm, NFPROTO_IPV6, NF_INET_POST_ROUTING,
		 CTW_CONFIRM_POST_ROUTING - 1),
	CTW_HOOK(ctw_preconfirm, NFPROTO_IPV6, NF_INET_LOCAL_IN,
		 CTW_CONFIRM_LOCAL_IN_IPV6 - 1),
};

/* Is there a hook of this priority? As nfnetlink_hook.c reads them. */
static bool ctw_has_hook(struct nf_hook_entries __rcu * const *head,
			 int priority)
{
	const struct nf_hook_entries *e = rcu_dereference(*head);
	struct nf_hook_ops * const *ops;
	unsigned int i;

	if (!e)
		return false;
	ops = nf_hook_entries_get_hook_ops(e);
	for (i = 0; i < e->num_hook_entries; i++)
		if (READ_ONCE(ops[i]->priority) == priority)
			return true;
	return false;
}

/* nf_ct_netns_get() registers all four at once; a chain of a user may have one
 * of the priorities, hardly each of them.
 */
static bool ctw_has_conntrack(struct nf_hook_entries __rcu * const *hooks,
			      int conntrack, int local_in)
{
	return ctw_has_hook(&hooks[NF_INET_PRE_ROUTING], conntrack) &&
	       ctw_has_hook(&hooks[NF_INET_LOCAL_OUT], conntrack) &&
	       ctw_has_hook(&hooks[NF_INET_POST_ROUTING],
			    CTW_CONFIRM_POST_ROUTING) &&
	       ctw_has_hook(&hooks[NF_INET_LOCAL_IN], local_in);
}

/**
 * ctw_hooks_tracking() - in which families is connection tracking on
 * @cn: the netns
 *
 * Looks, and changes nothing: nf_ct_netns_get() would start it.
 *
 * Context: any.
 * Return: flags of &enum ctwatch_tracking.
 */
u32 ctw_hooks_tracking(const struct ctw_net *cn)
{
	const struct netns_nf *nf = &cn->net->nf;
	u32 families = 0;

	rcu_read_lock();
	if (ctw_has_conntrack(nf->hooks_ipv4, NF_IP_PRI_CONNTRACK,
			      CTW_CONFIRM_LOCAL_IN_IPV4))
		families |= CTWATCH_TRACKING_IPV4;
	if (ctw_has_conntrack(nf->hooks_ipv6, NF_IP6_PRI_CONNTRACK,
			      CTW_CONFIRM_LOCAL_IN_IPV6))
		families |= CTWATCH_TRACKING_IPV6;
	rcu_read_unlock();
	return families;
}

/**
 * ctw_hooks_add() - put a table of hooks in
 * @cn: the netns, which each of them gets as its priv
 * @copy: where the netns keeps its copy of the table, NULL before the first try;
 *	freed with the netns, when RCU has let go of it
 * @ops: the hooks
 * @n: how many
 *
 * Context: process, may sleep; under ctw_lock.
 * Return: 0 or a negative error, and then none is in.
 */
int ctw_hooks_add(struct ctw_net *cn, struct nf_hook_ops **copy,
		  const struct nf_hook_ops *ops, unsigned int n)
{
	unsigned int i;

	if (!*copy) {
		*copy = kmemdup(ops, n * sizeof(*ops), GFP_KERNEL);
		if (!*copy)
			return -ENOMEM;
		for (i = 0; i < n; i++)
			(*copy)[i].priv = cn;
	}
	return nf_register_net_hooks(cn->net, *copy, n);
}

/**
 * ctw_hooks_register() - put the hooks of some families in
 * @cn: the netns, its totals allocated
 * @families: flags of &enum ctwatch_tracking, none of them in yet
 *
 * They stay until ctw_hooks_unregister(): taking a hook out throws away the
 * packets that wait in NFQUEUE.
 *
 * Context: process, may sleep; under ctw_lock.
 * Return: 0 or a negative error, and then nothing is in.
 */
int ctw_hooks_register(struct ctw_net *cn, u32 families)
{
	int ret;

	if (families & CTWATCH_TRACKING_IPV4) {
		ret = ctw_hooks_add(cn, &cn->ops_ipv4, ctw_ops_ipv4,
				    ARRAY_SIZE(ctw_ops_ipv4));
		if (ret)
			return ret;
	}
	if (families & CTWATCH_TRACKING_IPV6) {
		ret = ctw_hooks_add(cn, &cn->ops_ipv6, ctw_ops_ipv6,
				    ARRAY_SIZE(ctw_ops_ipv6));
		if (ret)
			goto err_ipv4;
	}
	return 0;

err_ipv4:
	if (families & CTWATCH_TRACKING_IPV4)
		nf_unregister_net_hooks(cn->net, cn->ops_ipv4,
					ARRAY_SIZE(ctw_ops_ipv4));
	return ret;
}

/**
 * ctw_hooks_unregister() - take out the hooks that are in
 * @cn: the netns, on its way out or the module is
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_hooks_unregister(struct ctw_net *cn)
{
	if (cn->hooked & CTWATCH_TRACKING_IPV4)
		nf_unregister_net_hooks(cn->net, cn->ops_ipv4,
					ARRAY_SIZE(ctw_ops_ipv4));
	if (cn->hooked & CTWATCH_TRACKING_IPV6)
		nf_unregister_net_hooks(cn->net, cn->ops_ipv6,
					ARRAY_SIZE(ctw_ops_ipv6));
}
