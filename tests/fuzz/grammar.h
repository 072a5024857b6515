/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the family ctwatch, most of them with something wrong.
 *
 * All follows from the random numbers and the world: the same seed makes the
 * same messages, but for the inode numbers and the id of the family in them.
 */
#ifndef TESTS_FUZZ_GRAMMAR_H
#define TESTS_FUZZ_GRAMMAR_H

#include <stddef.h>
#include <stdint.h>

#include <linux/ctwatch.h>

#include "rng.h"

#define SHOT_MAX	(96 << 10)
#define SHOT_MESSAGES	256
#define NETNS_MAX	8

/* What a message may speak of. */
struct world {
	uint16_t family;
	uint32_t netns[NETNS_MAX];	/* inode numbers */
	unsigned int n_netns;
	uint32_t taboo;		/* one that no message may have, or 0 */
};

/* How often which operation, 0 to 255. */
struct taste {
	uint8_t weight[CTWATCH_CMD_MAX + 1];
	uint8_t dump_percent;	/* of requests that can be one or not */
};

/* A message that the kernel gets to see. */
struct asked {
	uint32_t seq;
	uint32_t netns;		/* the last such attribute, or 0 */
	uint16_t type;
	uint16_t flags;
	uint8_t cmd;
	bool proper;		/* nothing is wrong with its headers */
	bool answered;
};

/* One datagram. */
struct shot {
	uint8_t bytes[SHOT_MAX];
	size_t len;
	unsigned int messages;	/* that were put into it */
	struct asked asked[SHOT_MESSAGES];
	unsigned int n_asked;	/* that come out again */
};

/* Does the request want an answer: an ACK, an error or the end of a dump? */
bool asked_wants_answer(const struct asked *a, uint16_t family);
bool asked_is_dump(const struct asked *a, uint16_t family);

void shot_make(struct shot *shot, struct rng *r, const struct world *world,
	       const struct taste *taste, uint32_t *seq);

#endif
