// SPDX-License-Identifier: GPL-2.0
/* census-get: from the attributes of a request to a query, and from a census to
 * the messages of a dump; the census in events.
 */

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/netfilter.h>
#include <net/genetlink.h>

#include "census/holders.h"
#include "compat/genetlink.h"
#include "lib/config.h"
#include "lib/prefix.h"
#include "netlink/netlink.h"
#include "netns/net.h"
#include "table/snapshot.h"
#include "table/survey.h"

#define CTW_GROUP_KEYS	(CTWATCH_GROUP_KEY_NETNS | CTWATCH_GROUP_KEY_SRC | \
			 CTWATCH_GROUP_KEY_DST | CTWATCH_GROUP_KEY_PROTOCOL | \
			 CTWATCH_GROUP_KEY_DPORT | CTWATCH_GROUP_KEY_STATE | \
			 CTWATCH_GROUP_KEY_ZONE)

/* Of one family or the other; a prefix is checked with its length. */
#define CTW_POLICY_ADDR	{ .type = NLA_BINARY, .len = sizeof(struct in6_addr) }

static const struct nla_policy ctw_filter_policy[CTWATCH_A_FILTER_MAX + 1] = {
	[CTWATCH_A_FILTER_FAMILY] = { .type = NLA_U8 },
	[CTWATCH_A_FILTER_PROTOCOL] = { .type = NLA_U8 },
	[CTWATCH_A_FILTER_STATES] =
		NLA_POLICY_MASK(NLA_U32, BIT(CTWATCH_STATE_OTHER + 1) - 1),
	[CTWATCH_A_FILTER_SRC] = CTW_POLICY_ADDR,
	[CTWATCH_A_FILTER_SRC_PREFIX_LEN] = { .type = NLA_U8 },
	[CTWATCH_A_FILTER_DST] = CTW_POLICY_ADDR,
	[CTWATCH_A_FILTER_DST_PREFIX_LEN] = { .type = NLA_U8 },
	[CTWATCH_A_FILTER_SPORT] = { .type = NLA_U16 },
	[CTWATCH_A_FILTER_DPORT] = { .type = NLA_U16 },
	[CTWATCH_A_FILTER_ZONE] = { .type = NLA_U16 },
	[CTWATCH_A_FILTER_MARK] = { .type = NLA_U32 },
	[CTWATCH_A_FILTER_MARK_MASK] = { .type = NLA_U32 },
	[CTWATCH_A_FILTER_ASSURED] = NLA_POLICY_MAX(NLA_U8, 1),
	[CTWATCH_A_FILTER_UNREPLIED] = NLA_POLICY_MAX(NLA_U8, 1),
	[CTWATCH_A_FILTER_EXPIRED] = NLA_POLICY_MAX(NLA_U8, 1),
};

const struct nla_policy ctw_query_policy[CTWATCH_A_QUERY_PEAK + 1] = {
	[CTWATCH_A_QUERY_NETNS] = { .type = NLA_U32 },
	[CTWATCH_A_QUERY_BY] = NLA_POLICY_MASK(NLA_U32, CTW_GROUP_KEYS),
	[CTWATCH_A_QUERY_SRC_IPV4_PREFIX] =
		NLA_POLICY_MAX(NLA_U32, CTW_IPV4_BITS),
	[CTWATCH_A_QUERY_SRC_IPV6_PREFIX] =
		NLA_POLICY_MAX(NLA_U32, CTW_IPV6_BITS),
	[CTWATCH_A_QUERY_DST_IPV4_PREFIX] =
		NLA_POLICY_MAX(NLA_U32, CTW_IPV4_BITS),
	[CTWATCH_A_QUERY_DST_IPV6_PREFIX] =
		NLA_POLICY_MAX(NLA_U32, CTW_IPV6_BITS),
	[CTWATCH_A_QUERY_FILTER] = NLA_POLICY_NESTED(ctw_filter_policy),
	[CTWATCH_A_QUERY_TOP] = { .type = NLA_U32 },
	[CTWATCH_A_QUERY_MAX_AGE] = { .type = NLA_U32 },
	[CTWATCH_A_QUERY_PEAK] = { .type = NLA_FLAG },
};

