/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_WALK_H
#define CTW_WALK_H

#include <linux/types.h>

#include "census/query.h"

struct ctw_lane;
struct ctw_found;
struct hlist_nulls_head;

/**
 * struct ctw_walk - a walk of the hash table of all namespaces
 * @hash: the table
 * @size: its buckets
 * @bucket: the next one
 * @started: @hash and @size are set
 * @resizes: how often it started over
 * @want: chains to follow at a time
 * @lanes: the chains
 * @n_lanes: how many
 * @found: entries met in the chains
 * @n_found: how many
 * @max_found: room for them
 * @overflow: there were more
 * @entries: copies of those that were valid
 */
struct ctw_walk {
	struct hlist_nulls_head *hash;
	u32 size;
	u32 bucket;
	bool started;
	u32 resizes;
	u32 want;
	struct ctw_lane *lanes;
	u32 n_lanes;
	struct ctw_found *found;
	u32 n_found;
	u32 max_found;
	bool overflow;
	struct ctw_entry *entries;
};

int ctw_walk_begin(struct ctw_walk *w);
int ctw_walk_next(struct ctw_walk *w, u32 *n);
void ctw_walk_end(struct ctw_walk *w);

static inline bool ctw_walk_done(const struct ctw_walk *w)
{
	return w->started && w->bucket >= w->size;
}

#endif
