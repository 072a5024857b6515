// SPDX-License-Identifier: GPL-2.0
/* The census, against a model that looks at every group for every entry. */

#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "entries.h"

u32 census_memory = U32_MAX;

static bool memory_left(void)
{
	if (census_memory && census_memory != U32_MAX)
		census_memory--;
	else if (!census_memory)
		return false;
	return true;
}

static void *scarce_zalloc(size_t size, gfp_t gfp)
{
	void *p = kmalloc(size, gfp | __GFP_ZERO);

	if (memory_left())
		return p;
	kfree(p);
	return NULL;
}

static void *scarce_array(u32 n, u32 size)
{
	return memory_left() ? kvcalloc(n, size, GFP_KERNEL) : NULL;
}

#undef kzalloc
#define kzalloc scarce_zalloc
#define ctw_array_alloc scarce_array
#include "census/census.c"
#undef kzalloc

/* Count, and add up as sorting does: most tests look without an order. */
static void census_take(struct ctw_census *c, const struct ctw_entry *e, u32 n)
{
	ctw_census_count(c, e, n);
	ctw_census_sum(c);
}

/* Entries of a test, in the order of the walk. */
#define WORLD	700

static struct ctw_entry *world_make(struct kunit *test, u64 seed)
{
	struct ctw_entry *e = kunit_kcalloc(test, WORLD, sizeof(*e),
					    GFP_KERNEL);
	struct rng r = { .state = seed };
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, e);
	for (i = 0; i < WORLD; i++)
		if (i && rng_below(&r, 2))
			e[i] = e[rng_skewed(&r, i)];
		else
			entry_random(&r, &e[i]);
	/* alike, but for what is counted of them */
	for (i = 0; i < WORLD; i++)
		e[i].flags = (e[i].flags & CTW_ENTRY_PORTS) | rng_below(&r, 8);
	return e;
}

/* The namespaces with a number. */
static const struct ctw_netns_map *nets_make(struct kunit *test)
{
	struct ctw_netns_map *map;
	u32 i;

	map = kunit_kzalloc(test, struct_size(map, v, NETS), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, map);
	for (i = 0; i < NETS; i++) {
		if (i == NET_LOST)
			continue;
		map->v[map->n].net = net_at(i);
		map->v[map->n++].inum = net_inum(net_at(i));
	}
	return map;
}

KUNIT_DEFINE_ACTION_WRAPPER(free_census, ctw_census_free, struct ctw_census *);

static struct ctw_census *census_own(struct kunit *test, struct ctw_census *c)
{
	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, free_census, c));
	return c;
}

static void census_give(struct kunit *test, struct ctw_census *c)
{
	kunit_release_action(test, free_census, c);
}

static struct ctw_census *census_make(struct kunit *test,
				      const struct ctw_query *q, u32 max)
{
	struct ctw_census *c = census_own(test, ctw_census_alloc(q, max));

	c->nets = nets_make(test);
	return c;
}

/**
 * struct model - a query and its answer, exactly
 * @q: the query
 * @n: number of groups
 * @v: the groups, in the order in which they came
 * @all: entries that match
 * @lost: of them, without a known namespace where it is asked for
 * @seen: entries of the namespace
 */
struct model {
	const struct ctw_query *q;
	u32 n;
	struct model_row {
		struct ctw_entry who;
		u32 inum;
		struct ctw_counts n;
	} v[WORLD];
	struct ctw_counts all;
	struct ctw_counts lost;
	u32 seen;
};

static struct model *model_make(struct kunit *test, const struct ctw_query *q)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->q = q;
	return m;
}

static void model_add(struct ctw_counts *n, const struct ctw_entry *e)
{
	n->entries++;
	if (e->flags & CTW_ENTRY_ASSURED)
		n->assured++;
	if (e->flags & CTW_ENTRY_UNREPLIED)
		n->unreplied++;
	if (e->flags & CTW_ENTRY_EXPIRED)
		n->expired++;
}

static struct model_row *model_find(struct model *m,
				    const struct ctw_entry *who, u32 inum)
{
	u32 i;

	for (i = 0; i < m->n; i++)
		if (m->v[i].inum == inum && entry_same(&m->v[i].who, who))
			return &m->v[i];
	return NULL;
}

