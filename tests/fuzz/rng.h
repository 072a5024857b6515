/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers that follow from a seed alone: splitmix64. */
#ifndef TESTS_FUZZ_RNG_H
#define TESTS_FUZZ_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* 0 to @n - 1 */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return ((rng_next(r) >> 32) * n) >> 32;
}

/* Both ends included. */
static inline uint32_t rng_between(struct rng *r, uint32_t min, uint32_t max)
{
	uint64_t span = (uint64_t)max - min + 1;

	return min + rng_next(r) % span;
}

static inline bool rng_chance(struct rng *r, uint32_t percent)
{
	return rng_below(r, 100) < percent;
}

static inline void rng_fill(struct rng *r, uint8_t *p, size_t n)
{
	while (n--)
		*p++ = rng_next(r);
}

#endif
