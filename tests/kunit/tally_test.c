// SPDX-License-Identifier: GPL-2.0
/* Insertions per source and kind, against an exact model. */

#include <kunit/test.h>
#include <linux/netfilter.h>

#include "flow.h"
#include "helpers.h"
#include "tally/tally.c"

static struct ctw_slot slot_of(struct ctw_key key, u32 kind, u32 count,
			       u32 error)
{
	key.kind = kind;
	key.net = 77;
	return (struct ctw_slot) { .key = key, .count = count, .error = error };
}

static void fold(struct ctw_tally *t, struct ctw_key key, u32 kind, u32 count,
		 u32 error)
{
	struct ctw_slot slot = slot_of(key, kind, count, error);

	ctw_tally_fold(t, &slot);
}

/* What was inserted: by source, and by source and kind. */
struct truth {
	struct exact *sources;
	struct exact *kinds;
	u64 by[CTW_KINDS];
	u64 total;
};

static struct truth truth_make(struct kunit *test, u32 keys)
{
	return (struct truth) {
		.sources = exact_make(test, keys),
		.kinds = exact_make(test, keys * CTW_KINDS),
	};
}

static void truth_add(struct truth *x, struct ctw_key key, u32 kind)
{
	(*exact_at(x->sources, &key))++;
	key.kind = kind;
	(*exact_at(x->kinds, &key))++;
	x->by[kind]++;
	x->total++;
}

static u64 sum_by(const u64 by[CTW_KINDS])
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < CTW_KINDS; i++)
		sum += by[i];
	return sum;
}

static struct ctw_source *snapshot(struct kunit *test, struct ctw_tally *t,
				   u64 now, u32 *n)
{
	struct ctw_source *all = ctw_tally_snapshot(t, now, n);
	struct ctw_source *copy;

	KUNIT_ASSERT_NOT_NULL(test, all);
	copy = kunit_kmalloc_array(test, *n, sizeof(*copy), GFP_KERNEL);
	if (copy)
		memcpy(copy, all, *n * sizeof(*copy));
	kvfree(all);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	return copy;
}

/* Everything a source says must hold. */
static void check_source(struct kunit *test, const struct truth *x,
			 const struct ctw_source *s, bool exact)
{
	u64 true_count = exact_get(x->sources, &s->key);
	struct ctw_key key = s->key;
	u32 kind;

	KUNIT_ASSERT_GT(test, true_count, 0);
	KUNIT_ASSERT_GE(test, s->count, true_count);
	KUNIT_ASSERT_LE(test, s->count - s->error, true_count);
	KUNIT_ASSERT_EQ(test, s->count - s->error, sum_by(s->by));
	for (kind = 0; kind < CTW_KINDS; kind++) {
		key.kind = kind;
		KUNIT_ASSERT_LE(test, s->by[kind], exact_get(x->kinds, &key));
	}
	if (exact)
		KUNIT_ASSERT_EQ(test, s->error, 0);
}

static void check_tally(struct kunit *test, const struct truth *x,
			struct flow *f, bool exact)
{
	struct ctw_source *s;
	u64 sure = 0;
	u32 i, n;

	s = snapshot(test, &f->t, f->now, &n);
	for (i = 0; i < n; i++) {
		check_source(test, x, &s[i], exact);
		sure += s[i].count - s[i].error;
	}
	for (i = 0; i < CTW_KINDS; i++)
		KUNIT_ASSERT_EQ(test, f->t.by[i], x->by[i]);
	KUNIT_ASSERT_EQ(test, f->t.total, x->total);
	KUNIT_ASSERT_EQ(test, sure + ctw_tally_unattributed(&f->t), x->total);
	if (!exact)
		return;
	KUNIT_ASSERT_EQ(test, n, x->sources->used);
	KUNIT_ASSERT_EQ(test, sure, x->total);
}