static void model_count(struct model *m, const struct ctw_entry *e)
{
	struct model_row *row;
	struct ctw_entry who;
	u32 inum = 0;

	if (m->q->net && m->q->net != e->net)
		return;
	m->seen++;
	if (!model_match(m->q, e))
		return;
	model_add(&m->all, e);
	if (m->q->by & CTWATCH_GROUP_KEY_NETNS) {
		inum = net_inum(e->net);
		if (!inum) {
			model_add(&m->lost, e);
			return;
		}
	}
	model_group(m->q, e, &who);
	row = model_find(m, &who, inum);
	if (!row) {
		row = &m->v[m->n++];
		row->who = who;
		row->inum = inum;
	}
	model_add(&row->n, e);
}

static void model_world(struct model *m, const struct ctw_entry *e)
{
	u32 i;

	for (i = 0; i < WORLD; i++)
		model_count(m, &e[i]);
}

static void check_counts(struct kunit *test, const struct ctw_counts *a,
			 const struct ctw_counts *b)
{
	KUNIT_ASSERT_EQ(test, a->entries, b->entries);
	KUNIT_ASSERT_EQ(test, a->assured, b->assured);
	KUNIT_ASSERT_EQ(test, a->unreplied, b->unreplied);
	KUNIT_ASSERT_EQ(test, a->expired, b->expired);
}

/* All rows and those beyond are all there is. */
static void check_sum(struct kunit *test, const struct ctw_census *c)
{
	struct ctw_counts sum = c->beyond;
	u32 i;

	for (i = 0; i < c->groups.used; i++) {
		const struct ctw_counts *n = &ctw_census_row(c, i)->n;

		KUNIT_ASSERT_GT(test, n->entries, 0);
		sum.entries += n->entries;
		sum.assured += n->assured;
		sum.unreplied += n->unreplied;
		sum.expired += n->expired;
	}
	check_counts(test, &sum, &c->all);
}

/* What is there is exact. */
static void check_rows(struct kunit *test, const struct ctw_census *c,
		       struct model *m)
{
	u32 i;

	check_sum(test, c);
	check_counts(test, &c->all, &m->all);
	KUNIT_ASSERT_EQ(test, c->facts.seen, m->seen);
	for (i = 0; i < c->groups.used; i++) {
		const struct ctw_census_row *row = ctw_census_row(c, i);
		const struct model_row *want;
		struct ctw_entry who;
		u32 inum;

		inum = ctw_plan_entry(&c->plan, row->key, &who);
		want = model_find(m, &who, inum);
		KUNIT_ASSERT_NOT_NULL(test, want);
		check_counts(test, &row->n, &want->n);
	}
}

/* And all is there. */
static void check_complete(struct kunit *test, const struct ctw_census *c,
			   struct model *m)
{
	check_rows(test, c, m);
	check_counts(test, &c->beyond, &m->lost);
	KUNIT_ASSERT_EQ(test, c->groups.used, m->n);
	KUNIT_ASSERT_EQ(test, c->known, m->n);
}

/* Most first, and those with as many as they came. Each row has one place when
 * all of this holds.
 */
static void check_order(struct kunit *test, const struct ctw_census *c)
{
	u32 i;

	for (i = 0; i < c->groups.used; i++)
		KUNIT_ASSERT_LT(test, lower_32_bits(c->order[i]),
				c->groups.used);
	for (i = 1; i < c->groups.used; i++) {
		u32 before = ctw_census_ranked(c, i - 1)->n.entries;
		u32 after = ctw_census_ranked(c, i)->n.entries;

		KUNIT_ASSERT_GE(test, before, after);
		if (before == after)
			KUNIT_ASSERT_LT(test, lower_32_bits(c->order[i - 1]),
					lower_32_bits(c->order[i]));
	}
}

static void census_sort(struct kunit *test, struct ctw_census *c)
{
	KUNIT_ASSERT_EQ(test, ctw_census_sort(c), 0);
	check_order(test, c);
}

