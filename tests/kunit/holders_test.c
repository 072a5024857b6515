// SPDX-License-Identifier: GPL-2.0
/* Who is said to hold the table, and above all who is not. */

#include <kunit/test.h>
#include <linux/in.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "helpers.h"

static bool no_weights;

static void *scarce_weights(size_t n, size_t size, gfp_t gfp)
{
	return no_weights ? NULL : kvcalloc(n, size, gfp);
}

#undef kvcalloc
#define kvcalloc scarce_weights
#include "census/holders.c"

#define IP(a, b, c, d) ((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))

KUNIT_DEFINE_ACTION_WRAPPER(free_census, ctw_census_free, struct ctw_census *);

static struct ctw_census *census_by(struct kunit *test, u8 v4_len, u8 v6_len,
				    u32 max)
{
	struct ctw_query q = {
		.by = CTW_HOLDERS_BY, .by_src = { v4_len, v6_len },
		.by_dst = { 32, 128 },
	};
	struct ctw_census *c = ctw_census_alloc(&q, max);

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, free_census, c));
	return c;
}

static struct ctw_census *census_make(struct kunit *test)
{
	return census_by(test, 32, 64, 4096);
}

static struct ctw_entry from_key(struct ctw_key key, u8 protocol, u8 state)
{
	return (struct ctw_entry) {
		.src.in6 = key.addr, .family = key.family, .zone = key.zone,
		.protocol = protocol, .state = state,
	};
}

static struct ctw_entry from_v4(u32 addr)
{
	return from_key(key_v4(addr), IPPROTO_TCP, CTWATCH_STATE_ESTABLISHED);
}

static struct ctw_entry from_v6(u64 prefix)
{
	return from_key(key_v6(prefix), IPPROTO_UDP, CTWATCH_STATE_ASSURED);
}

static void add(struct ctw_census *c, struct ctw_entry e, u32 n)
{
	while (n--)
		ctw_census_count(c, &e, 1);
}

/* n sources with one entry each, 2^shift addresses apart. */
static void add_crowd(struct ctw_census *c, u32 addr, u32 shift, u32 n)
{
	while (n--)
		add(c, from_v4(addr + (n << shift)), 1);
}

static struct ctw_holders *name(struct kunit *test, struct ctw_census *c)
{
	struct ctw_holders *h = kunit_kmalloc(test, sizeof(*h), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, h);
	/* what was there before must not shine through */
	memset(h, 0xa5, sizeof(*h));
	kvfree(c->order);
	KUNIT_ASSERT_EQ(test, ctw_census_sort(c), 0);
	ctw_holders_name(c, h);
	return h;
}

static void expect_holder(struct kunit *test, const struct ctw_holders *h,
			  u32 i, struct ctw_entry who, u32 entries, u32 share)
{
	const struct ctw_holder *got = &h->v[i];

	KUNIT_ASSERT_LT(test, i, h->n);
	KUNIT_EXPECT_MEMEQ(test, &got->who.src, &who.src, sizeof(who.src));
	KUNIT_EXPECT_EQ(test, got->who.family, who.family);
	KUNIT_EXPECT_EQ(test, got->who.zone, who.zone);
	KUNIT_EXPECT_EQ(test, got->who.protocol, who.protocol);
	KUNIT_EXPECT_EQ(test, got->who.state, who.state);
	KUNIT_EXPECT_EQ_MSG(test, got->n.entries, entries, "holder %u", i);
	KUNIT_EXPECT_EQ_MSG(test, got->share, share, "holder %u", i);
}

static void expect_prefix(struct kunit *test, const struct ctw_holders *h,
			  struct ctw_key key, u8 len, u32 share)
{
	KUNIT_EXPECT_TRUE(test, h->diffuse);
	KUNIT_EXPECT_EQ(test, h->prefix.family, key.family);
	KUNIT_EXPECT_EQ(test, h->prefix.len, len);
	KUNIT_EXPECT_MEMEQ(test, &h->prefix.addr, &key.addr, sizeof(key.addr));
	KUNIT_EXPECT_EQ(test, h->prefix_share, share);
}

