// SPDX-License-Identifier: GPL-2.0
/* census-get: a census is taken or found, and dumped. */

#include <linux/kernel.h>
#include <linux/time64.h>
#include <net/genetlink.h>
#include <linux/ctwatch.h>

#include "census/census.h"
#include "compat/genetlink.h"
#include "netlink/netlink.h"
#include "netns/net.h"
#include "table/snapshot.h"

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
		c = ctw_snapshot_peak(cn, &q);
		ret = c ? 0 : -ENOMEM;
	}
	mutex_unlock(&ctw_lock);
	if (!ret)
		ctw_census_began(cb, ctw_snapshot_keep(c));
	return ret;
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
	    ctw_put_group_addr(skb, CTWATCH_A_GROUP_SRC,
			       CTWATCH_A_GROUP_SRC_PREFIX_LEN, e->family,
			       &e->src, q->by_src))
		return -EMSGSIZE;
	if (by & CTWATCH_GROUP_KEY_DST &&
	    ctw_put_group_addr(skb, CTWATCH_A_GROUP_DST,
			       CTWATCH_A_GROUP_DST_PREFIX_LEN, e->family,
			       &e->dst, q->by_dst))
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

static int ctw_put_others(struct sk_buff *skb, const struct ctw_counts *n)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_QUERY_GROUP);

	if (!nest || ctw_put_counts(skb, n) ||
	    nla_put_flag(skb, CTWATCH_A_GROUP_OTHER))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
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
	ctw_census_others(c, groups, &others);
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