/* A query for groups of such entries as they are. */
static struct ctw_query query_by(u32 by)
{
	return (struct ctw_query) {
		.by = by, .by_src = { 32, 128 }, .by_dst = { 32, 128 },
	};
}

static void census_empty(struct kunit *test)
{
	struct ctw_query q = query_by(BY_ALL);
	struct ctw_census *c = census_make(test, &q, 100), *copy;

	census_take(c, NULL, 0);
	check_sum(test, c);
	KUNIT_EXPECT_EQ(test, c->all.entries, 0);
	KUNIT_EXPECT_EQ(test, c->facts.seen, 0);
	KUNIT_EXPECT_EQ(test, c->known, 0);
	census_sort(test, c);
	copy = census_own(test, ctw_census_regroup(c, &q, 10));
	check_sum(test, copy);
	KUNIT_EXPECT_EQ(test, copy->all.entries, 0);
	KUNIT_EXPECT_EQ(test, copy->known, 0);
	KUNIT_EXPECT_NOT_NULL(test, copy->order);
	/* and there may be none to give back */
	ctw_census_free(NULL);
}

/* By everything in every combination. */
static void census_exact(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 1);
	struct rng r = { .state = 1 };
	u32 by, lost = 0;

	for (by = 0; by < BY_END; by++) {
		struct ctw_query q = query_by(by);
		struct model *m = model_make(test, &q);
		struct ctw_census *c;

		if (by & 1)
			query_lengths(&r, &q);
		c = census_make(test, &q, WORLD);
		census_take(c, e, WORLD);
		model_world(m, e);
		check_complete(test, c, m);
		census_sort(test, c);
		lost += m->lost.entries;
		census_give(test, c);
		kunit_kfree(test, m);
	}
	KUNIT_EXPECT_GT(test, lost, 1000);
}

/* Without anything to group by there is one group. */
static void census_one_group(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 2);
	struct ctw_query q = query_by(0);
	struct ctw_census *c = census_make(test, &q, 1);

	census_take(c, e, WORLD);
	KUNIT_ASSERT_EQ(test, c->groups.used, 1);
	KUNIT_EXPECT_EQ(test, c->known, 1);
	KUNIT_EXPECT_EQ(test, c->beyond.entries, 0);
	KUNIT_EXPECT_EQ(test, ctw_census_row(c, 0)->n.entries, WORLD);
	check_sum(test, c);
}

/* However entries come, it is the same, rows and all. */
static void census_batches(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 31, 32, 33, 63, 64, 65, 100, 699 };
	struct ctw_entry *e = world_make(test, 3);
	struct ctw_query q = query_by(CTWATCH_GROUP_KEY_SRC |
				      CTWATCH_GROUP_KEY_NETNS);
	struct ctw_census *whole = census_make(test, &q, 50);
	u32 s, i, at;

	census_take(whole, e, WORLD);
	KUNIT_EXPECT_EQ(test, whole->known, 50);
	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		struct ctw_census *c = census_make(test, &q, 50);

		for (at = 0; at < WORLD; at += sizes[s])
			census_take(c, &e[at], min(sizes[s], WORLD - at));
		KUNIT_EXPECT_EQ(test, c->facts.seen, whole->facts.seen);
		KUNIT_EXPECT_EQ(test, c->known, whole->known);
		check_counts(test, &c->all, &whole->all);
		check_counts(test, &c->beyond, &whole->beyond);
		KUNIT_ASSERT_EQ(test, c->groups.used, whole->groups.used);
		for (i = 0; i < c->groups.used; i++) {
			KUNIT_ASSERT_MEMEQ(test, ctw_census_row(c, i)->key,
					   ctw_census_row(whole, i)->key,
					   c->plan.key_size);
			check_counts(test, &ctw_census_row(c, i)->n,
				     &ctw_census_row(whole, i)->n);
		}
	}
}

