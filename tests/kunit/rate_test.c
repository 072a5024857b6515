// SPDX-License-Identifier: GPL-2.0
/* Rates and periods: a row that nobody touches ages when it is read. */

#include <kunit/test.h>
#include <linux/time64.h>

#include "flow.h"
#include "helpers.h"

/* A tally with one source and a clock. */
struct clock {
	struct kunit *test;
	struct ctw_tally *t;
	u64 now;
};

static struct clock clock_make(struct kunit *test)
{
	return (struct clock) {
		.test = test,
		.t = tally_make(test, 64, 0),
	};
}

static void insert(struct clock *c, u32 count)
{
	struct ctw_slot slot = { .key = key_v4(1), .count = count };

	slot.key.kind = CTW_KIND_UDP;
	ctw_tally_fold(c->t, &slot);
}

static void period(struct clock *c, u32 ms)
{
	c->now += (u64)ms * NSEC_PER_MSEC;
	ctw_tally_period(c->t, c->now);
}

/* n periods of a second with so many insertions each. */
static void seconds(struct clock *c, u32 n, u32 count)
{
	while (n--) {
		if (count)
			insert(c, count);
		period(c, 1000);
	}
}

static struct ctw_source look(struct clock *c)
{
	struct ctw_source *all, s;
	u32 n;

	all = ctw_tally_snapshot(c->t, c->now, &n);
	KUNIT_ASSERT_NOT_NULL(c->test, all);
	KUNIT_EXPECT_EQ(c->test, n, 1);
	s = all[0];
	kvfree(all);
	return s;
}

static void rate_steady(struct kunit *test)
{
	struct clock c = clock_make(test);
	u32 i;

	for (i = 0; i < 100; i++) {
		seconds(&c, 1, 1000);
		KUNIT_ASSERT_EQ(test, look(&c).rate, 1000);
	}
}

/* After a change it comes to within one a second of the new rate, without
 * shooting past: 0.75^20 is below a third per cent.
 */
static void rate_converges(struct kunit *test)
{
	static const u32 to[] = { 100, 999, 1, 50000, 7, 3000000 };
	struct clock c = clock_make(test);
	u32 i, n, rate, last = 1000;

	seconds(&c, 1, 1000);
	for (i = 0; i < ARRAY_SIZE(to); i++) {
		for (n = 0; n < 80; n++) {
			seconds(&c, 1, to[i]);
			rate = look(&c).rate;
			KUNIT_ASSERT_LE(test, abs((s32)(rate - to[i])),
					abs((s32)(last - to[i])));
			last = rate;
		}
		KUNIT_EXPECT_LE(test, abs((s32)(last - to[i])), 1);
	}
}

/* A quarter of the way each period: numbers computed by hand. */
static void rate_step(struct kunit *test)
{
	static const u32 up[] = { 250, 437, 578, 683, 762, 822, 866, 899 };
	struct clock c = clock_make(test);
	u32 i;

	seconds(&c, 1, 16);
	seconds(&c, 80, 0);
	for (i = 0; i < ARRAY_SIZE(up); i++) {
		seconds(&c, 1, 1000);
		KUNIT_EXPECT_LE(test, abs((s32)(look(&c).rate - up[i])), 1);
	}
}

/* Down to nothing at all, never up. */
static void rate_silence(struct kunit *test)
{
	struct clock c = clock_make(test);
	u32 i, rate, last;

	seconds(&c, 5, 1000000);
	last = look(&c).rate;
	KUNIT_EXPECT_EQ(test, last, 1000000);
	for (i = 0; i < 100; i++) {
		seconds(&c, 1, 0);
		rate = look(&c).rate;
		KUNIT_ASSERT_LE(test, rate, last);
		if (i < 16)
			KUNIT_ASSERT_GT(test, rate, 1000000 >> (i + 1));
		last = rate;
	}
	KUNIT_EXPECT_EQ(test, last, 0);
}

/* Whether somebody looks in every period or only at the end. */
static void rate_skipped_periods(struct kunit *test)
{
	u32 gone, i;

	for (gone = 1; gone < 70; gone++) {
		struct clock a = clock_make(test), b = clock_make(test);

		seconds(&a, 10, 1000);
		seconds(&b, 10, 1000);
		seconds(&a, gone, 0);
		for (i = 0; i < gone; i++) {
			seconds(&b, 1, 0);
			look(&b);
		}
		KUNIT_ASSERT_LE(test, abs((s32)(look(&a).rate - look(&b).rate)),
				1);
		KUNIT_ASSERT_EQ(test, look(&a).recent, look(&b).recent);
	}
}

static void rate_long_silence(struct kunit *test)
{
	struct clock c = clock_make(test);

	seconds(&c, 5, 1000000);
	seconds(&c, 1000, 0);
	KUNIT_EXPECT_EQ(test, look(&c).rate, 0);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 0);
	/* and back */
	seconds(&c, 1, 1000);
	KUNIT_EXPECT_EQ(test, look(&c).rate, 250);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 1000);
}

/* Before its first period has ended a source's rate is that of the period so
 * far.
 */
static void rate_fresh(struct kunit *test)
{
	struct clock c = clock_make(test);

	insert(&c, 100);
	c.now = 500ULL * NSEC_PER_MSEC;
	KUNIT_EXPECT_EQ(test, look(&c).rate, 200);
	c.now = 10ULL * NSEC_PER_MSEC;
	KUNIT_EXPECT_EQ(test, look(&c).rate, 10000);
	/* not even a millisecond */
	c.now = 1;
	KUNIT_EXPECT_EQ(test, look(&c).rate, 100000);
	period(&c, 1000);
	KUNIT_EXPECT_EQ(test, look(&c).rate, 100);
	/* no more fresh: half a period does not change it */
	c.now += 500ULL * NSEC_PER_MSEC;
	KUNIT_EXPECT_EQ(test, look(&c).rate, 100);
}

