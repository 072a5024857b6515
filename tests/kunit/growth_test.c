// SPDX-License-Identifier: GPL-2.0
/* How fast the table grows, when it will be full, and what is predicted. */

#include <kunit/test.h>

#include "watch_run.h"

/* So large that nothing is a leap, so small that prediction is not met. */
#define LARGE	1000000000

struct growth_case {
	u32 ms;
	u32 count;
	s32 growth;
};

/* By hand: g += (slope - g) * t / (t + 4 s), t at most 40 s. */
static const struct growth_case growth_cases[] = {
	/* 1,000 a second, 1,000 * (1 - 0.8^n) */
	{ 1000, 1000, 200 },
	{ 1000, 2000, 360 },
	{ 1000, 3000, 488 },
	{ 1000, 4000, 590 },
	{ 1000, 5000, 672 },
	{ 1000, 6000, 738 },
	{ 1000, 7000, 790 },
	{ 1000, 8000, 832 },
	{ 1000, 9000, 866 },
	{ 1000, 10000, 893 },
	/* and nothing */
	{ 1000, 10000, 714 },
	{ 1000, 10000, 571 },
	{ 1000, 10000, 457 },
	{ 1000, 10000, 366 },
};

static const struct growth_case growth_interval_cases[] = {
	{ 250, 250, 59 },		/* 1/17 of 1,000: 58.82 */
	{ 4000, 4250, 529 },		/* half way to 1,000: 529.41 */
	{ 100, 3250, 273 },		/* 1/41 of the way to -10,000: 272.60 */
	{ 40000, 3250, 25 },		/* 10/11 of the way to 0: 24.78 */
	{ 400000, 403250, 911 },	/* 10/11 of the way to 1,000: 911.34 */
	{ 1, 403251, 911 },		/* a 4001st to 1,000: 911.37 */
	{ 1000, 402000, 479 },		/* 1/5 to -1,251: 478.89 */
	{ 1000, 390000, -2017 },	/* 1/5 to -12,000: -2,016.89 */
	{ 5000, 380000, -2007 },	/* 5/9 to -2,000: -2,007.50 */
	{ 12000, 380000, -502 },	/* 3/4 to 0: -501.88 */
};

static void growth_check(struct kunit *test, const struct growth_case *cases,
			 u32 n)
{
	struct run r = run_make(test, LARGE);
	u32 i;

	run_step(&r, 1000, 0);
	KUNIT_EXPECT_EQ(test, r.v.growth, 0);
	for (i = 0; i < n; i++) {
		run_step(&r, cases[i].ms, cases[i].count);
		/* one for what is rounded on the way */
		KUNIT_EXPECT_LE_MSG(test, abs(r.v.growth - cases[i].growth), 1,
				    "step %u: %d", i, r.v.growth);
	}
}

static void growth_smoothing(struct kunit *test)
{
	growth_check(test, growth_cases, ARRAY_SIZE(growth_cases));
}

static void growth_intervals(struct kunit *test)
{
	growth_check(test, growth_interval_cases,
		     ARRAY_SIZE(growth_interval_cases));
}

/* The exact steps of the first numbers, in thousandths. */
static void growth_exact(struct kunit *test)
{
	struct run r = run_make(test, LARGE);

	run_step(&r, 1000, 0);
	run_step(&r, 1000, 1000);
	KUNIT_EXPECT_EQ(test, r.w.growth, 200000);
	run_step(&r, 1000, 2000);
	KUNIT_EXPECT_EQ(test, r.w.growth, 360000);
	run_step(&r, 1000, 3000);
	KUNIT_EXPECT_EQ(test, r.w.growth, 488000);
	run_step(&r, 1000, 4000);
	KUNIT_EXPECT_EQ(test, r.w.growth, 590400);
}