static struct ctw_key any_source(u32 i)
{
	struct ctw_key key = i % 3 ? key_v4(i) : key_v6(i);

	if (!(i % 5))
		key.zone = 1 + i % 2;
	return key;
}

static void insert(struct flow *f, struct truth *x, u32 source, u32 kind)
{
	flow_insert(f, any_source(source), kind);
	truth_add(x, any_source(source), kind);
}

/* Fewer sources than the capacity, four kinds each, both families, zones; a
 * window is then at most half full, so that it evicts nothing (one in 1e18).
 */
static void tally_exact(struct kunit *test)
{
	struct flow *f = flow_make(test, 512);
	struct truth x = truth_make(test, 512);
	struct rng r = { .state = 1 };
	u32 round, i, n;

	for (round = 0; round < 20; round++) {
		n = 10 + rng_below(&r, 256);
		for (i = 0; i < 20000; i++)
			insert(f, &x, rng_skewed(&r, n), rng_below(&r, 4) * 3);
		flow_period(f, 1000);
		check_tally(test, &x, f, true);
	}
	KUNIT_EXPECT_EQ(test, f->t.missed, 0);
	KUNIT_EXPECT_EQ(test, ctw_tally_unattributed(&f->t), 0);
}

/* At the capacity exactly, without windows before it. */
static void tally_exact_at_capacity(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, 512, 0);
	u32 i, n;
	struct ctw_source *s;

	for (i = 0; i < 512; i++)
		fold(t, any_source(i), i % CTW_KINDS, i + 1, 0);
	s = snapshot(test, t, 0, &n);
	KUNIT_EXPECT_EQ(test, n, 512);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, s[i].count, 512 - i);
		KUNIT_EXPECT_EQ(test, s[i].error, 0);
	}
}

/* Source and zone and family make a row, kind and netns id do not. */
static void tally_rows(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, 64, 0);
	struct ctw_key key = key_v4(0x0a000001), zoned = key, v6 = key;
	struct ctw_source *s;
	u32 i, n;

	zoned.zone = 9;
	v6.family = NFPROTO_IPV6;
	for (i = 0; i < CTW_KINDS; i++) {
		fold(t, key, i, 100 + i, 0);
		fold(t, zoned, i, 50, 0);
	}
	fold(t, v6, 0, 1, 0);
	s = snapshot(test, t, 0, &n);
	KUNIT_ASSERT_EQ(test, n, 3);
	KUNIT_EXPECT_TRUE(test, ctw_key_equal(&s[0].key, &key));
	KUNIT_EXPECT_TRUE(test, ctw_key_equal(&s[1].key, &zoned));
	KUNIT_EXPECT_TRUE(test, ctw_key_equal(&s[2].key, &v6));
	for (i = 0; i < CTW_KINDS; i++)
		KUNIT_EXPECT_EQ(test, s[0].by[i], 100 + i);
	KUNIT_EXPECT_EQ(test, s[1].count, 50 * CTW_KINDS);
}

/* More sources than rows and than slots, one kind. */
static void tally_evictions(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct truth x = truth_make(test, 4096);
	struct rng r = { .state = 2 };
	u32 round, i;

	for (round = 0; round < 30; round++) {
		for (i = 0; i < 10000; i++)
			insert(f, &x, rng_skewed(&r, 4096), CTW_KIND_UDP);
		flow_period(f, 1000);
		check_tally(test, &x, f, false);
	}
	KUNIT_EXPECT_GT(test, f->t.missed, 0);
	KUNIT_EXPECT_GT(test, f->t.groups.evicted, 0);
	KUNIT_EXPECT_GT(test, ctw_tally_unattributed(&f->t), 0);
}