/* The request */

static u32 ctw_u32_or(const struct nlattr *a, u32 absent)
{
	return a ? nla_get_u32(a) : absent;
}

static void ctw_query_groups(struct ctw_query *q, struct nlattr **attrs)
{
	q->by = ctw_u32_or(attrs[CTWATCH_A_QUERY_BY], 0);
	q->by_src[0] = ctw_u32_or(attrs[CTWATCH_A_QUERY_SRC_IPV4_PREFIX],
				  CTW_IPV4_BITS);
	q->by_src[1] = ctw_u32_or(attrs[CTWATCH_A_QUERY_SRC_IPV6_PREFIX],
				  CTW_IPV6_BITS);
	q->by_dst[0] = ctw_u32_or(attrs[CTWATCH_A_QUERY_DST_IPV4_PREFIX],
				  CTW_IPV4_BITS);
	q->by_dst[1] = ctw_u32_or(attrs[CTWATCH_A_QUERY_DST_IPV6_PREFIX],
				  CTW_IPV6_BITS);
}

/* A query speaks of one family when it has a family or an address. */
static int ctw_query_family(struct ctw_query *q, const struct nlattr *a,
			    u8 family, struct netlink_ext_ack *extack)
{
	if (family != NFPROTO_IPV4 && family != NFPROTO_IPV6) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "family must be AF_INET or AF_INET6");
		return -EINVAL;
	}
	if (q->family && q->family != family) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "src, dst and family must be of one family");
		return -EINVAL;
	}
	q->family = family;
	return 0;
}

static int ctw_query_prefix(struct ctw_query *q, const struct nlattr *a,
			    const struct nlattr *len, union ctw_addr *addr,
			    u8 *bits, struct netlink_ext_ack *extack)
{
	u32 most, bytes = a ? nla_len(a) : 0;

	if (!a && len) {
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "the length of a prefix needs its address");
		return -EINVAL;
	}
	if (!a)
		return 0;
	if (bytes != sizeof(struct in_addr) &&
	    bytes != sizeof(struct in6_addr)) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "an address must have 4 bytes (IPv4) or 16 (IPv6)");
		return -EINVAL;
	}
	most = bytes * BITS_PER_BYTE;
	*bits = len ? nla_get_u8(len) : most;
	if (*bits > most) {
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "the prefix is longer than the address");
		return -EINVAL;
	}
	memcpy(addr, nla_data(a), bytes);
	ctw_mask_addr(&addr->in6, *bits);
	return ctw_query_family(q, a, most == CTW_IPV4_BITS ? NFPROTO_IPV4 :
							      NFPROTO_IPV6,
				extack);
}

static void ctw_query_flag(struct ctw_query *q, const struct nlattr *a,
			   u8 flag)
{
	if (!a)
		return;
	q->care |= flag;
	if (nla_get_u8(a))
		q->want |= flag;
}

static void ctw_query_u16(struct ctw_query *q, const struct nlattr *a,
			  u16 *value, u8 ask)
{
	if (!a)
		return;
	*value = nla_get_u16(a);
	q->ask |= ask;
}

static int ctw_query_mark(struct ctw_query *q, struct nlattr **f,
			  struct netlink_ext_ack *extack)
{
	const struct nlattr *mask = f[CTWATCH_A_FILTER_MARK_MASK];

	if (mask && !f[CTWATCH_A_FILTER_MARK]) {
		NL_SET_ERR_MSG_ATTR(extack, mask, "mark-mask needs mark");
		return -EINVAL;
	}
	if (!f[CTWATCH_A_FILTER_MARK])
		return 0;
	q->mark_mask = ctw_u32_or(mask, U32_MAX);
	q->mark = nla_get_u32(f[CTWATCH_A_FILTER_MARK]) & q->mark_mask;
	return 0;
}

static int ctw_query_addresses(struct ctw_query *q, struct nlattr **f,
			       struct netlink_ext_ack *extack)
{
	const struct nlattr *family = f[CTWATCH_A_FILTER_FAMILY];
	int ret = 0;

