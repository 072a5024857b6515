// SPDX-License-Identifier: GPL-2.0
/* The bounded group table, against an exact model. The hash is keyed at
 * random, but nothing asserted here depends on where a key lands.
 */

#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "helpers.h"

bool no_memory;

static void *scarce_kvzalloc(size_t size, gfp_t gfp)
{
	return no_memory ? NULL : kvzalloc(size, gfp);
}

static void *scarce_vzalloc(size_t size)
{
	return no_memory ? NULL : vzalloc(size);
}

#undef kvzalloc
#define kvzalloc scarce_kvzalloc
#undef vzalloc
#define vzalloc scarce_vzalloc
#include "lib/groups.c"

struct row {
	struct ctw_group g;
	struct ctw_key key;
	u64 cookie;
};

/* A table and the truth about it. */
struct table {
	struct kunit *test;
	struct ctw_groups g;
	struct exact *truth;
	u64 sum;
};

KUNIT_DEFINE_ACTION_WRAPPER(reset_groups, ctw_groups_reset,
			    struct ctw_groups *);

static struct table *table_make(struct kunit *test, u32 max, u32 keys)
{
	struct table *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	t->truth = exact_make(test, keys);
	ctw_groups_init(&t->g, sizeof(struct row), offsetof(struct row, key),
			sizeof(struct ctw_key), max);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, reset_groups, &t->g));
	return t;
}

static u64 cookie_of(const struct ctw_key *key)
{
	return mix64(key->addr64[0] + key->family);
}

static void table_add(struct table *t, struct ctw_key key, u32 count)
{
	struct ctw_group *g;
	struct row *row;
	bool made;

	g = ctw_groups_get(&t->g, &key, &made);
	KUNIT_ASSERT_NOT_NULL(t->test, g);
	row = container_of(g, struct row, g);
	/* a new row is zero behind its head, an old one as it was left */
	KUNIT_ASSERT_EQ(t->test, row->cookie, made ? 0 : cookie_of(&key));
	row->cookie = cookie_of(&key);
	ctw_groups_add(&t->g, g, count, 0);
	*exact_at(t->truth, &key) += count;
	t->sum += count;
}

/* Each row hangs in the chain of its bucket, once. */
static void check_chains(struct kunit *test, const struct ctw_groups *g)
{
	u32 b, i, n = 0;

	for (b = 0; b <= g->mask; b++)
		for (i = g->buckets[b]; i != CTW_NIL;
		     i = ctw_groups_row(g, i)->next) {
			KUNIT_ASSERT_LT(test, i, g->used);
			KUNIT_ASSERT_EQ(test, b,
					ctw_chain_of(g, ctw_groups_row(g, i)) -
						g->buckets);
			KUNIT_ASSERT_LE(test, ++n, g->used);
		}
	KUNIT_ASSERT_EQ(test, n, g->used);
}

static void check_heap(struct kunit *test, const struct ctw_groups *g)
{
	u32 pos;

	for (pos = 0; pos < g->used; pos++) {
		KUNIT_ASSERT_LT(test, g->heap[pos], g->used);
		KUNIT_ASSERT_EQ(test, pos,
				ctw_groups_row(g, g->heap[pos])->heap);
		if (pos)
			KUNIT_ASSERT_LE(test, ctw_heap_count(g, (pos - 1) / 2),
					ctw_heap_count(g, pos));
	}
}

static void table_check_exact(struct table *t)
{
	const struct exact_entry *e;
	u32 pos = 0;

	KUNIT_ASSERT_EQ(t->test, t->g.used, t->truth->used);
	KUNIT_ASSERT_EQ(t->test, t->g.evicted, 0);
	while ((e = exact_next(t->truth, &pos))) {
		struct ctw_group *g = ctw_groups_find(&t->g, &e->key);

		KUNIT_ASSERT_NOT_NULL(t->test, g);
		KUNIT_ASSERT_EQ(t->test, g->count, e->count);
		KUNIT_ASSERT_EQ(t->test, g->error, 0);
		KUNIT_ASSERT_EQ(t->test, cookie_of(&e->key),
				container_of(g, struct row, g)->cookie);
	}
	check_chains(t->test, &t->g);
}

