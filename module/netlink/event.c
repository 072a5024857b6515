// SPDX-License-Identifier: GPL-2.0
/* What is sent to who listens. */

#include <linux/kernel.h>
#include <net/genetlink.h>
#include <linux/ctwatch.h>

#include "netlink/event.h"
#include "netlink/netlink.h"
#include "netns/net.h"
#include "watch/report.h"

/* An event with three sources takes less than half of it. */
#define CTW_EVENT_SIZE	8192

/* Events so far to the initial netns, which gets those of all; under ctw_lock. */
static u32 ctw_host_events;

/* In the number of the message, so that who missed some knows how many. */
static void ctw_send(struct net *net, struct sk_buff *msg, u32 number)
{
	nlmsg_hdr(msg)->nlmsg_seq = number;
	genlmsg_multicast_netns(&ctw_family, net, msg, 0, CTW_MCGRP_EVENTS,
				GFP_KERNEL);
}

/* To the namespace itself, and to the initial one, from where the host's
 * administrator watches all.
 */
static void ctw_multicast(const struct ctw_net *cn, struct sk_buff *msg)
{
	struct sk_buff *copy;

	if (net_eq(cn->net, &init_net)) {
		ctw_send(&init_net, msg, ctw_host_events);
		return;
	}
	copy = skb_copy(msg, GFP_KERNEL);
	if (copy)
		ctw_send(&init_net, copy, ctw_host_events);
	ctw_send(cn->net, msg, cn->events);
}

static int ctw_put_naming(struct sk_buff *skb, const struct ctw_net *cn,
			  const struct ctw_naming *n)
{
	u32 i;

	if (nla_put_u32(skb, CTWATCH_A_WINDOW,
			min_t(u64, n->window, U32_MAX)) ||
	    ctw_put_u64(skb, CTWATCH_A_WINDOW_INSERTIONS, n->insertions))
		return -EMSGSIZE;
	for (i = 0; i < n->n; i++)
		if (ctw_put_source(skb, &cn->config, &n->names[i].source))
			return -EMSGSIZE;
	return n->diffuse ? ctw_put_prefix(skb, CTWATCH_A_DIFFUSE, &n->prefix,
					   n->prefix_share) : 0;
}

static int ctw_put_dropped(struct sk_buff *skb, const struct ctw_config *c,
			   const struct ctw_key *key, u64 drop)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_DROPPED);

	if (!nest ||
	    ctw_put_address(skb, CTWATCH_A_DROPPED_FAMILY,
			    CTWATCH_A_DROPPED_ADDRESS, key->family,
			    &key->addr) ||
	    nla_put_u8(skb, CTWATCH_A_DROPPED_PREFIX_LEN,
		       ctw_source_len(c, key)) ||
	    nla_put_u16(skb, CTWATCH_A_DROPPED_ZONE, key->zone) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_DROPPED_DROP, drop,
			      CTWATCH_A_DROPPED_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ctw_put_drops(struct sk_buff *skb, const struct ctw_config *c,
			 const struct ctw_drop_naming *d)
{
	u32 i;

	if (ctw_put_u64(skb, CTWATCH_A_NEW_DROP_ATTRIBUTED, d->total))
		return -EMSGSIZE;
	for (i = 0; i < d->n; i++)
		if (ctw_put_dropped(skb, c, &d->keys[i], d->drop[i]))
			return -EMSGSIZE;
	return 0;
}

static int ctw_put_holder(struct sk_buff *skb, const struct ctw_holders *h,
			  const struct ctw_holder *holder)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_CENSUS_GROUP);
	const struct ctw_entry *who = &holder->who;

	if (!nest || nla_put_u8(skb, CTWATCH_A_GROUP_FAMILY, who->family) ||
	    ctw_put_group_addr(skb, CTWATCH_A_GROUP_SRC,
			       CTWATCH_A_GROUP_SRC_PREFIX_LEN, who->family,
			       &who->src, h->src_len) ||
	    nla_put_u16(skb, CTWATCH_A_GROUP_ZONE, who->zone) ||
	    ctw_put_counts(skb, &holder->n) ||
	    ctw_put_kind(skb, CTWATCH_A_GROUP_KIND, who->protocol, who->state,
			 holder->most))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ctw_put_holders(struct sk_buff *skb, const struct ctw_holders *h)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_CENSUS);
	u32 i;

	/* without a filter */
	if (!nest || ctw_put_facts(skb, &h->facts, h->facts.seen, h->sources,
				   h->sources_max, h->beyond))
		return -EMSGSIZE;
	for (i = 0; i < h->n; i++)
		if (ctw_put_holder(skb, h, &h->v[i]))
			return -EMSGSIZE;
	if (h->diffuse && ctw_put_prefix(skb, CTWATCH_A_CENSUS_DIFFUSE,
					 &h->prefix, h->prefix_share))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ctw_put_event(struct sk_buff *skb, const struct ctw_net *cn,
			 const char *line, bool logged)
{
	return ctw_put_status(skb, cn) ||
	       nla_put_string(skb, CTWATCH_A_TEXT, line) ||
	       (logged && nla_put_flag(skb, CTWATCH_A_LOGGED));
}