/* The same with all kinds: each of them may have been missed. */
static void tally_evictions_of_kinds(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct truth x = truth_make(test, 4096);
	struct rng r = { .state = 3 };
	u32 round, i;

	for (round = 0; round < 30; round++) {
		for (i = 0; i < 10000; i++)
			insert(f, &x, rng_skewed(&r, 1024),
			       rng_below(&r, CTW_KINDS));
		flow_period(f, 1000);
		check_tally(test, &x, f, false);
	}
	KUNIT_EXPECT_GT(test, f->t.missed, 0);
}

/* One known source, a few times with every kind, and then so many others that
 * the window has none of it left: its row must allow for all of them.
 */
static void tally_missed_of_every_kind(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct truth x = truth_make(test, 8192);
	struct ctw_key key = any_source(0);
	u32 i, n, round, found = 0;
	struct ctw_source *s;

	for (i = 0; i < 10000; i++)
		insert(f, &x, 0, CTW_KIND_UDP);
	flow_period(f, 1000);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < CTW_KINDS; i++)
			insert(f, &x, 0, i);
		for (i = 1; i <= 2000; i++)
			insert(f, &x, round * 2000 + i, CTW_KIND_UDP);
	}
	flow_fold(f);
	s = snapshot(test, &f->t, f->now, &n);
	for (i = 0; i < n; i++) {
		found += ctw_key_equal(&s[i].key, &key);
		check_source(test, &x, &s[i], false);
	}
	KUNIT_EXPECT_EQ(test, found, 1);
}

/* A slot's error is the row's error, and a row that gave way leaves its count
 * as error to the next, with nothing else.
 */
static void tally_errors(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, 64, 0);
	struct ctw_source *s;
	u32 i, n;

	for (i = 0; i < 64; i++)
		fold(t, key_v4(i), CTW_KIND_UDP, 100 + i, 10);
	fold(t, key_v4(1000), CTW_KIND_GRE, 500, 200);
	s = snapshot(test, t, 0, &n);
	KUNIT_ASSERT_EQ(test, n, 64);
	KUNIT_EXPECT_EQ(test, s[0].count, 600);
	KUNIT_EXPECT_EQ(test, s[0].error, 300);
	KUNIT_EXPECT_EQ(test, s[0].by[CTW_KIND_GRE], 300);
	KUNIT_EXPECT_EQ(test, s[0].by[CTW_KIND_UDP], 0);
	KUNIT_EXPECT_EQ(test, s[0].recent, 300);
	KUNIT_EXPECT_EQ(test, s[1].count, 163);
	KUNIT_EXPECT_EQ(test, s[1].error, 10);
	KUNIT_EXPECT_EQ(test, s[1].by[CTW_KIND_UDP], 153);
}

/* What a window missed raises every upper bound, and nothing else. */
static void tally_missed(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, 64, 0);
	/* each kind as often as the window may have missed it, or as it was */
	u32 few[CTW_KINDS] = { 3, 4 }, many[CTW_KINDS] = { 0, 9 };
	struct ctw_source *s;
	u32 n;

	fold(t, key_v4(1), CTW_KIND_UDP, 100, 20);
	ctw_tally_missed(t, 7, few);
	ctw_tally_missed(t, 5, many);
	s = snapshot(test, t, 0, &n);
	KUNIT_ASSERT_EQ(test, n, 1);
	KUNIT_EXPECT_EQ(test, s[0].count, 112);
	KUNIT_EXPECT_EQ(test, s[0].error, 32);
	KUNIT_EXPECT_EQ(test, s[0].by[CTW_KIND_UDP], 80);
	KUNIT_EXPECT_EQ(test, s[0].recent, 80);
}

