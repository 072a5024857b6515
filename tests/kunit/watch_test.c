// SPDX-License-Identifier: GPL-2.0
/* Levels: up, down, full, and what is said of it when. */

#include <kunit/test.h>

#include "watch/watch.c"
#include "watch_run.h"

struct threshold_case {
	enum ctwatch_level level;
	/* first count of the level on the way up, last on the way down */
	u32 up;
	u32 stay;
	enum ctwatch_level below;
	enum ctw_event fallen;
};

/* Of 65,536: 60, 80 and 90 per cent; 55, 75 and 85. */
static const struct threshold_case threshold_cases[] = {
	{ CTWATCH_LEVEL_NOTICE, 39322, 36045, CTWATCH_LEVEL_OK,
	  CTW_EVENT_CLEARED },
	{ CTWATCH_LEVEL_WARNING, 52429, 49152, CTWATCH_LEVEL_NOTICE,
	  CTW_EVENT_CLEARED },
	{ CTWATCH_LEVEL_CRITICAL, 58983, 55706, CTWATCH_LEVEL_WARNING,
	  CTW_EVENT_EASED },
};

static void watch_thresholds(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(threshold_cases); i++) {
		const struct threshold_case *t = &threshold_cases[i];
		struct run r = run_calm(test, 65536);

		run_step(&r, 1000, t->up - 1);
		KUNIT_EXPECT_EQ(test, r.v.level, t->below);
		KUNIT_EXPECT_EQ(test, run_step(&r, 1000, t->up),
				CTW_EVENT_RAISED);
		KUNIT_EXPECT_EQ(test, r.v.level, t->level);
		KUNIT_EXPECT_EQ(test, r.v.previous, t->below);
		KUNIT_EXPECT_FALSE(test, r.v.predicted);
		KUNIT_EXPECT_EQ(test, run_step(&r, 1000, t->stay),
				CTW_EVENT_NONE);
		KUNIT_EXPECT_EQ(test, r.v.level, t->level);
		KUNIT_EXPECT_EQ(test, run_step(&r, 1000, t->stay - 1),
				t->fallen);
		KUNIT_EXPECT_EQ(test, r.v.level, t->below);
		KUNIT_EXPECT_EQ(test, r.v.previous, t->level);
		/* and up again only at the threshold */
		run_step(&r, 1000, t->up - 1);
		KUNIT_EXPECT_EQ(test, r.v.level, t->below);
	}
}

/* The level that a count has after a way up from 0, or down from 100 %. */
static enum ctwatch_level level_of(const struct ctw_config *c, u64 count,
				   u64 max, u32 below)
{
	if (count * 100 >= max * (c->critical - below))
		return CTWATCH_LEVEL_CRITICAL;
	if (count * 100 >= max * (c->warning - below))
		return CTWATCH_LEVEL_WARNING;
	if (count * 100 >= max * (c->notice - below))
		return CTWATCH_LEVEL_NOTICE;
	return CTWATCH_LEVEL_OK;
}

/* Every count of tables of odd sizes, up and down. */
static void watch_sweep(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 3, 7, 99, 100, 101, 1000, 1021 };
	u32 i, count;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct run r = run_calm(test, sizes[i]);

		for (count = 0; count <= sizes[i]; count++) {
			run_step(&r, 1000, count);
			KUNIT_ASSERT_EQ(test, r.v.level,
					level_of(&r.c, count, sizes[i], 0));
		}
		while (count--) {
			run_step(&r, 1000, count);
			KUNIT_ASSERT_EQ(test, r.v.level,
					level_of(&r.c, count, sizes[i], 5));
		}
	}
}

static void watch_hysteresis_none(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	r.c.hysteresis = 0;
	RUN_EXPECT(&r, 1000, 800, RAISED, WARNING);
	RUN_EXPECT(&r, 1000, 799, CLEARED, NOTICE);
	RUN_EXPECT(&r, 1000, 800, RAISED, WARNING);
}