/* The promises of Space-Saving with used rows. */
static void table_check_bounds(struct table *t)
{
	u64 bound = div_u64(t->sum, t->g.used), sum = 0;
	const struct exact_entry *e;
	u32 pos = 0, found = 0;

	while ((e = exact_next(t->truth, &pos))) {
		struct ctw_group *g = ctw_groups_find(&t->g, &e->key);

		if (!g) {
			KUNIT_ASSERT_LE(t->test, e->count, bound);
			continue;
		}
		found++;
		sum += g->count;
		KUNIT_ASSERT_GE(t->test, g->count, e->count);
		KUNIT_ASSERT_LE(t->test, g->count - g->error, e->count);
		KUNIT_ASSERT_LE(t->test, g->error, bound);
	}
	KUNIT_ASSERT_EQ(t->test, found, t->g.used);
	KUNIT_ASSERT_EQ(t->test, sum, t->sum);
	check_chains(t->test, &t->g);
	check_heap(t->test, &t->g);
}

static void groups_growth(struct kunit *test)
{
	struct table *t = table_make(test, 4096, 4096);
	u32 i, size = 0, steps = 0;

	for (i = 0; i < 4096; i++) {
		table_add(t, key_flood(i), i + 1);
		if (t->g.size == size)
			continue;
		KUNIT_EXPECT_EQ(test, t->g.size, size ? 2 * size : 64);
		size = t->g.size;
		steps++;
		table_check_exact(t);
	}
	KUNIT_EXPECT_EQ(test, steps, 7);
	KUNIT_EXPECT_EQ(test, t->g.size, 4096);
	table_check_exact(t);
}

/* A bound that is not a power of two is met all the same, and one below the
 * first size too.
 */
static void groups_odd_bounds(struct kunit *test)
{
	static const u32 bounds[] = { 1, 2, 10, 63, 65, 100, 1000 };
	u32 b, i;

	for (b = 0; b < ARRAY_SIZE(bounds); b++) {
		struct table *t = table_make(test, bounds[b], 2048);

		for (i = 0; i < bounds[b]; i++)
			table_add(t, key_flood(i), 2);
		table_check_exact(t);
		KUNIT_EXPECT_EQ(test, t->g.size, bounds[b]);
		for (; i < 2 * bounds[b]; i++)
			table_add(t, key_flood(i), 1);
		KUNIT_EXPECT_EQ(test, t->g.size, bounds[b]);
		KUNIT_EXPECT_EQ(test, t->g.used, bounds[b]);
		KUNIT_EXPECT_EQ(test, t->g.evicted, bounds[b]);
		table_check_bounds(t);
	}
}

static void groups_exact(struct kunit *test)
{
	struct table *t = table_make(test, 1000, 1000);
	struct rng r = { .state = 1 };
	u32 i;

	for (i = 0; i < 100000; i++)
		table_add(t, key_flood(rng_skewed(&r, 1000)),
			  1 + rng_below(&r, 1000));
	table_check_exact(t);
}

static void groups_space_saving(struct kunit *test)
{
	static const u32 universes[] = { 257, 300, 1000, 20000 };
	struct rng r = { .state = 2 };
	u32 u, i;

	for (u = 0; u < ARRAY_SIZE(universes); u++) {
		struct table *t = table_make(test, 256, universes[u]);

		for (i = 0; i < universes[u]; i++)
			table_add(t, key_flood(i), 1);
		KUNIT_ASSERT_EQ(test, t->g.evicted, universes[u] - 256);
		for (i = 0; i < 100000; i++) {
			table_add(t, key_flood(rng_skewed(&r, universes[u])),
				  1 + rng_skewed(&r, 100));
			if (!(i % 20000))
				table_check_bounds(t);
		}
		KUNIT_EXPECT_EQ(test, t->g.size, 256);
		table_check_bounds(t);
	}
}

/* Walked after each single change. */
static void groups_heap(struct kunit *test)
{
	struct table *t = table_make(test, 70, 512);
	struct rng r = { .state = 3 };
	u32 i;

	for (i = 0; i < 20000; i++) {
		table_add(t, key_flood(rng_skewed(&r, 500)),
			  rng_below(&r, 20));
		if (t->g.evicted)
			check_heap(test, &t->g);
	}
	KUNIT_EXPECT_GT(test, t->g.evicted, 1000);
	table_check_bounds(t);
}

/* The row that gives way is one of the smallest, and what it leaves is the
 * newcomer's error.
 */
