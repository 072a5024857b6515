// SPDX-License-Identifier: GPL-2.0
/* The table in the packet path: see struct ctw_window. Knows keys and counts,
 * nothing of packets or namespaces.
 */

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "tally/window.h"

#define CTW_BYTES(x)	((x) * 0x0101010101010101ULL)

/* Zero bytes of x, as bit 7 of the byte. The exact form, without a borrow from
 * byte to byte: a slot not in use keeps the key it had before the last clear,
 * and must never be taken for a hit. Bit Twiddling Hacks, "Determine if a word
 * has a zero byte".
 */
static u64 ctw_zero_bytes(u64 x)
{
	return ~(((x & CTW_BYTES(0x7f)) + CTW_BYTES(0x7f)) | x |
		 CTW_BYTES(0x7f));
}

static u32 ctw_first_byte(u64 mark)
{
	return __ffs64(mark) / 8;
}

/* Most of the time an IPv4 address, half as long as the key. */
static u32 ctw_key_hash(const struct ctw_key *key, const hsiphash_key_t *secret)
{
	if (likely(key->family == NFPROTO_IPV4))
		return hsiphash_3u32((__force u32)key->addr.s6_addr32[0], key->net,
				     key->zone << 16 | key->family << 8 | key->kind,
				     secret);
	return hsiphash(key, sizeof(*key), secret);
}

/* Slots of a set in use: they are taken in order. */
static u32 ctw_set_used(u64 tags)
{
	u64 empty = ctw_zero_bytes(tags);

	return empty ? ctw_first_byte(empty) : CTW_WAYS;
}

/* Slots of a set that a key may have, a bit for each. */
static u64 ctw_set_hits(const struct ctw_window *w, u32 set, u8 tag)
{
	return ctw_zero_bytes(w->sets[set].tags ^ CTW_BYTES((u64)tag));
}

/* The count of a key in a set, or NULL. */
static u32 *ctw_set_find(const struct ctw_window *w, u32 set, u8 tag,
			 const struct ctw_key *key)
{
	const struct ctw_way *ways = &w->ways[set * CTW_WAYS];
	u64 hits = ctw_set_hits(w, set, tag);

	for (; hits; hits &= hits - 1) {
		u32 way = ctw_first_byte(hits);

		if (likely(ctw_key_equal(&ways[way].key, key)))
			return &w->sets[set].count[way];
	}
	return NULL;
}

static u32 ctw_set_min(const struct ctw_set *set)
{
	u32 i, min = 0;

	for (i = 1; i < CTW_WAYS; i++)
		if (set->count[i] < set->count[min])
			min = i;
	return min;
}

static void ctw_set_put(struct ctw_window *w, u32 set, u32 way, u8 tag,
			const struct ctw_key *key, u32 error)
{
	struct ctw_way *slot = &w->ways[set * CTW_WAYS + way];
	struct ctw_set *s = &w->sets[set];
	u32 shift = 8 * way;

	s->tags = (s->tags & ~(0xffULL << shift)) | (u64)tag << shift;
	s->count[way] = error + 1;
	slot->key = *key;
	slot->error = error;
}

/* How often a key that is not in a set can have been there: a set loses keys
 * only when it is full, and then the smallest. One with a free slot lost none.
 */
static u32 ctw_set_lost(const struct ctw_window *w, u32 set, u32 used)
{
	const struct ctw_set *s = &w->sets[set];

	if (likely(!w->evicted || used < CTW_WAYS))
		return 0;
	return s->count[ctw_set_min(s)];
}

/* Both sets are full. A key that is not in them was there at most as often as
 * the larger of their two smallest counts says: whichever set it was evicted
 * from, that set's smallest count has not fallen since.
 */
static void ctw_window_replace(struct ctw_window *w, u32 a, u32 b, u8 tag,
			       const struct ctw_key *key)
{
	u32 way_a = ctw_set_min(&w->sets[a]);
	u32 way_b = ctw_set_min(&w->sets[b]);
	u32 min_a = w->sets[a].count[way_a];
	u32 min_b = w->sets[b].count[way_b];

	if (min_a <= min_b)
		ctw_set_put(w, a, way_a, tag, key, min_b);
	else
		ctw_set_put(w, b, way_b, tag, key, min_a);
	w->evicted++;
}

/* A place for a key that is in neither of its sets: in the first, as long as that
 * is less than half full, else in the emptier one. So 96 of 100 keys are in their
 * first set in a window that is a quarter full.
 */
static void ctw_window_place(struct ctw_window *w, u32 a, u32 b, u8 tag,
			     const struct ctw_key *key)
{
	u32 used_a = ctw_set_used(w->sets[a].tags);
	u32 used_b = ctw_set_used(w->sets[b].tags);

	if (unlikely(used_a == CTW_WAYS && used_b == CTW_WAYS)) {
		ctw_window_replace(w, a, b, tag, key);
		return;
	}
	if (used_a < CTW_WAYS / 2 || used_a <= used_b)
		ctw_set_put(w, a, used_a, tag, key, ctw_set_lost(w, b, used_b));
	else
		ctw_set_put(w, b, used_b, tag, key, ctw_set_lost(w, a, used_a));
	w->used++;
}

