/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_TEST_FLOW_H
#define CTW_TEST_FLOW_H

#include <kunit/test.h>

#include "tally/tally.h"
#include "tally/window.h"

/* Slots of a window for each source of a tally, as in fold.c. */
#define FLOW_SLOTS_PER_SOURCE	4

/**
 * struct flow - a tally and the window of one CPU before it, as in the module
 * @test: the test
 * @w: the window
 * @by: insertions by kind since the last fold
 * @t: the tally
 * @now: time, ns
 */
struct flow {
	struct kunit *test;
	struct ctw_window *w;
	u32 by[CTW_KINDS];
	struct ctw_tally t;
	u64 now;
};

struct ctw_tally *tally_make(struct kunit *test, u32 max, u64 now);
struct flow *flow_make(struct kunit *test, u32 sources);
void flow_insert(struct flow *f, struct ctw_key key, u32 kind);
void flow_fold(struct flow *f);
/* Time passes, windows are folded, and a new period begins. */
void flow_period(struct flow *f, u32 ms);

#endif
