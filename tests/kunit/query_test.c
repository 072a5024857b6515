// SPDX-License-Identifier: GPL-2.0
/* Queries: what they let through, and the keys of groups. */

#include <kunit/test.h>
#include <linux/in.h>

#include "entries.h"
#include "census/query.c"

#define POISON	0xa5a5a5a5a5a5a5a5ULL

static bool matches(const struct ctw_query *q, const struct ctw_entry *e)
{
	struct ctw_plan p;

	memset(&p, 0xa5, sizeof(p));
	ctw_plan_init(&p, q);
	return ctw_plan_match(&p, e);
}

static struct ctw_entry entry_make(u8 family, u8 protocol)
{
	struct ctw_entry e = { .family = family, .protocol = protocol };

	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		e.flags |= CTW_ENTRY_PORTS;
	return e;
}

/* The filter */

/* How to group and whose entries is not the filter's business. */
static void query_any(struct kunit *test)
{
	struct ctw_query q = {
		.net = net_at(0), .net_id = 5, .by = BY_ALL, .peak = 1,
		.by_src = { 24, 64 }, .by_dst = { 8, 32 },
	};
	struct rng r = { .state = 1 };
	struct ctw_entry e;
	u32 i;

	for (i = 0; i < 1000; i++) {
		entry_random(&r, &e);
		KUNIT_ASSERT_TRUE(test, matches(&q, &e));
	}
}

static void query_family(struct kunit *test)
{
	struct ctw_entry v4 = entry_make(NFPROTO_IPV4, IPPROTO_TCP);
	struct ctw_entry v6 = entry_make(NFPROTO_IPV6, IPPROTO_TCP);
	struct ctw_query q = { .family = NFPROTO_IPV4 };

	KUNIT_EXPECT_TRUE(test, matches(&q, &v4));
	KUNIT_EXPECT_FALSE(test, matches(&q, &v6));
	q.family = NFPROTO_IPV6;
	KUNIT_EXPECT_FALSE(test, matches(&q, &v4));
	KUNIT_EXPECT_TRUE(test, matches(&q, &v6));
}

/* An address with one other bit is within the prefix when that bit is behind
 * it, and never of the other family.
 */
static void check_prefix(struct kunit *test, struct rng *r, u8 family, u32 len,
			 bool dst)
{
	struct ctw_entry like = entry_make(family, IPPROTO_UDP), e;
	struct ctw_query q = { .family = family };
	union ctw_addr *addr = dst ? &like.dst : &like.src;
	union ctw_addr *prefix = dst ? &q.dst : &q.src;
	u32 bits = family_bits(family), bit;

	for (bit = 0; bit < bits; bit++)
		if (rng_below(r, 2)) {
			addr_flip(addr, bit);
			if (bit < len)
				addr_flip(prefix, bit);
		}
	*(dst ? &q.dst_len : &q.src_len) = len;
	KUNIT_ASSERT_TRUE(test, matches(&q, &like));
	for (bit = 0; bit < bits; bit++) {
		e = like;
		addr_flip(dst ? &e.dst : &e.src, bit);
		KUNIT_ASSERT_EQ_MSG(test, matches(&q, &e), bit >= len,
				    "family %u /%u, bit %u", family, len, bit);
		/* the other address does not matter */
		e = like;
		addr_flip(dst ? &e.src : &e.dst, bit);
		KUNIT_ASSERT_TRUE(test, matches(&q, &e));
	}
	e = like;
	e.family ^= NFPROTO_IPV4 ^ NFPROTO_IPV6;
	KUNIT_ASSERT_FALSE(test, matches(&q, &e));
}

static void query_prefixes(struct kunit *test)
{
	struct rng r = { .state = 2 };
	u32 len;

	for (len = 0; len <= 32; len++) {
		check_prefix(test, &r, NFPROTO_IPV4, len, false);
		check_prefix(test, &r, NFPROTO_IPV4, len, true);
	}
	for (len = 0; len <= 128; len++) {
		check_prefix(test, &r, NFPROTO_IPV6, len, false);
		check_prefix(test, &r, NFPROTO_IPV6, len, true);
	}
}

static void query_protocol(struct kunit *test)
{
	struct ctw_query q = { .ask = CTW_ASK_PROTOCOL };
	struct ctw_entry e = { .family = NFPROTO_IPV4 };
	u32 a, b;

	for (a = 0; a < 256; a++)
		for (b = 0; b < 256; b++) {
			q.protocol = a;
			e.protocol = b;
			KUNIT_ASSERT_EQ(test, matches(&q, &e), a == b);
		}
	/* what is not asked for does not matter */
	q.ask = CTW_ASK_ZONE;
	KUNIT_EXPECT_TRUE(test, matches(&q, &e));
}