static int ctw_put_level(struct sk_buff *skb, const struct ctw_net *cn,
			 const struct ctw_report *r)
{
	const struct ctw_verdict *v = &r->verdict;

	return nla_put_u32(skb, CTWATCH_A_PREVIOUS_LEVEL, v->previous) ||
	       ctw_put_u64(skb, CTWATCH_A_NEW_DROP, v->new_drop) ||
	       ctw_put_drops(skb, &cn->config, &r->drops) ||
	       ctw_put_u64(skb, CTWATCH_A_NEW_EARLY_DROP,
			   v->new_early_drop) ||
	       nla_put_u32(skb, CTWATCH_A_NEW_SUPPRESSED, r->suppressed) ||
	       (ctw_verdict_names(v) && ctw_put_naming(skb, cn, &r->naming)) ||
	       (r->holders.known && ctw_put_holders(skb, &r->holders));
}

static bool ctw_has_listeners(const struct ctw_net *cn)
{
	return genl_has_listeners(&ctw_family, cn->net, CTW_MCGRP_EVENTS) ||
	       genl_has_listeners(&ctw_family, &init_net, CTW_MCGRP_EVENTS);
}

static void ctw_event(struct ctw_net *cn, u8 cmd, const char *line,
		      bool logged, const struct ctw_report *r)
{
	struct sk_buff *msg;
	void *hdr;

	/* one that finds no memory is missed too */
	cn->events++;
	ctw_host_events++;
	if (!ctw_has_listeners(cn))
		return;
	msg = genlmsg_new(CTW_EVENT_SIZE, GFP_KERNEL);
	if (!msg)
		return;
	hdr = genlmsg_put(msg, 0, 0, &ctw_family, 0, cmd);
	if (!hdr || ctw_put_event(msg, cn, line, logged) ||
	    (r && ctw_put_level(msg, cn, r))) {
		WARN_ON_ONCE(1);	/* CTW_EVENT_SIZE is too small */
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	ctw_multicast(cn, msg);
}

/**
 * ctw_event_level() - send the event of a level
 * @cn: the netns
 * @r: the facts
 * @line: the words
 * @logged: whether they went to the kernel log
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_event_level(struct ctw_net *cn, const struct ctw_report *r,
		     const char *line, bool logged)
{
	ctw_event(cn, CTWATCH_CMD_LEVEL_NTF, line, logged, r);
}

/**
 * ctw_event_tracking() - send the event of tracking that started
 * @cn: the netns
 * @line: the words
 * @logged: whether they went to the kernel log
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_event_tracking(struct ctw_net *cn, const char *line, bool logged)
{
	ctw_event(cn, CTWATCH_CMD_TRACKING_NTF, line, logged, NULL);
}