static void groups_evicts_smallest(struct kunit *test)
{
	struct table *t = table_make(test, 64, 256);
	struct ctw_key small = key_flood(40), new = key_flood(99);
	struct ctw_group *g;
	bool made;
	u32 i;

	for (i = 0; i < 64; i++)
		table_add(t, key_flood(i), i == 40 ? 7 : 10 + i);
	g = ctw_groups_get(&t->g, &new, &made);
	KUNIT_EXPECT_TRUE(test, made);
	KUNIT_EXPECT_EQ(test, g->count, 7);
	KUNIT_EXPECT_EQ(test, g->error, 7);
	ctw_groups_add(&t->g, g, 5, 2);
	KUNIT_EXPECT_EQ(test, g->count, 12);
	KUNIT_EXPECT_EQ(test, g->error, 9);
	KUNIT_EXPECT_NULL(test, ctw_groups_find(&t->g, &small));
	KUNIT_EXPECT_PTR_EQ(test, ctw_groups_find(&t->g, &new), g);
	KUNIT_EXPECT_PTR_EQ(test, ctw_groups_get(&t->g, &new, &made), g);
	KUNIT_EXPECT_FALSE(test, made);
	check_heap(test, &t->g);
	check_chains(test, &t->g);
}

/* Two million keys and one with a 20th of all: it stays, with its error below
 * the promised bound.
 */
static void groups_millions(struct kunit *test)
{
	const u32 max = 4096, keys = 2000000;
	struct table *t = table_make(test, max, 1);
	struct ctw_key heavy = key_v6(1), key;
	u64 heavies = 0, sum = 0, n = 0;
	struct ctw_group *g;
	bool made;
	u32 i;

	for (i = 0; i < keys; i++, n++) {
		key = key_flood(i);
		g = ctw_groups_get(&t->g, &key, &made);
		KUNIT_ASSERT_TRUE(test, made);
		ctw_groups_add(&t->g, g, 1, 0);
		if (i % 19)
			continue;
		g = ctw_groups_get(&t->g, &heavy, &made);
		ctw_groups_add(&t->g, g, 1, 0);
		heavies++;
		n++;
	}
	for (i = 0; i < t->g.used; i++) {
		g = ctw_groups_row(&t->g, i);
		sum += g->count;
		KUNIT_ASSERT_LE(test, g->error, div_u64(n, max));
		if (!ctw_key_equal(ctw_groups_key(&t->g, g), &heavy))
			KUNIT_ASSERT_EQ(test, g->count - g->error, 1);
	}
	KUNIT_EXPECT_EQ(test, sum, n);
	g = ctw_groups_find(&t->g, &heavy);
	KUNIT_ASSERT_NOT_NULL(test, g);
	KUNIT_EXPECT_GE(test, g->count, heavies);
	KUNIT_EXPECT_LE(test, g->count - g->error, heavies);
	check_heap(test, &t->g);
	check_chains(test, &t->g);
}

static void groups_find_absent(struct kunit *test)
{
	struct table *t = table_make(test, 128, 4096);
	struct ctw_key key;
	u32 i, n = 0;

	key = key_flood(0);
	KUNIT_EXPECT_NULL(test, ctw_groups_find(&t->g, &key));
	for (i = 0; i < 100; i++)
		table_add(t, key_flood(i), 1);
	for (i = 100; i < 1000; i++) {
		key = key_flood(i);
		KUNIT_ASSERT_NULL(test, ctw_groups_find(&t->g, &key));
	}
	for (i = 100; i < 1000; i++)
		table_add(t, key_flood(i), 1);
	for (i = 0; i < 1000; i++) {
		key = key_flood(i);
		n += !!ctw_groups_find(&t->g, &key);
	}
	KUNIT_EXPECT_EQ(test, n, 128);
}

static void groups_reset(struct kunit *test)
{
	struct table *t = table_make(test, 200, 4096);
	struct ctw_key key = key_flood(250);
	u32 round, i;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 300; i++)
			table_add(t, key_flood(i), 1);
		table_check_bounds(t);
		KUNIT_EXPECT_NOT_NULL(test, ctw_groups_find(&t->g, &key));
		ctw_groups_reset(&t->g);
		exact_clear(t->truth);
		t->sum = 0;
		KUNIT_EXPECT_NULL(test, t->g.rows);
		KUNIT_EXPECT_NULL(test, t->g.buckets);
		KUNIT_EXPECT_NULL(test, t->g.heap);
		KUNIT_EXPECT_EQ(test, t->g.used, 0);
		KUNIT_EXPECT_EQ(test, t->g.size, 0);
		KUNIT_EXPECT_EQ(test, t->g.evicted, 0);
		KUNIT_EXPECT_EQ(test, t->g.max, 200);
		KUNIT_EXPECT_EQ(test, t->g.row_size, sizeof(struct row));
		KUNIT_EXPECT_NULL(test, ctw_groups_find(&t->g, &key));
	}
	ctw_groups_reset(&t->g);
	KUNIT_EXPECT_EQ(test, t->g.max, 200);
}

