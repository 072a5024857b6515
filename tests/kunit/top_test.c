// SPDX-License-Identifier: GPL-2.0
/* The heaviest few, against a sort of all. */

#include <kunit/test.h>
#include <linux/sort.h>

#include "helpers.h"
#include "lib/top.c"

struct thing {
	u32 index;
	u64 weight;
};

/* As many as weigh the same stay in the order in which they came. */
static int thing_cmp(const void *a, const void *b)
{
	const struct thing *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return x->index < y->index ? -1 : 1;
}

static void top_order(struct kunit *test)
{
	struct rng r = { .state = 4 };
	u32 round, n, i;

	for (round = 0; round < 5000; round++) {
		/* mostly ties, or hardly any */
		u64 limit = round & 1 ? 4 : U32_MAX;
		struct thing things[12] = { };
		struct ctw_top top = { };
		u32 want = 0;

		n = rng_below(&r, ARRAY_SIZE(things) + 1);
		for (i = 0; i < n; i++) {
			things[i].index = 7 * i;
			things[i].weight = rng_below(&r, limit);
			want += things[i].weight > 0;
			ctw_top_add(&top, things[i].index, things[i].weight);
		}
		want = min(want, (u32)CTW_TOP);
		sort(things, n, sizeof(*things), thing_cmp, NULL);
		KUNIT_ASSERT_EQ(test, top.n, want);
		for (i = 0; i < want; i++) {
			KUNIT_ASSERT_EQ(test, top.index[i], things[i].index);
			KUNIT_ASSERT_EQ(test, top.weight[i], things[i].weight);
		}
	}
}

static void top_large(struct kunit *test)
{
	struct ctw_top top = { };

	ctw_top_add(&top, 1, U64_MAX - 1);
	ctw_top_add(&top, 2, 1);
	ctw_top_add(&top, 3, U64_MAX);
	ctw_top_add(&top, 4, 1ULL << 32);
	KUNIT_EXPECT_EQ(test, top.n, 3);
	KUNIT_EXPECT_EQ(test, top.index[0], 3);
	KUNIT_EXPECT_EQ(test, top.index[1], 1);
	KUNIT_EXPECT_EQ(test, top.index[2], 4);
}

/* What has a share of at least so many per cent stays. */
static void top_cut(struct kunit *test)
{
	static const struct {
		u64 whole;
		u32 percent, want;
	} cases[] = {
		{ 100, 0, 3 }, { 100, 1, 3 }, { 100, 3, 3 }, { 100, 4, 2 },
		{ 100, 10, 2 }, { 100, 11, 1 }, { 100, 80, 1 }, { 100, 81, 0 },
		{ 101, 3, 2 }, { 333, 3, 2 }, { 334, 3, 1 }, { 2666, 3, 1 },
		{ 2667, 3, 0 }, { 80, 100, 1 }, { 0, 3, 3 },
		{ 1ULL << 50, 1, 0 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ctw_top top = { };

		ctw_top_add(&top, 1, 3);
		ctw_top_add(&top, 2, 10);
		ctw_top_add(&top, 3, 80);
		ctw_top_cut(&top, cases[i].whole, cases[i].percent);
		KUNIT_EXPECT_EQ_MSG(test, top.n, cases[i].want, "case %u", i);
		if (top.n)
			KUNIT_EXPECT_EQ(test, top.index[0], 3);
	}
}

static struct kunit_case top_tests[] = {
	KUNIT_CASE(top_order),
	KUNIT_CASE(top_large),
	KUNIT_CASE(top_cut),
	{ }
};

static struct kunit_suite top_suite = {
	.name = "ctwatch_top",
	.test_cases = top_tests,
};

kunit_test_suites(&top_suite);
