// SPDX-License-Identifier: GPL-2.0
/* The bounded group table: see struct ctw_groups. Pure logic. */

#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "groups.h"

#define CTW_NIL		U32_MAX
#define CTW_ROWS_FIRST	64U

static u32 ctw_bucket(const struct ctw_groups *g, const struct ctw_key *key)
{
	return hsiphash(key, sizeof(*key), &g->secret) & g->mask;
}

static void ctw_link(struct ctw_groups *g, u32 i)
{
	struct ctw_group *row = ctw_groups_row(g, i);
	u32 b = ctw_bucket(g, &row->key);

	row->next = g->buckets[b];
	g->buckets[b] = i;
}

static void ctw_unlink(struct ctw_groups *g, u32 i)
{
	struct ctw_group *row = ctw_groups_row(g, i);
	u32 *p = &g->buckets[ctw_bucket(g, &row->key)];

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

/* Make room for twice the rows, with the heap's memory in advance: eviction
 * itself then never fails.
 */
static int ctw_groups_grow(struct ctw_groups *g)
{
	u32 size = min(g->size ? g->size * 2 : CTW_ROWS_FIRST, g->max);
	u32 nbuckets = roundup_pow_of_two(size), i;
	u32 *buckets = kvmalloc_array(nbuckets, sizeof(u32), GFP_KERNEL);
	u32 *heap = kvmalloc_array(size, sizeof(u32), GFP_KERNEL);
	void *rows = kvcalloc(size, g->row_size, GFP_KERNEL);

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

/**
 * ctw_groups_find() - look a key up
 * @g: the table
 * @key: the key
 *
 * Return: its row, valid until the next ctw_groups_get(), or NULL.
 */
struct ctw_group *ctw_groups_find(const struct ctw_groups *g,
				  const struct ctw_key *key)
{
	u32 i;

	if (!g->used)
		return NULL;
	for (i = g->buckets[ctw_bucket(g, key)]; i != CTW_NIL;
	     i = ctw_groups_row(g, i)->next)
		if (ctw_key_equal(&ctw_groups_row(g, i)->key, key))
			return ctw_groups_row(g, i);
	return NULL;
}

static struct ctw_group *ctw_groups_new(struct ctw_groups *g,
					const struct ctw_key *key)
{
	u32 i = g->used++;
	struct ctw_group *row = ctw_groups_row(g, i);

	row->key = *key;
	ctw_link(g, i);
	return row;
}

static struct ctw_group *ctw_groups_evict(struct ctw_groups *g,
					  const struct ctw_key *key)
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
	row->key = *key;
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
struct ctw_group *ctw_groups_get(struct ctw_groups *g,
				 const struct ctw_key *key, bool *made)
{
	struct ctw_group *row = ctw_groups_find(g, key);

	*made = !row;
	if (row)
		return row;
	/* Once rows were evicted the bound stays where it is: a row that came
	 * back with count 0 would hide what it lost.
	 */
	if (g->used < g->size ||
	    (!g->evicted && g->size < g->max && !ctw_groups_grow(g)))
		return ctw_groups_new(g, key);
	return g->used ? ctw_groups_evict(g, key) : NULL;
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
 * @max: most rows; memory is taken as rows come
 */
void ctw_groups_init(struct ctw_groups *g, u32 row_size, u32 max)
{
	memset(g, 0, sizeof(*g));
	get_random_bytes(&g->secret, sizeof(g->secret));
	g->row_size = row_size;
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
	ctw_groups_init(g, g->row_size, g->max);
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
	return (size_t)max * (row_size + sizeof(u32)) +
	       roundup_pow_of_two(max) * sizeof(u32);
}

/* Prefix roll-up */

/**
 * ctw_mask_addr() - clear the host part of an address
 * @addr: the address, IPv4 in the first word
 * @len: length of the prefix, 0 to 128
 */
void ctw_mask_addr(struct in6_addr *addr, u8 len)
{
	u32 i = len / 8;

	if (i >= sizeof(addr->s6_addr))
		return;
	addr->s6_addr[i] &= ~(0xff >> (len % 8));
	memset(&addr->s6_addr[i + 1], 0, sizeof(addr->s6_addr) - i - 1);
}

static int ctw_weight_cmp(const void *a, const void *b)
{
	const struct ctw_weight *x = a, *y = b;

	if (x->key.family != y->key.family)
		return x->key.family < y->key.family ? -1 : 1;
	return memcmp(&x->key.addr, &y->key.addr, sizeof(x->key.addr));
}

static bool ctw_same_prefix(const struct ctw_key *a, const struct ctw_key *b,
			    u8 len)
{
	struct in6_addr x = a->addr, y = b->addr;

	ctw_mask_addr(&x, len);
	ctw_mask_addr(&y, len);
	return a->family == b->family && !memcmp(&x, &y, sizeof(x));
}

/* Largest sum over neighbours of one prefix; w is sorted by address. */
static void ctw_largest_run(const struct ctw_weight *w, u32 n, u8 family,
			    u8 len, struct ctw_prefix *out)
{
	u32 first = 0, i;
	u64 sum = 0;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < n; i++) {
		if (w[i].key.family != family)
			continue;
		if (!sum || !ctw_same_prefix(&w[first].key, &w[i].key, len)) {
			first = i;
			sum = 0;
		}
		sum += w[i].weight;
		if (sum <= out->weight)
			continue;
		out->weight = sum;
		out->family = family;
		out->len = len;
		out->addr = w[first].key.addr;
		ctw_mask_addr(&out->addr, len);
	}
}

/**
 * ctw_largest_prefix() - the prefix that says most about many sources
 * @w: sources and their weights; sorted on return
 * @n: how many
 * @out: the longest of the usual prefixes that holds at least half of the
 *	weight; the heaviest of the shortest when none does
 *
 * Steps: IPv4 /24, /16, /8; IPv6 /56, /48, /32.
 *
 * Context: process; bounded by @n log @n.
 */
void ctw_largest_prefix(struct ctw_weight *w, u32 n, struct ctw_prefix *out)
{
	static const struct {
		u8 family, len;
	} steps[] = {
		{ NFPROTO_IPV6, 56 }, { NFPROTO_IPV4, 24 },
		{ NFPROTO_IPV6, 48 }, { NFPROTO_IPV4, 16 },
		{ NFPROTO_IPV6, 32 }, { NFPROTO_IPV4, 8 },
	};
	struct ctw_prefix run, shortest = { };
	u64 total = 0;
	u32 i;

	sort(w, n, sizeof(*w), ctw_weight_cmp, NULL);
	for (i = 0; i < n; i++)
		total += w[i].weight;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		ctw_largest_run(w, n, steps[i].family, steps[i].len, &run);
		if (run.weight && run.weight * 2 >= total) {
			*out = run;
			return;
		}
		if (i >= ARRAY_SIZE(steps) - 2 &&
		    run.weight > shortest.weight)
			shortest = run;
	}
	*out = shortest;
}
