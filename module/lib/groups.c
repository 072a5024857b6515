// SPDX-License-Identifier: GPL-2.0
/* The bounded group table: see struct ctw_groups. Pure logic. */

#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "lib/groups.h"

#define CTW_NIL		U32_MAX
#define CTW_ROWS_FIRST	64U

/**
 * ctw_groups_hash() - the hash of a key
 * @g: the table
 * @key: the key
 *
 * Return: what ctw_groups_take() wants; the table may grow meanwhile.
 */
u32 ctw_groups_hash(const struct ctw_groups *g, const void *key)
{
	return hsiphash(key, g->key_size, &g->secret);
}

static u32 *ctw_chain_of(const struct ctw_groups *g,
			 const struct ctw_group *row)
{
	return &g->buckets[ctw_groups_hash(g, ctw_groups_key(g, row)) &
			   g->mask];
}

static bool ctw_same_key(const struct ctw_groups *g, const void *a,
			 const void *b)
{
	const u64 *x = a, *y = b;
	u32 i;

	for (i = 0; i < g->key_size / sizeof(u64); i++)
		if (x[i] != y[i])
			return false;
	return true;
}

static void ctw_link(struct ctw_groups *g, u32 i)
{
	struct ctw_group *row = ctw_groups_row(g, i);
	u32 *chain = ctw_chain_of(g, row);

	row->next = *chain;
	*chain = i;
}

static void ctw_unlink(struct ctw_groups *g, u32 i)
{
	struct ctw_group *row = ctw_groups_row(g, i);
	u32 *p = ctw_chain_of(g, row);

	while (*p != i)
		p = &ctw_groups_row(g, *p)->next;
	*p = row->next;
}

/* The heap: heap[0] is the row with the smallest count. */

static void ctw_heap_set(struct ctw_groups *g, u32 pos, u32 i)
{
	g->heap[pos] = i;
	ctw_groups_row(g, i)->heap = pos;
}

static u64 ctw_heap_count(const struct ctw_groups *g, u32 pos)
{
	return ctw_groups_row(g, g->heap[pos])->count;
}

/* The count of the row at pos has grown: let it sink. */
static void ctw_heap_sink(struct ctw_groups *g, u32 pos)
{
	u32 i = g->heap[pos];
	u64 count = ctw_groups_row(g, i)->count;

	for (;;) {
		u32 child = 2 * pos + 1;

		if (child >= g->used)
			break;
		if (child + 1 < g->used &&
		    ctw_heap_count(g, child + 1) < ctw_heap_count(g, child))
			child++;
		if (count <= ctw_heap_count(g, child))
			break;
		ctw_heap_set(g, pos, g->heap[child]);
		pos = child;
	}
	ctw_heap_set(g, pos, i);
}

static void ctw_heap_make(struct ctw_groups *g)
{
	u32 i;

	for (i = 0; i < g->used; i++)
		ctw_heap_set(g, i, i);
	for (i = g->used / 2; i-- > 0;)
		ctw_heap_sink(g, i);
}

/* Chains for so many rows. Twice as many: a key that is not in the first row of
 * its chain costs one more miss of the cache.
 */
static u32 ctw_chains(u32 rows)
{
	return roundup_pow_of_two(rows) * 2;
}

/**
 * ctw_array_alloc() - memory for a table, zero
 * @n: elements
 * @size: bytes of one
 *
 * Not more than whole pages: kvmalloc() takes a power of two of them where it
 * can, 2 MiB for the 1056 KiB of 4,096 sources.
 *
 * Context: process, may sleep.
 * Return: to be freed with kvfree(), NULL without memory.
 */
void *ctw_array_alloc(u32 n, u32 size)
{
	size_t bytes = array_size(n, size);

	return bytes > PAGE_SIZE ? vzalloc(bytes) : kvzalloc(bytes, GFP_KERNEL);
}

/**
 * ctw_array_bytes() - the most that ctw_array_alloc() takes
 * @n: elements
 * @size: bytes of one
 *
 * Return: bytes.
 */