/* A table that trembles at a threshold speaks once. */
static void watch_trembling(struct kunit *test)
{
	struct run r = run_calm(test, 1000);
	u32 i, events = 0;

	for (i = 0; i < 40; i++)
		events += run_step(&r, 1000, i % 2 ? 755 : 815) !=
			CTW_EVENT_NONE;
	KUNIT_EXPECT_EQ(test, events, 1);
}

static void watch_several_at_once(struct kunit *test)
{
	struct run r = run_calm(test, 65536);

	RUN_EXPECT(&r, 1000, 0, NONE, OK);
	RUN_EXPECT(&r, 1000, 65000, RAISED, CRITICAL);
	KUNIT_EXPECT_EQ(test, r.v.previous, CTWATCH_LEVEL_OK);
	RUN_EXPECT(&r, 1000, 55705, EASED, WARNING);
	KUNIT_EXPECT_EQ(test, r.v.previous, CTWATCH_LEVEL_CRITICAL);
	RUN_EXPECT(&r, 1000, 65000, RAISED, CRITICAL);
	RUN_EXPECT(&r, 1000, 40000, CLEARED, NOTICE);
	RUN_EXPECT(&r, 1000, 36044, CLEARED, OK);
	RUN_EXPECT(&r, 1000, 65000, RAISED, CRITICAL);
	RUN_EXPECT(&r, 1000, 0, CLEARED, OK);
}

/* The first sample finds a table that is high already. */
static void watch_first_sample(struct kunit *test)
{
	struct run r = run_make(test, 1000);

	r.s.drop = 17;
	r.s.early_drop = 99;
	RUN_EXPECT(&r, 0, 850, RAISED, WARNING);
	KUNIT_EXPECT_EQ(test, r.v.growth, 0);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 0);
	KUNIT_EXPECT_EQ(test, r.v.new_early_drop, 0);
	KUNIT_EXPECT_EQ(test, r.v.interval, 0);
	KUNIT_EXPECT_FALSE(test, r.v.predicted);
}

/* Full */

static void watch_full_by_drop(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 950, RAISED, CRITICAL);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 950, RAISED, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 1);
}

/* drop counts other misfortunes too: below critical it says nothing. */
static void watch_drop_below_critical(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 0, NONE, OK);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 0, NONE, OK);
	RUN_EXPECT(&r, 1000, 899, RAISED, WARNING);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 899, NONE, WARNING);
	/* critical for the first time in the very sample */
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 900, RAISED, FULL);
	/* and critical as long as hysteresis holds it */
	RUN_EXPECT(&r, 6000, 850, EASED, CRITICAL);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 850, RAISED, FULL);
	RUN_EXPECT(&r, 6000, 849, EASED, WARNING);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 849, NONE, WARNING);
}

/* Packets dropped while the table was critical are not forgotten because it
 * was emptied before the next sample.
 */
static void watch_drop_before_flush(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 1000, RAISED, CRITICAL);
	r.s.drop += 5;
	RUN_EXPECT(&r, 1000, 0, RAISED, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 5);
	RUN_EXPECT(&r, 5000, 0, CLEARED, OK);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 0, NONE, OK);
}

/* An eviction happens to a full table only, whatever the count is by now. */
static void watch_full_by_early_drop(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 10, NONE, OK);
	r.s.early_drop += 5;
	RUN_EXPECT(&r, 1000, 10, RAISED, FULL);
	KUNIT_EXPECT_EQ(test, r.v.previous, CTWATCH_LEVEL_OK);
	KUNIT_EXPECT_EQ(test, r.v.new_early_drop, 5);
	RUN_EXPECT(&r, 4999, 10, NONE, FULL);
	RUN_EXPECT(&r, 1, 10, CLEARED, OK);
}

/* Evictions come before drops; the first drop after them is worse, and said. */
static void watch_drops_after_evictions(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 1000, RAISED, CRITICAL);
	r.s.early_drop++;
	RUN_EXPECT(&r, 1000, 1000, RAISED, FULL);
	ctw_watch_told(&r.w);
	r.s.early_drop += 10;
	RUN_EXPECT(&r, 1000, 1000, NONE, FULL);
	r.s.drop += 3;
	RUN_EXPECT(&r, 1000, 1000, RAISED, FULL);
	KUNIT_EXPECT_EQ(test, r.v.previous, CTWATCH_LEVEL_FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 3);
	KUNIT_EXPECT_EQ(test, r.v.new_early_drop, 10);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 1000, NONE, FULL);
	r.s.early_drop++;
	RUN_EXPECT(&r, 1000, 1000, NONE, FULL);
	/* once for each time that the table is full */
	RUN_EXPECT(&r, 5000, 1000, EASED, CRITICAL);
	r.s.early_drop++;
	RUN_EXPECT(&r, 1000, 1000, RAISED, FULL);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 1000, RAISED, FULL);
}

