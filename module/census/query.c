// SPDX-License-Identifier: GPL-2.0
/* Which entries, and what they have in common. Pure logic. */

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "census/query.h"
#include "lib/prefix.h"

/* Compared as bytes. */
static_assert(sizeof(struct ctw_query) ==
	      offsetofend(struct ctw_query, zero));

/* The first word of a key; what a query does not group by stays 0. */
union ctw_group_word {
	struct {
		u16 dport;
		u16 zone;
		u8 family;
		u8 protocol;
		u8 state;
		u8 zero;
	};
	u64 w;
};

static_assert(sizeof(union ctw_group_word) == sizeof(u64));

static void ctw_len_mask(union ctw_addr *mask, u8 len)
{
	memset(mask, 0xff, sizeof(*mask));
	ctw_mask_addr(&mask->in6, len);
}

/**
 * ctw_plan_init() - make a query ready
 * @p: the plan
 * @q: the query
 */
void ctw_plan_init(struct ctw_plan *p, const struct ctw_query *q)
{
	u32 words = 1, i;

	memset(p, 0, sizeof(*p));
	memcpy(&p->query, q, sizeof(*q));
	p->match = q->family || q->ask || q->care || q->states || q->mark_mask;
	ctw_len_mask(&p->src_mask, q->src_len);
	ctw_len_mask(&p->dst_mask, q->dst_len);
	for (i = 0; i < 2; i++) {
		ctw_len_mask(&p->by_src_mask[i], q->by_src[i]);
		ctw_len_mask(&p->by_dst_mask[i], q->by_dst[i]);
	}
	if (q->by & CTWATCH_GROUP_KEY_SRC)
		words += 2;
	if (q->by & CTWATCH_GROUP_KEY_DST)
		words += 2;
	if (q->by & CTWATCH_GROUP_KEY_NETNS)
		words++;
	p->key_size = words * sizeof(u64);
}

static bool ctw_within(const union ctw_addr *addr,
		       const union ctw_addr *prefix,
		       const union ctw_addr *mask)
{
	return !(((addr->w[0] ^ prefix->w[0]) & mask->w[0]) |
		 ((addr->w[1] ^ prefix->w[1]) & mask->w[1]));
}

static bool ctw_match_ports(const struct ctw_query *q,
			    const struct ctw_entry *e)
{
	if (!(q->ask & (CTW_ASK_SPORT | CTW_ASK_DPORT)))
		return true;
	return e->flags & CTW_ENTRY_PORTS &&
	       (!(q->ask & CTW_ASK_SPORT) || e->sport == q->sport) &&
	       (!(q->ask & CTW_ASK_DPORT) || e->dport == q->dport);
}

/**
 * ctw_plan_match() - does the filter let an entry through
 * @p: the plan
 * @e: the entry, of a netns that the query is about
 *
 * Return: whether all that is asked for holds.
 */
bool ctw_plan_match(const struct ctw_plan *p, const struct ctw_entry *e)
{
	const struct ctw_query *q = &p->query;

	if (!p->match)
		return true;
	if (q->family && (q->family != e->family ||
			  !ctw_within(&e->src, &q->src, &p->src_mask) ||
			  !ctw_within(&e->dst, &q->dst, &p->dst_mask)))
		return false;
	return !((e->flags ^ q->want) & q->care) &&
	       !((e->mark ^ q->mark) & q->mark_mask) &&
	       (!q->states || q->states & BIT(e->state)) &&
	       (!(q->ask & CTW_ASK_PROTOCOL) || q->protocol == e->protocol) &&
	       (!(q->ask & CTW_ASK_ZONE) || q->zone == e->zone) &&
	       ctw_match_ports(q, e);
}

static u64 *ctw_key_addr(u64 *key, const union ctw_addr *addr,
			 const union ctw_addr *mask)
{
	*key++ = addr->w[0] & mask->w[0];
	*key++ = addr->w[1] & mask->w[1];
	return key;
}

/**
 * ctw_plan_key() - the key of the group that an entry belongs to
 * @p: the plan
 * @e: the entry
 * @inum: inode number of its netns, for queries that group by that
 * @key: the key; its first @p->key_size bytes count
 */
void ctw_plan_key(const struct ctw_plan *p, const struct ctw_entry *e,
		  u32 inum, u64 key[CTW_GROUP_WORDS])
{
	bool v6 = e->family == NFPROTO_IPV6;
	union ctw_group_word word = { .w = 0 };
	u32 by = p->query.by;

	if (by & (CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_DST))
		word.family = e->family;
	if (by & CTWATCH_GROUP_KEY_PROTOCOL)
		word.protocol = e->protocol;
	if (by & CTWATCH_GROUP_KEY_DPORT)
		word.dport = e->dport;
	if (by & CTWATCH_GROUP_KEY_STATE)
		word.state = e->state;
	if (by & CTWATCH_GROUP_KEY_ZONE)
		word.zone = e->zone;
	*key++ = word.w;
	if (by & CTWATCH_GROUP_KEY_SRC)
		key = ctw_key_addr(key, &e->src, &p->by_src_mask[v6]);
	if (by & CTWATCH_GROUP_KEY_DST)
		key = ctw_key_addr(key, &e->dst, &p->by_dst_mask[v6]);
	if (by & CTWATCH_GROUP_KEY_NETNS)
		*key = inum;
}

/**
 * ctw_plan_entry() - what the entries of a group have in common
 * @p: the plan
 * @key: key of the group
 * @e: on return an entry with that, all else zero
 *
 * Return: inode number of the netns, 0 when the query does not group by it.
 */
u32 ctw_plan_entry(const struct ctw_plan *p, const u64 *key,
		   struct ctw_entry *e)
{
	union ctw_group_word word;
	u32 by = p->query.by;

	memset(e, 0, sizeof(*e));
	word.w = *key++;
	e->family = word.family;
	e->protocol = word.protocol;
	e->dport = word.dport;
	e->state = word.state;
	e->zone = word.zone;
	if (by & CTWATCH_GROUP_KEY_SRC) {
		memcpy(&e->src, key, sizeof(e->src));
		key += 2;
	}
	if (by & CTWATCH_GROUP_KEY_DST) {
		memcpy(&e->dst, key, sizeof(e->dst));
		key += 2;
	}
	return by & CTWATCH_GROUP_KEY_NETNS ? *key : 0;
}