	if (family)
		ret = ctw_query_family(q, family, nla_get_u8(family), extack);
	return ret ?: ctw_query_prefix(q, f[CTWATCH_A_FILTER_SRC],
				       f[CTWATCH_A_FILTER_SRC_PREFIX_LEN],
				       &q->src, &q->src_len, extack) ?:
	       ctw_query_prefix(q, f[CTWATCH_A_FILTER_DST],
				f[CTWATCH_A_FILTER_DST_PREFIX_LEN],
				&q->dst, &q->dst_len, extack);
}

static int ctw_query_filter(struct ctw_query *q, const struct nlattr *nest,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *f[CTWATCH_A_FILTER_MAX + 1];
	int ret;

	if (!nest)
		return 0;
	ret = nla_parse_nested(f, CTWATCH_A_FILTER_MAX, nest,
			       ctw_filter_policy, extack);
	if (ret)
		return ret;
	if (f[CTWATCH_A_FILTER_PROTOCOL]) {
		q->protocol = nla_get_u8(f[CTWATCH_A_FILTER_PROTOCOL]);
		q->ask |= CTW_ASK_PROTOCOL;
	}
	q->states = ctw_u32_or(f[CTWATCH_A_FILTER_STATES], 0);
	ctw_query_u16(q, f[CTWATCH_A_FILTER_SPORT], &q->sport, CTW_ASK_SPORT);
	ctw_query_u16(q, f[CTWATCH_A_FILTER_DPORT], &q->dport, CTW_ASK_DPORT);
	ctw_query_u16(q, f[CTWATCH_A_FILTER_ZONE], &q->zone, CTW_ASK_ZONE);
	ctw_query_flag(q, f[CTWATCH_A_FILTER_ASSURED], CTW_ENTRY_ASSURED);
	ctw_query_flag(q, f[CTWATCH_A_FILTER_UNREPLIED], CTW_ENTRY_UNREPLIED);
	ctw_query_flag(q, f[CTWATCH_A_FILTER_EXPIRED], CTW_ENTRY_EXPIRED);
	return ctw_query_mark(q, f, extack) ?:
	       ctw_query_addresses(q, f, extack);
}

/* All that a dump remembers; see snapshot.c. */
enum {
	CTW_ARG_GENERATION = CTW_ARG_OWN,	/* 0 after the last message */
	CTW_ARG_PLACE,	/* 0 the census, then groups by rank, then the others */
	CTW_ARG_TOP,
	CTW_ARG_NETNS,	/* inode number, 0 for all */
};

/* The next check tells when the answer has gone. */
static void ctw_census_began(struct netlink_callback *cb, u32 generation)
{
	cb->args[CTW_ARG_GENERATION] = generation;
	cb->args[CTW_ARG_TOP] =
		ctw_u32_or(ctw_dump_attrs(cb)[CTWATCH_A_QUERY_TOP], 0);
	cb->prev_seq = generation;
	cb->seq = generation;
}

/* Of the peak there are so many groups and no others. */
static int ctw_peak_query(const struct ctw_census *peak, struct ctw_query *q,
			  struct netlink_callback *cb,
			  struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = ctw_dump_attrs(cb);
	const struct ctw_query *kept = &peak->plan.query;

	if (attrs[CTWATCH_A_QUERY_FILTER]) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[CTWATCH_A_QUERY_FILTER],
				    "the peak is kept in groups: no filter applies any more");
		return -EINVAL;
	}
	ctw_query_groups(q, attrs);
	if (!attrs[CTWATCH_A_QUERY_BY])
		q->by = kept->by;
	if (q->by & ~kept->by) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[CTWATCH_A_QUERY_BY],
				    "the peak is kept by source, protocol, state and zone: group by some of these");
		return -EINVAL;
	}
	q->by_src[0] = min(q->by_src[0], kept->by_src[0]);
	q->by_src[1] = min(q->by_src[1], kept->by_src[1]);
	return 0;
}