/* The namespace is whose entries are seen, the filter which are counted. */
static void census_scope(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 4);
	struct rng r = { .state = 4 };
	u32 n, matched = 0, filtered = 0, elsewhere = 0;

	for (n = 0; n < 300; n++) {
		struct ctw_entry *like = &e[rng_below(&r, WORLD)];
		struct ctw_census *c;
		struct ctw_query q;
		struct model *m;

		query_like(&r, &q, like);
		query_lengths(&r, &q);
		q.by = rng_below(&r, BY_END);
		if (rng_below(&r, 2))
			q.net = like->net;
		m = model_make(test, &q);
		c = census_make(test, &q, WORLD);
		census_take(c, e, WORLD);
		model_world(m, e);
		check_complete(test, c, m);
		matched += c->all.entries;
		filtered += c->facts.seen - c->all.entries;
		elsewhere += WORLD - c->facts.seen;
		census_give(test, c);
		kunit_kfree(test, m);
	}
	KUNIT_EXPECT_GT(test, matched, 3000);
	KUNIT_EXPECT_GT(test, filtered, 3000);
	KUNIT_EXPECT_GT(test, elsewhere, 3000);
}

/* The first groups have rows, and all of theirs; the others are beyond. */
static void census_bound(struct kunit *test)
{
	static const u32 bounds[] = { 1, 2, 10, 63, 64, 65, 128, 200 };
	struct ctw_entry *e = world_make(test, 5);
	u32 b, i;

	for (b = 0; b < ARRAY_SIZE(bounds); b++) {
		struct ctw_query q = query_by(BY_ALL);
		struct ctw_census *c = census_make(test, &q, bounds[b]);
		struct model *m = model_make(test, &q);
		struct ctw_counts want;

		census_take(c, e, WORLD);
		model_world(m, e);
		KUNIT_ASSERT_GT(test, m->n, bounds[b]);
		KUNIT_ASSERT_EQ(test, c->groups.used, bounds[b]);
		KUNIT_EXPECT_EQ(test, c->known, bounds[b]);
		check_rows(test, c, m);
		want = m->lost;
		for (i = bounds[b]; i < m->n; i++)
			ctw_counts_add(&want, &m->v[i].n);
		check_counts(test, &c->beyond, &want);
		for (i = 0; i < bounds[b]; i++)
			check_counts(test, &ctw_census_row(c, i)->n,
				     &m->v[i].n);
		census_sort(test, c);
	}
}

/* Without memory for more rows what comes is beyond. */
static void census_no_memory(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 6);
	struct ctw_query q = query_by(BY_ALL);
	struct ctw_census *c = census_make(test, &q, WORLD);
	struct model *m = model_make(test, &q);

	no_memory = true;
	census_take(c, e, WORLD);
	model_world(m, e);
	KUNIT_EXPECT_EQ(test, c->groups.used, 0);
	check_rows(test, c, m);
	check_counts(test, &c->beyond, &c->all);
	census_sort(test, c);
	no_memory = false;

	c = census_make(test, &q, WORLD);
	census_take(c, e, 70);
	KUNIT_ASSERT_GT(test, c->groups.used, 0);
	KUNIT_ASSERT_LT(test, c->groups.used, 64);
	no_memory = true;
	census_take(c, e + 70, WORLD - 70);
	no_memory = false;
	KUNIT_EXPECT_EQ(test, c->groups.used, 64);
	KUNIT_EXPECT_EQ(test, c->known, 64);
	check_rows(test, c, m);
	KUNIT_EXPECT_GT(test, c->beyond.entries, m->lost.entries);
	census_sort(test, c);
}

/* Memory that is there again does not make rows that lack what went before. */
static void census_memory_returns(struct kunit *test)
{
	static const u32 starts[] = { 0, 70, 150, 300 };
	struct ctw_entry *e = world_make(test, 17);
	struct ctw_query q = query_by(BY_ALL);
	struct model *m = model_make(test, &q);
	u32 i;

	model_world(m, e);
	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		struct ctw_census *c = census_make(test, &q, WORLD);
		u32 at = starts[i];

		census_take(c, e, at);
		no_memory = true;
		census_take(c, e + at, 200);
		no_memory = false;
		census_take(c, e + at + 200, WORLD - at - 200);
		KUNIT_ASSERT_LT(test, c->groups.used, m->n);
		check_rows(test, c, m);
		/* and another time it is as ever */
		ctw_census_clear(c);
		census_take(c, e, WORLD);
		check_complete(test, c, m);
	}
}

