// SPDX-License-Identifier: GPL-2.0
/* Random numbers, keys, and the exact model. */

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "helpers.h"

u64 mix64(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* lowbias32 (Wellons): xor-shifts and odd factors, so one to one. */
u32 mix32(u32 x)
{
	x = (x ^ x >> 16) * 0x7feb352dU;
	x = (x ^ x >> 15) * 0x846ca68bU;
	return x ^ x >> 16;
}

u64 rng_next(struct rng *r)
{
	r->state += 0x9e3779b97f4a7c15ULL;
	return mix64(r->state);
}

u32 rng_below(struct rng *r, u32 n)
{
	return (rng_next(r) >> 32) * n >> 32;
}

u32 rng_skewed(struct rng *r, u32 n)
{
	return rng_below(r, rng_below(r, rng_below(r, n) + 1) + 1);
}

struct ctw_key key_v4(u32 addr)
{
	struct ctw_key key = { .family = NFPROTO_IPV4 };

	key.addr.s6_addr32[0] = htonl(addr);
	return key;
}

struct ctw_key key_v6(u64 prefix)
{
	struct ctw_key key = { .family = NFPROTO_IPV6 };

	key.addr.s6_addr32[0] = htonl(prefix >> 32);
	key.addr.s6_addr32[1] = htonl((u32)prefix);
	return key;
}

struct ctw_key key_flood(u32 i)
{
	return key_v4(mix32(i));
}

KUNIT_DEFINE_ACTION_WRAPPER(exact_free, kvfree, const void *);

struct exact *exact_make(struct kunit *test, u32 max)
{
	struct exact *x = kunit_kzalloc(test, sizeof(*x), GFP_KERNEL);
	u32 size = roundup_pow_of_two(max) * 2;

	KUNIT_ASSERT_NOT_NULL(test, x);
	x->test = test;
	x->entries = kvcalloc(size, sizeof(*x->entries), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, x->entries);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, exact_free,
							   x->entries));
	x->mask = size - 1;
	return x;
}

void exact_clear(struct exact *x)
{
	memset(x->entries, 0, (x->mask + 1) * sizeof(*x->entries));
	x->used = 0;
}

/* The entry of a key, or the free one where it belongs. */
static struct exact_entry *exact_entry(const struct exact *x,
				       const struct ctw_key *key)
{
	const u64 *words = (const u64 *)key;
	u32 i = mix64(mix64(mix64(words[0]) ^ words[1]) ^ words[2]) & x->mask;

	while (x->entries[i].key.family &&
	       memcmp(&x->entries[i].key, key, sizeof(*key)))
		i = (i + 1) & x->mask;
	return &x->entries[i];
}

u64 *exact_at(struct exact *x, const struct ctw_key *key)
{
	struct exact_entry *e = exact_entry(x, key);

	if (!e->key.family) {
		KUNIT_ASSERT_LE_MSG(x->test, x->used, x->mask / 2,
				    "more keys than exact_make() was told");
		e->key = *key;
		x->used++;
	}
	return &e->count;
}

u64 exact_get(const struct exact *x, const struct ctw_key *key)
{
	return exact_entry(x, key)->count;
}

const struct exact_entry *exact_next(const struct exact *x, u32 *pos)
{
	while (*pos <= x->mask) {
		const struct exact_entry *e = &x->entries[(*pos)++];

		if (e->key.family)
			return e;
	}
	return NULL;
}