/* Samples in any rhythm come to the true speed. */
static void growth_converges(struct kunit *test)
{
	static const u32 rhythm[] = { 1000, 1, 3, 500, 20, 1000, 100 };
	struct run r = run_make(test, LARGE);
	u32 i, count = 1000000;

	run_step(&r, 1000, count);
	for (i = 0; i < 700; i++) {
		u32 ms = rhythm[i % ARRAY_SIZE(rhythm)];

		count += 3 * ms;
		run_step(&r, ms, count);
	}
	KUNIT_EXPECT_LE(test, abs(r.v.growth - 3000), 1);
	for (i = 0; i < 700; i++) {
		u32 ms = rhythm[i % ARRAY_SIZE(rhythm)];

		count -= 2 * ms;
		run_step(&r, ms, count);
	}
	KUNIT_EXPECT_LE(test, abs(r.v.growth + 2000), 1);
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, U32_MAX);
}

/* A 20th of the table between two samples counts at its full speed. */
static void growth_leap(struct kunit *test)
{
	struct run r = run_calm(test, 65536);

	run_step(&r, 1000, 20000);
	run_step(&r, 100, 23277);
	KUNIT_EXPECT_EQ(test, r.v.growth, 32770);
	/* 42,259 entries are left */
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, 1289);
	/* it is over with the next sample, the smoothed one goes on */
	run_step(&r, 100, 23277);
	KUNIT_EXPECT_EQ(test, r.v.growth, 780);
}

static void growth_no_leap(struct kunit *test)
{
	struct run r = run_calm(test, 65536);

	run_step(&r, 1000, 20000);
	run_step(&r, 100, 23276);
	KUNIT_EXPECT_EQ(test, r.v.growth, 799);
	/* without a limit there is no 20th of it */
	r = run_calm(test, 0);
	run_step(&r, 1000, 0);
	run_step(&r, 1000, 1000000);
	KUNIT_EXPECT_EQ(test, r.v.growth, 200000);
}

static void growth_leap_down(struct kunit *test)
{
	struct run r = run_calm(test, 65536);

	run_step(&r, 1000, 60000);
	run_step(&r, 1000, 56723);
	KUNIT_EXPECT_EQ(test, r.v.growth, -3277);
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, U32_MAX);
	run_step(&r, 1000, 56723);
	KUNIT_EXPECT_EQ(test, r.v.growth, -524);
}

/* Two samples in one moment do not divide by nothing. */
static void growth_same_moment(struct kunit *test)
{
	struct run r = run_calm(test, LARGE);

	run_step(&r, 1000, 0);
	run_step(&r, 1000, 1000);
	run_step(&r, 0, 900000000);
	KUNIT_EXPECT_EQ(test, r.v.growth, 200);
	r.s.now += 1;
	run_step(&r, 0, 900000001);
	KUNIT_EXPECT_EQ(test, r.v.growth, 200);
}

/* The most there can be, in every time there can be. */
static void growth_extremes(struct kunit *test)
{
	static const u64 ns[] = { 1, 1000, NSEC_PER_MSEC, NSEC_PER_SEC };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ns); i++) {
		struct run r = run_calm(test, U32_MAX);
		s64 last;

		run_step(&r, 1000, 0);
		r.s.now += ns[i];
		run_step(&r, 0, U32_MAX);
		KUNIT_EXPECT_EQ(test, r.v.growth, S32_MAX);
		last = r.w.growth;
		KUNIT_EXPECT_GE(test, last, 0);
		run_step(&r, 1000, U32_MAX);
		KUNIT_EXPECT_GE(test, r.w.growth, 0);
		KUNIT_EXPECT_LE(test, r.w.growth, last);
		r.s.now += ns[i];
		run_step(&r, 0, 0);
		KUNIT_EXPECT_EQ(test, r.v.growth, S32_MIN);
		KUNIT_EXPECT_EQ(test, r.v.time_to_full, U32_MAX);
	}
}