static void holders_empty(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;

	c->facts.generation = 3;
	c->facts.entries = 7;
	c->facts.began = 123456789012345ULL;
	c->facts.duration = 4711;
	h = name(test, c);
	KUNIT_EXPECT_TRUE(test, h->known);
	KUNIT_EXPECT_EQ(test, h->facts.generation, 3);
	KUNIT_EXPECT_EQ(test, h->facts.entries, 7);
	KUNIT_EXPECT_EQ(test, h->facts.began, 123456789012345ULL);
	KUNIT_EXPECT_EQ(test, h->facts.duration, 4711);
	KUNIT_EXPECT_EQ(test, h->facts.seen, 0);
	KUNIT_EXPECT_EQ(test, h->sources, 0);
	KUNIT_EXPECT_EQ(test, h->sources_max, 4096);
	KUNIT_EXPECT_EQ(test, h->beyond, 0);
	KUNIT_EXPECT_EQ(test, h->src_len[0], 32);
	KUNIT_EXPECT_EQ(test, h->src_len[1], 64);
	KUNIT_EXPECT_EQ(test, h->n, 0);
	KUNIT_EXPECT_FALSE(test, h->diffuse);
	KUNIT_EXPECT_EQ(test, h->prefix.family, 0);
	KUNIT_EXPECT_EQ(test, h->prefix_share, 0);
}

static void holders_one(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_entry e = from_v4(IP(192, 168, 1, 38));
	struct ctw_holders *h;

	add(c, e, 1000);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->facts.seen, 1000);
	KUNIT_EXPECT_EQ(test, h->sources, 1);
	KUNIT_EXPECT_EQ(test, h->n, 1);
	expect_holder(test, h, 0, e, 1000, 100);
	KUNIT_EXPECT_EQ(test, h->v[0].most, 1000);
	KUNIT_EXPECT_EQ(test, h->v[0].most_share, 100);
	KUNIT_EXPECT_FALSE(test, h->diffuse);
	KUNIT_EXPECT_EQ(test, h->prefix.family, 0);
}

/* One among many, whose shares are of all entries. */
static void holders_one_of_many(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;

	add_crowd(c, IP(172, 16, 0, 0), 8, 390);
	add(c, from_v4(IP(192, 168, 1, 38)), 610);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 1);
	KUNIT_EXPECT_EQ(test, h->sources, 391);
	expect_holder(test, h, 0, from_v4(IP(192, 168, 1, 38)), 610, 61);
	KUNIT_EXPECT_FALSE(test, h->diffuse);
}

/* No more than three, most first, however they came. */
static void holders_three(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;

	add(c, from_v4(4), 110);
	add(c, from_v4(2), 300);
	add(c, from_v6(3), 199);
	add(c, from_v4(1), 391);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 3);
	expect_holder(test, h, 0, from_v4(1), 391, 39);
	expect_holder(test, h, 1, from_v4(2), 300, 30);
	expect_holder(test, h, 2, from_v6(3), 199, 19);
	KUNIT_EXPECT_FALSE(test, h->diffuse);
}

/* Three per cent earn a name, and less does not, by a single entry. */
static void holders_threshold(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;

	add(c, from_v4(1), 941);
	add(c, from_v4(2), 30);
	add(c, from_v4(3), 29);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	expect_holder(test, h, 1, from_v4(2), 30, 3);

	/* one more in the whole, and 30 of 1,001 are less than 3 % */
	add(c, from_v4(3), 1);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 1);
	add(c, from_v4(2), 1);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	expect_holder(test, h, 1, from_v4(2), 31, 3);
}

/* A few entries each: none is a name for being first. */
static void holders_small(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;
	u32 i;

	for (i = 0; i < 33; i++)
		add(c, from_v4(IP(10, 0, 0, i)), 1);
	KUNIT_EXPECT_EQ(test, name(test, c)->n, 3);
	add(c, from_v4(IP(10, 0, 0, 33)), 1);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 0);
	KUNIT_EXPECT_EQ(test, h->sources, 34);
	expect_prefix(test, h, key_v4(IP(10, 0, 0, 0)), 24, 100);
}