/* Without memory for a first row there is none; without memory for more the
 * bound is where the table is, and stays there: the promises hold for it.
 */
static void groups_no_memory(struct kunit *test)
{
	struct table *t = table_make(test, 4096, 4096);
	struct ctw_key key = key_flood(0);
	bool made;
	u32 i;

	no_memory = true;
	KUNIT_EXPECT_NULL(test, ctw_groups_get(&t->g, &key, &made));
	KUNIT_EXPECT_NULL(test, ctw_groups_find(&t->g, &key));
	no_memory = false;
	for (i = 0; i < 64; i++)
		table_add(t, key_flood(i), 3);
	table_check_exact(t);
	no_memory = true;
	for (; i < 500; i++)
		table_add(t, key_flood(i), 1);
	no_memory = false;
	table_check_bounds(t);
	for (; i < 1000; i++)
		table_add(t, key_flood(i), 1);
	KUNIT_EXPECT_EQ(test, t->g.used, 64);
	KUNIT_EXPECT_EQ(test, t->g.size, 64);
	table_check_bounds(t);
}

static void groups_no_memory_exit(struct kunit *test)
{
	no_memory = false;
}

/* Bytes taken for so many: what kmalloc() rounds up to is taken too. */
static size_t bytes_at(const void *p, size_t asked)
{
	return is_vmalloc_addr(p) ? PAGE_ALIGN(asked) : ksize(p);
}

/* What the documentation promises for memory is not less than what is taken,
 * and not more than a page for each of its three arrays.
 */
static void groups_bytes(struct kunit *test)
{
	static const u32 bounds[] = { 64, 100, 128, 1000, 4096, 5000 };
	size_t bound, taken;
	u32 b, i;

	for (b = 0; b < ARRAY_SIZE(bounds); b++) {
		struct table *t = table_make(test, bounds[b], 5000);
		const struct ctw_groups *g = &t->g;

		for (i = 0; i < bounds[b]; i++)
			table_add(t, key_flood(i), 1);
		bound = ctw_groups_bytes(sizeof(struct row), bounds[b]);
		taken = bytes_at(g->rows, g->size * sizeof(struct row)) +
			bytes_at(g->heap, g->size * sizeof(u32)) +
			bytes_at(g->buckets, (g->mask + 1) * sizeof(u32));
		KUNIT_EXPECT_LE(test, taken, bound);
		KUNIT_EXPECT_LT(test, bound, taken + 3 * PAGE_SIZE);
		KUNIT_EXPECT_GE(test, g->mask + 1, g->size);
	}
}

/* Taking rows: there is no other use of such a table. */

static struct row *table_take(struct table *t, struct ctw_key key)
{
	struct ctw_group *g = ctw_groups_take(&t->g, &key,
					      ctw_groups_hash(&t->g, &key));

	return g ? container_of(g, struct row, g) : NULL;
}

/* Up to the bound each key has a row, and keeps it; beyond there is none, and
 * that leaves no trace.
 */
