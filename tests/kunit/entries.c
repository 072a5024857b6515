// SPDX-License-Identifier: GPL-2.0
/* Entries and queries at random, and what the queries mean: the model. */

#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/string.h>

#include "entries.h"

/* Only their addresses matter, and those are in order. */
static u64 nets[NETS];

const struct net *net_at(u32 i)
{
	return (const struct net *)&nets[i];
}

u32 net_inum(const struct net *net)
{
	u32 i = (const u64 *)net - nets;

	return i == NET_LOST ? 0 : 4026531840U + 7 * i;
}

u32 family_bits(u8 family)
{
	return family == NFPROTO_IPV4 ? 32 : 128;
}

void addr_flip(union ctw_addr *addr, u32 bit)
{
	addr->in6.s6_addr[bit / 8] ^= 0x80 >> (bit % 8);
}

static bool addr_bit(const union ctw_addr *addr, u32 bit)
{
	return addr->in6.s6_addr[bit / 8] & (0x80 >> (bit % 8));
}

static bool one_in(struct rng *r, u32 n)
{
	return !rng_below(r, n);
}

/* Near one address; apart at the lengths of prefixes mostly. */
static void addr_random(struct rng *r, union ctw_addr *addr, u8 family)
{
	static const u8 base[] = {
		0x20, 0x01, 0x0d, 0xb8, 0, 1, 0xff, 0xff,
		0x80, 0, 0, 0, 0, 0, 0, 1,
	};
	static const u8 edges[] = {
		0, 7, 8, 15, 24, 31, 32, 55, 56, 63, 64, 127,
	};
	u32 bits = family_bits(family);
	u32 n = bits == 32 ? 6 : ARRAY_SIZE(edges), flips = rng_below(r, 3);

	memset(addr, 0, sizeof(*addr));
	memcpy(addr, base, bits / 8);
	while (flips--)
		addr_flip(addr, one_in(r, 8) ? rng_below(r, bits) :
					       edges[rng_below(r, n)]);
}

static u16 port_random(struct rng *r)
{
	static const u16 ports[] = { 0, 1, 53, 80, 256, 443, 65535 };

	return ports[rng_below(r, ARRAY_SIZE(ports))];
}

void entry_random(struct rng *r, struct ctw_entry *e)
{
	static const u8 protocols[] = {
		IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP,
		IPPROTO_ICMP, IPPROTO_GRE, 0, 255,
	};
	static const u32 marks[] = { 0, 1, 0x100, 0x80000000, U32_MAX };
	static const u16 zones[] = { 0, 0, 1, 256, 65535 };

	memset(e, 0, sizeof(*e));
	e->family = one_in(r, 2) ? NFPROTO_IPV6 : NFPROTO_IPV4;
	addr_random(r, &e->src, e->family);
	addr_random(r, &e->dst, e->family);
	e->net = net_at(rng_below(r, NETS));
	e->mark = marks[rng_below(r, ARRAY_SIZE(marks))];
	e->zone = zones[rng_below(r, ARRAY_SIZE(zones))];
	e->protocol = protocols[rng_below(r, ARRAY_SIZE(protocols))];
	e->state = rng_skewed(r, CTWATCH_STATE_OTHER + 1);
	e->flags = rng_below(r, 8);
	if (e->protocol == IPPROTO_TCP || e->protocol == IPPROTO_UDP ||
	    e->protocol == IPPROTO_SCTP) {
		e->flags |= CTW_ENTRY_PORTS;
		e->sport = port_random(r);
		e->dport = port_random(r);
	}
}

void entry_mix(struct rng *r, struct ctw_entry *e,
	       const struct ctw_entry *other)
{
	const u32 rarely = 12;

	/* addresses are of one family, and so are protocols with ports */
	if (e->family == other->family && one_in(r, rarely))
		e->src = other->src;
	if (e->family == other->family && one_in(r, rarely))
		e->dst = other->dst;
	if (one_in(r, rarely)) {
		e->family = other->family;
		e->src = other->src;
		e->dst = other->dst;
	}
	if (one_in(r, 4))
		addr_flip(&e->src, rng_below(r, family_bits(e->family)));
	if (one_in(r, 4))
		addr_flip(&e->dst, rng_below(r, family_bits(e->family)));
	if (one_in(r, rarely))
		e->net = other->net;
	if (one_in(r, rarely))
		e->mark = other->mark;
	if (one_in(r, rarely))
		e->zone = other->zone;
	if (one_in(r, rarely))
		e->state = other->state;
	if (one_in(r, rarely))
		e->flags ^= BIT(rng_below(r, 3));
	if (one_in(r, rarely)) {
		e->protocol = other->protocol;
		e->sport = other->sport;
		e->dport = other->dport;
		e->flags &= ~CTW_ENTRY_PORTS;
		e->flags |= other->flags & CTW_ENTRY_PORTS;
	}
	if (e->flags & CTW_ENTRY_PORTS && one_in(r, rarely))
		e->sport = port_random(r);
	if (e->flags & CTW_ENTRY_PORTS && one_in(r, rarely))
		e->dport = port_random(r);
}

bool entry_same(const struct ctw_entry *a, const struct ctw_entry *b)
{
	return a->src.w[0] == b->src.w[0] && a->src.w[1] == b->src.w[1] &&
	       a->dst.w[0] == b->dst.w[0] && a->dst.w[1] == b->dst.w[1] &&
	       a->net == b->net && a->mark == b->mark &&
	       a->sport == b->sport && a->dport == b->dport &&
	       a->zone == b->zone && a->family == b->family &&
	       a->protocol == b->protocol && a->state == b->state &&
	       a->flags == b->flags;
}

