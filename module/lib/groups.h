/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_GROUPS_H
#define CTW_GROUPS_H

#include <linux/siphash.h>
#include <linux/types.h>

/**
 * struct ctw_group - one key's count; the head of a caller's row
 * @count: at most so many
 * @error: at least @count - @error
 * @next: next row of the hash chain
 * @heap: place in the heap, while there is one
 */
struct ctw_group {
	u64 count;
	u64 error;
	u32 next;
	u32 heap;
};

/**
 * struct ctw_groups - a bounded table: key -> count, error, row
 * @secret: key of the hash
 * @row_size: bytes of a row, a &struct ctw_group at its start
 * @key_at: offset of the key in a row
 * @key_size: bytes of a key, whole u64; hashed and compared as such
 * @max: most rows there may ever be
 * @size: rows there is memory for; grows up to @max
 * @used: rows in use
 * @evicted: rows that lost their place to a new key; keys that
 *	ctw_groups_take() turned away
 * @rows: the rows
 * @buckets: heads of the hash chains, a power of two, more than @size
 * @mask: number of buckets - 1
 * @heap: min-heap of rows by count; made when the first row is evicted
 *
 * Exact while the keys fit @max. Beyond, ctw_groups_take() turns new keys away;
 * with ctw_groups_get() it is Space-Saving (Metwally, Agrawal, El Abbadi 2005):
 * a new key takes the row with the smallest count and inherits it as its error,
 * so that no key is missing whose true count exceeds the sum of all counts
 * divided by @max.
 *
 * Knows nothing of the kernel but memory. The caller serialises.
 */
struct ctw_groups {
	hsiphash_key_t secret;
	u32 row_size;
	u32 key_at;
	u32 key_size;
	u32 max;
	u32 size;
	u32 used;
	u64 evicted;
	void *rows;
	u32 *buckets;
	u32 mask;
	u32 *heap;
};

void *ctw_array_alloc(u32 n, u32 size);
size_t ctw_array_bytes(u32 n, u32 size);
void ctw_groups_init(struct ctw_groups *g, u32 row_size, u32 key_at,
		     u32 key_size, u32 max);
void ctw_groups_reset(struct ctw_groups *g);
u32 ctw_groups_hash(const struct ctw_groups *g, const void *key);
/* Steps of ctw_groups_prefetch(). */
#define CTW_GROUPS_STEPS	3

void ctw_groups_prefetch(const struct ctw_groups *g, const void *key, u32 hash,
			 u32 step);
struct ctw_group *ctw_groups_find(const struct ctw_groups *g, const void *key);
struct ctw_group *ctw_groups_get(struct ctw_groups *g, const void *key,
				 bool *made);
struct ctw_group *ctw_groups_take(struct ctw_groups *g, const void *key,
				  u32 hash);
void ctw_groups_add(struct ctw_groups *g, struct ctw_group *row, u64 count,
		    u64 error);
size_t ctw_groups_bytes(u32 row_size, u32 max);

static inline struct ctw_group *ctw_groups_row(const struct ctw_groups *g,
					       u32 i)
{
	return g->rows + (size_t)i * g->row_size;
}

static inline void *ctw_groups_key(const struct ctw_groups *g,
				   const struct ctw_group *row)
{
	return (void *)row + g->key_at;
}

#endif
