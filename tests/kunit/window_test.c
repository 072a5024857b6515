// SPDX-License-Identifier: GPL-2.0
/* The table in the packet path, against an exact model.
 *
 * The secret of a window is random, so where keys collide differs from run to
 * run. What is asserted is guaranteed for every secret, unless a comment says
 * how unlikely a failure is.
 */

#include <kunit/test.h>

#include "helpers.h"
#include "tally/window.c"

KUNIT_DEFINE_ACTION_WRAPPER(free_window, ctw_window_free, struct ctw_window *);

static struct ctw_window *window_make(struct kunit *test, u32 sets)
{
	struct ctw_window *w = ctw_window_alloc(sets, NUMA_NO_NODE);

	KUNIT_ASSERT_NOT_NULL(test, w);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, free_window, w));
	return w;
}

/* A window and the truth about it. */
struct pair {
	struct ctw_window *w;
	struct exact *truth;
	struct exact *seen;
};

static struct pair pair_make(struct kunit *test, u32 sets, u32 keys)
{
	return (struct pair) {
		.w = window_make(test, sets),
		.truth = exact_make(test, keys),
		.seen = exact_make(test, keys),
	};
}

static void pair_add(struct pair *p, struct ctw_key key)
{
	ctw_window_add(p->w, &key);
	(*exact_at(p->truth, &key))++;
}

static void pair_clear(struct pair *p)
{
	ctw_window_clear(p->w);
	exact_clear(p->truth);
}

/* Every key in the window, once, with bounds that hold. */
static void pair_check_slots(struct kunit *test, struct pair *p)
{
	struct ctw_slot slot;
	u32 pos = 0;

	exact_clear(p->seen);
	while (ctw_window_next(p->w, &pos, &slot)) {
		u64 true_count = exact_get(p->truth, &slot.key);

		KUNIT_ASSERT_GT(test, true_count, 0);
		KUNIT_ASSERT_GE(test, slot.count, true_count);
		KUNIT_ASSERT_LE(test, slot.count - slot.error, true_count);
		KUNIT_ASSERT_EQ(test, ++*exact_at(p->seen, &slot.key), 1);
	}
	KUNIT_ASSERT_EQ(test, p->seen->used, p->w->used);
}

/* Every key that is not in it. */
static void pair_check_missed(struct kunit *test, struct pair *p)
{
	u32 missed = ctw_window_missed(p->w), pos = 0;
	const struct exact_entry *e;

	while ((e = exact_next(p->truth, &pos)))
		if (!exact_get(p->seen, &e->key))
			KUNIT_ASSERT_LE(test, e->count, missed);
}

static void pair_check(struct kunit *test, struct pair *p)
{
	pair_check_slots(test, p);
	pair_check_missed(test, p);
}

static void pair_check_exact(struct kunit *test, struct pair *p)
{
	struct ctw_slot slot;
	u32 pos = 0;

	pair_check(test, p);
	KUNIT_ASSERT_EQ(test, p->w->evicted, 0);
	KUNIT_ASSERT_EQ(test, ctw_window_missed(p->w), 0);
	KUNIT_ASSERT_EQ(test, p->w->used, p->truth->used);
	while (ctw_window_next(p->w, &pos, &slot)) {
		KUNIT_ASSERT_EQ(test, slot.error, 0);
		KUNIT_ASSERT_EQ(test, slot.count,
				exact_get(p->truth, &slot.key));
	}
}

/* Each key at least once, some often; other keys each round. */
static void exact_rounds(struct kunit *test, u32 sets, u32 keys, u32 rounds)
{
	struct pair p = pair_make(test, sets, keys);
	struct rng r = { .state = sets + keys };
	u32 i;

	while (rounds--) {
		u64 base = rng_next(&r);

		for (i = 0; i < 4 * keys; i++)
			pair_add(&p, key_v6(base + rng_skewed(&r, keys)));
		for (i = 0; i < keys; i++)
			pair_add(&p, key_v6(base + i));
		pair_check_exact(test, &p);
		pair_clear(&p);
	}
}

/* A quarter of the slots is what fold.c takes for exact. An eviction needs two
 * full sets where the mean is two of eight. By the differential equations of
 * two choices (Mitzenmacher), the second one from half a set on, one is expected
 * in 1e48 rounds.
 */
static void window_exact_quarter(struct kunit *test)
{
	exact_rounds(test, 512, 1024, 50);
}

/* By the same equations, one eviction in some 1e13 rounds. */
static void window_exact_half(struct kunit *test)
{
	exact_rounds(test, 512, 2048, 50);
}

/* The largest there is; both halves of the hash are in use. */
static void window_exact_largest(struct kunit *test)
{
	exact_rounds(test, 65536, 131072, 1);
}

