// SPDX-License-Identifier: GPL-2.0
/* Prefixes: the mask, and the prefix that says most about many sources. */

#include <kunit/test.h>
#include <linux/netfilter.h>

#include "helpers.h"
#include "lib/prefix.c"

static struct in6_addr random_addr(struct rng *r)
{
	struct in6_addr a;
	u32 i;

	for (i = 0; i < 16; i++)
		a.s6_addr[i] = rng_next(r);
	return a;
}

static void mask_model(struct in6_addr *a, u32 len)
{
	u32 bit;

	for (bit = len; bit < 128; bit++)
		a->s6_addr[bit / 8] &= ~(0x80 >> (bit % 8));
}

static void prefix_mask(struct kunit *test)
{
	struct rng r = { .state = 1 };
	u32 len, n;

	for (len = 0; len <= 255; len++)
		for (n = 0; n < 50; n++) {
			struct in6_addr a = random_addr(&r), model = a;

			mask_model(&model, len);
			ctw_mask_addr(&a, len);
			KUNIT_ASSERT_MEMEQ_MSG(test, &a, &model, sizeof(a),
					       "length %u", len);
		}
}

static void prefix_mask_ones(struct kunit *test)
{
	struct in6_addr a, none = { };
	u32 len, bits, i;

	for (len = 0; len <= 128; len++) {
		memset(&a, 0xff, sizeof(a));
		ctw_mask_addr(&a, len);
		for (i = bits = 0; i < 16; i++)
			bits += hweight8(a.s6_addr[i]);
		KUNIT_ASSERT_EQ(test, bits, len);
	}
	memset(&a, 0xff, sizeof(a));
	ctw_mask_addr(&a, 0);
	KUNIT_EXPECT_MEMEQ(test, &a, &none, sizeof(a));
}

#define IP(a, b, c, d) ((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define V4(a, b, c, d, w) { .v4 = IP(a, b, c, d), .weight = (w) }
#define V6(hi, w) { .v6 = (hi), .weight = (w) }

struct prefix_source {
	u32 v4;
	u64 v6;
	u64 weight;
};

struct prefix_case {
	const char *name;
	struct prefix_source sources[8];
	u8 family;
	u8 len;
	/* as key_v4() and key_v6() take it */
	u64 addr;
	u64 weight;
};

