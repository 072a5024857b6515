// SPDX-License-Identifier: GPL-2.0
/* The limiter of lines. */

#include <kunit/test.h>
#include <linux/time64.h>

#include "lib/ratelimit.c"
#include "watch/watch.h"

#define START	(500ULL * NSEC_PER_SEC)
#define EVERY	(6ULL * NSEC_PER_SEC)

/* How many lines go out in one moment. */
static u32 take_all(struct ctw_lines *l, u64 now)
{
	u32 n = 0;

	while (n < 1000 && ctw_lines_take(l, now))
		n++;
	return n;
}

static void lines_burst(struct kunit *test)
{
	struct ctw_lines l;

	ctw_lines_init(&l, 10, EVERY, START);
	KUNIT_EXPECT_EQ(test, take_all(&l, START), 10);
	KUNIT_EXPECT_FALSE(test, ctw_lines_take(&l, START));
	KUNIT_EXPECT_FALSE(test, ctw_lines_take(&l, START + EVERY - 1));
}

static void lines_refill(struct kunit *test)
{
	struct ctw_lines l;
	u32 i;

	ctw_lines_init(&l, 10, EVERY, START);
	take_all(&l, START);
	for (i = 1; i <= 20; i++) {
		KUNIT_ASSERT_EQ(test, take_all(&l, START + i * EVERY - 1), 0);
		KUNIT_ASSERT_EQ(test, take_all(&l, START + i * EVERY), 1);
	}
	KUNIT_EXPECT_EQ(test, take_all(&l, START + 23 * EVERY + 5), 3);
}

/* Parts of a token are not lost to those who ask too often. */
static void lines_keep_parts(struct kunit *test)
{
	struct ctw_lines l;
	u32 i, n = 0;

	ctw_lines_init(&l, 10, EVERY, START);
	take_all(&l, START);
	for (i = 1; i <= 1000; i++)
		n += ctw_lines_take(&l, START + i * (EVERY / 10));
	KUNIT_EXPECT_EQ(test, n, 100);
}

/* However long nothing was said, no more than a burst comes. */
static void lines_long_idle(struct kunit *test)
{
	static const u64 idle[] = { 10 * EVERY, 11 * EVERY, 1000 * EVERY,
				    1000000 * EVERY, U64_MAX / 2 };
	struct ctw_lines l;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(idle); i++) {
		ctw_lines_init(&l, 10, EVERY, START);
		take_all(&l, START);
		KUNIT_EXPECT_EQ(test, take_all(&l, START + idle[i]), 10);
		KUNIT_EXPECT_EQ(test, take_all(&l, START + idle[i] + EVERY),
				1);
	}
	ctw_lines_init(&l, 10, EVERY, START);
	take_all(&l, START);
	KUNIT_EXPECT_EQ(test, take_all(&l, START + 9 * EVERY), 9);
}

/* A limiter not used for long begins with a burst, and earns from then. */
static void lines_idle_at_start(struct kunit *test)
{
	struct ctw_lines l;
	u64 now = START + 7 * EVERY + EVERY / 2;

	ctw_lines_init(&l, 10, EVERY, START);
	KUNIT_EXPECT_EQ(test, take_all(&l, now), 10);
	KUNIT_EXPECT_EQ(test, take_all(&l, now + EVERY - 1), 0);
	KUNIT_EXPECT_EQ(test, take_all(&l, now + EVERY), 1);
}

/* Lines wait for a census, each its own time: one that was decided on before
 * another and comes after it earns nothing.
 */
static void lines_out_of_order(struct kunit *test)
{
	struct ctw_lines l;
	u32 i;

	ctw_lines_init(&l, 10, EVERY, START);
	KUNIT_EXPECT_TRUE(test, ctw_lines_take(&l, START + 5));
	KUNIT_EXPECT_EQ(test, take_all(&l, START), 9);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_FALSE(test, ctw_lines_take(&l, START - i));
	KUNIT_EXPECT_EQ(test, take_all(&l, START + EVERY + 5), 1);
	KUNIT_EXPECT_FALSE(test, ctw_lines_take(&l, START));
	KUNIT_EXPECT_EQ(test, take_all(&l, START + 2 * EVERY + 5), 1);
}

static void lines_one(struct kunit *test)
{
	struct ctw_lines l;

	ctw_lines_init(&l, 1, 1, START);
	KUNIT_EXPECT_EQ(test, take_all(&l, START), 1);
	KUNIT_EXPECT_EQ(test, take_all(&l, START + 1), 1);
	KUNIT_EXPECT_EQ(test, take_all(&l, START + 5), 1);
}

/* What a netns has: ten at once, then one in six seconds. */
static void lines_of_netns(struct kunit *test)
{
	struct ctw_watch w;

	ctw_watch_init(&w, START);
	KUNIT_EXPECT_EQ(test, take_all(&w.lines, START), 10);
	KUNIT_EXPECT_EQ(test, take_all(&w.lines, START + 5999999999ULL), 0);
	KUNIT_EXPECT_EQ(test, take_all(&w.lines, START + 6000000000ULL), 1);
}

static struct kunit_case lines_tests[] = {
	KUNIT_CASE(lines_burst),
	KUNIT_CASE(lines_refill),
	KUNIT_CASE(lines_keep_parts),
	KUNIT_CASE(lines_long_idle),
	KUNIT_CASE(lines_idle_at_start),
	KUNIT_CASE(lines_out_of_order),
	KUNIT_CASE(lines_one),
	KUNIT_CASE(lines_of_netns),
	{ }
};

static struct kunit_suite ratelimit_suite = {
	.name = "ctwatch_ratelimit",
	.test_cases = lines_tests,
};

kunit_test_suites(&ratelimit_suite);
