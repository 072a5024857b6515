/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_QUERY_H
#define CTW_QUERY_H

#include <linux/bits.h>
#include <linux/in6.h>
#include <linux/types.h>
#include <linux/ctwatch.h>

struct net;

/**
 * union ctw_addr - an address, IPv4 in the first bytes and zero behind
 * @in6: as an address
 * @w: as words to compare and to mask
 */
union ctw_addr {
	struct in6_addr in6;
	u64 w[2];
};

/* Flags of an entry. */
#define CTW_ENTRY_ASSURED	BIT(0)
#define CTW_ENTRY_UNREPLIED	BIT(1)
#define CTW_ENTRY_EXPIRED	BIT(2)
#define CTW_ENTRY_PORTS		BIT(3)	/* its protocol has ports */
#define CTW_ENTRY_NAT_CLASH	BIT(4)	/* in the table in reply direction only */

/**
 * struct ctw_entry - what a walk copies of an entry of the table
 * @src: source of the original direction, IPv4 in the first word
 * @dst: destination of the original direction
 * @net: its netns; to be compared, not followed: it may have gone
 * @mark: conntrack mark
 * @sport: source port, host order, 0 without ports
 * @dport: destination port, the same
 * @zone: conntrack zone of the original direction
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @protocol: IP protocol number
 * @state: &enum ctwatch_state
 * @flags: CTW_ENTRY_...
 */
struct ctw_entry {
	union ctw_addr src;
	union ctw_addr dst;
	const struct net *net;
	u32 mark;
	u16 sport;
	u16 dport;
	u16 zone;
	u8 family;
	u8 protocol;
	u8 state;
	u8 flags;
};

/* What a query asks for. */
#define CTW_ASK_PROTOCOL	BIT(0)
#define CTW_ASK_SPORT		BIT(1)
#define CTW_ASK_DPORT		BIT(2)
#define CTW_ASK_ZONE		BIT(3)

/**
 * struct ctw_query - a question about the table
 * @src: source within this prefix
 * @dst: destination within this prefix
 * @net: of this netns, NULL for all
 * @net_id: its id: an address may come back with another netns
 * @by: how to group, flags of &enum ctwatch_group_key
 * @states: one of these states, bits of &enum ctwatch_state; 0 for any
 * @mark: mark, where @mark_mask has bits
 * @mark_mask: bits of the mark that count
 * @sport: source port
 * @dport: destination port
 * @zone: zone
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6, 0 for any; set when there is a prefix
 * @protocol: protocol
 * @ask: which of the four before count, CTW_ASK_...
 * @care: which flags of an entry count, CTW_ENTRY_...
 * @want: and how they have to be
 * @src_len: length of @src, 0 for any
 * @dst_len: length of @dst
 * @by_src: length of a source when grouping, IPv4 and IPv6
 * @by_dst: length of a destination when grouping, IPv4 and IPv6
 * @peak: not of now but of the last peak
 * @zero: for the size
 *
 * Queries are the same when their bytes are: there is no padding.
 */
struct ctw_query {
	union ctw_addr src;
	union ctw_addr dst;
	const struct net *net;
	u32 net_id;
	u32 by;
	u32 states;
	u32 mark;
	u32 mark_mask;
	u16 sport;
	u16 dport;
	u16 zone;
	u8 family;
	u8 protocol;
	u8 ask;
	u8 care;
	u8 want;
	u8 src_len;
	u8 dst_len;
	u8 by_src[2];
	u8 by_dst[2];
	u8 peak;
	u8 zero[BITS_PER_LONG == 64 ? 2 : 6];
};

/* Words of the key of a group: what is in one word, two addresses, a netns. */
#define CTW_GROUP_WORDS		6

/**
 * struct ctw_plan - a query made ready for many entries
 * @query: the query
 * @match: there is something to compare
 * @key_size: bytes of a key
 * @src_mask: of the filter
 * @dst_mask: of the filter
 * @by_src_mask: of the key, IPv4 and IPv6
 * @by_dst_mask: of the key, IPv4 and IPv6
 */
struct ctw_plan {
	struct ctw_query query;
	bool match;
	u32 key_size;
	union ctw_addr src_mask;
	union ctw_addr dst_mask;
	union ctw_addr by_src_mask[2];
	union ctw_addr by_dst_mask[2];
};

void ctw_plan_init(struct ctw_plan *p, const struct ctw_query *q);
bool ctw_plan_match(const struct ctw_plan *p, const struct ctw_entry *e);
void ctw_plan_key(const struct ctw_plan *p, const struct ctw_entry *e,
		  u32 inum, u64 key[CTW_GROUP_WORDS]);
u32 ctw_plan_entry(const struct ctw_plan *p, const u64 *key,
		   struct ctw_entry *e);

/* Grouped by the namespace, and it is not known: it is the last word. */
static inline bool ctw_plan_is_lost(const struct ctw_plan *p, const u64 *key)
{
	return p->query.by & CTWATCH_GROUP_KEY_NETNS &&
	       !key[p->key_size / sizeof(u64) - 1];
}

#endif