/* Five seconds after the last drop it is over, not a moment before. */
static void watch_full_hold(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 1000, RAISED, CRITICAL);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 1000, RAISED, FULL);
	RUN_EXPECT(&r, 3000, 1000, NONE, FULL);
	r.s.drop++;
	RUN_EXPECT(&r, 1000, 1000, NONE, FULL);
	RUN_EXPECT(&r, 4999, 1000, NONE, FULL);
	RUN_EXPECT(&r, 1, 1000, EASED, CRITICAL);
	RUN_EXPECT(&r, 1, 1000, NONE, CRITICAL);
}

/* A full table without losses is critical. */
static void watch_full_needs_losses(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 1000, RAISED, CRITICAL);
	RUN_EXPECT(&r, 1000, 1001, NONE, CRITICAL);
}

static void watch_full_counts(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 1000, RAISED, CRITICAL);
	ctw_watch_told(&r.w);
	r.s.drop += 1000;
	RUN_EXPECT(&r, 1000, 1000, RAISED, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 1000);
	KUNIT_EXPECT_EQ(test, r.v.interval, 1000);
	/* withheld: the next line has to count these too */
	ctw_watch_withheld(&r.w);
	r.s.drop += 523;
	r.s.early_drop += 27045;
	RUN_EXPECT(&r, 2500, 1000, NONE, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 1523);
	KUNIT_EXPECT_EQ(test, r.v.new_early_drop, 27045);
	KUNIT_EXPECT_EQ(test, r.v.interval, 3500);
	ctw_watch_told(&r.w);
	r.s.drop++;
	RUN_EXPECT(&r, 100, 1000, NONE, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 1);
	KUNIT_EXPECT_EQ(test, r.v.new_early_drop, 0);
	KUNIT_EXPECT_EQ(test, r.v.interval, 100);
}

/* The first line of a full table counts what was lost since the sample before,
 * not what other misfortunes had added up to since the last line.
 */
static void watch_full_counts_from_last_sample(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 100, NONE, OK);
	r.s.drop += 300;
	RUN_EXPECT(&r, 100000, 100, NONE, OK);
	r.s.drop += 20;
	r.s.early_drop += 5;
	RUN_EXPECT(&r, 700, 1000, RAISED, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 20);
	KUNIT_EXPECT_EQ(test, r.v.new_early_drop, 5);
	KUNIT_EXPECT_EQ(test, r.v.interval, 700);
	ctw_watch_told(&r.w);
	r.s.drop += 4;
	RUN_EXPECT(&r, 60000, 1000, LASTS, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 4);
	KUNIT_EXPECT_EQ(test, r.v.new_early_drop, 0);
	KUNIT_EXPECT_EQ(test, r.v.interval, 60000);
}

/* The limit changes under way */

static void watch_max_changes(struct kunit *test)
{
	struct run r = run_calm(test, 65536);

	RUN_EXPECT(&r, 1000, 52429, RAISED, WARNING);
	r.s.max = 131072;
	RUN_EXPECT(&r, 1000, 52429, CLEARED, OK);
	r.s.max = 65536;
	RUN_EXPECT(&r, 1000, 52429, RAISED, WARNING);
	r.s.max = 57000;
	RUN_EXPECT(&r, 1000, 52429, RAISED, CRITICAL);
	/* below the count */
	r.s.max = 20000;
	RUN_EXPECT(&r, 1000, 52429, NONE, CRITICAL);
	KUNIT_EXPECT_EQ(test, r.v.max, 20000);
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, 0);
	r.s.max = U32_MAX;
	RUN_EXPECT(&r, 1000, 52429, CLEARED, OK);
}