/* Nothing begins, or nothing ends, and nothing is left behind. */
static void census_alloc_fails(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 7);
	struct ctw_query q = query_by(CTWATCH_GROUP_KEY_STATE);
	struct ctw_census *c = census_make(test, &q, 100), *copy;

	census_memory = 0;
	KUNIT_EXPECT_NULL(test, ctw_census_alloc(&q, 100));
	census_take(c, e, WORLD);
	KUNIT_EXPECT_EQ(test, ctw_census_sort(c), -ENOMEM);
	KUNIT_EXPECT_NULL(test, c->order);
	census_memory = U32_MAX;
	/* the answer is still there */
	census_sort(test, c);
	for (census_memory = 0;; census_memory++) {
		u32 had = census_memory;

		copy = ctw_census_regroup(c, &q, 100);
		if (copy)
			break;
		KUNIT_ASSERT_LT(test, had, 2);
		census_memory = had;
	}
	census_own(test, copy);
	/* itself and the order */
	KUNIT_EXPECT_EQ(test, census_memory, 0);
	KUNIT_ASSERT_NOT_NULL(test, copy->order);
	check_order(test, copy);
	check_sum(test, copy);
}

static void census_clear(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 8);
	struct ctw_entry *other = world_make(test, 9);
	struct ctw_query q = query_by(BY_ALL);
	struct ctw_census *c = census_make(test, &q, WORLD);
	struct model *m = model_make(test, &q);
	u32 i;

	model_world(m, e);
	for (i = 0; i < 3; i++) {
		census_take(c, other, WORLD / 2);
		if (i)
			census_sort(test, c);
		ctw_census_clear(c);
		KUNIT_EXPECT_NULL(test, c->order);
		KUNIT_EXPECT_EQ(test, c->known, 0);
		KUNIT_EXPECT_EQ(test, c->facts.seen, 0);
		KUNIT_EXPECT_EQ(test, c->groups.used, 0);
		check_sum(test, c);
		KUNIT_EXPECT_EQ(test, c->all.entries, 0);
		census_take(c, e, WORLD);
		check_complete(test, c, m);
		census_sort(test, c);
		ctw_census_clear(c);
	}
}

/* Rows that have as many stay as they came; those with more go before. */
static void census_order(struct kunit *test)
{
	static const u32 counts[] = { 3, 1, 3, 70000, 2, 3, 1, 0x101, 2 };
	static const u32 order[] = { 3, 7, 0, 2, 5, 4, 8, 1, 6 };
	struct ctw_query q = query_by(CTWATCH_GROUP_KEY_ZONE);
	struct ctw_census *c = census_make(test, &q, 100);
	struct ctw_entry e = { };
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		e.zone = 100 - i;
		for (n = 0; n < counts[i]; n++)
			census_take(c, &e, 1);
	}
	census_sort(test, c);
	KUNIT_ASSERT_EQ(test, c->groups.used, ARRAY_SIZE(order));
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		KUNIT_EXPECT_EQ(test, lower_32_bits(c->order[i]), order[i]);
		KUNIT_EXPECT_EQ(test, ctw_census_ranked(c, i)->n.entries,
				counts[order[i]]);
	}
}

/* First groups and others are all, and the last others are those in no group. */
static void census_others(struct kunit *test)
{
	static const u32 counts[] = { 5, 1, 9, 3, 2 };
	/* with the first 0, 1, 2, 3 groups taken away: 9, 5, 1 */
	static const u32 others[] = { 20, 11, 6, 5 };
	struct ctw_query q = query_by(CTWATCH_GROUP_KEY_ZONE);
	struct ctw_census *c = census_make(test, &q, 3);
	struct ctw_entry e = { .flags = CTW_ENTRY_ASSURED };
	struct ctw_counts n;
	u32 i, k;

	/* the last two zones find no place, the very last has no flag */
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		e.zone = 100 + i;
		if (i == ARRAY_SIZE(counts) - 1)
			e.flags = 0;
		for (k = 0; k < counts[i]; k++)
			census_take(c, &e, 1);
	}
	census_sort(test, c);
	KUNIT_ASSERT_EQ(test, c->groups.used, ARRAY_SIZE(others) - 1);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		ctw_census_others(c, i, &n);
		KUNIT_EXPECT_EQ(test, n.entries, others[i]);
		KUNIT_EXPECT_EQ(test, n.assured, others[i] - 2);
		KUNIT_EXPECT_EQ(test, n.expired, 0);
	}
}