static void growth_rounding(struct kunit *test)
{
	static const struct {
		s64 growth;
		s32 rounded;
	} cases[] = {
		{ 0, 0 }, { 499, 0 }, { 500, 1 }, { 1499, 1 }, { 1500, 2 },
		{ -499, 0 }, { -500, -1 }, { -1499, -1 }, { -1500, -2 },
		{ S32_MAX * 1000LL, S32_MAX }, { S32_MAX * 1001LL, S32_MAX },
		{ S32_MIN * 1000LL, S32_MIN }, { S32_MIN * 1001LL, S32_MIN },
		{ 1LL << 60, S32_MAX }, { -(1LL << 60), S32_MIN },
	};
	struct ctw_watch w = { };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		w.growth = cases[i].growth;
		KUNIT_EXPECT_EQ(test, ctw_watch_growth(&w), cases[i].rounded);
	}
}

static void growth_time_to_full(struct kunit *test)
{
	static const struct {
		s64 growth;
		u32 count, max, ms;
	} cases[] = {
		{ 8123000, 52429, 65536, 1613 },
		{ 60000000, 53090, 65536, 207 },
		{ 1000, 0, 60, 60000 },
		{ 500, 99, 100, 2000 },
		{ 499, 99, 100, U32_MAX },	/* reads +0/s */
		{ 0, 99, 100, U32_MAX },
		{ -1000000, 99, 100, U32_MAX },
		{ 0, 100, 100, 0 },		/* full is full */
		{ -1000000, 101, 100, 0 },
		{ 500, 0, U32_MAX, U32_MAX - 1 },
		{ 1LL << 60, 0, U32_MAX, 0 },
		{ 1000, 0, 4294967, 4294967000U },
		{ 1000, 0, 4294968, U32_MAX - 1 },
		{ 1000, 5, 0, U32_MAX },	/* no limit */
	};
	struct ctw_watch w = { };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		w.growth = cases[i].growth;
		w.last.count = cases[i].count;
		w.last.max = cases[i].max;
		KUNIT_EXPECT_EQ_MSG(test, ctw_watch_time_to_full(&w),
				    cases[i].ms, "case %u", i);
	}
}

/* Prediction. Steps of 0 ms leave the growth as the test has set it: in
 * thousandths a second. From 26,215 entries (40 %) to 65,536 in 60 s it takes
 * 655.35 a second.
 */
#define ENOUGH	655351

static void predict_bound(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	run_step(&r, 1000, 26215);
	r.w.growth = ENOUGH - 1;
	RUN_EXPECT(&r, 0, 26215, NONE, OK);
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, 60000);
	KUNIT_EXPECT_FALSE(test, r.v.predicted);
	r.w.growth = ENOUGH;
	RUN_EXPECT(&r, 0, 26215, RAISED, WARNING);
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, 59999);
	KUNIT_EXPECT_TRUE(test, r.v.predicted);
}

static void predict_min(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	run_step(&r, 1000, 26214);
	r.w.growth = 1000000000;
	RUN_EXPECT(&r, 0, 26214, NONE, OK);
	RUN_EXPECT(&r, 0, 26215, RAISED, WARNING);
	r = run_make(test, 65536);
	r.c.predict_min = 0;
	run_step(&r, 1000, 0);
	r.w.growth = 1000000000;
	RUN_EXPECT(&r, 0, 0, RAISED, WARNING);
	KUNIT_EXPECT_TRUE(test, r.v.predicted);
}

static void predict_hold(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	run_step(&r, 1000, 26215);
	r.w.growth = ENOUGH;
	RUN_EXPECT(&r, 0, 26215, RAISED, WARNING);
	r.w.growth = 0;
	RUN_EXPECT(&r, 9999, 26215, NONE, WARNING);
	KUNIT_EXPECT_TRUE(test, r.v.predicted);
	RUN_EXPECT(&r, 1, 26215, CLEARED, OK);
	KUNIT_EXPECT_FALSE(test, r.v.predicted);
	/* once over, it needs the growth again */
	RUN_EXPECT(&r, 1, 26215, NONE, OK);
}

