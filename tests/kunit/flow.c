// SPDX-License-Identifier: GPL-2.0
/* From insertions to a tally, the way fold.c takes. */

#include <linux/string.h>
#include <linux/time64.h>

#include "flow.h"

#define FLOW_START	(1000ULL * NSEC_PER_SEC)

KUNIT_DEFINE_ACTION_WRAPPER(tally_free, ctw_tally_free, struct ctw_tally *);
KUNIT_DEFINE_ACTION_WRAPPER(window_free, ctw_window_free, struct ctw_window *);

struct ctw_tally *tally_make(struct kunit *test, u32 max, u64 now)
{
	struct ctw_tally *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	ctw_tally_init(t, max, now);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, tally_free, t));
	return t;
}

struct flow *flow_make(struct kunit *test, u32 sources)
{
	struct flow *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	u32 sets = sources * FLOW_SLOTS_PER_SOURCE / CTW_WAYS;

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->test = test;
	f->now = FLOW_START;
	ctw_tally_init(&f->t, sources, f->now);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, tally_free, &f->t));
	f->w = ctw_window_alloc(sets, NUMA_NO_NODE);
	KUNIT_ASSERT_NOT_NULL(test, f->w);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, window_free, f->w));
	return f;
}

void flow_insert(struct flow *f, struct ctw_key key, u32 kind)
{
	key.net = 1;
	key.kind = kind;
	ctw_window_add(f->w, &key);
	f->by[kind]++;
}

void flow_fold(struct flow *f)
{
	struct ctw_slot slot;
	u32 pos = 0;

	while (ctw_window_next(f->w, &pos, &slot))
		ctw_tally_fold(&f->t, &slot);
	ctw_tally_missed(&f->t, ctw_window_missed(f->w), f->by);
	ctw_window_clear(f->w);
	ctw_tally_total(&f->t, f->by);
	memset(f->by, 0, sizeof(f->by));
}

void flow_period(struct flow *f, u32 ms)
{
	f->now += (u64)ms * NSEC_PER_MSEC;
	flow_fold(f);
	ctw_tally_period(&f->t, f->now);
}