/* Apart, so that the others do not pay for the registers that this needs. */
static noinline void ctw_window_search(struct ctw_window *w, u32 a, u32 b,
				       u8 tag, const struct ctw_key *key)
{
	u32 *count = ctw_set_find(w, a, tag, key) ?: ctw_set_find(w, b, tag, key);

	if (count)
		(*count)++;
	else
		ctw_window_place(w, a, b, tag, key);
}

/**
 * ctw_window_add() - count one insertion
 * @w: window of this CPU
 * @key: who and what
 *
 * Nearly always the key is in its first set, and the first with its tag.
 *
 * Context: packet path, bottom halves off.
 */
void ctw_window_add(struct ctw_window *w, const struct ctw_key *key)
{
	u32 hash = ctw_key_hash(key, &w->secret);
	u32 a = hash & w->mask, b = (hash >> 16) & w->mask;
	/* from all bits of the hash, never 0 */
	u8 tag = (hash * 0x9e3779b1U) >> 24 ?: 1;
	u64 hits = ctw_set_hits(w, a, tag);

	if (likely(hits)) {
		u32 way = ctw_first_byte(hits);

		if (likely(ctw_key_equal(&w->ways[a * CTW_WAYS + way].key, key))) {
			w->sets[a].count[way]++;
			return;
		}
	}
	if (unlikely(a == b))
		b = a ^ 1;
	ctw_window_search(w, a, b, tag, key);
}

/**
 * ctw_window_missed() - how much a key may lack
 * @w: a window without writers
 *
 * Return: the most insertions that a key may have had without a slot, because
 * others took it; 0 when nothing was evicted.
 */
u32 ctw_window_missed(const struct ctw_window *w)
{
	u32 set, min, missed = 0;

	if (!w->evicted)
		return 0;
	for (set = 0; set <= w->mask; set++) {
		const struct ctw_set *s = &w->sets[set];

		if (ctw_set_used(s->tags) < CTW_WAYS)
			continue;
		min = s->count[ctw_set_min(s)];
		missed = max(missed, min);
	}
	return missed;
}

/**
 * ctw_window_next() - walk the slots in use
 * @w: a window without writers
 * @pos: 0 to begin with, kept by the caller between calls
 * @slot: set to what a slot has
 *
 * Return: false after the last.
 */
bool ctw_window_next(const struct ctw_window *w, u32 *pos, struct ctw_slot *slot)
{
	u32 slots = (w->mask + 1) * CTW_WAYS;

	while (*pos < slots) {
		u32 set = *pos / CTW_WAYS, way = *pos % CTW_WAYS;

		if (way < ctw_set_used(w->sets[set].tags)) {
			slot->key = w->ways[*pos].key;
			slot->count = w->sets[set].count[way];
			slot->error = w->ways[*pos].error;
			(*pos)++;
			return true;
		}
		*pos = (set + 1) * CTW_WAYS;
	}
	return false;
}

/**
 * ctw_window_clear() - forget everything
 * @w: a window without writers
 */
void ctw_window_clear(struct ctw_window *w)
{
	u32 set;

	for (set = 0; set <= w->mask; set++)
		w->sets[set].tags = 0;
	w->used = 0;
	w->evicted = 0;
}

/**
 * ctw_window_alloc() - make an empty window
 * @sets: number of sets, a power of two from 2 to 65,536
 * @node: memory node
 *
 * Context: process, may sleep.
 * Return: the window, or NULL.
 */
struct ctw_window *ctw_window_alloc(u32 sets, int node)
{
	struct ctw_window *w = kzalloc_node(sizeof(*w), GFP_KERNEL, node);

	if (!w)
		return NULL;
	get_random_bytes(&w->secret, sizeof(w->secret));
	w->mask = sets - 1;
	w->sets = kvzalloc_node(sets * sizeof(*w->sets), GFP_KERNEL, node);
	w->ways = kvzalloc_node(sets * CTW_WAYS * sizeof(*w->ways), GFP_KERNEL,
				node);
	if (!w->sets || !w->ways) {
		ctw_window_free(w);
		return NULL;
	}
	return w;
}

/**
 * ctw_window_free() - free a window
 * @w: a window without writers, or NULL
 */
void ctw_window_free(struct ctw_window *w)
{
	if (!w)
		return;
	kvfree(w->sets);
	kvfree(w->ways);
	kfree(w);
}

/**
 * ctw_window_bytes() - the memory of a window
 * @sets: number of sets
 *
 * Return: bytes.
 */
size_t ctw_window_bytes(u32 sets)
{
	return sizeof(struct ctw_window) +
	       sets * (sizeof(struct ctw_set) + CTW_WAYS * sizeof(struct ctw_way));
}
