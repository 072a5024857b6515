/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESTS_FUZZ_PARSE_FUZZ_H
#define TESTS_FUZZ_PARSE_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum parser {
	PARSE_STATUS,
	PARSE_SOURCES,
	PARSE_EVENT,
	PARSE_CONFIG,
	PARSE_QUERY,
	PARSE_EXTACK,
	PARSE_CONTROLLER,
	PARSE_CONFFILE,

	PARSERS
};

extern const char *const parser_names[PARSERS];

#define SEED_MAX 8192

/* A good input; the first byte is its parser. */
struct seed {
	uint8_t bytes[SEED_MAX];
	size_t len;
};

extern struct seed seeds[];
extern const unsigned int n_seeds;

void seeds_make(void);
bool parse_input(const uint8_t *data, size_t size, bool print);

#endif
