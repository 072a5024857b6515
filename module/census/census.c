// SPDX-License-Identifier: GPL-2.0
/* Entries of the table in groups. Pure logic; walk.c brings the entries. */

#include <linux/bsearch.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "census/census.h"

/* Rows that the first caches do not hold. */
#define CTW_CENSUS_LARGE	512

static u32 ctw_row_size(u32 key_size)
{
	return sizeof(struct ctw_census_row) + key_size;
}

/**
 * ctw_census_alloc() - an empty census
 * @q: what is asked
 * @max: most groups
 *
 * Context: process, may sleep.
 * Return: to be freed with ctw_census_free(), NULL without memory.
 */
struct ctw_census *ctw_census_alloc(const struct ctw_query *q, u32 max)
{
	struct ctw_census *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	ctw_plan_init(&c->plan, q);
	ctw_groups_init(&c->groups, ctw_row_size(c->plan.key_size),
			offsetof(struct ctw_census_row, key),
			c->plan.key_size, max);
	return c;
}

/**
 * ctw_census_clear() - count from nothing again
 * @c: the census
 */
void ctw_census_clear(struct ctw_census *c)
{
	ctw_groups_reset(&c->groups);
	kvfree(c->order);
	c->order = NULL;
	memset(&c->all, 0, sizeof(c->all));
	memset(&c->beyond, 0, sizeof(c->beyond));
	memset(&c->facts, 0, sizeof(c->facts));
	c->known = 0;
}

/**
 * ctw_census_free() - give a census back
 * @c: the census, or NULL
 */
void ctw_census_free(struct ctw_census *c)
{
	if (!c)
		return;
	ctw_census_clear(c);
	kfree(c);
}

static int ctw_netns_cmp(const void *net, const void *elt)
{
	const struct ctw_netns_inum *x = elt;

	if (net == x->net)
		return 0;
	return net < (const void *)x->net ? -1 : 1;
}

/* 0 when the namespace is not in the map. */
static u32 ctw_census_inum(const struct ctw_census *c,
			   const struct ctw_entry *e)
{
	const struct ctw_netns_inum *found;

	if (!(c->plan.query.by & CTWATCH_GROUP_KEY_NETNS))
		return 0;
	found = bsearch(e->net, c->nets->v, c->nets->n, sizeof(*found),
			ctw_netns_cmp);
	return found ? found->inum : 0;
}

static void ctw_counts_add(struct ctw_counts *to, const struct ctw_counts *n)
{
	to->entries += n->entries;
	to->assured += n->assured;
	to->unreplied += n->unreplied;
	to->expired += n->expired;
}

static void ctw_counts_one(struct ctw_counts *to, const struct ctw_entry *e)
{
	to->entries++;
	to->assured += !!(e->flags & CTW_ENTRY_ASSURED);
	to->unreplied += !!(e->flags & CTW_ENTRY_UNREPLIED);
	to->expired += !!(e->flags & CTW_ENTRY_EXPIRED);
}

/* Where entries of a key count: in their row, or beyond; beyond, too, when their
 * namespace came or went meanwhile.
 */
static struct ctw_counts *ctw_census_place(struct ctw_census *c,
					   const u64 *key, u32 hash)
{
	struct ctw_group *g;

	if (ctw_plan_is_lost(&c->plan, key))
		return &c->beyond;
	g = ctw_groups_take(&c->groups, key, hash);
	return g ? &container_of(g, struct ctw_census_row, g)->n : &c->beyond;
}

static bool ctw_census_wants(struct ctw_census *c, const struct ctw_entry *e)
{
	if (c->plan.query.net && c->plan.query.net != e->net)
		return false;
	c->facts.seen++;
	return ctw_plan_match(&c->plan, e);
}

/* In a large table each look misses the cache: let those of one entry overlap
 * those of others.
 */
static void ctw_census_prefetch(struct ctw_census *c,
				const struct ctw_census_item *end)
{
	const struct ctw_census_item *item;
	u32 step;

	for (step = 0; step < CTW_GROUPS_STEPS; step++)
		for (item = c->items; item < end; item++)
			ctw_groups_prefetch(&c->groups, item->key, item->hash,
					    step);
}

static void ctw_census_batch(struct ctw_census *c, const struct ctw_entry *e,
			     u32 n)
{
	struct ctw_census_item *item = c->items, *end;
	u32 i;

	for (i = 0; i < n; i++) {
		if (!ctw_census_wants(c, &e[i]))
			continue;
		c->facts.nat_clash += !!(e[i].flags & CTW_ENTRY_NAT_CLASH);
		item->e = &e[i];
		ctw_plan_key(&c->plan, &e[i], ctw_census_inum(c, &e[i]),
			     item->key);
		item->hash = ctw_groups_hash(&c->groups, item->key);
		item++;
	}
	end = item;
	if (c->groups.used >= CTW_CENSUS_LARGE)
		ctw_census_prefetch(c, end);
	for (item = c->items; item < end; item++)
		ctw_counts_one(ctw_census_place(c, item->key, item->hash),
			       item->e);
}