/* Periods last as long as they last. */
static void rate_lengths(struct kunit *test)
{
	static const u32 ms[] = { 1, 10, 250, 1000, 3000, 10000, 250, 7 };
	struct clock c = clock_make(test);
	u32 i;

	for (i = 0; i < 4 * ARRAY_SIZE(ms); i++) {
		insert(&c, 20 * ms[i % ARRAY_SIZE(ms)]);
		period(&c, ms[i % ARRAY_SIZE(ms)]);
		KUNIT_ASSERT_EQ(test, look(&c).rate, 20000);
	}
}

/* The length that counts is that of the period of the insertions, as long as
 * it is remembered.
 */
static void rate_lengths_skipped(struct kunit *test)
{
	struct clock c = clock_make(test);
	u32 i, want = 100 * 16;

	insert(&c, 1000);
	period(&c, 10000);
	for (i = 0; i < CTW_PERIODS - 1; i++) {
		period(&c, 10);
		want -= DIV_ROUND_UP(want, 4);
	}
	KUNIT_EXPECT_EQ(test, look(&c).rate, want / 16);
}

/* One that is no more remembered must not make a rate out of nothing. */
static void rate_lengths_forgotten(struct kunit *test)
{
	struct clock c = clock_make(test);

	insert(&c, 1000);
	period(&c, 1000);
	seconds(&c, CTW_PERIODS - 1, 0);
	period(&c, 1);
	seconds(&c, 1, 0);
	KUNIT_EXPECT_LE(test, look(&c).rate, 1000);
}

static void rate_saturates(struct kunit *test)
{
	struct clock c = clock_make(test);

	insert(&c, U32_MAX);
	period(&c, 1);
	KUNIT_EXPECT_EQ(test, look(&c).rate, (U32_MAX >> 4) + 1);
	seconds(&c, 3, 0);
	KUNIT_EXPECT_LT(test, look(&c).rate, U32_MAX >> 5);
	/* a period without length */
	insert(&c, 1);
	period(&c, 0);
	KUNIT_EXPECT_LT(test, look(&c).rate, U32_MAX >> 5);
}

/* recent: the present period and the one before, by the same clock as the
 * tally's own cur and prev.
 */
static void rate_recent(struct kunit *test)
{
	struct clock c = clock_make(test);

	insert(&c, 5);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 5);
	period(&c, 1000);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 5);
	insert(&c, 7);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 12);
	period(&c, 1000);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 7);
	period(&c, 1000);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 0);
	insert(&c, 3);
	period(&c, 1000);
	period(&c, 1000);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 0);
	KUNIT_EXPECT_EQ(test, look(&c).count, 15);
}

static void rate_totals_by_period(struct kunit *test)
{
	struct clock c = clock_make(test);
	u32 by[CTW_KINDS] = { 3, 4 };

	ctw_tally_total(c.t, by);
	KUNIT_EXPECT_EQ(test, c.t->cur, 7);
	KUNIT_EXPECT_EQ(test, c.t->prev, 0);
	period(&c, 1000);
	KUNIT_EXPECT_EQ(test, c.t->cur, 0);
	KUNIT_EXPECT_EQ(test, c.t->prev, 7);
	KUNIT_EXPECT_EQ(test, c.t->prev_start, 0);
	KUNIT_EXPECT_EQ(test, c.t->start, NSEC_PER_SEC);
	by[0] = 1;
	ctw_tally_total(c.t, by);
	period(&c, 500);
	KUNIT_EXPECT_EQ(test, c.t->prev, 5);
	KUNIT_EXPECT_EQ(test, c.t->prev_start, NSEC_PER_SEC);
	period(&c, 500);
	KUNIT_EXPECT_EQ(test, c.t->prev, 0);
	KUNIT_EXPECT_EQ(test, c.t->total, 12);
}

/* Numbers of periods wrap; nothing must show. */
static void rate_wraparound(struct kunit *test)
{
	struct clock c = clock_make(test);
	u32 i;

	c.t->period = U32_MAX - 3;
	for (i = 0; i < 10; i++) {
		seconds(&c, 1, 500);
		KUNIT_ASSERT_EQ(test, look(&c).rate, 500);
		KUNIT_ASSERT_EQ(test, look(&c).recent, 500);
	}
	c = clock_make(test);
	c.t->period = U32_MAX - 1;
	seconds(&c, 1, 500);
	seconds(&c, 4, 0);
	KUNIT_EXPECT_EQ(test, look(&c).recent, 0);
	KUNIT_EXPECT_GT(test, look(&c).rate, 150);
	KUNIT_EXPECT_LT(test, look(&c).rate, 160);
}

static struct kunit_case rate_tests[] = {
	KUNIT_CASE(rate_steady),
	KUNIT_CASE(rate_converges),
	KUNIT_CASE(rate_step),
	KUNIT_CASE(rate_silence),
	KUNIT_CASE(rate_skipped_periods),
	KUNIT_CASE(rate_long_silence),
	KUNIT_CASE(rate_fresh),
	KUNIT_CASE(rate_lengths),
	KUNIT_CASE(rate_lengths_skipped),
	KUNIT_CASE(rate_lengths_forgotten),
	KUNIT_CASE(rate_saturates),
	KUNIT_CASE(rate_recent),
	KUNIT_CASE(rate_totals_by_period),
	KUNIT_CASE(rate_wraparound),
	{ }
};

static struct kunit_suite rate_suite = {
	.name = "ctwatch_rate",
	.test_cases = rate_tests,
};

kunit_test_suites(&rate_suite);
