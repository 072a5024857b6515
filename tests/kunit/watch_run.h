/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_TEST_WATCH_RUN_H
#define CTW_TEST_WATCH_RUN_H

#include <kunit/test.h>
#include <linux/time64.h>

#include "watch/watch.h"

/**
 * struct run - a watch and the table that it sees
 * @test: the test
 * @w: the watch
 * @c: settings, the defaults to begin with
 * @s: the next sample
 * @v: the last decision
 */
struct run {
	struct kunit *test;
	struct ctw_watch w;
	struct ctw_config c;
	struct ctw_sample s;
	struct ctw_verdict v;
};

static inline struct run run_make(struct kunit *test, u32 max)
{
	struct run r = {
		.test = test,
		.c = CTW_CONFIG_DEFAULT,
		.s = { .now = 1000ULL * NSEC_PER_SEC, .max = max },
	};

	ctw_watch_init(&r.w, r.s.now);
	return r;
}

/* Without prediction: thresholds only. */
static inline struct run run_calm(struct kunit *test, u32 max)
{
	struct run r = run_make(test, max);

	r.c.predict_time = 0;
	return r;
}

/* ms pass, and the table has so many entries. */
static inline enum ctw_event run_step(struct run *r, u32 ms, u32 count)
{
	r->s.now += (u64)ms * NSEC_PER_MSEC;
	r->s.count = count;
	ctw_watch_step(&r->w, &r->c, &r->s, &r->v);
	return r->v.event;
}

/* The same, and what should come of it. */
#define RUN_EXPECT(r, ms, count, want_event, want_level) do {		\
	struct run *_r = (r);						\
									\
	KUNIT_EXPECT_EQ(_r->test, run_step(_r, ms, count),		\
			CTW_EVENT_##want_event);			\
	KUNIT_EXPECT_EQ(_r->test, _r->v.level,				\
			CTWATCH_LEVEL_##want_level);			\
} while (0)

#endif
