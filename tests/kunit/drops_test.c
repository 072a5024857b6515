// SPDX-License-Identifier: GPL-2.0
/* Drops per source: counted, counted back, named. */

#include <kunit/test.h>
#include <linux/mm.h>

#include "flow.h"
#include "helpers.h"
#include "tally/tally.h"

#define MAX_SOURCES 64

static void fold(struct ctw_tally *t, struct ctw_key key, u32 kind, u32 count,
		 u32 error)
{
	struct ctw_slot slot = { .key = key, .count = count, .error = error };

	slot.key.kind = kind;
	slot.key.net = 77;
	ctw_tally_fold(t, &slot);
}

static void drop(struct ctw_tally *t, u32 source, u32 count)
{
	fold(t, key_v4(source), CTW_KIND_DROP, count, 0);
}

static u64 drops_of(struct kunit *test, struct ctw_tally *t, u32 source)
{
	struct ctw_key key = key_v4(source);
	struct ctw_source *s;
	u64 drops = U64_MAX;
	u32 i, n;

	s = ctw_tally_snapshot(t, 0, &n);
	KUNIT_ASSERT_NOT_NULL(test, s);
	for (i = 0; i < n; i++)
		if (ctw_key_equal(&s[i].key, &key))
			drops = s[i].drop;
	kvfree(s);
	return drops;
}

static void drops_counted(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, MAX_SOURCES, 0);

	KUNIT_EXPECT_EQ(test, ctw_tally_dropped(t), 0);
	drop(t, 1, 5);
	drop(t, 2, 7);
	drop(t, 1, 5);
	fold(t, key_v4(2), CTW_KIND_UDP, 3, 0);
	KUNIT_EXPECT_EQ(test, drops_of(test, t, 1), 10);
	KUNIT_EXPECT_EQ(test, drops_of(test, t, 2), 7);
	KUNIT_EXPECT_EQ(test, ctw_tally_dropped(t), 17);
	/* drops are not insertions */
	KUNIT_EXPECT_EQ(test, t->groups.used, 1);
	ctw_tally_reset(t, 0);
	KUNIT_EXPECT_EQ(test, ctw_tally_dropped(t), 0);
}

/* Windows are folded in the order of a hash: what is taken back may come
 * before what it takes back.
 */
static void drops_undone(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, MAX_SOURCES, 0);
	struct ctw_drop_naming naming;

	fold(t, key_v4(1), CTW_KIND_UNDROP, 3, 0);
	KUNIT_EXPECT_EQ(test, ctw_tally_dropped(t), 0);
	drop(t, 1, 3);
	KUNIT_EXPECT_EQ(test, ctw_tally_dropped(t), 0);
	ctw_tally_name_drops(t, &naming);
	KUNIT_EXPECT_EQ(test, naming.total, 0);
	KUNIT_EXPECT_EQ(test, naming.n, 0);
	drop(t, 1, 4);
	fold(t, key_v4(1), CTW_KIND_UNDROP, 1, 0);
	KUNIT_EXPECT_EQ(test, drops_of(test, t, 1), 3);
}

static void drops_named(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, MAX_SOURCES, 0);
	struct ctw_key most = key_v4(9), second = key_v4(8);
	struct ctw_drop_naming naming;
	u32 i;

	drop(t, 8, 30);
	drop(t, 9, 60);
	for (i = 20; i < 25; i++)
		drop(t, i, 2);
	ctw_tally_name_drops(t, &naming);
	KUNIT_EXPECT_EQ(test, naming.total, 100);
	KUNIT_ASSERT_EQ(test, naming.n, 2);
	KUNIT_EXPECT_TRUE(test, ctw_key_equal(&naming.keys[0], &most));
	KUNIT_EXPECT_EQ(test, naming.share[0], 60);
	KUNIT_EXPECT_TRUE(test, ctw_key_equal(&naming.keys[1], &second));
	KUNIT_EXPECT_EQ(test, naming.share[1], 30);

	/* the next line is about what came since */
	ctw_tally_told_drops(t);
	ctw_tally_name_drops(t, &naming);
	KUNIT_EXPECT_EQ(test, naming.total, 0);
	drop(t, 8, 1);
	ctw_tally_name_drops(t, &naming);
	KUNIT_EXPECT_EQ(test, naming.total, 1);
	KUNIT_ASSERT_EQ(test, naming.n, 1);
	KUNIT_EXPECT_TRUE(test, ctw_key_equal(&naming.keys[0], &second));
	KUNIT_EXPECT_EQ(test, naming.share[0], 100);
}

/* Two thousand sources in a table of 64: bounded, and never too many. */
static void drops_bounded(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, MAX_SOURCES, 0);
	u32 i, round, total = 0;

	for (round = 0; round < 4; round++) {
		for (i = 0; i < 2000; i++, total++)
			drop(t, mix32(i), 1);
		drop(t, 1, 1000);
		total += 1000;
	}
	KUNIT_EXPECT_EQ(test, t->drops.used, MAX_SOURCES);
	KUNIT_EXPECT_LE(test, ctw_tally_dropped(t), total);
	KUNIT_EXPECT_EQ(test, drops_of(test, t, 1), 4000);
}

static struct kunit_case drops_tests[] = {
	KUNIT_CASE(drops_counted),
	KUNIT_CASE(drops_undone),
	KUNIT_CASE(drops_named),
	KUNIT_CASE(drops_bounded),
	{ }
};

static struct kunit_suite drops_suite = {
	.name = "ctwatch_drops",
	.test_cases = drops_tests,
};

kunit_test_suites(&drops_suite);