static int ctw_peak_start(struct netlink_callback *cb,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *inum = ctw_dump_attrs(cb)[CTWATCH_A_QUERY_NETNS];
	struct ctw_census *c = NULL;
	struct ctw_query q = { .peak = 1 };
	struct ctw_net *cn;
	int ret;

	mutex_lock(&ctw_lock);
	cn = ctw_wanted(cb->skb, inum, extack);
	ret = PTR_ERR_OR_ZERO(cn);
	if (!ret && !cn->peak) {
		NL_SET_ERR_MSG(extack,
			       "no peak yet: since the start or the last reset the table has not been above notice");
		ret = -ENODATA;
	}
	if (!ret)
		ret = ctw_peak_query(cn->peak, &q, cb, extack);
	if (!ret) {
		q.net = cn->net;
		q.net_id = cn->id;
		cb->args[CTW_ARG_NETNS] = ctw_net_inum(cn);
		c = ctw_census_regroup(cn->peak, &q, CTW_PEAK_GROUPS);
		ret = c ? 0 : -ENOMEM;
	}
	mutex_unlock(&ctw_lock);
	if (ret)
		return ret;
	c->facts.generation = ctw_survey_generation();
	ctw_census_began(cb, c->facts.generation);
	ctw_snapshot_keep(c);
	return 0;
}

/* Without a namespace it is about all that the caller may see. */
static int ctw_query_netns(struct ctw_query *q, struct netlink_callback *cb,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *inum = ctw_dump_attrs(cb)[CTWATCH_A_QUERY_NETNS];
	struct ctw_net *cn;

	if (!inum && ctw_sees_all(cb->skb))
		return 0;
	mutex_lock(&ctw_lock);
	cn = ctw_wanted(cb->skb, inum, extack);
	if (!IS_ERR(cn)) {
		q->net = cn->net;
		q->net_id = cn->id;
		cb->args[CTW_ARG_NETNS] = ctw_net_inum(cn);
	}
	mutex_unlock(&ctw_lock);
	return PTR_ERR_OR_ZERO(cn);
}

static int ctw_query_start(struct netlink_callback *cb,
			   struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = ctw_dump_attrs(cb);
	struct ctw_query q = { };
	u32 generation, max_age;
	int ret;

	max_age = ctw_u32_or(attrs[CTWATCH_A_QUERY_MAX_AGE], 0);
	ctw_query_groups(&q, attrs);
	ret = ctw_query_filter(&q, attrs[CTWATCH_A_QUERY_FILTER], extack) ?:
	      ctw_query_netns(&q, cb, extack) ?:
	      ctw_snapshot_take(&q, (u64)max_age * NSEC_PER_MSEC, &generation);
	if (ret == -EBUSY)
		NL_SET_ERR_MSG(extack,
			       "the hash table of conntrack is being resized again and again: try later");
	if (!ret)
		ctw_census_began(cb, generation);
	return ret;
}

/**
 * ctw_census_start() - take a census for a dump, or one that is there
 * @cb: the dump
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it.
 */
int ctw_census_start(struct netlink_callback *cb)
{
	struct netlink_ext_ack words = { };
	int ret;

	ret = ctw_dump_attrs(cb)[CTWATCH_A_QUERY_PEAK] ?
	      ctw_peak_start(cb, &words) : ctw_query_start(cb, &words);
	return ret ? ctw_dump_refuse(cb, ret, &words) : 0;
}

/* The answer */

static int ctw_put_addr(struct sk_buff *skb, int type, int len_type,
			u8 family, const union ctw_addr *addr, const u8 len[2])
{
	bool v6 = family == NFPROTO_IPV6;

	return nla_put(skb, type, v6 ? sizeof(addr->in6) : 4, addr) ||
	       nla_put_u8(skb, len_type, len[v6]);
}

static int ctw_put_counts(struct sk_buff *skb, const struct ctw_counts *n)
{
	return nla_put_u32(skb, CTWATCH_A_GROUP_ENTRIES, n->entries) ||
	       nla_put_u32(skb, CTWATCH_A_GROUP_ASSURED, n->assured) ||
	       nla_put_u32(skb, CTWATCH_A_GROUP_UNREPLIED, n->unreplied) ||
	       nla_put_u32(skb, CTWATCH_A_GROUP_EXPIRED, n->expired);
}