/* Without a limit there are no levels, and nothing is divided by it. */
static void watch_max_none(struct kunit *test)
{
	struct run r = run_make(test, 0);

	RUN_EXPECT(&r, 1000, 0, NONE, OK);
	RUN_EXPECT(&r, 1000, U32_MAX, NONE, OK);
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, U32_MAX);
	r.s.drop++;
	r.s.early_drop++;
	RUN_EXPECT(&r, 1000, 5000, NONE, OK);
	r.s.max = 1000;
	RUN_EXPECT(&r, 1000, 5000, RAISED, CRITICAL);
	r.s.early_drop++;
	RUN_EXPECT(&r, 1000, 5000, RAISED, FULL);
	r.s.max = 0;
	RUN_EXPECT(&r, 1000, 5000, CLEARED, OK);
	KUNIT_EXPECT_FALSE(test, r.v.predicted);
}

static void watch_max_extreme(struct kunit *test)
{
	struct run r = run_calm(test, U32_MAX);

	RUN_EXPECT(&r, 1000, 2576980376U, NONE, OK);
	RUN_EXPECT(&r, 1000, 2576980377U, RAISED, NOTICE);
	RUN_EXPECT(&r, 1000, U32_MAX - 1, RAISED, CRITICAL);
	RUN_EXPECT(&r, 1000, U32_MAX, NONE, CRITICAL);
	KUNIT_EXPECT_EQ(test, r.v.time_to_full, 0);
	r = run_calm(test, 1);
	RUN_EXPECT(&r, 1000, 0, NONE, OK);
	RUN_EXPECT(&r, 1000, U32_MAX, RAISED, CRITICAL);
}

/* Repeats */

static void watch_repeat(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	RUN_EXPECT(&r, 1000, 850, RAISED, WARNING);
	RUN_EXPECT(&r, 59999, 850, NONE, WARNING);
	RUN_EXPECT(&r, 1, 850, LASTS, WARNING);
	RUN_EXPECT(&r, 1, 850, NONE, WARNING);
	RUN_EXPECT(&r, 59998, 850, NONE, WARNING);
	RUN_EXPECT(&r, 1, 850, LASTS, WARNING);
	/* another event starts the time anew */
	RUN_EXPECT(&r, 30000, 950, RAISED, CRITICAL);
	RUN_EXPECT(&r, 59999, 950, NONE, CRITICAL);
	RUN_EXPECT(&r, 1, 950, LASTS, CRITICAL);
	RUN_EXPECT(&r, 30000, 849, EASED, WARNING);
	RUN_EXPECT(&r, 59999, 849, NONE, WARNING);
	RUN_EXPECT(&r, 1, 849, LASTS, WARNING);
}

static void watch_repeat_full(struct kunit *test)
{
	struct run r = run_calm(test, 1000);
	u32 i;

	RUN_EXPECT(&r, 1000, 1000, RAISED, CRITICAL);
	for (i = 0; i < 121; i++) {
		r.s.drop++;
		run_step(&r, 1000, 1000);
		KUNIT_ASSERT_EQ(test, r.v.level, CTWATCH_LEVEL_FULL);
		KUNIT_ASSERT_EQ(test, r.v.event, !i ? CTW_EVENT_RAISED :
				i % 60 ? CTW_EVENT_NONE : CTW_EVENT_LASTS);
	}
}

/* A notice is said once, and nothing is repeated of ok. */
static void watch_repeat_not_below_warning(struct kunit *test)
{
	struct run r = run_calm(test, 1000);
	u32 i;

	for (i = 0; i < 10; i++)
		RUN_EXPECT(&r, 60000, 100, NONE, OK);
	RUN_EXPECT(&r, 1000, 700, RAISED, NOTICE);
	for (i = 0; i < 10; i++)
		RUN_EXPECT(&r, 60000, 700, NONE, NOTICE);
}