/* Every place in a map of any size is found, and nothing between. */
static void census_netns(struct kunit *test)
{
	struct ctw_query q = query_by(CTWATCH_GROUP_KEY_NETNS);
	struct ctw_netns_map *map;
	u64 *place;
	u32 n, i;

	place = kunit_kcalloc(test, 40, sizeof(*place), GFP_KERNEL);
	map = kunit_kzalloc(test, struct_size(map, v, 20), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, place);
	KUNIT_ASSERT_NOT_NULL(test, map);
	for (n = 0; n < 20; n++) {
		struct ctw_census *c = census_make(test, &q, 100);

		c->nets = map;
		map->n = n;
		for (i = 0; i < n; i++) {
			map->v[i].net = (const struct net *)&place[2 * i + 1];
			map->v[i].inum = 1000 - i;
		}
		for (i = 0; i <= 2 * n; i++) {
			struct ctw_entry e = {
				.net = (const struct net *)&place[i],
			}, who;
			u32 beyond = c->beyond.entries, used = c->groups.used;

			census_take(c, &e, 1);
			KUNIT_ASSERT_EQ(test, c->beyond.entries,
					beyond + !(i & 1));
			KUNIT_ASSERT_EQ(test, c->groups.used, used + (i & 1));
			if (!(i & 1))
				continue;
			KUNIT_ASSERT_EQ(test, 1000 - i / 2,
					ctw_plan_entry(&c->plan,
						       ctw_census_row(c, used)->key,
						       &who));
		}
		check_sum(test, c);
		KUNIT_EXPECT_EQ(test, c->facts.seen, 2 * n + 1);
	}
}

/* Regrouping */

static void check_facts(struct kunit *test, const struct ctw_census *c,
			const struct ctw_census *from)
{
	KUNIT_ASSERT_EQ(test, c->facts.seen, from->facts.seen);
	KUNIT_ASSERT_EQ(test, c->facts.generation, from->facts.generation);
	KUNIT_ASSERT_EQ(test, c->facts.entries, from->facts.entries);
	KUNIT_ASSERT_EQ(test, c->facts.began, from->facts.began);
	KUNIT_ASSERT_EQ(test, c->facts.duration, from->facts.duration);
	check_counts(test, &c->all, &from->all);
	check_sum(test, c);
	check_order(test, c);
}

static struct ctw_census *census_taken(struct kunit *test,
				       const struct ctw_query *q, u32 max,
				       const struct ctw_entry *e)
{
	struct ctw_census *c = census_make(test, q, max);

	census_take(c, e, WORLD);
	census_sort(test, c);
	c->facts.generation = 17;
	c->facts.entries = WORLD + 5;
	c->facts.began = 123456789012345ULL;
	c->facts.duration = 4711;
	return c;
}

/* Grouped again by less, and by shorter prefixes, is as grouped that way at
 * once. Those of a lost namespace stay beyond: whose they were is gone.
 */
static void check_regroup(struct kunit *test, const struct ctw_census *from,
			  const struct ctw_entry *e, struct ctw_query *q)
{
	struct model *m = model_make(test, q);
	struct ctw_census *c;
	u32 i;

	c = census_own(test, ctw_census_regroup(from, q, WORLD));
	for (i = 0; i < WORLD; i++)
		if (!(from->plan.query.by & CTWATCH_GROUP_KEY_NETNS) ||
		    net_inum(e[i].net))
			model_count(m, &e[i]);
	check_facts(test, c, from);
	ctw_counts_add(&m->all, &from->beyond);
	ctw_counts_add(&m->lost, &from->beyond);
	m->seen += from->beyond.entries;
	check_rows(test, c, m);
	check_counts(test, &c->beyond, &m->lost);
	KUNIT_ASSERT_EQ(test, c->groups.used, m->n);
	KUNIT_ASSERT_EQ(test, c->known, m->n);
	census_give(test, c);
	kunit_kfree(test, m);
}