static void groups_take(struct kunit *test)
{
	static const u32 bounds[] = { 1, 2, 63, 64, 65, 100, 128, 1000 };
	u32 b, i;

	for (b = 0; b < ARRAY_SIZE(bounds); b++) {
		struct table *t = table_make(test, bounds[b], 1);
		struct row *row;

		for (i = 0; i < 2 * bounds[b]; i++) {
			row = table_take(t, key_flood(i));
			KUNIT_ASSERT_EQ(test, !!row, i < bounds[b]);
			if (!row)
				continue;
			/* new ones are zero */
			KUNIT_ASSERT_EQ(test, row->cookie, 0);
			KUNIT_ASSERT_EQ(test, row->g.count, 0);
			KUNIT_ASSERT_EQ(test, row->g.error, 0);
			row->cookie = i + 1;
		}
		for (i = 2 * bounds[b]; i-- > 0;) {
			row = table_take(t, key_flood(i));
			KUNIT_ASSERT_EQ(test, row ? row->cookie : 0,
					i < bounds[b] ? i + 1 : 0);
		}
		KUNIT_EXPECT_EQ(test, t->g.used, bounds[b]);
		KUNIT_EXPECT_EQ(test, t->g.size, bounds[b]);
		/* rows are in the order in which they came */
		for (i = 0; i < bounds[b]; i++) {
			row = container_of(ctw_groups_row(&t->g, i), struct row,
					   g);
			KUNIT_ASSERT_EQ(test, row->cookie, i + 1);
		}
		check_chains(test, &t->g);
	}
}

/* A hash made before the table grew still finds its row. */
static void groups_take_early_hash(struct kunit *test)
{
	struct table *t = table_make(test, 4096, 1);
	u32 *hash = kunit_kcalloc(test, 4096, sizeof(*hash), GFP_KERNEL);
	struct ctw_key key;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, hash);
	for (i = 0; i < 4096; i++) {
		key = key_flood(i);
		hash[i] = ctw_groups_hash(&t->g, &key);
	}
	for (i = 0; i < 4096; i++) {
		key = key_flood(i);
		KUNIT_ASSERT_NOT_NULL(test,
				      ctw_groups_take(&t->g, &key, hash[i]));
	}
	KUNIT_EXPECT_EQ(test, t->g.used, 4096);
	for (i = 0; i < 4096; i++) {
		key = key_flood(i);
		KUNIT_ASSERT_PTR_EQ(test, ctw_groups_row(&t->g, i),
				    ctw_groups_take(&t->g, &key, hash[i]));
		KUNIT_ASSERT_PTR_EQ(test, ctw_groups_row(&t->g, i),
				    ctw_groups_find(&t->g, &key));
	}
	KUNIT_EXPECT_EQ(test, t->g.used, 4096);
	check_chains(test, &t->g);
}

/* Without memory a new key has no row; the old ones keep theirs. */
static void groups_take_no_memory(struct kunit *test)
{
	struct table *t = table_make(test, 4096, 1);
	u32 i;

	no_memory = true;
	KUNIT_EXPECT_NULL(test, table_take(t, key_flood(0)));
	KUNIT_EXPECT_NULL(test, table_take(t, key_flood(0)));
	no_memory = false;
	t = table_make(test, 4096, 1);
	for (i = 0; i < 64; i++)
		KUNIT_ASSERT_NOT_NULL(test, table_take(t, key_flood(i)));
	no_memory = true;
	for (; i < 200; i++)
		KUNIT_ASSERT_NULL(test, table_take(t, key_flood(i)));
	for (i = 0; i < 64; i++)
		KUNIT_ASSERT_NOT_NULL(test, table_take(t, key_flood(i)));
	no_memory = false;
	/* who was turned away once is, though there is memory again */
	for (i = 64; i < 200; i++)
		KUNIT_ASSERT_NULL(test, table_take(t, key_flood(i)));
	KUNIT_EXPECT_EQ(test, t->g.used, 64);
	check_chains(test, &t->g);
	ctw_groups_reset(&t->g);
	for (i = 0; i < 200; i++)
		KUNIT_ASSERT_NOT_NULL(test, table_take(t, key_flood(i)));
}

static struct kunit_case groups_tests[] = {
	KUNIT_CASE(groups_exact),
	KUNIT_CASE(groups_growth),
	KUNIT_CASE(groups_odd_bounds),
	KUNIT_CASE(groups_space_saving),
	KUNIT_CASE(groups_heap),
	KUNIT_CASE(groups_evicts_smallest),
	KUNIT_CASE(groups_millions),
	KUNIT_CASE(groups_find_absent),
	KUNIT_CASE(groups_reset),
	KUNIT_CASE(groups_no_memory),
	KUNIT_CASE(groups_bytes),
	KUNIT_CASE(groups_take),
	KUNIT_CASE(groups_take_early_hash),
	KUNIT_CASE(groups_take_no_memory),
	{ }
};

static struct kunit_suite groups_suite = {
	.name = "ctwatch_groups",
	.exit = groups_no_memory_exit,
	.test_cases = groups_tests,
};

kunit_test_suites(&groups_suite);