size_t ctw_array_bytes(u32 n, u32 size)
{
	return PAGE_ALIGN(array_size(n, size));
}

/* Make room for twice the rows, with the heap's memory in advance: eviction
 * itself then never fails.
 */
static int ctw_groups_grow(struct ctw_groups *g)
{
	u32 size = min(g->size ? g->size * 2 : CTW_ROWS_FIRST, g->max);
	u32 nbuckets = ctw_chains(size), i;
	u32 *buckets = ctw_array_alloc(nbuckets, sizeof(*buckets));
	u32 *heap = ctw_array_alloc(size, sizeof(*heap));
	void *rows = ctw_array_alloc(size, g->row_size);

	if (!buckets || !heap || !rows) {
		kvfree(buckets);
		kvfree(heap);
		kvfree(rows);
		return -ENOMEM;
	}
	if (g->used)
		memcpy(rows, g->rows, (size_t)g->used * g->row_size);
	kvfree(g->rows);
	kvfree(g->buckets);
	kvfree(g->heap);
	g->rows = rows;
	g->buckets = buckets;
	g->heap = heap;
	g->size = size;
	g->mask = nbuckets - 1;
	memset(buckets, 0xff, nbuckets * sizeof(u32));
	for (i = 0; i < g->used; i++)
		ctw_link(g, i);
	return 0;
}

static struct ctw_group *ctw_groups_lookup(const struct ctw_groups *g,
					   const void *key, u32 hash)
{
	struct ctw_group *row;
	u32 i;

	if (!g->used)
		return NULL;
	for (i = g->buckets[hash & g->mask]; i != CTW_NIL; i = row->next) {
		row = ctw_groups_row(g, i);
		if (ctw_same_key(g, ctw_groups_key(g, row), key))
			return row;
	}
	return NULL;
}

/* Head and key; they may lie on two lines of the cache. */
static void ctw_prefetch_row(const struct ctw_groups *g,
			     const struct ctw_group *row)
{
	prefetch(row);
	prefetch(ctw_groups_key(g, row) + g->key_size - 1);
}

/**
 * ctw_groups_prefetch() - get ready for keys that are looked up soon
 * @g: the table
 * @key: one of them
 * @hash: its ctw_groups_hash()
 * @step: 0, 1, 2 in turn, each for all keys: its chain, the first row in it,
 *	the second if the first is of another key
 */
void ctw_groups_prefetch(const struct ctw_groups *g, const void *key, u32 hash,
			 u32 step)
{
	struct ctw_group *row;
	u32 i;

	if (!g->used)
		return;
	if (!step) {
		prefetch(&g->buckets[hash & g->mask]);
		return;
	}
	i = g->buckets[hash & g->mask];
	if (i == CTW_NIL)
		return;
	row = ctw_groups_row(g, i);
	if (step == 1)
		ctw_prefetch_row(g, row);
	else if (!ctw_same_key(g, ctw_groups_key(g, row), key) &&
		 row->next != CTW_NIL)
		ctw_prefetch_row(g, ctw_groups_row(g, row->next));
}

/**
 * ctw_groups_find() - look a key up
 * @g: the table
 * @key: the key
 *
 * Return: its row, valid until the next one is made, or NULL.
 */
struct ctw_group *ctw_groups_find(const struct ctw_groups *g, const void *key)
{
	return ctw_groups_lookup(g, key, ctw_groups_hash(g, key));
}

/* A row for a new key while there is room; then NULL. Once rows were evicted
 * the bound stays where it is: a row that came back with count 0 would hide
 * what it lost.
 */
static struct ctw_group *ctw_groups_new(struct ctw_groups *g, const void *key)
{
	struct ctw_group *row;
	u32 i;

	if (g->used == g->size &&
	    (g->evicted || g->size == g->max || ctw_groups_grow(g)))
		return NULL;
	i = g->used++;
	row = ctw_groups_row(g, i);
	memcpy(ctw_groups_key(g, row), key, g->key_size);
	ctw_link(g, i);
	return row;
}