static int ctw_put_group_key(struct sk_buff *skb, const struct ctw_query *q,
			     const struct ctw_entry *e, u32 inum)
{
	const u32 by = q->by;

	if (by & CTWATCH_GROUP_KEY_NETNS &&
	    nla_put_u32(skb, CTWATCH_A_GROUP_NETNS, inum))
		return -EMSGSIZE;
	if (by & (CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_DST) &&
	    nla_put_u8(skb, CTWATCH_A_GROUP_FAMILY, e->family))
		return -EMSGSIZE;
	if (by & CTWATCH_GROUP_KEY_SRC &&
	    ctw_put_addr(skb, CTWATCH_A_GROUP_SRC,
			 CTWATCH_A_GROUP_SRC_PREFIX_LEN, e->family, &e->src,
			 q->by_src))
		return -EMSGSIZE;
	if (by & CTWATCH_GROUP_KEY_DST &&
	    ctw_put_addr(skb, CTWATCH_A_GROUP_DST,
			 CTWATCH_A_GROUP_DST_PREFIX_LEN, e->family, &e->dst,
			 q->by_dst))
		return -EMSGSIZE;
	if ((by & CTWATCH_GROUP_KEY_PROTOCOL &&
	     nla_put_u8(skb, CTWATCH_A_GROUP_PROTOCOL, e->protocol)) ||
	    (by & CTWATCH_GROUP_KEY_DPORT &&
	     nla_put_u16(skb, CTWATCH_A_GROUP_DPORT, e->dport)) ||
	    (by & CTWATCH_GROUP_KEY_STATE &&
	     nla_put_u32(skb, CTWATCH_A_GROUP_STATE, e->state)) ||
	    (by & CTWATCH_GROUP_KEY_ZONE &&
	     nla_put_u16(skb, CTWATCH_A_GROUP_ZONE, e->zone)))
		return -EMSGSIZE;
	return 0;
}

static int ctw_put_group(struct sk_buff *skb, const struct ctw_census *c,
			 u32 rank)
{
	const struct ctw_census_row *row = ctw_census_ranked(c, rank);
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_QUERY_GROUP);
	struct ctw_entry e;
	u32 inum;

	inum = ctw_plan_entry(&c->plan, row->key, &e);
	if (!nest || ctw_put_group_key(skb, &c->plan.query, &e, inum) ||
	    ctw_put_counts(skb, &row->n))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* All that is in none of the first groups. */
static void ctw_others(const struct ctw_census *c, u32 groups,
		       struct ctw_counts *n)
{
	u32 i;

	*n = c->all;
	for (i = 0; i < groups; i++) {
		const struct ctw_counts *row = &ctw_census_ranked(c, i)->n;

		n->entries -= row->entries;
		n->assured -= row->assured;
		n->unreplied -= row->unreplied;
		n->expired -= row->expired;
	}
}

static int ctw_put_others(struct sk_buff *skb, const struct ctw_counts *n)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_QUERY_GROUP);

	if (!nest || ctw_put_counts(skb, n) ||
	    nla_put_flag(skb, CTWATCH_A_GROUP_OTHER))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* What a walk met, and how it was told apart: @matched entries in @groups of at
 * most @max, but for those that found no place.
 */
static int ctw_put_facts(struct sk_buff *skb, const struct ctw_census_facts *f,
			 u32 matched, u32 groups, u32 max, u32 ungrouped)
{
	u64 age = div_u64(ktime_get_ns() - f->began, NSEC_PER_MSEC);

	return nla_put_u32(skb, CTWATCH_A_CENSUS_GENERATION, f->generation) ||
	       nla_put_u64_64bit(skb, CTWATCH_A_CENSUS_AGE, age,
				 CTWATCH_A_CENSUS_PAD) ||
	       nla_put_u32(skb, CTWATCH_A_CENSUS_DURATION, f->duration) ||
	       nla_put_u32(skb, CTWATCH_A_CENSUS_SEEN, f->seen) ||
	       nla_put_u32(skb, CTWATCH_A_CENSUS_MATCHED, matched) ||
	       nla_put_u32(skb, CTWATCH_A_CENSUS_NAT_CLASH, f->nat_clash) ||
	       nla_put_u32(skb, CTWATCH_A_CENSUS_ENTRIES, f->entries) ||
	       nla_put_s32(skb, CTWATCH_A_CENSUS_UNATTRIBUTED,
			   f->entries - f->seen) ||
	       nla_put_u32(skb, CTWATCH_A_CENSUS_GROUPS, groups) ||
	       nla_put_u32(skb, CTWATCH_A_CENSUS_GROUPS_MAX, max) ||
	       nla_put_u32(skb, CTWATCH_A_CENSUS_UNGROUPED, ungrouped);
}