/* With two sets each key can go to both: 16 keys always fit, the 17th never.
 * With so few sets the two hashes of a key often agree.
 */
static void window_two_sets(struct kunit *test)
{
	struct pair p = pair_make(test, 2, 32);
	u32 round, i;

	for (round = 0; round < 2000; round++) {
		for (i = 0; i < 2 * CTW_WAYS; i++)
			pair_add(&p, key_v6(mix64(round * 100 + i)));
		pair_check_exact(test, &p);
		pair_add(&p, key_v6(mix64(round * 100 + i)));
		KUNIT_ASSERT_EQ(test, p.w->used, 2 * CTW_WAYS);
		KUNIT_ASSERT_EQ(test, p.w->evicted, 1);
		KUNIT_ASSERT_EQ(test, ctw_window_missed(p.w), 1);
		pair_check(test, &p);
		pair_clear(&p);
	}
}

/* The smallest count gives way, and the new key knows how little it knows. */
static void window_replaces_smallest(struct kunit *test)
{
	struct pair p = pair_make(test, 2, 32);
	struct ctw_key small = key_v6(3), new = key_v6(100);
	struct ctw_slot slot;
	u32 i, n, pos = 0;

	for (i = 0; i < 2 * CTW_WAYS; i++)
		for (n = 0; n < (i == 3 ? 5 : 10); n++)
			pair_add(&p, key_v6(i));
	pair_add(&p, new);
	pair_check(test, &p);
	KUNIT_EXPECT_EQ(test, exact_get(p.seen, &small), 0);
	KUNIT_EXPECT_EQ(test, exact_get(p.seen, &new), 1);
	while (ctw_window_next(p.w, &pos, &slot))
		if (ctw_key_equal(&slot.key, &new)) {
			/* the other set has only tens */
			KUNIT_EXPECT_EQ(test, slot.error, 10);
			KUNIT_EXPECT_EQ(test, slot.count, 11);
		}
}

/* After a clear, what a slot held before must not be found again, whatever its
 * tag. Of 16 keys in two sets some pair shares set and tag 1 once in some 300
 * rounds, so 20,000 rounds miss that case with less than 1e-20.
 */
static void window_clear_forgets(struct kunit *test)
{
	struct pair p = pair_make(test, 2, 32);
	u32 round, again, i;

	for (round = 0; round < 20000; round++) {
		for (again = 0; again < 2; again++) {
			pair_clear(&p);
			for (i = 0; i < 2 * CTW_WAYS; i++)
				pair_add(&p, key_v6(mix64(round * 100 + i)));
		}
		pair_check_exact(test, &p);
	}
}

static void window_clear_empties(struct kunit *test)
{
	struct pair p = pair_make(test, 4, 4096);
	struct ctw_slot slot;
	u32 i, pos = 0;

	for (i = 0; i < 1000; i++)
		pair_add(&p, key_v6(i));
	KUNIT_EXPECT_GT(test, p.w->evicted, 0);
	pair_clear(&p);
	KUNIT_EXPECT_EQ(test, p.w->used, 0);
	KUNIT_EXPECT_EQ(test, p.w->evicted, 0);
	KUNIT_EXPECT_EQ(test, ctw_window_missed(p.w), 0);
	KUNIT_EXPECT_FALSE(test, ctw_window_next(p.w, &pos, &slot));
}

static void window_empty(struct kunit *test)
{
	struct ctw_window *w = window_make(test, 2);
	struct ctw_slot slot;
	u32 pos = 0;

	KUNIT_EXPECT_FALSE(test, ctw_window_next(w, &pos, &slot));
	KUNIT_EXPECT_FALSE(test, ctw_window_next(w, &pos, &slot));
	KUNIT_EXPECT_EQ(test, ctw_window_missed(w), 0);
	ctw_window_free(NULL);
}

/* keys sources, each at least twice with all others between, then as chance
 * has it. Where only one set of a key is full, it may have been thrown out of
 * that one and come back to the other.
 */
static void bounds_round(struct kunit *test, struct pair *p, struct rng *r,
			 u32 keys)
{
	u64 base = rng_next(r);
	u32 i, pass;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < keys; i++)
			pair_add(p, key_v6(base + i));
	pair_check(test, p);
	for (i = 0; i < 4 * keys; i++)
		pair_add(p, key_v6(base + rng_skewed(r, keys)));
	pair_check(test, p);
	pair_clear(p);
}

/* Around the number of slots, where some sets are full and others not. */
static void window_bounds_nearly_full(struct kunit *test)
{
	struct pair p = pair_make(test, 16, 256);
	struct rng r = { .state = 7 };
	u32 keys, round;

	for (keys = 96; keys <= 192; keys += 8)
		for (round = 0; round < 100; round++)
			bounds_round(test, &p, &r, keys);
}