static void watch_repeat_settings(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	r.c.repeat = 0;
	RUN_EXPECT(&r, 1000, 950, RAISED, CRITICAL);
	RUN_EXPECT(&r, 86400000, 950, NONE, CRITICAL);
	r.c.repeat = 86400;
	RUN_EXPECT(&r, 0, 950, LASTS, CRITICAL);
	RUN_EXPECT(&r, 86399999, 950, NONE, CRITICAL);
	RUN_EXPECT(&r, 1, 950, LASTS, CRITICAL);
	r.c.repeat = 1;
	RUN_EXPECT(&r, 999, 950, NONE, CRITICAL);
	RUN_EXPECT(&r, 1, 950, LASTS, CRITICAL);
}

/* Peaks */

static void watch_peak(struct kunit *test)
{
	struct run r = run_calm(test, 1000);
	u64 start = r.s.now;

	run_step(&r, 1000, 300);
	run_step(&r, 1000, 500);
	run_step(&r, 1000, 400);
	KUNIT_EXPECT_EQ(test, r.w.peak, 500);
	KUNIT_EXPECT_EQ(test, r.w.peak_ns, start + 2000ULL * NSEC_PER_MSEC);
	/* the same again is not a new one */
	run_step(&r, 1000, 500);
	KUNIT_EXPECT_EQ(test, r.w.peak_ns, start + 2000ULL * NSEC_PER_MSEC);
	run_step(&r, 1000, 501);
	KUNIT_EXPECT_EQ(test, r.w.peak, 501);
	KUNIT_EXPECT_EQ(test, r.w.peak_ns, start + 5000ULL * NSEC_PER_MSEC);
}

/* The peak of a cleared line is that of the time above ok. */
static void watch_high_peak(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	run_step(&r, 1000, 820);
	run_step(&r, 1000, 970);
	run_step(&r, 1000, 900);
	r.s.drop = 11;
	r.s.early_drop = 7;
	RUN_EXPECT(&r, 1000, 900, RAISED, FULL);
	RUN_EXPECT(&r, 12000, 610, CLEARED, NOTICE);
	KUNIT_EXPECT_EQ(test, r.v.high_for, 15000);
	KUNIT_EXPECT_EQ(test, r.v.high_drop, 11);
	KUNIT_EXPECT_EQ(test, r.v.high_early_drop, 7);
	KUNIT_EXPECT_EQ(test, r.v.high_peak, 970);
	KUNIT_EXPECT_EQ(test, r.v.high_peak_age, 14000);
	RUN_EXPECT(&r, 1000, 100, CLEARED, OK);
	KUNIT_EXPECT_EQ(test, r.v.high_peak, 970);
	KUNIT_EXPECT_EQ(test, r.v.high_peak_age, 15000);
	/* a new rise has a peak of its own */
	RUN_EXPECT(&r, 1000, 100, NONE, OK);
	RUN_EXPECT(&r, 1000, 650, RAISED, NOTICE);
	KUNIT_EXPECT_EQ(test, r.v.high_peak, 650);
	KUNIT_EXPECT_EQ(test, r.v.high_peak_age, 0);
	RUN_EXPECT(&r, 2000, 500, CLEARED, OK);
	/* from the last sample that was ok; what was lost before is not its */
	KUNIT_EXPECT_EQ(test, r.v.high_for, 3000);
	KUNIT_EXPECT_EQ(test, r.v.high_drop, 0);
	KUNIT_EXPECT_EQ(test, r.v.high_early_drop, 0);
	KUNIT_EXPECT_EQ(test, r.v.high_peak, 650);
	KUNIT_EXPECT_EQ(test, r.v.high_peak_age, 2000);
	KUNIT_EXPECT_EQ(test, r.w.peak, 970);
}