static int ctw_put_census(struct sk_buff *skb, const struct ctw_census *c)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_QUERY_CENSUS);

	if (!nest || ctw_put_facts(skb, &c->facts, c->all.entries, c->known,
				   c->groups.max, c->beyond.entries))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ctw_put_query(struct sk_buff *skb, const struct ctw_census *c,
			 u32 inum)
{
	const struct ctw_query *q = &c->plan.query;

	if ((inum && nla_put_u32(skb, CTWATCH_A_QUERY_NETNS, inum)) ||
	    nla_put_u32(skb, CTWATCH_A_QUERY_BY, q->by) ||
	    nla_put_u32(skb, CTWATCH_A_QUERY_SRC_IPV4_PREFIX, q->by_src[0]) ||
	    nla_put_u32(skb, CTWATCH_A_QUERY_SRC_IPV6_PREFIX, q->by_src[1]) ||
	    nla_put_u32(skb, CTWATCH_A_QUERY_DST_IPV4_PREFIX, q->by_dst[0]) ||
	    nla_put_u32(skb, CTWATCH_A_QUERY_DST_IPV6_PREFIX, q->by_dst[1]) ||
	    (q->peak && nla_put_flag(skb, CTWATCH_A_QUERY_PEAK)))
		return -EMSGSIZE;
	return ctw_put_census(skb, c);
}

/* The message at a place of the dump; 1 when there is none any more. */
static int ctw_census_put_place(struct sk_buff *skb,
				const struct netlink_callback *cb,
				const struct ctw_census *c)
{
	u32 place = cb->args[CTW_ARG_PLACE], top = cb->args[CTW_ARG_TOP];
	u32 groups = min(top ?: U32_MAX, c->groups.used);
	struct ctw_counts others;

	if (!place)
		return ctw_put_query(skb, c, cb->args[CTW_ARG_NETNS]);
	if (place <= groups)
		return ctw_put_group(skb, c, place - 1);
	if (place > groups + 1)
		return 1;
	ctw_others(c, groups, &others);
	return others.entries ? ctw_put_others(skb, &others) : 1;
}

/**
 * ctw_census_dump() - the next messages
 * @skb: where to
 * @cb: the dump
 *
 * Context: process, may sleep.
 * Return: bytes, 0 at the end.
 */
int ctw_census_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct ctw_census *c;
	void *hdr;
	int ret;

	if (!cb->args[CTW_ARG_GENERATION])
		return ctw_dump_refused(cb);
	c = ctw_snapshot_lock(cb->args[CTW_ARG_GENERATION]);
	if (!c) {
		/* the last message will say that the dump was cut short */
		cb->seq++;
		return 0;
	}
	for (;;) {
		hdr = ctw_dump_put(skb, cb, CTWATCH_CMD_CENSUS_GET);
		if (!hdr)
			break;
		genl_dump_check_consistent(cb, hdr);
		ret = ctw_census_put_place(skb, cb, c);
		if (ret) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		cb->args[CTW_ARG_PLACE]++;
	}
	/* complete: what becomes of the snapshot now is not our concern */
	if (hdr && ret > 0)
		cb->args[CTW_ARG_GENERATION] = 0;
	ctw_snapshot_unlock();
	return skb->len;
}

/* Events */

static int ctw_put_holder(struct sk_buff *skb, const struct ctw_holders *h,
			  const struct ctw_holder *holder)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_CENSUS_GROUP);
	const struct ctw_entry *who = &holder->who;

	if (!nest || nla_put_u8(skb, CTWATCH_A_GROUP_FAMILY, who->family) ||
	    ctw_put_addr(skb, CTWATCH_A_GROUP_SRC,
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

/**
 * ctw_put_holders() - the census of an event
 * @skb: where to
 * @h: who holds the table
 *
 * Return: 0, or not when there is no room.
 */
int ctw_put_holders(struct sk_buff *skb, const struct ctw_holders *h)
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
