/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_COMPAT_CONNTRACK_H
#define CTW_COMPAT_CONNTRACK_H

#include <linux/netdevice.h>
#include <linux/version.h>
#include <net/netfilter/nf_conntrack.h>

/* Entries of a netns. */
static inline u32 ctw_ct_count(struct net *net)
{
#ifdef CTW_HAVE_NF_CONNTRACK_COUNT
	return nf_conntrack_count(net);
#else
	return atomic_read(&net->ct.count);
#endif
}

/* Limit of entries of a netns, 0 for none. One for all up to 7.3. */
static inline u32 ctw_ct_max(const struct net *net)
{
	return READ_ONCE(nf_conntrack_max);
}

/* Whether the kernel leaves a packet on its way out of an L3 master device to
 * a later pass through POST_ROUTING, so that this pass inserts nothing. Since
 * 8c9c296adfae ("vrf: run conntrack only in context of lower/physdev for
 * locally generated packets"), 5.16 and 5.15.16. It lives in a static function
 * of nf_conntrack_proto.c, where no probe of headers finds it.
 */
static inline bool ctw_in_vrf_postrouting(const struct nf_hook_state *state)
{
#if IS_ENABLED(CONFIG_NET_L3_MASTER_DEV) && \
	LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 16)
	return state->hook == NF_INET_POST_ROUTING &&
	       netif_is_l3_master(state->out);
#else
	return false;
#endif
}

#endif