static void window_bounds_overfull(struct kunit *test)
{
	struct pair p = pair_make(test, 64, 8192);
	struct rng r = { .state = 8 };
	u32 keys, round;

	for (keys = 256; keys <= 8192; keys *= 2)
		for (round = 0; round < 5; round++)
			bounds_round(test, &p, &r, keys);
}

/* A stream in which few are heavy: also what evictions cost the heavy ones. */
static void window_bounds_skewed(struct kunit *test)
{
	struct pair p = pair_make(test, 32, 4096);
	struct rng r = { .state = 9 };
	u32 i;

	for (i = 0; i < 300000; i++) {
		pair_add(&p, key_v6(rng_skewed(&r, 4096)));
		if (!(i & (i - 1)))
			pair_check(test, &p);
	}
	pair_check(test, &p);
	KUNIT_EXPECT_GT(test, p.w->evicted, 0);
}

/* Three million sources, and one among them with a 20th of all insertions. It
 * comes first and is never the smallest of its set (the chance that others in
 * both its sets come faster is nil), so its count is even exact.
 */
static void window_millions(struct kunit *test)
{
	struct ctw_window *w = window_make(test, 2048);
	struct ctw_key heavy = key_v6(1), key;
	struct ctw_slot slot;
	u32 i, pos = 0, n = 0, found = 0, heavies = 0;

	for (i = 0; i < 3000000; i++) {
		if (!(i % 19)) {
			ctw_window_add(w, &heavy);
			heavies++;
		}
		key = key_flood(i);
		ctw_window_add(w, &key);
	}
	while (ctw_window_next(w, &pos, &slot)) {
		n++;
		if (ctw_key_equal(&slot.key, &heavy)) {
			found++;
			KUNIT_EXPECT_EQ(test, slot.count, heavies);
			KUNIT_EXPECT_EQ(test, slot.error, 0);
			continue;
		}
		KUNIT_ASSERT_EQ(test, slot.count - slot.error, 1);
	}
	KUNIT_EXPECT_EQ(test, found, 1);
	KUNIT_EXPECT_EQ(test, n, 2048 * CTW_WAYS);
	KUNIT_EXPECT_EQ(test, w->used, n);
	KUNIT_EXPECT_EQ(test, w->evicted, 3000001 - n);
	KUNIT_EXPECT_GE(test, ctw_window_missed(w), 1);
}

/* The same for one that begins when the window is long full. */
static void window_heavy_comes_late(struct kunit *test)
{
	struct ctw_window *w = window_make(test, 2048);
	struct ctw_key heavy = key_v6(1), key;
	struct ctw_slot slot;
	u32 i, pos = 0, found = 0, heavies = 0;

	for (i = 0; i < 1000000; i++) {
		if (i >= 500000 && !(i % 19)) {
			ctw_window_add(w, &heavy);
			heavies++;
		}
		key = key_flood(i);
		ctw_window_add(w, &key);
	}
	while (ctw_window_next(w, &pos, &slot)) {
		if (!ctw_key_equal(&slot.key, &heavy))
			continue;
		found++;
		KUNIT_EXPECT_GE(test, slot.count, heavies);
		KUNIT_EXPECT_LE(test, slot.count - slot.error, heavies);
		/* nearly all of it for certain */
		KUNIT_EXPECT_GT(test, slot.count - slot.error,
				heavies / 10 * 9);
	}
	KUNIT_EXPECT_EQ(test, found, 1);
}

/* A tag of 0 would be a slot not in use. 80,000 keys have every tag there is;
 * a hash that made 0 for one in 256 would go unnoticed with 1e-100.
 */
static void window_tags(struct kunit *test)
{
	struct ctw_window *w = window_make(test, 2);
	struct ctw_key key;
	u32 round, i;

	for (round = 0; round < 5000; round++) {
		for (i = 0; i < 2 * CTW_WAYS; i++) {
			key = key_v6(mix64(round * 100 + i));
			ctw_window_add(w, &key);
		}
		KUNIT_ASSERT_NULL(test, memchr(&w->sets[0].tags, 0, CTW_WAYS));
		KUNIT_ASSERT_NULL(test, memchr(&w->sets[1].tags, 0, CTW_WAYS));
		KUNIT_ASSERT_EQ(test, w->used, 2 * CTW_WAYS);
		ctw_window_clear(w);
		KUNIT_ASSERT_EQ(test, w->sets[0].tags | w->sets[1].tags, 0ULL);
	}
}

/* Family, zone, kind, netns and every byte of the address tell keys apart. */
static void window_whole_key_counts(struct kunit *test)
{
	struct pair p = pair_make(test, 64, 64);
	u32 i;

	for (i = 0; i < sizeof(struct ctw_key); i++) {
		struct ctw_key key = key_v6(0x20010db800000000ULL);

		((u8 *)&key)[i] ^= 0x40;
		pair_add(&p, key);
	}
	KUNIT_EXPECT_EQ(test, p.w->used, sizeof(struct ctw_key));
	pair_check_exact(test, &p);
}