static void predict_hold_renewed(struct kunit *test)
{
	struct run r = run_make(test, 65536);
	u32 i;

	run_step(&r, 1000, 26215);
	r.w.growth = ENOUGH;
	RUN_EXPECT(&r, 0, 26215, RAISED, WARNING);
	for (i = 0; i < 3; i++) {
		r.w.growth = 0;
		RUN_EXPECT(&r, 9000, 26215, NONE, WARNING);
		r.w.growth = ENOUGH;
		RUN_EXPECT(&r, 0, 26215, NONE, WARNING);
	}
	r.w.growth = 0;
	RUN_EXPECT(&r, 10000, 26215, CLEARED, OK);
}

/* Nothing holds below the least per cent. */
static void predict_hold_needs_min(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	run_step(&r, 1000, 26215);
	r.w.growth = ENOUGH;
	RUN_EXPECT(&r, 0, 26215, RAISED, WARNING);
	r.w.growth = 0;
	RUN_EXPECT(&r, 1000, 26214, CLEARED, OK);
}

static void predict_off(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	r.c.predict_time = 0;
	run_step(&r, 1000, 30000);
	r.w.growth = 1000000000;
	RUN_EXPECT(&r, 0, 30000, NONE, OK);
	/* and under way */
	r.c.predict_time = 60;
	RUN_EXPECT(&r, 0, 30000, RAISED, WARNING);
	r.c.predict_time = 0;
	RUN_EXPECT(&r, 0, 30000, CLEARED, OK);
}

/* The longest time: in milliseconds it needs more than a few bits. */
static void predict_far(struct kunit *test)
{
	struct run r = run_make(test, 1000000);

	r.c.predict_time = 86400;
	run_step(&r, 1000, 400000);
	r.w.growth = 6944;
	RUN_EXPECT(&r, 0, 400000, NONE, OK);
	r.w.growth = 6945;
	RUN_EXPECT(&r, 0, 400000, RAISED, WARNING);
}

/* A prediction that comes true is news, and from then on it is the threshold
 * that counts.
 */
static void predict_comes_true(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	run_step(&r, 1000, 30000);
	r.w.growth = 10000000;
	RUN_EXPECT(&r, 0, 30000, RAISED, WARNING);
	RUN_EXPECT(&r, 0, 45000, NONE, WARNING);
	KUNIT_EXPECT_TRUE(test, r.v.predicted);
	RUN_EXPECT(&r, 0, 52428, NONE, WARNING);
	KUNIT_EXPECT_TRUE(test, r.v.predicted);
	RUN_EXPECT(&r, 0, 52429, RAISED, WARNING);
	KUNIT_EXPECT_FALSE(test, r.v.predicted);
	KUNIT_EXPECT_EQ(test, r.v.previous, CTWATCH_LEVEL_WARNING);
	RUN_EXPECT(&r, 0, 52429, NONE, WARNING);
	RUN_EXPECT(&r, 0, 60000, RAISED, CRITICAL);
	KUNIT_EXPECT_FALSE(test, r.v.predicted);
	r.w.growth = 0;
	RUN_EXPECT(&r, 0, 49151, CLEARED, NOTICE);
	KUNIT_EXPECT_FALSE(test, r.v.predicted);
}

/* A threshold's hysteresis is its own: a prediction that ends at 76 % leaves
 * no warning behind, only the notice.
 */
static void predict_ends(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	run_step(&r, 1000, 40000);
	r.w.growth = 10000000;
	RUN_EXPECT(&r, 0, 40000, RAISED, WARNING);
	RUN_EXPECT(&r, 0, 50000, NONE, WARNING);
	r.w.growth = 0;
	RUN_EXPECT(&r, 9999, 50000, NONE, WARNING);
	RUN_EXPECT(&r, 1, 50000, CLEARED, NOTICE);
}