static void tally_totals(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, 64, 0);
	u32 by[CTW_KINDS], i;

	for (i = 0; i < CTW_KINDS; i++)
		by[i] = U32_MAX - i;
	ctw_tally_total(t, by);
	ctw_tally_total(t, by);
	for (i = 0; i < CTW_KINDS; i++)
		KUNIT_EXPECT_EQ(test, t->by[i], 2ULL * (U32_MAX - i));
	KUNIT_EXPECT_EQ(test, t->total, sum_by(t->by));
	KUNIT_EXPECT_EQ(test, ctw_tally_unattributed(t), t->total);
	/* never below zero, were the two ever out of step */
	fold(t, key_v4(1), 0, 5, 0);
	KUNIT_EXPECT_EQ(test, ctw_tally_unattributed(t), t->total - 5);
	memset(t->by, 0, sizeof(t->by));
	t->total = 3;
	KUNIT_EXPECT_EQ(test, ctw_tally_unattributed(t), 0);
}

static void tally_empty(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, 64, 0);
	u32 n = 5;

	KUNIT_EXPECT_NULL(test, ctw_tally_snapshot(t, 0, &n));
	KUNIT_EXPECT_EQ(test, n, 0);
	KUNIT_EXPECT_EQ(test, ctw_tally_unattributed(t), 0);
}

/* Without memory for a first row insertions are lost to their source: a row
 * that comes later has to allow for them.
 */
static void tally_no_memory(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, 64, 0);
	struct ctw_source *s;
	u32 n;

	no_memory = true;
	fold(t, key_v4(1), CTW_KIND_UDP, 10, 0);
	KUNIT_EXPECT_NULL(test, ctw_tally_snapshot(t, 0, &n));
	no_memory = false;
	fold(t, key_v4(1), CTW_KIND_UDP, 5, 0);
	s = snapshot(test, t, 0, &n);
	KUNIT_ASSERT_EQ(test, n, 1);
	KUNIT_EXPECT_GE(test, s[0].count, 15);
	KUNIT_EXPECT_EQ(test, s[0].count - s[0].error, 5);
	KUNIT_EXPECT_EQ(test, s[0].by[CTW_KIND_UDP], 5);
}

static void tally_no_memory_exit(struct kunit *test)
{
	no_memory = false;
}

static void tally_reset(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct truth x = truth_make(test, 4096);
	u32 i, n = 5;

	for (i = 0; i < 4000; i++)
		insert(f, &x, i, 0);
	flow_period(f, 1000);
	ctw_tally_reset(&f->t, 123456);
	KUNIT_EXPECT_NULL(test, ctw_tally_snapshot(&f->t, 0, &n));
	KUNIT_EXPECT_EQ(test, n, 0);
	KUNIT_EXPECT_EQ(test, f->t.total, 0);
	KUNIT_EXPECT_EQ(test, f->t.missed, 0);
	KUNIT_EXPECT_EQ(test, f->t.since, 123456);
	KUNIT_EXPECT_EQ(test, f->t.start, 123456);
	KUNIT_EXPECT_EQ(test, f->t.groups.max, 64);
	x = truth_make(test, 64);
	for (i = 0; i < 60; i++)
		insert(f, &x, i, 1);
	flow_fold(f);
	check_tally(test, &x, f, true);
}

/* The busiest of late first, then the fastest, then the most, then by key. */
static void tally_order(struct kunit *test)
{
	struct ctw_tally *t = tally_make(test, 64, 0);
	struct ctw_source *s;
	u32 i, n;

	/* 1 and 2 were busy long ago, 2 more so; 3 and 4 the same */
	fold(t, key_v4(4), 0, 50, 0);
	fold(t, key_v4(3), 0, 50, 0);
	fold(t, key_v4(1), 0, 1000, 0);
	fold(t, key_v4(2), 0, 2000, 0);
	for (i = 1; i <= 4; i++)
		ctw_tally_period(t, (u64)i * NSEC_PER_SEC);
	fold(t, key_v4(5), 0, 5, 0);
	fold(t, key_v4(6), 0, 6, 0);
	s = snapshot(test, t, 5ULL * NSEC_PER_SEC, &n);
	KUNIT_ASSERT_EQ(test, n, 6);
	KUNIT_EXPECT_EQ(test, ntohl(s[0].key.addr.s6_addr32[0]), 6);
	KUNIT_EXPECT_EQ(test, ntohl(s[1].key.addr.s6_addr32[0]), 5);
	KUNIT_EXPECT_EQ(test, ntohl(s[2].key.addr.s6_addr32[0]), 2);
	KUNIT_EXPECT_EQ(test, ntohl(s[3].key.addr.s6_addr32[0]), 1);
	KUNIT_EXPECT_EQ(test, ntohl(s[4].key.addr.s6_addr32[0]), 3);
	KUNIT_EXPECT_EQ(test, ntohl(s[5].key.addr.s6_addr32[0]), 4);
}

