/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_TEST_HELPERS_H
#define CTW_TEST_HELPERS_H

#include <kunit/test.h>
#include <linux/types.h>

#include "lib/key.h"

/* Numbers that look random and are the same in every run: SplitMix64 (Steele,
 * Lea, Flood 2014).
 */
struct rng {
	u64 state;
};

u64 rng_next(struct rng *r);
u32 rng_below(struct rng *r, u32 n);
/* Below n, small numbers much more often than large ones. */
u32 rng_skewed(struct rng *r, u32 n);

/* One to one: different numbers stay different. */
u64 mix64(u64 x);
u32 mix32(u32 x);

/* Sources: an IPv4 address in host order, an IPv6 /64. */
struct ctw_key key_v4(u32 addr);
struct ctw_key key_v6(u64 prefix);
/* The i-th source of a flood, never the same for another i. */
struct ctw_key key_flood(u32 i);

/* Lets tables of groups run out of memory. */
extern bool no_memory;
/* So many times more there is memory for a census, or an order; U32_MAX for
 * ever.
 */
extern u32 census_memory;

/**
 * struct exact - counts of keys, exactly: the model to compare with
 * @test: the test
 * @mask: number of entries - 1
 * @used: keys in it
 * @entries: open addressing, family 0 for an entry not in use
 */
struct exact {
	struct kunit *test;
	u32 mask;
	u32 used;
	struct exact_entry {
		struct ctw_key key;
		u64 count;
	} *entries;
};

struct exact *exact_make(struct kunit *test, u32 max);
void exact_clear(struct exact *x);
/* The count of a key, to be changed; 0 for a new one. */
u64 *exact_at(struct exact *x, const struct ctw_key *key);
u64 exact_get(const struct exact *x, const struct ctw_key *key);
const struct exact_entry *exact_next(const struct exact *x, u32 *pos);

#endif