/* The hash of an IPv4 key leaves out what is always 0, and nothing else: keys
 * that differ in one byte do not all meet in one set.
 */
static void window_whole_key_hashed(struct kunit *test)
{
	const hsiphash_key_t secret = { { 1, 2 } };
	struct ctw_key key = key_v4(0x0a010203);
	u32 hash = ctw_key_hash(&key, &secret), i;

	for (i = 0; i < sizeof(key); i++) {
		if (i >= 4 && i < offsetof(struct ctw_key, net))
			continue;
		((u8 *)&key)[i] ^= 0x40;
		KUNIT_EXPECT_NE(test, ctw_key_hash(&key, &secret), hash);
		((u8 *)&key)[i] ^= 0x40;
	}
	KUNIT_EXPECT_EQ(test, ctw_key_hash(&key, &secret), hash);
}

/* What the packet path looks at first is where nearly all keys are: 96.4 of 100
 * by the equations above, a standard deviation being 0.3 of 4,096 keys.
 */
static void window_first_set(struct kunit *test)
{
	struct ctw_window *w = window_make(test, 2048);
	u32 i, n = 0;

	for (i = 0; i < 4096; i++) {
		struct ctw_key key = key_flood(i);

		ctw_window_add(w, &key);
	}
	for (i = 0; i < 4096; i++) {
		struct ctw_key key = key_flood(i);
		u32 set = ctw_key_hash(&key, &w->secret) & w->mask;
		u32 way = 0;

		while (way < ctw_set_used(w->sets[set].tags) &&
		       !ctw_key_equal(&w->ways[set * CTW_WAYS + way].key, &key))
			way++;
		n += way < ctw_set_used(w->sets[set].tags);
	}
	KUNIT_EXPECT_GE(test, n, 4096 * 94 / 100);
	KUNIT_EXPECT_LE(test, n, 4096 * 98 / 100);
}

static void window_bytes(struct kunit *test)
{
	struct ctw_window *w = window_make(test, 512);

	KUNIT_EXPECT_EQ(test, ctw_window_bytes(512),
			sizeof(*w) + 512 * sizeof(*w->sets) +
			512 * CTW_WAYS * sizeof(*w->ways));
	KUNIT_EXPECT_EQ(test, sizeof(struct ctw_set), 64UL);
}

static u32 first_zero_byte(u64 x)
{
	u32 i;

	for (i = 0; i < 8 && x & 0xff; i++)
		x >>= 8;
	return i;
}

/* Against a loop over the bytes, for words full of 0, 1, 0x80 and 0xff. */
static void window_zero_bytes(struct kunit *test)
{
	static const u8 bytes[] = { 0, 1, 2, 0x7f, 0x80, 0x81, 0xfe, 0xff };
	struct rng r = { .state = 3 };
	u32 i, j;

	for (i = 0; i < 200000; i++) {
		u64 x = 0, mark;

		for (j = 0; j < 8; j++)
			x = x << 8 | bytes[rng_below(&r, ARRAY_SIZE(bytes))];
		mark = ctw_zero_bytes(x);
		KUNIT_ASSERT_EQ(test, mark ? ctw_first_byte(mark) : 8,
				first_zero_byte(x));
		KUNIT_ASSERT_EQ(test, ctw_set_used(x), first_zero_byte(x));
	}
}

static struct kunit_case window_tests[] = {
	KUNIT_CASE(window_empty),
	KUNIT_CASE(window_exact_quarter),
	KUNIT_CASE(window_exact_half),
	KUNIT_CASE(window_exact_largest),
	KUNIT_CASE(window_two_sets),
	KUNIT_CASE(window_replaces_smallest),
	KUNIT_CASE(window_clear_empties),
	KUNIT_CASE(window_clear_forgets),
	KUNIT_CASE(window_bounds_nearly_full),
	KUNIT_CASE(window_bounds_overfull),
	KUNIT_CASE(window_bounds_skewed),
	KUNIT_CASE(window_millions),
	KUNIT_CASE(window_heavy_comes_late),
	KUNIT_CASE(window_tags),
	KUNIT_CASE(window_first_set),
	KUNIT_CASE(window_whole_key_counts),
	KUNIT_CASE(window_whole_key_hashed),
	KUNIT_CASE(window_zero_bytes),
	KUNIT_CASE(window_bytes),
	{ }
};

static struct kunit_suite window_suite = {
	.name = "ctwatch_window",
	.test_cases = window_tests,
};

kunit_test_suites(&window_suite);