static const struct prefix_case prefix_cases[] = {
	{ "one source",
	  { V4(10, 1, 2, 3, 5) },
	  NFPROTO_IPV4, 24, IP(10, 1, 2, 0), 5 },
	{ "a /24 of exactly half",
	  { V4(10, 1, 2, 3, 2), V4(10, 1, 2, 200, 2), V4(10, 1, 3, 1, 3),
	    V4(10, 2, 0, 0, 1) },
	  NFPROTO_IPV4, 24, IP(10, 1, 2, 0), 4 },
	{ "a /24 of just below half, so its /16",
	  { V4(10, 1, 2, 3, 2), V4(10, 1, 2, 200, 2), V4(10, 1, 3, 1, 3),
	    V4(10, 2, 0, 0, 2) },
	  NFPROTO_IPV4, 16, IP(10, 1, 0, 0), 7 },
	{ "a /16 of just below half, so its /8",
	  { V4(10, 1, 2, 3, 2), V4(10, 1, 3, 3, 2), V4(10, 2, 3, 1, 3),
	    V4(10, 3, 0, 0, 2) },
	  NFPROTO_IPV4, 8, IP(10, 0, 0, 0), 9 },
	{ "nothing in half, so the heaviest /8",
	  { V4(1, 1, 1, 1, 2), V4(2, 1, 1, 1, 1), V4(2, 2, 2, 2, 2),
	    V4(3, 1, 1, 1, 2) },
	  NFPROTO_IPV4, 8, IP(2, 0, 0, 0), 3 },
	{ "a tie of /24s: the lower address",
	  { V4(10, 1, 3, 1, 2), V4(10, 1, 2, 1, 2) },
	  NFPROTO_IPV4, 24, IP(10, 1, 2, 0), 2 },
	{ "addresses above 127 and in disorder",
	  { V4(200, 1, 1, 1, 1), V4(100, 1, 1, 1, 1), V4(200, 1, 1, 255, 1),
	    V4(201, 1, 1, 1, 1) },
	  NFPROTO_IPV4, 24, IP(200, 1, 1, 0), 2 },
	{ "a /56",
	  { V6(0x20010db800010001ULL, 1), V6(0x20010db8000100ffULL, 1),
	    V6(0x20010db800010100ULL, 1) },
	  NFPROTO_IPV6, 56, 0x20010db800010000ULL, 2 },
	{ "a /48",
	  { V6(0x20010db800010001ULL, 1), V6(0x20010db800010101ULL, 1),
	    V6(0x20010db800020001ULL, 1), V6(0x20010db800030001ULL, 1) },
	  NFPROTO_IPV6, 48, 0x20010db800010000ULL, 2 },
	{ "a /32",
	  { V6(0x20010db800010001ULL, 1), V6(0x20010db800020101ULL, 1),
	    V6(0x20010db800030001ULL, 1), V6(0x20010db900030001ULL, 1) },
	  NFPROTO_IPV6, 32, 0x20010db800000000ULL, 3 },
	{ "nothing in half of IPv6",
	  { V6(0x2001000100000000ULL, 1), V6(0x2001000200000000ULL, 2),
	    V6(0x2001000300000000ULL, 2) },
	  NFPROTO_IPV6, 32, 0x2001000200000000ULL, 2 },
	{ "half and half of both families: the longer one",
	  { V4(10, 1, 2, 3, 4), V6(0x20010db800010001ULL, 4) },
	  NFPROTO_IPV6, 56, 0x20010db800010000ULL, 4 },
	{ "IPv4 outweighs IPv6",
	  { V4(10, 1, 2, 3, 5), V6(0x20010db800010001ULL, 4) },
	  NFPROTO_IPV4, 24, IP(10, 1, 2, 0), 5 },
	{ "a /48 comes before a /16",
	  { V4(10, 1, 2, 3, 1), V4(10, 1, 3, 3, 1),
	    V6(0x20010db800010001ULL, 1), V6(0x20010db800010101ULL, 1) },
	  NFPROTO_IPV6, 48, 0x20010db800010000ULL, 2 },
	{ "nothing in half of either family: the heaviest of the shortest",
	  { V4(1, 1, 1, 1, 3), V4(2, 1, 1, 1, 3),
	    V6(0x2001000100000000ULL, 4) },
	  NFPROTO_IPV6, 32, 0x2001000100000000ULL, 4 },
	{ "the same the other way round",
	  { V4(1, 1, 1, 1, 3), V4(2, 1, 1, 1, 5), V6(0x2001000100000000ULL, 4) },
	  NFPROTO_IPV4, 8, IP(2, 0, 0, 0), 5 },
	{ "without weight there is no prefix",
	  { V4(10, 1, 2, 3, 0), V4(10, 1, 2, 4, 0) }, 0, 0, 0, 0 },
	{ "sources without weight count for nothing",
	  { V4(9, 0, 0, 1, 0), V4(10, 1, 2, 3, 1), V4(11, 0, 0, 1, 0) },
	  NFPROTO_IPV4, 24, IP(10, 1, 2, 0), 1 },
	{ "no overflow",
	  { V4(10, 1, 2, 3, 1ULL << 61), V4(10, 1, 2, 4, 1ULL << 61) },
	  NFPROTO_IPV4, 24, IP(10, 1, 2, 0), 1ULL << 62 },
};

static u32 prefix_weights(const struct prefix_case *c, struct ctw_weight *w)
{
	u32 n;

	for (n = 0; n < ARRAY_SIZE(c->sources); n++) {
		const struct prefix_source *s = &c->sources[n];

		if (!s->v4 && !s->v6)
			break;
		w[n].key = s->v4 ? key_v4(s->v4) : key_v6(s->v6);
		w[n].weight = s->weight;
	}
	return n;
}

static void prefix_largest(struct kunit *test)
{
	struct ctw_weight w[8];
	struct ctw_prefix out;
	struct ctw_key want;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(prefix_cases); i++) {
		const struct prefix_case *c = &prefix_cases[i];

		want = c->family == NFPROTO_IPV4 ? key_v4(c->addr) :
						   key_v6(c->addr);
		memset(&out, 0xff, sizeof(out));
		ctw_largest_prefix(w, prefix_weights(c, w), &out);
		KUNIT_EXPECT_EQ_MSG(test, out.family, c->family, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, out.len, c->len, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, out.weight, c->weight, "%s", c->name);
		KUNIT_EXPECT_MEMEQ_MSG(test, &out.addr, &want.addr,
				       sizeof(out.addr), "%s", c->name);
	}
}

static void prefix_none(struct kunit *test)
{
	struct ctw_weight w[1];
	struct ctw_prefix out, zero = { };

	memset(&out, 0xff, sizeof(out));
	ctw_largest_prefix(w, 0, &out);
	KUNIT_EXPECT_EQ(test, out.family, 0);
	KUNIT_EXPECT_EQ(test, out.len, 0);
	KUNIT_EXPECT_EQ(test, out.weight, 0);
	KUNIT_EXPECT_MEMEQ(test, &out.addr, &zero.addr, sizeof(out.addr));
}