static void watch_reset(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	r.s.drop = 5;
	run_step(&r, 1000, 970);
	r.s.drop = 50;
	r.s.early_drop = 7;
	RUN_EXPECT(&r, 1000, 870, RAISED, FULL);
	ctw_watch_withheld(&r.w);
	ctw_watch_reset(&r.w, r.s.now + 1);
	KUNIT_EXPECT_EQ(test, r.w.peak, 870);
	KUNIT_EXPECT_EQ(test, r.w.peak_ns, r.s.now + 1);
	KUNIT_EXPECT_EQ(test, r.w.high_peak, 870);
	KUNIT_EXPECT_EQ(test, r.w.suppressed, 0);
	/* the level stays, drops start from zero, and that is no loss */
	r.s.drop = 0;
	r.s.early_drop = 0;
	RUN_EXPECT(&r, 4999, 860, NONE, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 0);
	KUNIT_EXPECT_EQ(test, r.v.new_early_drop, 0);
	KUNIT_EXPECT_EQ(test, r.v.high_peak, 870);
	RUN_EXPECT(&r, 1, 860, EASED, CRITICAL);
	r.s.drop = 3;
	RUN_EXPECT(&r, 1, 860, RAISED, FULL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 3);
}

/* A reset before the first sample leaves a watch that has seen nothing. */
static void watch_reset_at_start(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	ctw_watch_reset(&r.w, r.s.now);
	r.s.drop = 12;
	r.s.early_drop = 34;
	RUN_EXPECT(&r, 1000, 950, RAISED, CRITICAL);
	KUNIT_EXPECT_EQ(test, r.v.new_drop, 0);
	KUNIT_EXPECT_EQ(test, r.w.peak, 950);
}

static void watch_suppressed(struct kunit *test)
{
	struct run r = run_calm(test, 1000);

	run_step(&r, 1000, 950);
	ctw_watch_withheld(&r.w);
	ctw_watch_withheld(&r.w);
	KUNIT_EXPECT_EQ(test, r.w.new_suppressed, 2);
	KUNIT_EXPECT_EQ(test, r.w.suppressed, 2);
	ctw_watch_told(&r.w);
	KUNIT_EXPECT_EQ(test, r.w.new_suppressed, 0);
	KUNIT_EXPECT_EQ(test, r.w.suppressed, 2);
	ctw_watch_withheld(&r.w);
	KUNIT_EXPECT_EQ(test, r.w.new_suppressed, 1);
	KUNIT_EXPECT_EQ(test, r.w.suppressed, 3);
}

/* The trip */

struct trip_case {
	u32 count;
	u32 max;
	u32 trip;
};

static const struct trip_case trip_cases[] = {
	/* 20, 40, 60, 80, 90 and 100 per cent */
	{ 0, 65536, 13108 },
	{ 13107, 65536, 13108 },
	{ 13108, 65536, 26215 },
	{ 26214, 65536, 26215 },
	{ 26215, 65536, 39322 },
	{ 39321, 65536, 39322 },
	{ 39322, 65536, 52429 },
	{ 52428, 65536, 52429 },
	{ 52429, 65536, 58983 },
	{ 58982, 65536, 58983 },
	{ 58983, 65536, 65536 },
	{ 65535, 65536, 65536 },
	{ 65536, 65536, CTW_TRIP_NEVER },
	{ 70000, 65536, CTW_TRIP_NEVER },
	{ U32_MAX, 65536, CTW_TRIP_NEVER },
	/* no limit */
	{ 0, 0, CTW_TRIP_NEVER },
	{ U32_MAX, 0, CTW_TRIP_NEVER },
	/* the smallest tables: rounded up, several at one count */
	{ 0, 1, 1 },
	{ 1, 1, CTW_TRIP_NEVER },
	{ 0, 2, 1 },
	{ 1, 2, 2 },
	{ 0, 3, 1 },
	{ 1, 3, 2 },
	{ 2, 3, 3 },
	/* the largest */
	{ 0, U32_MAX, 858993459 },
	{ 858993459, U32_MAX, 1717986918 },
	{ 1717986918, U32_MAX, 2576980377U },
	{ 2576980377U, U32_MAX, 3435973836U },
	{ 3435973836U, U32_MAX, 3865470566U },
	{ 3865470566U, U32_MAX, CTW_TRIP_NEVER },
	{ 0, U32_MAX - 1, 858993459 },
	{ 3865470565U, U32_MAX - 1, U32_MAX - 1 },
	{ U32_MAX - 1, U32_MAX - 1, CTW_TRIP_NEVER },
};

