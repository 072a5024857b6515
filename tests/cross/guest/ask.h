/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to the family ctwatch, by hand: no library is there for this
 * processor. Attributes are taken only with the size that they have to have.
 */
#ifndef TESTS_CROSS_ASK_H
#define TESTS_CROSS_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/ctwatch.h>

/* Attributes one after another. */
struct attrs {
	const uint8_t *at;
	size_t len;
};

#define ANSWER_MESSAGES	64

/* An answer: the attributes of each message. */
struct answer {
	unsigned int n;
	struct attrs message[ANSWER_MESSAGES];
	uint8_t bytes[65536] __attribute__((aligned(8)));
};

/* One attribute of a request. */
struct give {
	uint16_t type;
	uint16_t len;
	const void *value;
};

/* Return: 0, or the errno that the kernel gave. */
int ask(uint8_t cmd, bool dump, const struct give *give, struct answer *answer);

/* The @nth of a type; what is not there is empty. */
struct attrs attr(struct attrs in, uint16_t type, unsigned int nth);
/* Return: whether it is there and has the size of @value. */
bool attr_u8(struct attrs in, uint16_t type, uint8_t *value);
bool attr_u16(struct attrs in, uint16_t type, uint16_t *value);
bool attr_u32(struct attrs in, uint16_t type, uint32_t *value);
/* And begins at a multiple of eight bytes of the message. */
bool attr_u64(struct attrs in, uint16_t type, uint64_t *value);

#endif