static void census_regroup(struct kunit *test)
{
	static const u32 froms[] = {
		BY_ALL, BY_ALL & ~CTWATCH_GROUP_KEY_NETNS,
		CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_ZONE |
			CTWATCH_GROUP_KEY_PROTOCOL | CTWATCH_GROUP_KEY_STATE,
	};
	struct ctw_entry *e = world_make(test, 10);
	u32 f, by;

	for (f = 0; f < ARRAY_SIZE(froms); f++) {
		struct ctw_query q = query_by(froms[f]);
		struct ctw_census *from = census_taken(test, &q, WORLD, e);

		for (by = 0; by < BY_END; by++) {
			if (by & ~froms[f])
				continue;
			q.by = by;
			check_regroup(test, from, e, &q);
		}
	}
}

static void census_regroup_shorter(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 11);
	struct rng r = { .state = 11 };
	struct ctw_query q = query_by(BY_ALL);
	struct ctw_census *from;
	u32 i, n;

	for (n = 0; n < 4; n++) {
		struct ctw_query shorter;

		if (n)
			query_lengths(&r, &q);
		from = census_taken(test, &q, WORLD, e);
		for (i = 0; i < 50; i++) {
			shorter = q;
			shorter.by = rng_below(&r, BY_END);
			shorter.by_src[0] = rng_below(&r, q.by_src[0] + 1);
			shorter.by_src[1] = rng_below(&r, q.by_src[1] + 1);
			shorter.by_dst[0] = rng_below(&r, q.by_dst[0] + 1);
			shorter.by_dst[1] = rng_below(&r, q.by_dst[1] + 1);
			check_regroup(test, from, e, &shorter);
		}
	}
}

/* What had no row stays without one. */
static void census_regroup_incomplete(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 12);
	struct ctw_query q = query_by(BY_ALL);
	struct ctw_census *from = census_taken(test, &q, 90, e);
	u32 by;

	KUNIT_ASSERT_GT(test, from->beyond.entries, 100);
	for (by = 0; by < BY_END; by++) {
		struct ctw_census *c;

		q.by = by;
		c = census_own(test, ctw_census_regroup(from, &q, WORLD));
		check_facts(test, c, from);
		check_counts(test, &c->beyond, &from->beyond);
		census_give(test, c);
	}
}

/* Of a copy with fewer rows those are left that have most. */
static void census_cut(struct kunit *test)
{
	static const u32 bounds[] = { 1, 2, 10, 64, 100, 150, WORLD };
	struct ctw_entry *e = world_make(test, 13);
	struct ctw_query q = query_by(CTWATCH_GROUP_KEY_SRC |
				      CTWATCH_GROUP_KEY_PROTOCOL |
				      CTWATCH_GROUP_KEY_STATE |
				      CTWATCH_GROUP_KEY_NETNS);
	struct ctw_census *from = census_taken(test, &q, 200, e);
	u32 b, i;

	KUNIT_ASSERT_GT(test, from->beyond.entries, 0);
	KUNIT_ASSERT_EQ(test, from->known, 200);
	KUNIT_ASSERT_EQ(test, from->groups.used, 200);
	for (b = 0; b < ARRAY_SIZE(bounds); b++) {
		struct ctw_counts rest = from->beyond;
		struct ctw_census *c, *again;
		u32 n = min(bounds[b], 200U);

		c = census_own(test, ctw_census_regroup(from, &q, bounds[b]));
		check_facts(test, c, from);
		KUNIT_ASSERT_EQ(test, c->groups.used, n);
		KUNIT_EXPECT_EQ(test, c->known, 200);
		for (i = 0; i < n; i++) {
			const struct ctw_census_row *row =
				ctw_census_ranked(c, i);
			const struct ctw_census_row *want =
				ctw_census_ranked(from, i);

			KUNIT_ASSERT_MEMEQ(test, row->key, want->key,
					   c->plan.key_size);
			check_counts(test, &row->n, &want->n);
		}
		for (; i < 200; i++)
			ctw_counts_add(&rest, &ctw_census_ranked(from, i)->n);
		check_counts(test, &c->beyond, &rest);
		/* a copy of the copy still knows how many there were */
		again = census_own(test, ctw_census_regroup(c, &q, 5));
		check_facts(test, again, from);
		KUNIT_EXPECT_EQ(test, again->known, 200);
		KUNIT_EXPECT_EQ(test, again->groups.used, min(n, 5U));
	}
}