/* Half of it is not diffuse; by one entry less it is. */
static void holders_half(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;

	add_crowd(c, IP(10, 1, 0, 0), 0, 250);
	add_crowd(c, IP(10, 2, 0, 0), 8, 250);
	add(c, from_v4(1), 400);
	add(c, from_v4(2), 100);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	KUNIT_EXPECT_FALSE(test, h->diffuse);
	KUNIT_EXPECT_EQ(test, h->prefix.family, 0);
	KUNIT_EXPECT_EQ(test, h->prefix_share, 0);

	add_crowd(c, IP(10, 1, 0, 255), 0, 1);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	/* 251 of 501 without a name, of 1,001 in all */
	expect_prefix(test, h, key_v4(IP(10, 1, 0, 0)), 24, 25);
}

/* The longest of the usual prefixes that holds half of them. */
static void holders_diffuse(struct kunit *test)
{
	static const struct {
		u32 shift;
		u8 len;
	} cases[] = { { 0, 24 }, { 8, 16 }, { 16, 8 } };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ctw_census *c = census_make(test);
		struct ctw_holders *h;

		/* another eighth elsewhere */
		add_crowd(c, IP(192, 168, 0, 0), 4, 32);
		add_crowd(c, IP(10, 0, 0, 0), cases[i].shift, 224);
		h = name(test, c);
		KUNIT_EXPECT_EQ(test, h->n, 0);
		expect_prefix(test, h, key_v4(IP(10, 0, 0, 0)), cases[i].len,
			      87);
	}
}

/* All over the place: the heaviest of the shortest. */
static void holders_diffuse_all_over(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;
	u32 i;

	for (i = 1; i <= 200; i++)
		add(c, from_v4(IP(i, i, i, i)), 1);
	add(c, from_v4(IP(77, 1, 2, 3)), 1);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 0);
	/* 2 of 201 */
	expect_prefix(test, h, key_v4(IP(77, 0, 0, 0)), 8, 0);
}

static void holders_diffuse_ipv6(struct kunit *test)
{
	static const struct {
		u32 shift;
		u8 len;
	} cases[] = { { 0, 56 }, { 8, 48 }, { 20, 32 } };
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ctw_census *c = census_make(test);
		struct ctw_holders *h;

		add_crowd(c, IP(10, 0, 0, 0), 0, 56);
		for (n = 0; n < 200; n++)
			add(c, from_v6(0x20010db800000000ULL +
				       ((u64)n << cases[i].shift)), 1);
		h = name(test, c);
		KUNIT_EXPECT_EQ(test, h->n, 0);
		/* 200 of 256 */
		expect_prefix(test, h, key_v6(0x20010db800000000ULL),
			      cases[i].len, 78);
	}
}

/* Who is named is not in the prefix of the others, though of its network. */
static void holders_mixed(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;

	add(c, from_v4(IP(10, 1, 0, 7)), 50);
	add_crowd(c, IP(10, 1, 1, 0), 0, 250);
	add_crowd(c, IP(10, 1, 2, 0), 0, 250);
	add_crowd(c, IP(10, 1, 3, 0), 0, 250);
	add_crowd(c, IP(10, 5, 0, 0), 0, 200);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 1);
	expect_holder(test, h, 0, from_v4(IP(10, 1, 0, 7)), 50, 5);
	/* 750 of 1,000, though 950 are without a name */
	expect_prefix(test, h, key_v4(IP(10, 1, 0, 0)), 16, 75);
}

/* An address in two zones is two sources, and in many it is diffuse: they are
 * in one prefix still.
 */
static void holders_zones(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_entry e = from_v4(IP(10, 0, 0, 7)), zoned = e;
	struct ctw_holders *h;
	u32 i;

	zoned.zone = 9;
	add(c, e, 100);
	add(c, zoned, 200);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	KUNIT_EXPECT_EQ(test, h->sources, 2);
	expect_holder(test, h, 0, zoned, 200, 66);
	expect_holder(test, h, 1, e, 100, 33);

	c = census_make(test);
	for (i = 0; i < 200; i++) {
		zoned.zone = i;
		add(c, zoned, 1);
	}
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 0);
	KUNIT_EXPECT_EQ(test, h->sources, 200);
	expect_prefix(test, h, key_v4(IP(10, 0, 0, 0)), 24, 100);
}

