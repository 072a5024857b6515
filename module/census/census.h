/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_CENSUS_H
#define CTW_CENSUS_H

#include <linux/kernel.h>
#include <linux/types.h>

#include "census/query.h"
#include "lib/groups.h"

/* Entries that are grouped together: enough to hide the misses of the cache. */
#define CTW_CENSUS_BATCH	32

/**
 * struct ctw_counts - a number of entries
 * @entries: how many
 * @assured: of them, not evicted for new ones
 * @unreplied: of them, without a packet in reply direction
 * @expired: of them, waiting for the garbage collector
 */
struct ctw_counts {
	u32 entries;
	u32 assured;
	u32 unreplied;
	u32 expired;
};

/**
 * struct ctw_census_row - a group
 * @g: head of a row of a table of groups; its counts are not used
 * @n: its entries
 * @key: &ctw_plan.key_size bytes
 */
struct ctw_census_row {
	struct ctw_group g;
	struct ctw_counts n;
	u64 key[];
};

/**
 * struct ctw_netns_map - inode numbers of the namespaces
 * @n: how many
 * @v: sorted by address
 */
struct ctw_netns_map {
	u32 n;
	struct ctw_netns_inum {
		const struct net *net;
		u32 inum;
	} v[];
};

/* What one pass over a batch leaves for the next. */
struct ctw_census_item {
	const struct ctw_entry *e;
	u32 hash;
	u64 key[CTW_GROUP_WORDS];
};

/**
 * struct ctw_census_facts - of the walk that a census comes from
 * @generation: number of the walk
 * @began: when it began, ns
 * @duration: us that it took
 * @seen: entries of the namespaces asked, before the filter
 * @nat_clash: those that the filter lets through and that are in the table in
 *	reply direction only
 * @entries: count of entries when it ended
 */
struct ctw_census_facts {
	u32 generation;
	u32 duration;
	u64 began;
	u32 seen;
	u32 nat_clash;
	u32 entries;
};

/**
 * struct ctw_census - a query and its answer
 * @plan: the query
 * @nets: namespaces; for queries that group by them
 * @groups: rows, &struct ctw_census_row; keys beyond its bound are turned away
 * @all: entries that the filter lets through; ctw_census_sort() adds them up
 * @beyond: those of @all in no row
 * @facts: of the walk
 * @known: number of groups; more than rows in a copy that was cut
 * @order: numbers of the rows in the low halves, most entries first;
 *	ctw_census_sort() makes it
 * @items: for ctw_census_count(), too large for the stack
 *
 * The sum of all rows and @beyond is @all, always. The caller serialises.
 */
struct ctw_census {
	struct ctw_plan plan;
	const struct ctw_netns_map *nets;
	struct ctw_groups groups;
	struct ctw_counts all;
	struct ctw_counts beyond;
	struct ctw_census_facts facts;
	u32 known;
	u64 *order;
	struct ctw_census_item items[CTW_CENSUS_BATCH];
};

struct ctw_census *ctw_census_alloc(const struct ctw_query *q, u32 max);
void ctw_census_free(struct ctw_census *c);
void ctw_census_clear(struct ctw_census *c);
void ctw_census_count(struct ctw_census *c, const struct ctw_entry *e, u32 n);
int ctw_census_sort(struct ctw_census *c);
void ctw_census_others(const struct ctw_census *c, u32 groups,
		       struct ctw_counts *n);
struct ctw_census *ctw_census_regroup(const struct ctw_census *from,
				      const struct ctw_query *q, u32 most);
size_t ctw_census_bytes(u32 max);

static inline struct ctw_census_row *
ctw_census_row(const struct ctw_census *c, u32 i)
{
	return (struct ctw_census_row *)ctw_groups_row(&c->groups, i);
}

/* The row at a place of the order. */
static inline struct ctw_census_row *
ctw_census_ranked(const struct ctw_census *c, u32 rank)
{
	return ctw_census_row(c, lower_32_bits(c->order[rank]));
}

#endif