static void query_ports(struct kunit *test)
{
	struct ctw_entry e = entry_make(NFPROTO_IPV4, IPPROTO_TCP);
	struct ctw_query q = { .sport = 1, .dport = 2 };

	e.sport = 1;
	e.dport = 3;
	q.ask = CTW_ASK_SPORT;
	KUNIT_EXPECT_TRUE(test, matches(&q, &e));
	q.ask = CTW_ASK_DPORT;
	KUNIT_EXPECT_FALSE(test, matches(&q, &e));
	q.ask = CTW_ASK_SPORT | CTW_ASK_DPORT;
	KUNIT_EXPECT_FALSE(test, matches(&q, &e));
	e.dport = 2;
	KUNIT_EXPECT_TRUE(test, matches(&q, &e));
	e.sport = 2;
	KUNIT_EXPECT_FALSE(test, matches(&q, &e));
	q.ask = CTW_ASK_DPORT;
	KUNIT_EXPECT_TRUE(test, matches(&q, &e));
	e.sport = 257;
	q.ask = CTW_ASK_SPORT;
	KUNIT_EXPECT_FALSE(test, matches(&q, &e));
}

/* Who has no ports does not have port 0. */
static void query_ports_none(struct kunit *test)
{
	struct ctw_entry tcp = entry_make(NFPROTO_IPV4, IPPROTO_TCP);
	struct ctw_entry gre = entry_make(NFPROTO_IPV4, IPPROTO_GRE);
	struct ctw_query q = { };
	u8 ask;

	for (ask = 0; ask < 16; ask++) {
		q.ask = ask & (CTW_ASK_SPORT | CTW_ASK_DPORT);
		KUNIT_EXPECT_TRUE(test, matches(&q, &tcp));
		KUNIT_EXPECT_EQ(test, matches(&q, &gre), !q.ask);
	}
}

static void query_zone(struct kunit *test)
{
	static const u16 zones[] = { 0, 1, 255, 256, 65535 };
	struct ctw_query q = { .ask = CTW_ASK_ZONE };
	struct ctw_entry e = { .family = NFPROTO_IPV6 };
	u32 a, b;

	for (a = 0; a < ARRAY_SIZE(zones); a++)
		for (b = 0; b < ARRAY_SIZE(zones); b++) {
			q.zone = zones[a];
			e.zone = zones[b];
			KUNIT_EXPECT_EQ(test, matches(&q, &e), a == b);
		}
}

static void query_mark(struct kunit *test)
{
	struct ctw_query q = { .mark = 0x20, .mark_mask = 0xf0 };
	struct ctw_entry e = { .family = NFPROTO_IPV4 };
	u32 bit;

	for (bit = 0; bit < 32; bit++) {
		e.mark = 0x20 ^ BIT(bit);
		KUNIT_EXPECT_EQ(test, matches(&q, &e), bit < 4 || bit > 7);
	}
	/* a mark of 0 can be asked for */
	q.mark = 0;
	q.mark_mask = U32_MAX;
	e.mark = 0;
	KUNIT_EXPECT_TRUE(test, matches(&q, &e));
	for (bit = 0; bit < 32; bit++) {
		e.mark = BIT(bit);
		KUNIT_EXPECT_FALSE(test, matches(&q, &e));
	}
}

static void query_states(struct kunit *test)
{
	struct ctw_entry e = { .family = NFPROTO_IPV4 };
	struct ctw_query q = { };
	u32 state, i;

	for (state = 0; state <= CTWATCH_STATE_OTHER; state++)
		for (i = 0; i <= CTWATCH_STATE_OTHER; i++) {
			e.state = state;
			q.states = BIT(i);
			KUNIT_ASSERT_EQ(test, matches(&q, &e), i == state);
			q.states = BIT(i) | BIT(0) | BIT(CTWATCH_STATE_OTHER);
			KUNIT_ASSERT_EQ(test, matches(&q, &e),
					i == state || !state ||
					state == CTWATCH_STATE_OTHER);
			q.states = 0;
			KUNIT_ASSERT_TRUE(test, matches(&q, &e));
		}
}