static struct ctw_group *ctw_groups_evict(struct ctw_groups *g,
					  const void *key)
{
	struct ctw_group *row;
	u64 min;
	u32 i;

	if (!g->evicted)
		ctw_heap_make(g);
	g->evicted++;
	i = g->heap[0];
	row = ctw_groups_row(g, i);
	min = row->count;
	ctw_unlink(g, i);
	memset(row, 0, g->row_size);
	memcpy(ctw_groups_key(g, row), key, g->key_size);
	row->count = min;
	row->error = min;
	ctw_link(g, i);
	return row;
}

/**
 * ctw_groups_get() - the row of a key, made when there is none
 * @g: the table
 * @key: the key
 * @made: whether the row is new, on return
 *
 * A new row is zero behind its head. When the table is at its bound, the row
 * with the smallest count gives way, and the new row starts with that count
 * as count and error.
 *
 * Context: process, may sleep.
 * Return: the row, valid until the next call; NULL only when there is no
 * memory for a first row.
 */
struct ctw_group *ctw_groups_get(struct ctw_groups *g, const void *key,
				 bool *made)
{
	struct ctw_group *row = ctw_groups_find(g, key);

	*made = !row;
	if (!row)
		row = ctw_groups_new(g, key);
	if (!row && g->used)
		row = ctw_groups_evict(g, key);
	return row;
}

/**
 * ctw_groups_take() - the row of a key, made while there is room
 * @g: the table; not one that ctw_groups_get() is used on
 * @key: the key
 * @hash: its ctw_groups_hash()
 *
 * Context: process, may sleep.
 * Return: the row, zero but for its key when it is new, valid until the next
 * call; NULL for a new key when the table is at its bound or memory is out.
 */
struct ctw_group *ctw_groups_take(struct ctw_groups *g, const void *key,
				  u32 hash)
{
	struct ctw_group *row = ctw_groups_lookup(g, key, hash) ?:
				ctw_groups_new(g, key);

	/* for good: a row that came later would lack what was turned away */
	if (!row)
		g->evicted++;
	return row;
}

/**
 * ctw_groups_add() - add to a row
 * @g: the table
 * @row: a row of it
 * @count: what to add to the count
 * @error: how much of it is uncertain
 */
void ctw_groups_add(struct ctw_groups *g, struct ctw_group *row, u64 count,
		    u64 error)
{
	row->count += count;
	row->error += error;
	if (g->evicted)
		ctw_heap_sink(g, row->heap);
}

/**
 * ctw_groups_init() - make an empty table
 * @g: the table
 * @row_size: bytes of a row
 * @key_at: offset of the key in a row, aligned for u64
 * @key_size: bytes of a key, a multiple of a u64's
 * @max: most rows; memory is taken as rows come
 */
void ctw_groups_init(struct ctw_groups *g, u32 row_size, u32 key_at,
		     u32 key_size, u32 max)
{
	memset(g, 0, sizeof(*g));
	get_random_bytes(&g->secret, sizeof(g->secret));
	g->row_size = row_size;
	g->key_at = key_at;
	g->key_size = key_size;
	g->max = max;
}

/**
 * ctw_groups_reset() - forget all rows and give the memory back
 * @g: the table; usable afterwards
 */
void ctw_groups_reset(struct ctw_groups *g)
{
	kvfree(g->rows);
	kvfree(g->buckets);
	kvfree(g->heap);
	ctw_groups_init(g, g->row_size, g->key_at, g->key_size, g->max);
}

/**
 * ctw_groups_bytes() - the bound of a table's memory
 * @row_size: bytes of a row
 * @max: most rows
 *
 * Return: bytes of a table at its bound.
 */
size_t ctw_groups_bytes(u32 row_size, u32 max)
{
	return ctw_array_bytes(max, row_size) +
	       ctw_array_bytes(max, sizeof(u32)) +
	       ctw_array_bytes(ctw_chains(max), sizeof(u32));
}