/* The same recent and rate: the larger count is first. */
static void tally_order_by_count(struct kunit *test)
{
	struct ctw_source a = { .recent = 5, .rate = 2, .count = 9 };
	struct ctw_source b = a;

	KUNIT_EXPECT_EQ(test, ctw_source_cmp(&a, &b), 0);
	b.count = U64_MAX;
	KUNIT_EXPECT_GT(test, ctw_source_cmp(&a, &b), 0);
	KUNIT_EXPECT_LT(test, ctw_source_cmp(&b, &a), 0);
	a.rate = U32_MAX;
	KUNIT_EXPECT_LT(test, ctw_source_cmp(&a, &b), 0);
	b.recent = U32_MAX;
	KUNIT_EXPECT_GT(test, ctw_source_cmp(&a, &b), 0);
}

/* A flood through windows and table: the bounds hold for a source of a 20th. */
static void tally_millions(struct kunit *test)
{
	struct flow *f = flow_make(test, 1024);
	struct ctw_key heavy = key_v6(1);
	struct ctw_source *s;
	u64 heavies = 0;
	u32 i, n, found = 0;

	for (i = 0; i < 2000000; i++) {
		flow_insert(f, key_flood(i), CTW_KIND_TCP_SYN_SENT);
		if (!(i % 19)) {
			flow_insert(f, heavy, CTW_KIND_UDP);
			heavies++;
		}
		if (!(i % 100000))
			flow_period(f, 1000);
	}
	flow_fold(f);
	s = snapshot(test, &f->t, f->now, &n);
	KUNIT_EXPECT_EQ(test, n, 1024);
	for (i = 0; i < n; i++) {
		if (!ctw_key_equal(&s[i].key, &heavy)) {
			KUNIT_ASSERT_LE(test, s[i].count - s[i].error, 1);
			continue;
		}
		found++;
		KUNIT_EXPECT_GE(test, s[i].count, heavies);
		KUNIT_EXPECT_LE(test, s[i].by[CTW_KIND_UDP], heavies);
		KUNIT_EXPECT_GT(test, s[i].by[CTW_KIND_UDP] * 10, heavies * 9);
	}
	KUNIT_EXPECT_EQ(test, found, 1);
	KUNIT_EXPECT_EQ(test, f->t.total, 2000000 + heavies);
}

static struct kunit_case tally_tests[] = {
	KUNIT_CASE(tally_empty),
	KUNIT_CASE(tally_rows),
	KUNIT_CASE(tally_exact),
	KUNIT_CASE(tally_exact_at_capacity),
	KUNIT_CASE(tally_evictions),
	KUNIT_CASE(tally_evictions_of_kinds),
	KUNIT_CASE(tally_missed_of_every_kind),
	KUNIT_CASE(tally_errors),
	KUNIT_CASE(tally_missed),
	KUNIT_CASE(tally_totals),
	KUNIT_CASE(tally_no_memory),
	KUNIT_CASE(tally_reset),
	KUNIT_CASE(tally_order),
	KUNIT_CASE(tally_order_by_count),
	KUNIT_CASE(tally_millions),
	{ }
};

static struct kunit_suite tally_suite = {
	.name = "ctwatch_tally",
	.exit = tally_no_memory_exit,
	.test_cases = tally_tests,
};

kunit_test_suites(&tally_suite);
