/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel answers: counted, and compared with what it may. */
#ifndef TESTS_FUZZ_ANSWERS_H
#define TESTS_FUZZ_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grammar.h"

#define WORDS_MAX	96
#define ERRNO_MAX	256
#define FAILURE_SIZE	400

/* How often the kernel said these words. */
struct words {
	char text[100];
	uint64_t n;
};

struct counts {
	uint64_t datagrams;
	uint64_t messages;	/* put into datagrams */
	uint64_t reached;	/* that have a header the kernel takes */
	uint64_t proper[CTWATCH_CMD_MAX + 1];	/* with such headers, by operation */
	uint64_t done[CTWATCH_CMD_MAX + 1];	/* answered without an error */
	uint64_t errors[ERRNO_MAX];		/* 0 are acknowledgements */
	uint64_t replies[CTWATCH_CMD_MAX + 1];
	uint64_t bytes;		/* received */
	uint64_t dumps_ended;
	uint64_t dumps_failed;
	uint64_t dumps_left;	/* before their end */
	uint64_t overruns;	/* answers lost because we did not read */
	uint64_t opened;	/* sockets */
	uint64_t events_refused;	/* subscriptions */
	uint64_t gone;		/* the family was not there */
	struct words words[WORDS_MAX];
};

/* Who asks, and what it may not get. */
struct rights {
	bool addresses;		/* may see any */
	bool changes;		/* may set and reset: its own only if not all */
	uint32_t only;		/* the one netns it may see, 0 for all */
};

struct judge {
	struct counts *counts;
	struct rights rights;
	uint16_t family;
	char *failure;		/* the first, empty if none */
};

void judge_fail(struct judge *j, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* @shot: the last one, NULL when the answers are to others too */
void judge_answers(struct judge *j, struct shot *shot, const uint8_t *bytes,
		   size_t len);
/* All answers to @shot are read: is one missing? */
void judge_missing(struct judge *j, const struct shot *shot);
void counts_add(struct counts *sum, const struct counts *counts);

#endif
