/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_WINDOW_H
#define CTW_WINDOW_H

#include <linux/siphash.h>
#include <linux/types.h>

#include "lib/key.h"

/* Slots of a set; the tags of a set fill one u64. */
#define CTW_WAYS 8

/**
 * struct ctw_slot - one key of a window, for who reads it
 * @key: who and what
 * @count: at most so many insertions
 * @error: at least @count - @error insertions
 */
struct ctw_slot {
	struct ctw_key key;
	u32 count;
	u32 error;
};

/**
 * struct ctw_set - what is looked at to find a slot of a set, or one to give up
 * @tags: eight tags of 8 bits, 0 for a slot not in use; slots are taken in
 *	order and stay taken until ctw_window_clear()
 * @count: of each slot, at most so many insertions
 *
 * In one cache line: whoever is not in a set touches nothing else of it.
 */
struct ctw_set {
	u64 tags;
	u32 count[CTW_WAYS];
} __aligned(64);

/**
 * struct ctw_way - the rest of a slot
 * @key: who and what
 * @error: at least count - @error insertions
 */
struct ctw_way {
	struct ctw_key key;
	u32 error;
};

/**
 * struct ctw_window - insertions that one CPU saw since the last fold
 * @secret: key of the hash, so that nobody outside can choose a set
 * @mask: number of sets - 1
 * @used: slots in use
 * @evicted: keys that lost their slot to another
 * @sets: the sets
 * @ways: their slots, CTW_WAYS a set
 *
 * A table of bounded size, set-associative with two sets for each key, with
 * the replacement rule of Space-Saving (Metwally, Agrawal, El Abbadi 2005):
 * a new key takes the slot of the smallest count of one of its two sets. Two
 * choices keep the sets evenly filled (Mitzenmacher 2001), also where the second
 * one only counts once the first set is half full: up to half of the slots, no
 * key is ever evicted in practice, and every count is exact.
 *
 * One writer: a CPU with bottom halves off. Read and cleared once no writer
 * can be left.
 */
struct ctw_window {
	hsiphash_key_t secret;
	u32 mask;
	u32 used;
	u32 evicted;
	struct ctw_set *sets;
	struct ctw_way *ways;
};

struct ctw_window *ctw_window_alloc(u32 sets, int node);
void ctw_window_free(struct ctw_window *w);
size_t ctw_window_bytes(u32 sets);
void ctw_window_add(struct ctw_window *w, const struct ctw_key *key);
void ctw_window_clear(struct ctw_window *w);
u32 ctw_window_missed(const struct ctw_window *w);
bool ctw_window_next(const struct ctw_window *w, u32 *pos, struct ctw_slot *slot);

#endif