/* Every way to care, to want and to be. */
static void query_flags(struct kunit *test)
{
	struct ctw_entry e = entry_make(NFPROTO_IPV4, IPPROTO_TCP);
	struct ctw_query q = { };
	u32 care, want, flags;

	for (care = 0; care < 8; care++)
		for (want = 0; want < 8; want++)
			for (flags = 0; flags < 8; flags++) {
				q.care = care;
				q.want = want & care;
				e.flags = flags | CTW_ENTRY_PORTS;
				KUNIT_ASSERT_EQ(test, matches(&q, &e),
						(flags & care) == q.want);
			}
}

/* Everything at once, with entries near what is asked for. */
static void query_model(struct kunit *test)
{
	struct rng r = { .state = 3 };
	u32 yes = 0, no = 0, n, i;

	for (n = 0; n < 5000; n++) {
		struct ctw_entry like, other, e;
		struct ctw_query q;

		entry_random(&r, &like);
		query_like(&r, &q, &like);
		for (i = 0; i < 20; i++) {
			bool want;

			entry_random(&r, &other);
			e = like;
			entry_mix(&r, &e, &other);
			want = model_match(&q, &e);
			KUNIT_ASSERT_EQ_MSG(test, matches(&q, &e), want,
					    "query %u, entry %u", n, i);
			yes += want;
			no += !want;
		}
	}
	KUNIT_EXPECT_GT(test, yes, 20000);
	KUNIT_EXPECT_GT(test, no, 20000);
}

/* Keys */

static void key_of(const struct ctw_plan *p, const struct ctw_entry *e,
		   u32 inum, u64 key[CTW_GROUP_WORDS])
{
	memset(key, 0xa5, CTW_GROUP_WORDS * sizeof(*key));
	ctw_plan_key(p, e, inum, key);
}

static void query_key_size(struct kunit *test)
{
	u32 by;

	for (by = 0; by < BY_END; by++) {
		struct ctw_query q = { .by = by };
		struct ctw_plan p;
		u32 words = 1;

		ctw_plan_init(&p, &q);
		words += by & CTWATCH_GROUP_KEY_SRC ? 2 : 0;
		words += by & CTWATCH_GROUP_KEY_DST ? 2 : 0;
		words += by & CTWATCH_GROUP_KEY_NETNS ? 1 : 0;
		KUNIT_EXPECT_EQ(test, p.key_size, words * sizeof(u64));
		KUNIT_EXPECT_LE(test, words, CTW_GROUP_WORDS);
	}
}

/* From an entry to the key and back, what was asked for survives, all else is
 * zero; nothing is written behind the key.
 */
static void query_key_round_trip(struct kunit *test)
{
	struct rng r = { .state = 4 };
	u64 key[CTW_GROUP_WORDS];
	u32 by, n, i;

	for (by = 0; by < BY_END; by++)
		for (n = 0; n < 50; n++) {
			struct ctw_query q = { .by = by };
			struct ctw_entry e, want, got;
			struct ctw_plan p;
			u32 inum = rng_next(&r);

			query_lengths(&r, &q);
			ctw_plan_init(&p, &q);
			entry_random(&r, &e);
			model_group(&q, &e, &want);
			key_of(&p, &e, inum, key);
			for (i = p.key_size / sizeof(u64);
			     i < CTW_GROUP_WORDS; i++)
				KUNIT_ASSERT_EQ(test, key[i], POISON);
			memset(&got, 0xa5, sizeof(got));
			KUNIT_ASSERT_EQ(test, ctw_plan_entry(&p, key, &got),
					by & CTWATCH_GROUP_KEY_NETNS ? inum : 0);
			KUNIT_ASSERT_TRUE_MSG(test, entry_same(&got, &want),
					      "by %u", by);
		}
}

/* Keys are the same exactly when the entries are, in what was asked for. */
static void query_key_equal(struct kunit *test)
{
	struct rng r = { .state = 5 };
	u32 by, n, same = 0, apart = 0;
	u64 x[CTW_GROUP_WORDS], y[CTW_GROUP_WORDS];

	for (by = 0; by < BY_END; by++)
		for (n = 0; n < 200; n++) {
			struct ctw_entry a, b, other, group_a, group_b;
			struct ctw_query q = { .by = by };
			u32 inum_a, inum_b;
			struct ctw_plan p;
			bool want;

			query_lengths(&r, &q);
			ctw_plan_init(&p, &q);
			entry_random(&r, &a);
			entry_random(&r, &other);
			b = a;
			entry_mix(&r, &b, &other);
			inum_a = net_inum(a.net);
			inum_b = net_inum(b.net);
			model_group(&q, &a, &group_a);
			model_group(&q, &b, &group_b);
			want = entry_same(&group_a, &group_b) &&
			       (!(by & CTWATCH_GROUP_KEY_NETNS) ||
				inum_a == inum_b);
			key_of(&p, &a, inum_a, x);
			key_of(&p, &b, inum_b, y);
			KUNIT_ASSERT_EQ_MSG(test, !memcmp(x, y, p.key_size),
					    want, "by %u", by);
			same += want;
			apart += !want;
		}
	KUNIT_EXPECT_GT(test, same, 5000);
	KUNIT_EXPECT_GT(test, apart, 5000);
}

