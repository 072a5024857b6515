// SPDX-License-Identifier: GPL-2.0
/* census-get: from the attributes of a request to a query. */

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/string.h>
#include <net/netlink.h>
#include <linux/ctwatch.h>

#include "census/query.h"
#include "lib/config.h"
#include "lib/prefix.h"
#include "netlink/netlink.h"

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

/**
 * ctw_query_groups() - how a request wants entries grouped
 * @q: the query
 * @attrs: attributes of the request
 */
void ctw_query_groups(struct ctw_query *q, struct nlattr **attrs)
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

/**
 * ctw_query_filter() - which entries a request is about
 * @q: the query
 * @nest: the filter, NULL for none
 * @extack: for words
 *
 * Return: 0 or a negative error, with words for it.
 */
int ctw_query_filter(struct ctw_query *q, const struct nlattr *nest,
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