static void predict_and_full(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	run_step(&r, 1000, 30000);
	r.w.growth = 10000000;
	RUN_EXPECT(&r, 0, 30000, RAISED, WARNING);
	r.s.early_drop++;
	RUN_EXPECT(&r, 0, 30000, RAISED, FULL);
	KUNIT_EXPECT_FALSE(test, r.v.predicted);
}

/* A flood into an empty table: the first sample on its way is a leap. */
static void predict_flood(struct kunit *test)
{
	struct run r = run_make(test, 65536);

	RUN_EXPECT(&r, 1000, 100, NONE, OK);
	RUN_EXPECT(&r, 20, 13108, NONE, OK);
	KUNIT_EXPECT_EQ(test, r.v.growth, 650400);
	RUN_EXPECT(&r, 20, 26215, RAISED, WARNING);
	KUNIT_EXPECT_TRUE(test, r.v.predicted);
	KUNIT_EXPECT_EQ(test, r.v.growth, 655350);
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, 60);
}

/* A thousand a second: announced at 40 %, 38 seconds ahead. */
static void predict_steady_growth(struct kunit *test)
{
	struct run r = run_make(test, 65536);
	u32 i;

	run_step(&r, 1000, 0);
	for (i = 1; i < 27; i++)
		RUN_EXPECT(&r, 1000, i * 1000, NONE, OK);
	RUN_EXPECT(&r, 1000, 27000, RAISED, WARNING);
	KUNIT_EXPECT_TRUE(test, r.v.predicted);
	KUNIT_EXPECT_EQ(test, r.v.growth, 998);
	KUNIT_EXPECT_GE(test, r.v.time_to_full, 38600);
	KUNIT_EXPECT_LE(test, r.v.time_to_full, 38700);
}

/* A small table: every entry may be a leap, and nothing is divided by 0. */
static void predict_small_tables(struct kunit *test)
{
	u32 max, i;

	for (max = 1; max < 30; max++) {
		struct run r = run_make(test, max);

		run_step(&r, 1000, 0);
		for (i = 1; i <= max; i++)
			run_step(&r, 100, i);
		KUNIT_EXPECT_EQ(test, r.v.level, CTWATCH_LEVEL_CRITICAL);
		KUNIT_EXPECT_EQ(test, r.v.time_to_full, 0);
		if (max <= 20)
			KUNIT_EXPECT_EQ(test, r.v.growth, 10);
	}
}

static struct kunit_case growth_tests[] = {
	KUNIT_CASE(growth_smoothing),
	KUNIT_CASE(growth_intervals),
	KUNIT_CASE(growth_exact),
	KUNIT_CASE(growth_converges),
	KUNIT_CASE(growth_leap),
	KUNIT_CASE(growth_no_leap),
	KUNIT_CASE(growth_leap_down),
	KUNIT_CASE(growth_same_moment),
	KUNIT_CASE(growth_extremes),
	KUNIT_CASE(growth_rounding),
	KUNIT_CASE(growth_time_to_full),
	KUNIT_CASE(predict_bound),
	KUNIT_CASE(predict_min),
	KUNIT_CASE(predict_hold),
	KUNIT_CASE(predict_hold_renewed),
	KUNIT_CASE(predict_hold_needs_min),
	KUNIT_CASE(predict_off),
	KUNIT_CASE(predict_far),
	KUNIT_CASE(predict_comes_true),
	KUNIT_CASE(predict_ends),
	KUNIT_CASE(predict_and_full),
	KUNIT_CASE(predict_flood),
	KUNIT_CASE(predict_steady_growth),
	KUNIT_CASE(predict_small_tables),
	{ }
};

static struct kunit_suite growth_suite = {
	.name = "ctwatch_growth",
	.test_cases = growth_tests,
};

kunit_test_suites(&growth_suite);