/* What most of its entries are: protocol and state together, its share of the
 * source's own.
 */
static void holders_most(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_key key = key_v4(IP(10, 0, 0, 7)), zoned = key;
	struct ctw_holders *h;

	zoned.zone = 1;
	add(c, from_key(key, IPPROTO_UDP, CTWATCH_STATE_UNREPLIED), 30);
	add(c, from_key(key, IPPROTO_TCP, CTWATCH_STATE_ESTABLISHED), 25);
	add(c, from_key(key, IPPROTO_SCTP, CTWATCH_STATE_ESTABLISHED), 25);
	add(c, from_key(key, IPPROTO_ICMP, CTWATCH_STATE_UNREPLIED), 20);
	/* more of it, but of others */
	add(c, from_key(zoned, IPPROTO_TCP, CTWATCH_STATE_ESTABLISHED), 90);
	add(c, from_key(key_v4(IP(10, 0, 0, 8)), IPPROTO_TCP,
			CTWATCH_STATE_TIME_WAIT), 85);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 3);
	expect_holder(test, h, 0,
		      from_key(key, IPPROTO_UDP, CTWATCH_STATE_UNREPLIED),
		      100, 36);
	KUNIT_EXPECT_EQ(test, h->v[0].most, 30);
	KUNIT_EXPECT_EQ(test, h->v[0].most_share, 30);
	KUNIT_EXPECT_EQ(test, h->v[1].most, 90);
	KUNIT_EXPECT_EQ(test, h->v[1].most_share, 100);

	add(c, from_key(key, IPPROTO_SCTP, CTWATCH_STATE_ESTABLISHED), 6);
	h = name(test, c);
	expect_holder(test, h, 0,
		      from_key(key, IPPROTO_SCTP, CTWATCH_STATE_ESTABLISHED),
		      106, 37);
	KUNIT_EXPECT_EQ(test, h->v[0].most, 31);
	KUNIT_EXPECT_EQ(test, h->v[0].most_share, 29);
}

/* All that is counted of a source is there, of all its states. */
static void holders_counts(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_entry e = from_v4(1);
	struct ctw_holders *h;

	e.flags = CTW_ENTRY_ASSURED;
	add(c, e, 50);
	e.flags |= CTW_ENTRY_EXPIRED;
	e.state = CTWATCH_STATE_TIME_WAIT;
	add(c, e, 20);
	e.flags = CTW_ENTRY_UNREPLIED;
	e.state = CTWATCH_STATE_SYN_SENT;
	add(c, e, 7);
	h = name(test, c);
	KUNIT_ASSERT_EQ(test, h->n, 1);
	KUNIT_EXPECT_EQ(test, h->v[0].n.entries, 77);
	KUNIT_EXPECT_EQ(test, h->v[0].n.assured, 70);
	KUNIT_EXPECT_EQ(test, h->v[0].n.unreplied, 7);
	KUNIT_EXPECT_EQ(test, h->v[0].n.expired, 20);
}

/* Whose source is not known counts in the whole all the same. */
static void holders_beyond(struct kunit *test)
{
	struct ctw_census *c = census_by(test, 32, 64, 2);
	struct ctw_holders *h;

	add(c, from_v4(1), 40);
	add(c, from_v4(2), 10);
	add(c, from_v4(3), 50);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	expect_holder(test, h, 0, from_v4(1), 40, 40);
	expect_holder(test, h, 1, from_v4(2), 10, 10);
	KUNIT_EXPECT_EQ(test, h->facts.seen, 100);
	KUNIT_EXPECT_EQ(test, h->sources, 2);
	KUNIT_EXPECT_EQ(test, h->sources_max, 2);
	KUNIT_EXPECT_EQ(test, h->beyond, 50);
	KUNIT_EXPECT_FALSE(test, h->diffuse);

	/* of those there is no prefix to tell */
	add(c, from_v4(4), 1);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	KUNIT_EXPECT_EQ(test, h->beyond, 51);
	expect_prefix(test, h, (struct ctw_key) { }, 0, 0);

	/* and less than 3 % of all is no name */
	add(c, from_v4(4), 333 - 101);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	expect_holder(test, h, 1, from_v4(2), 10, 3);
	add(c, from_v4(4), 1);
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 1);
	KUNIT_EXPECT_EQ(test, h->beyond, 284);
	/* 10 of 334 */
	expect_prefix(test, h, key_v4(0), 24, 2);
}