static void watch_trip(struct kunit *test)
{
	struct ctw_config c = CTW_CONFIG_DEFAULT;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(trip_cases); i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    ctw_watch_trip(&c, trip_cases[i].count,
						   trip_cases[i].max),
				    trip_cases[i].trip, "count %u max %u",
				    trip_cases[i].count, trip_cases[i].max);
}

static void watch_trip_settings(struct kunit *test)
{
	struct ctw_config c = {
		.notice = 10, .warning = 20, .critical = 30,
		.predict_min = 75,
	};

	KUNIT_EXPECT_EQ(test, ctw_watch_trip(&c, 0, 1000), 100);
	KUNIT_EXPECT_EQ(test, ctw_watch_trip(&c, 200, 1000), 300);
	KUNIT_EXPECT_EQ(test, ctw_watch_trip(&c, 300, 1000), 370);
	KUNIT_EXPECT_EQ(test, ctw_watch_trip(&c, 370, 1000), 750);
	KUNIT_EXPECT_EQ(test, ctw_watch_trip(&c, 750, 1000), 1000);
	c.predict_min = 0;
	KUNIT_EXPECT_EQ(test, ctw_watch_trip(&c, 0, 1000), 100);
	KUNIT_EXPECT_EQ(test, ctw_watch_trip(&c, 300, 1000), 1000);
}

/* A sample at each trip misses no rise, whatever the size of the table. */
static void watch_trip_finds_every_rise(struct kunit *test)
{
	static const u32 sizes[] = { 1, 3, 64, 100, 101, 16000, 65536, 262143 };
	u32 i, count, level;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct run r = run_calm(test, sizes[i]);
		u32 seen = 0, trip = 0;

		for (count = 0; trip != CTW_TRIP_NEVER; count = trip) {
			run_step(&r, 1, count);
			seen |= 1 << r.w.level;
			trip = ctw_watch_trip(&r.c, count, sizes[i]);
			KUNIT_ASSERT_GT(test, trip, count);
			/* just before the trip nothing has changed yet */
			if (trip != CTW_TRIP_NEVER)
				KUNIT_EXPECT_EQ(test, r.w.level,
						level_of(&r.c, trip - 1,
							 sizes[i], 0));
		}
		KUNIT_EXPECT_EQ(test, r.w.last.count, sizes[i]);
		for (level = 1; sizes[i] > 50 && level < 4; level++)
			KUNIT_EXPECT_TRUE(test, seen & 1 << level);
	}
}

static struct kunit_case watch_tests[] = {
	KUNIT_CASE(watch_thresholds),
	KUNIT_CASE(watch_sweep),
	KUNIT_CASE(watch_hysteresis_none),
	KUNIT_CASE(watch_trembling),
	KUNIT_CASE(watch_several_at_once),
	KUNIT_CASE(watch_first_sample),
	KUNIT_CASE(watch_full_by_drop),
	KUNIT_CASE(watch_drop_below_critical),
	KUNIT_CASE(watch_drop_before_flush),
	KUNIT_CASE(watch_full_by_early_drop),
	KUNIT_CASE(watch_drops_after_evictions),
	KUNIT_CASE(watch_full_hold),
	KUNIT_CASE(watch_full_needs_losses),
	KUNIT_CASE(watch_full_counts),
	KUNIT_CASE(watch_full_counts_from_last_sample),
	KUNIT_CASE(watch_max_changes),
	KUNIT_CASE(watch_max_none),
	KUNIT_CASE(watch_max_extreme),
	KUNIT_CASE(watch_repeat),
	KUNIT_CASE(watch_repeat_full),
	KUNIT_CASE(watch_repeat_not_below_warning),
	KUNIT_CASE(watch_repeat_settings),
	KUNIT_CASE(watch_peak),
	KUNIT_CASE(watch_high_peak),
	KUNIT_CASE(watch_reset),
	KUNIT_CASE(watch_reset_at_start),
	KUNIT_CASE(watch_suppressed),
	KUNIT_CASE(watch_trip),
	KUNIT_CASE(watch_trip_settings),
	KUNIT_CASE(watch_trip_finds_every_rise),
	{ }
};

static struct kunit_suite watch_suite = {
	.name = "ctwatch_watch",
	.test_cases = watch_tests,
};

kunit_test_suites(&watch_suite);