/* Grouped by less, a group that had a row early is whole, whatever the bound:
 * rows are there for the first, who have most in the finer groups.
 */
static void census_cut_regrouped(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 14);
	struct ctw_query q = query_by(BY_ALL & ~CTWATCH_GROUP_KEY_NETNS);
	struct ctw_census *from = census_taken(test, &q, WORLD, e), *c;
	struct ctw_query less = query_by(CTWATCH_GROUP_KEY_SRC);
	struct model *m = model_make(test, &less);
	struct ctw_entry top;

	c = census_own(test, ctw_census_regroup(from, &less, 7));
	model_world(m, e);
	check_facts(test, c, from);
	check_rows(test, c, m);
	KUNIT_ASSERT_EQ(test, c->groups.used, 7);
	KUNIT_EXPECT_EQ(test, c->known, 7);
	KUNIT_EXPECT_GT(test, c->beyond.entries, 0);
	ctw_plan_entry(&from->plan, ctw_census_ranked(from, 0)->key, &top);
	KUNIT_EXPECT_EQ(test, top.src.w[0],
			ctw_census_row(c, 0)->key[1]);
}

static void census_regroup_no_memory(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 15);
	struct ctw_query q = query_by(CTWATCH_GROUP_KEY_SRC |
				      CTWATCH_GROUP_KEY_DST);
	struct ctw_census *from = census_taken(test, &q, WORLD, e), *c;

	no_memory = true;
	c = ctw_census_regroup(from, &q, WORLD);
	no_memory = false;
	/* or none at all */
	if (!c)
		return;
	census_own(test, c);
	check_facts(test, c, from);
	check_counts(test, &c->beyond, &from->all);
	KUNIT_EXPECT_EQ(test, c->groups.used, 0);
}

/* What the documentation promises for memory is what is taken at most. */
static void census_bytes(struct kunit *test)
{
	struct ctw_entry *e = world_make(test, 16);
	struct ctw_query q = query_by(BY_ALL);
	struct ctw_census *c = census_taken(test, &q, 100, e);
	const struct ctw_groups *g = &c->groups;

	KUNIT_EXPECT_EQ(test, g->size, 100);
	KUNIT_EXPECT_EQ(test, ctw_census_bytes(100),
			ctw_array_bytes(g->size, g->row_size) +
			ctw_array_bytes(g->size, sizeof(*g->heap)) +
			ctw_array_bytes(g->mask + 1, sizeof(*g->buckets)) +
			ctw_array_bytes(g->size, sizeof(*c->order)));
}

static void census_exit(struct kunit *test)
{
	no_memory = false;
	census_memory = U32_MAX;
}

static struct kunit_case census_tests[] = {
	KUNIT_CASE(census_empty),
	KUNIT_CASE(census_exact),
	KUNIT_CASE(census_one_group),
	KUNIT_CASE(census_batches),
	KUNIT_CASE(census_scope),
	KUNIT_CASE(census_bound),
	KUNIT_CASE(census_no_memory),
	KUNIT_CASE(census_memory_returns),
	KUNIT_CASE(census_alloc_fails),
	KUNIT_CASE(census_clear),
	KUNIT_CASE(census_order),
	KUNIT_CASE(census_others),
	KUNIT_CASE(census_netns),
	KUNIT_CASE(census_regroup),
	KUNIT_CASE(census_regroup_shorter),
	KUNIT_CASE(census_regroup_incomplete),
	KUNIT_CASE(census_cut),
	KUNIT_CASE(census_cut_regrouped),
	KUNIT_CASE(census_regroup_no_memory),
	KUNIT_CASE(census_bytes),
	{ }
};

static struct kunit_suite census_suite = {
	.name = "ctwatch_census",
	.exit = census_exit,
	.test_cases = census_tests,
};

kunit_test_suites(&census_suite);