/* A source may be a prefix, another in each family. */
static void holders_source_lengths(struct kunit *test)
{
	struct ctw_census *c = census_by(test, 24, 48, 4096);
	struct ctw_holders *h;
	u32 i;

	for (i = 0; i < 60; i++) {
		add(c, from_v4(IP(10, 0, 7, i)), 1);
		if (i < 30)
			add(c, from_v6(0x20010db800010000ULL + i), 1);
	}
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->src_len[0], 24);
	KUNIT_EXPECT_EQ(test, h->src_len[1], 48);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	expect_holder(test, h, 0, from_v4(IP(10, 0, 7, 0)), 60, 66);
	expect_holder(test, h, 1, from_v6(0x20010db800010000ULL), 30, 33);

	c = census_by(test, 32, 128, 4096);
	for (i = 0; i < 2; i++) {
		struct ctw_entry e = from_v6(0x20010db800010000ULL);

		e.src.in6.s6_addr[15] = i;
		add(c, e, 50);
	}
	h = name(test, c);
	KUNIT_EXPECT_EQ(test, h->n, 2);
	KUNIT_EXPECT_EQ(test, h->sources, 2);
}

/* Without memory nothing is known, and nothing is said. */
static void holders_no_memory(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h = kunit_kmalloc(test, sizeof(*h), GFP_KERNEL);
	u32 failures = 0;

	KUNIT_ASSERT_NOT_NULL(test, h);
	c->facts.generation = 3;
	add(c, from_v4(1), 100);
	KUNIT_ASSERT_EQ(test, ctw_census_sort(c), 0);
	for (;;) {
		memset(h, 0xa5, sizeof(*h));
		census_memory = failures;
		ctw_holders_name(c, h);
		if (h->known)
			break;
		KUNIT_ASSERT_NULL(test, memchr_inv(h, 0, sizeof(*h)));
		KUNIT_ASSERT_LT(test, failures++, 10);
	}
	census_memory = U32_MAX;
	KUNIT_EXPECT_GE(test, failures, 2);
	KUNIT_EXPECT_EQ(test, h->n, 1);
}

/* Not even for the rows of sources: that is not diffuse. */
static void holders_no_memory_rows(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;
	u32 max = c->groups.max;

	add(c, from_v4(1), 100);
	no_memory = true;
	h = name(test, c);
	no_memory = false;
	KUNIT_EXPECT_FALSE(test, h->known);
	KUNIT_EXPECT_NULL(test, memchr_inv(h, 0, sizeof(*h)));

	/* the first rows there was memory for, the others not */
	add_crowd(c, IP(10, 0, 0, 0), 0, 200);
	KUNIT_ASSERT_EQ(test, c->groups.used, 201);
	c->groups.max = 64;
	h = name(test, c);
	c->groups.max = max;
	KUNIT_EXPECT_FALSE(test, h->known);
	KUNIT_EXPECT_TRUE(test, name(test, c)->known);
}

/* Without memory for the prefix alone it is not known. */
static void holders_no_memory_prefix(struct kunit *test)
{
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;

	add(c, from_v4(IP(10, 1, 0, 7)), 5);
	add_crowd(c, IP(10, 1, 1, 0), 0, 95);
	no_weights = true;
	h = name(test, c);
	no_weights = false;
	KUNIT_EXPECT_TRUE(test, h->known);
	KUNIT_EXPECT_EQ(test, h->n, 1);
	expect_prefix(test, h, (struct ctw_key) { }, 0, 0);
}

/* Random censuses: what is said holds against counts of sources. */