/**
 * ctw_census_count() - take entries into account
 * @c: the census
 * @e: the entries
 * @n: how many
 *
 * Context: process, may sleep.
 */
void ctw_census_count(struct ctw_census *c, const struct ctw_entry *e, u32 n)
{
	u32 i;

	for (i = 0; i < n; i += CTW_CENSUS_BATCH)
		ctw_census_batch(c, &e[i], min_t(u32, n - i, CTW_CENSUS_BATCH));
	c->known = c->groups.used;
}

static void ctw_census_sum(struct ctw_census *c)
{
	u32 i;

	c->all = c->beyond;
	for (i = 0; i < c->groups.used; i++)
		ctw_counts_add(&c->all, &ctw_census_row(c, i)->n);
}

static int ctw_order_cmp(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/**
 * ctw_census_sort() - add the rows up and put them in order
 * @c: the census, complete
 *
 * Rows with as many entries stay in the order of the walk, which is that of the
 * next walk too.
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM.
 */
int ctw_census_sort(struct ctw_census *c)
{
	u32 n = c->groups.used, i;

	ctw_census_sum(c);
	c->order = ctw_array_alloc(max(n, 1U), sizeof(*c->order));
	if (!c->order)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		c->order[i] = (u64)~ctw_census_row(c, i)->n.entries << 32 | i;
	sort(c->order, n, sizeof(*c->order), ctw_order_cmp, NULL);
	return 0;
}

/**
 * ctw_census_others() - what is in none of the first groups
 * @c: the census, in order
 * @groups: how many groups
 * @n: the other entries
 */
void ctw_census_others(const struct ctw_census *c, u32 groups,
		       struct ctw_counts *n)
{
	u32 i;

	*n = c->all;
	for (i = 0; i < groups; i++) {
		const struct ctw_counts *row = &ctw_census_ranked(c, i)->n;

		n->entries -= row->entries;
		n->assured -= row->assured;
		n->unreplied -= row->unreplied;
		n->expired -= row->expired;
	}
}

static bool ctw_same_groups(const struct ctw_plan *a, const struct ctw_plan *b)
{
	u32 by = a->query.by;

	return by == b->query.by &&
	       (!(by & CTWATCH_GROUP_KEY_SRC) ||
		!memcmp(a->by_src_mask, b->by_src_mask,
			sizeof(a->by_src_mask))) &&
	       (!(by & CTWATCH_GROUP_KEY_DST) ||
		!memcmp(a->by_dst_mask, b->by_dst_mask,
			sizeof(a->by_dst_mask)));
}

/**
 * ctw_census_regroup() - the same entries in fewer groups
 * @from: the census, in order
 * @q: how to group: by less than @from does, or the same; no filter
 * @most: most groups; what has most entries in @from is sure to find a place
 *
 * Context: process, may sleep.
 * Return: a census in order, to be freed with ctw_census_free(); NULL without
 * memory.
 */
struct ctw_census *ctw_census_regroup(const struct ctw_census *from,
				      const struct ctw_query *q, u32 most)
{
	struct ctw_census *c = ctw_census_alloc(q, most);
	u64 key[CTW_GROUP_WORDS];
	struct ctw_entry e;
	u32 i, inum;

	if (!c)
		return NULL;
	c->facts = from->facts;
	for (i = 0; i < from->groups.used; i++) {
		const struct ctw_census_row *row = ctw_census_ranked(from, i);

		inum = ctw_plan_entry(&from->plan, row->key, &e);
		ctw_plan_key(&c->plan, &e, inum, key);
		ctw_counts_add(ctw_census_place(c, key,
						ctw_groups_hash(&c->groups, key)),
			       &row->n);
	}
	ctw_counts_add(&c->beyond, &from->beyond);
	c->known = max(c->groups.used,
		       ctw_same_groups(&c->plan, &from->plan) ? from->known : 0);
	if (!ctw_census_sort(c))
		return c;
	ctw_census_free(c);
	return NULL;
}

/**
 * ctw_census_bytes() - the bound of the memory of a census
 * @max: most groups
 *
 * Return: bytes, for keys of everything there is to group by.
 */
size_t ctw_census_bytes(u32 max)
{
	u32 row = ctw_row_size(CTW_GROUP_WORDS * sizeof(u64));

	return ctw_groups_bytes(row, max) +
	       ctw_array_bytes(max, sizeof(u64));
}