/* One source in several zones is several keys of one prefix. */
static void prefix_zones(struct kunit *test)
{
	struct ctw_weight w[4];
	struct ctw_prefix out;
	u32 i;

	for (i = 0; i < 4; i++) {
		w[i].key = key_v4(i < 3 ? IP(10, 1, 2, 3) : IP(10, 9, 9, 9));
		w[i].key.zone = i;
		w[i].weight = i < 3 ? 2 : 5;
	}
	ctw_largest_prefix(w, 4, &out);
	KUNIT_EXPECT_EQ(test, out.len, 24);
	KUNIT_EXPECT_EQ(test, out.weight, 6);
	KUNIT_EXPECT_EQ(test, out.addr.s6_addr[1], 1);
}

/* The model: for each source the weight of its prefix, by looking at all. */
static u64 prefix_sum(const struct ctw_weight *w, u32 n, u32 i, u32 len)
{
	struct in6_addr a = w[i].key.addr, b;
	u64 sum = 0;
	u32 j;

	mask_model(&a, len);
	for (j = 0; j < n; j++) {
		b = w[j].key.addr;
		mask_model(&b, len);
		if (w[i].key.family == w[j].key.family &&
		    !memcmp(&a, &b, sizeof(a)))
			sum += w[j].weight;
	}
	return sum;
}

static u64 prefix_best(const struct ctw_weight *w, u32 n, u8 family, u32 len)
{
	u64 best = 0;
	u32 i;

	for (i = 0; i < n; i++)
		if (w[i].key.family == family)
			best = max(best, prefix_sum(w, n, i, len));
	return best;
}

static void prefix_model(const struct ctw_weight *w, u32 n,
			 struct ctw_prefix *out)
{
	static const u8 lens[] = { 56, 24, 48, 16, 32, 8 };
	u64 total = 0;
	u32 i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < n; i++)
		total += w[i].weight;
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		u8 family = i % 2 ? NFPROTO_IPV4 : NFPROTO_IPV6;
		u64 best = prefix_best(w, n, family, lens[i]);

		if (2 * best < total && (i < 4 || best <= out->weight))
			continue;
		out->family = family;
		out->len = lens[i];
		out->weight = best;
		if (2 * best >= total)
			return;
	}
}

/* Addresses from few values a byte, so that every step has its turn. */
static struct ctw_key prefix_key(struct rng *r, u32 spread)
{
	if (rng_below(r, 3))
		return key_v4(IP(1 + rng_below(r, spread), rng_below(r, spread),
				 rng_below(r, spread), rng_below(r, 4)));
	return key_v6((1ULL + rng_below(r, spread)) << 32 |
		      rng_below(r, spread) << 16 |
		      rng_below(r, spread) << 8 | rng_below(r, 4));
}

static void prefix_random(struct kunit *test)
{
	struct rng r = { .state = 4 };
	struct ctw_weight *w = kunit_kzalloc(test, 60 * sizeof(*w), GFP_KERNEL);
	struct ctw_prefix out, model;
	u32 round, i, n, spread, lens = 0;

	KUNIT_ASSERT_NOT_NULL(test, w);
	for (round = 0; round < 400; round++) {
		n = 1 + rng_below(&r, 60);
		spread = 1 + rng_below(&r, 6);
		for (i = 0; i < n; i++) {
			w[i].key = prefix_key(&r, spread);
			w[i].weight = 1 + rng_skewed(&r, 100);
		}
		prefix_model(w, n, &model);
		ctw_largest_prefix(w, n, &out);
		KUNIT_ASSERT_EQ(test, out.family, model.family);
		KUNIT_ASSERT_EQ(test, out.len, model.len);
		KUNIT_ASSERT_EQ(test, out.weight, model.weight);
		lens |= 1U << (out.len / 8);
	}
	/* every length came up */
	KUNIT_EXPECT_EQ(test, lens, 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 |
			1 << 6 | 1 << 7);
}

static struct kunit_case prefix_tests[] = {
	KUNIT_CASE(prefix_mask),
	KUNIT_CASE(prefix_mask_ones),
	KUNIT_CASE(prefix_largest),
	KUNIT_CASE(prefix_none),
	KUNIT_CASE(prefix_zones),
	KUNIT_CASE(prefix_random),
	{ }
};

static struct kunit_suite prefix_suite = {
	.name = "ctwatch_prefix",
	.test_cases = prefix_tests,
};

kunit_test_suites(&prefix_suite);