struct source {
	struct ctw_key key;
	u32 entries;
};

#define SOURCES	40

static int source_cmp(const void *a, const void *b)
{
	const struct source *x = a, *y = b;

	return x->entries < y->entries ? 1 : -(x->entries > y->entries);
}

static void check_random(struct kunit *test, struct rng *r)
{
	struct source *s = kunit_kcalloc(test, SOURCES, sizeof(*s), GFP_KERNEL);
	u32 n = 1 + rng_below(r, SOURCES), all = 0, named = 0, i, t;
	struct ctw_census *c = census_make(test);
	struct ctw_holders *h;

	KUNIT_ASSERT_NOT_NULL(test, s);
	for (i = 0; i < n; i++) {
		s[i].key = rng_below(r, 2) ? key_v4(IP(10, i, 0, 1)) :
					     key_v6((u64)i << 40);
		s[i].key.zone = rng_below(r, 2);
		for (t = rng_below(r, 4); t < 4; t++) {
			u32 k = 1 + rng_skewed(r, 100);

			add(c, from_key(s[i].key, IPPROTO_TCP, t), k);
			s[i].entries += k;
		}
		all += s[i].entries;
	}
	sort(s, n, sizeof(*s), source_cmp, NULL);
	h = name(test, c);
	KUNIT_ASSERT_EQ(test, h->sources, n);
	KUNIT_ASSERT_EQ(test, h->facts.seen, all);
	for (i = 0; i < min(n, 3U) && s[i].entries * 100 >= all * 3; i++) {
		KUNIT_ASSERT_LT(test, i, h->n);
		KUNIT_ASSERT_EQ(test, h->v[i].n.entries, s[i].entries);
		KUNIT_ASSERT_EQ(test, h->v[i].share, s[i].entries * 100 / all);
		named += s[i].entries;
		/* who has as many may come before */
		for (t = 0; t < n; t++)
			if (!memcmp(&h->v[i].who.src.in6, &s[t].key.addr,
				    sizeof(s[t].key.addr)))
				break;
		KUNIT_ASSERT_LT(test, t, n);
		KUNIT_ASSERT_EQ(test, s[t].entries, s[i].entries);
		KUNIT_ASSERT_EQ(test, h->v[i].who.zone, s[t].key.zone);
		KUNIT_ASSERT_EQ(test, h->v[i].who.family, s[t].key.family);
	}
	KUNIT_ASSERT_EQ(test, h->n, i);
	KUNIT_ASSERT_EQ(test, h->diffuse, named * 2 < all);
}

static void holders_random(struct kunit *test)
{
	struct rng r = { .state = 1 };
	u32 i;

	for (i = 0; i < 300; i++)
		check_random(test, &r);
}

static void holders_exit(struct kunit *test)
{
	census_memory = U32_MAX;
	no_memory = false;
	no_weights = false;
}

static struct kunit_case holders_tests[] = {
	KUNIT_CASE(holders_empty),
	KUNIT_CASE(holders_one),
	KUNIT_CASE(holders_one_of_many),
	KUNIT_CASE(holders_three),
	KUNIT_CASE(holders_threshold),
	KUNIT_CASE(holders_small),
	KUNIT_CASE(holders_half),
	KUNIT_CASE(holders_diffuse),
	KUNIT_CASE(holders_diffuse_all_over),
	KUNIT_CASE(holders_diffuse_ipv6),
	KUNIT_CASE(holders_mixed),
	KUNIT_CASE(holders_zones),
	KUNIT_CASE(holders_most),
	KUNIT_CASE(holders_counts),
	KUNIT_CASE(holders_beyond),
	KUNIT_CASE(holders_source_lengths),
	KUNIT_CASE(holders_no_memory),
	KUNIT_CASE(holders_no_memory_rows),
	KUNIT_CASE(holders_no_memory_prefix),
	KUNIT_CASE(holders_random),
	{ }
};

static struct kunit_suite holders_suite = {
	.name = "ctwatch_holders",
	.exit = holders_exit,
	.test_cases = holders_tests,
};

kunit_test_suites(&holders_suite);