/* Network addresses only, as from the wire. */
static void prefix_like(struct rng *r, union ctw_addr *prefix, u8 *len,
			const union ctw_addr *addr, u8 family)
{
	u32 bits = family_bits(family), bit;

	*len = rng_below(r, bits + 1);
	*prefix = *addr;
	if (*len && one_in(r, 8))
		addr_flip(prefix, rng_below(r, *len));
	for (bit = *len; bit < bits; bit++)
		if (addr_bit(prefix, bit))
			addr_flip(prefix, bit);
}

void query_like(struct rng *r, struct ctw_query *q,
		const struct ctw_entry *like)
{
	static const u8 flags[] = {
		CTW_ENTRY_ASSURED, CTW_ENTRY_UNREPLIED, CTW_ENTRY_EXPIRED,
	};
	u32 i;

	memset(q, 0, sizeof(*q));
	if (one_in(r, 3))
		q->family = like->family;
	if (q->family && one_in(r, 2))
		prefix_like(r, &q->src, &q->src_len, &like->src, q->family);
	if (q->family && one_in(r, 2))
		prefix_like(r, &q->dst, &q->dst_len, &like->dst, q->family);
	if (one_in(r, 4)) {
		q->ask |= CTW_ASK_PROTOCOL;
		q->protocol = like->protocol;
	}
	if (one_in(r, 4)) {
		q->ask |= CTW_ASK_SPORT;
		q->sport = like->sport;
	}
	if (one_in(r, 4)) {
		q->ask |= CTW_ASK_DPORT;
		q->dport = like->dport;
	}
	if (one_in(r, 4)) {
		q->ask |= CTW_ASK_ZONE;
		q->zone = like->zone;
	}
	if (one_in(r, 4)) {
		q->mark_mask = rng_next(r);
		q->mark = like->mark & q->mark_mask;
	}
	if (one_in(r, 4)) {
		q->states = rng_next(r) & (BIT(CTWATCH_STATE_OTHER + 1) - 1);
		if (!one_in(r, 4))
			q->states |= BIT(like->state);
	}
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (one_in(r, 4)) {
			q->care |= flags[i];
			q->want |= like->flags & flags[i];
		}
}

void query_lengths(struct rng *r, struct ctw_query *q)
{
	q->by_src[0] = rng_below(r, 33);
	q->by_src[1] = rng_below(r, 129);
	q->by_dst[0] = rng_below(r, 33);
	q->by_dst[1] = rng_below(r, 129);
}

static bool model_within(const union ctw_addr *addr,
			 const union ctw_addr *prefix, u32 len)
{
	u32 bit;

	for (bit = 0; bit < len; bit++)
		if (addr_bit(addr, bit) != addr_bit(prefix, bit))
			return false;
	return true;
}

static bool model_flag(const struct ctw_query *q, const struct ctw_entry *e,
		       u8 flag)
{
	if (!(q->care & flag))
		return true;
	if (q->want & flag)
		return e->flags & flag;
	return !(e->flags & flag);
}

static bool model_ports(const struct ctw_query *q, const struct ctw_entry *e)
{
	bool has = e->flags & CTW_ENTRY_PORTS;

	if (q->ask & CTW_ASK_SPORT && !(has && e->sport == q->sport))
		return false;
	if (q->ask & CTW_ASK_DPORT && !(has && e->dport == q->dport))
		return false;
	return true;
}

static bool model_bits(const struct ctw_query *q, const struct ctw_entry *e)
{
	bool any = !q->states;
	u32 i;

	for (i = 0; i < 32; i++) {
		if (q->mark_mask >> i & 1 &&
		    (q->mark >> i & 1) != (e->mark >> i & 1))
			return false;
		if (q->states >> i & 1 && e->state == i)
			any = true;
	}
	return any;
}

bool model_match(const struct ctw_query *q, const struct ctw_entry *e)
{
	if (q->family && q->family != e->family)
		return false;
	if (!model_within(&e->src, &q->src, q->src_len))
		return false;
	if (!model_within(&e->dst, &q->dst, q->dst_len))
		return false;
	if (q->ask & CTW_ASK_PROTOCOL && q->protocol != e->protocol)
		return false;
	if (q->ask & CTW_ASK_ZONE && q->zone != e->zone)
		return false;
	return model_ports(q, e) && model_bits(q, e) &&
	       model_flag(q, e, CTW_ENTRY_ASSURED) &&
	       model_flag(q, e, CTW_ENTRY_UNREPLIED) &&
	       model_flag(q, e, CTW_ENTRY_EXPIRED);
}

static void model_prefix(union ctw_addr *prefix, const union ctw_addr *addr,
			 u32 len)
{
	u32 bit;

	for (bit = 0; bit < len; bit++)
		if (addr_bit(addr, bit))
			addr_flip(prefix, bit);
}

void model_group(const struct ctw_query *q, const struct ctw_entry *e,
		 struct ctw_entry *group)
{
	u32 v6 = e->family == NFPROTO_IPV6;

	memset(group, 0, sizeof(*group));
	if (q->by & CTWATCH_GROUP_KEY_SRC) {
		group->family = e->family;
		model_prefix(&group->src, &e->src, q->by_src[v6]);
	}
	if (q->by & CTWATCH_GROUP_KEY_DST) {
		group->family = e->family;
		model_prefix(&group->dst, &e->dst, q->by_dst[v6]);
	}
	if (q->by & CTWATCH_GROUP_KEY_PROTOCOL)
		group->protocol = e->protocol;
	if (q->by & CTWATCH_GROUP_KEY_DPORT)
		group->dport = e->dport;
	if (q->by & CTWATCH_GROUP_KEY_STATE)
		group->state = e->state;
	if (q->by & CTWATCH_GROUP_KEY_ZONE)
		group->zone = e->zone;
}
