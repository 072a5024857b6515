// SPDX-License-Identifier: GPL-2.0
/* Attributes that more than one message has. */

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/netfilter.h>
#include <net/netlink.h>

#include "census/census.h"
#include "lib/prefix.h"
#include "netlink/netlink.h"

/**
 * ctw_put_u64() - a number of 64 bits of the main set
 * @skb: where to
 * @type: attribute
 * @value: the number
 *
 * Return: 0 or -EMSGSIZE.
 */
int ctw_put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CTWATCH_A_PAD);
}

/**
 * ctw_put_kind() - a number of a protocol in a state
 * @skb: where to
 * @type: attribute
 * @protocol: IP protocol number
 * @state: the state
 * @count: the number
 *
 * Return: 0 or -EMSGSIZE.
 */
int ctw_put_kind(struct sk_buff *skb, int type, u8 protocol,
		 enum ctwatch_state state, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_u8(skb, CTWATCH_A_KIND_PROTOCOL, protocol) ||
	    nla_put_u32(skb, CTWATCH_A_KIND_STATE, state) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_KIND_COUNT, count,
			      CTWATCH_A_KIND_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * ctw_put_kinds() - numbers by protocol and state, but for those that are 0
 * @skb: where to
 * @type: attribute of each
 * @by: the numbers
 *
 * Return: 0 or -EMSGSIZE.
 */
int ctw_put_kinds(struct sk_buff *skb, int type, const u64 by[CTW_KINDS])
{
	u32 i;

	for (i = 0; i < CTW_KINDS; i++)
		if (by[i] && ctw_put_kind(skb, type, ctw_kinds[i].protocol,
					  ctw_kinds[i].state, by[i]))
			return -EMSGSIZE;
	return 0;
}

/**
 * ctw_put_address() - an address and its family
 * @skb: where to
 * @family_type: attribute of the family
 * @address_type: attribute of the address
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the address, IPv4 in the first word
 *
 * Return: 0, or not when there is no room.
 */
int ctw_put_address(struct sk_buff *skb, int family_type, int address_type,
		    u8 family, const struct in6_addr *addr)
{
	bool v4 = family == NFPROTO_IPV4;

	/* NFPROTO_IPV4 and NFPROTO_IPV6 are AF_INET and AF_INET6. */
	return nla_put_u8(skb, family_type, family) ||
	       nla_put(skb, address_type, v4 ? 4 : sizeof(*addr), addr);
}

/**
 * ctw_put_prefix() - the largest prefix of what is diffuse
 * @skb: where to
 * @type: attribute
 * @p: the prefix; family 0 when it is not known
 * @share: its share of all, per cent
 *
 * Return: 0 or -EMSGSIZE.
 */
int ctw_put_prefix(struct sk_buff *skb, int type, const struct ctw_prefix *p,
		   u32 share)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (p->family &&
	    (ctw_put_address(skb, CTWATCH_A_PREFIX_FAMILY,
			     CTWATCH_A_PREFIX_ADDRESS, p->family, &p->addr) ||
	     nla_put_u8(skb, CTWATCH_A_PREFIX_PREFIX_LEN, p->len) ||
	     nla_put_u32(skb, CTWATCH_A_PREFIX_SHARE, share)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * ctw_put_group_addr() - the address of a group and the length of its prefix
 * @skb: where to
 * @type: attribute of the address
 * @len_type: attribute of the length
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @addr: the address
 * @len: the length, of IPv4 and of IPv6
 *
 * Return: 0, or not when there is no room.
 */
int ctw_put_group_addr(struct sk_buff *skb, int type, int len_type, u8 family,
		       const union ctw_addr *addr, const u8 len[2])
{
	bool v6 = family == NFPROTO_IPV6;

	return nla_put(skb, type, v6 ? sizeof(addr->in6) : 4, addr) ||
	       nla_put_u8(skb, len_type, len[v6]);
}

/**
 * ctw_put_counts() - the entries of a group
 * @skb: where to
 * @n: the entries
 *
 * Return: 0, or not when there is no room.
 */
int ctw_put_counts(struct sk_buff *skb, const struct ctw_counts *n)
{
	return nla_put_u32(skb, CTWATCH_A_GROUP_ENTRIES, n->entries) ||
	       nla_put_u32(skb, CTWATCH_A_GROUP_ASSURED, n->assured) ||
	       nla_put_u32(skb, CTWATCH_A_GROUP_UNREPLIED, n->unreplied) ||
	       nla_put_u32(skb, CTWATCH_A_GROUP_EXPIRED, n->expired);
}

/**
 * ctw_put_facts() - what a walk met, and how it was told apart
 * @skb: where to
 * @f: of the walk
 * @matched: entries that the filter let through
 * @groups: groups of them
 * @max: most groups that were told apart
 * @ungrouped: entries that found no place in one
 *
 * Return: 0, or not when there is no room.
 */
int ctw_put_facts(struct sk_buff *skb, const struct ctw_census_facts *f,
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