/* A group holds the addresses that differ behind the prefix of its family. */
static void check_key_prefix(struct kunit *test, u8 family, u32 len, bool dst)
{
	struct ctw_query q = {
		.by = dst ? CTWATCH_GROUP_KEY_DST : CTWATCH_GROUP_KEY_SRC,
		.by_src = { 17, 17 }, .by_dst = { 17, 17 },
	};
	struct ctw_entry a = entry_make(family, IPPROTO_TCP), b;
	u64 x[CTW_GROUP_WORDS], y[CTW_GROUP_WORDS];
	struct ctw_plan p;
	u32 bit;

	(dst ? q.by_dst : q.by_src)[family == NFPROTO_IPV6] = len;
	ctw_plan_init(&p, &q);
	key_of(&p, &a, 0, x);
	for (bit = 0; bit < family_bits(family); bit++) {
		b = a;
		addr_flip(dst ? &b.dst : &b.src, bit);
		key_of(&p, &b, 0, y);
		KUNIT_ASSERT_EQ_MSG(test, !memcmp(x, y, p.key_size),
				    bit >= len, "family %u /%u, bit %u",
				    family, len, bit);
	}
	/* the same bytes in the other family are another group */
	b = a;
	b.family ^= NFPROTO_IPV4 ^ NFPROTO_IPV6;
	key_of(&p, &b, 0, y);
	KUNIT_ASSERT_NE(test, memcmp(x, y, p.key_size), 0);
}

static void query_key_prefixes(struct kunit *test)
{
	u32 len;

	for (len = 0; len <= 32; len++) {
		check_key_prefix(test, NFPROTO_IPV4, len, false);
		check_key_prefix(test, NFPROTO_IPV4, len, true);
	}
	for (len = 0; len <= 128; len++) {
		check_key_prefix(test, NFPROTO_IPV6, len, false);
		check_key_prefix(test, NFPROTO_IPV6, len, true);
	}
}

/* Lost are only those whose namespace is asked for and has no number. */
static void query_lost(struct kunit *test)
{
	static const u32 inums[] = { 0, 1, 4026531840U, U32_MAX };
	struct ctw_entry e = { };
	u64 key[CTW_GROUP_WORDS];
	u32 by, i;

	for (by = 0; by < BY_END; by++)
		for (i = 0; i < ARRAY_SIZE(inums); i++) {
			struct ctw_query q = { .by = by };
			struct ctw_plan p;

			ctw_plan_init(&p, &q);
			/* all zero, so that every word of a key is */
			key_of(&p, &e, inums[i], key);
			KUNIT_ASSERT_EQ_MSG(test, ctw_plan_is_lost(&p, key),
					    by & CTWATCH_GROUP_KEY_NETNS &&
						    !inums[i],
					    "by %u, netns %u", by, inums[i]);
		}
}

static struct kunit_case query_tests[] = {
	KUNIT_CASE(query_any),
	KUNIT_CASE(query_family),
	KUNIT_CASE(query_prefixes),
	KUNIT_CASE(query_protocol),
	KUNIT_CASE(query_ports),
	KUNIT_CASE(query_ports_none),
	KUNIT_CASE(query_zone),
	KUNIT_CASE(query_mark),
	KUNIT_CASE(query_states),
	KUNIT_CASE(query_flags),
	KUNIT_CASE(query_model),
	KUNIT_CASE(query_key_size),
	KUNIT_CASE(query_key_round_trip),
	KUNIT_CASE(query_key_equal),
	KUNIT_CASE(query_key_prefixes),
	KUNIT_CASE(query_lost),
	{ }
};

static struct kunit_suite query_suite = {
	.name = "ctwatch_query",
	.test_cases = query_tests,
};

kunit_test_suites(&query_suite);
