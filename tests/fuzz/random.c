// SPDX-License-Identifier: GPL-2.0
/*
 * Without libFuzzer: so many inputs for each parser, made from the seeds by
 * random numbers. TAP.
 *
 *	parse_random [INPUTS [SEED]]
 *	parse_random --seeds DIR	write the seeds as files
 *	parse_random FILE...		inputs that crashed
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse_fuzz.h"
#include "rng.h"

#define INPUT_MAX	(2 * SEED_MAX)
#define INPUTS		200000

/* Of inputs that were taken so many are printed: that takes much longer. */
#define PRINT_PERCENT	2

static struct rng rng;
static uint8_t input[INPUT_MAX];
static size_t length;

void __sanitizer_set_death_callback(void (*callback)(void))
	__attribute__((weak));

/* abort() too, which is how a broken promise ends. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "handle_abort=1";
}

static void keep_input(void)
{
	FILE *f = fopen("parse_fuzz.crash", "w");

	if (f && fwrite(input, 1, length, f) == length)
		fprintf(stderr, "parse_fuzz: the input is in ./parse_fuzz.crash\n");
	if (f)
		fclose(f);
}

static const struct seed *pick_seed(enum parser parser)
{
	const struct seed *s;

	do
		s = &seeds[rng_below(&rng, n_seeds)];
	while (s->bytes[0] != parser);
	return s;
}

static void flip_bit(void)
{
	input[rng_below(&rng, length)] ^= 1 << rng_below(&rng, 8);
}

/* Small values make plausible lengths and types. */
static void set_byte(void)
{
	input[rng_below(&rng, length)] =
		rng_below(&rng, rng_chance(&rng, 50) ? 256 : 40);
}

static void set_number(void)
{
	static const uint64_t edges[] = {
		0, 1, 3, 4, 5, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff,
		0x80000000, 0xffffffff, UINT64_MAX, INT64_MAX,
	};
	uint64_t value = edges[rng_below(&rng, sizeof(edges) / sizeof(*edges))];
	size_t at = rng_below(&rng, length);
	size_t n = 1U << rng_below(&rng, 4);

	memcpy(input + at, &value, n < length - at ? n : length - at);
}

static void truncate_input(void)
{
	length -= rng_below(&rng, length > 8 && rng_chance(&rng, 50) ? 8 :
							       length);
}

/* A piece of @from goes in before @at. */
static void insert(const uint8_t *from, size_t n, size_t at)
{
	if (n > INPUT_MAX - length)
		return;
	memmove(input + at + n, input + at, length - at);
	memmove(input + at, from, n);
	length += n;
}

static void repeat_piece(void)
{
	uint8_t piece[256];
	size_t at = rng_below(&rng, length);
	size_t n = rng_below(&rng, sizeof(piece));

	n = n < length - at ? n : length - at;
	memcpy(piece, input + at, n);
	insert(piece, n, 1 + rng_below(&rng, length));
}

static void splice(void)
{
	const struct seed *s = &seeds[rng_below(&rng, n_seeds)];
	size_t at = rng_below(&rng, s->len);

	insert(s->bytes + at, rng_below(&rng, s->len - at),
	       1 + rng_below(&rng, length));
}

static void remove_piece(void)
{
	size_t at = rng_below(&rng, length);
	size_t n = rng_below(&rng, length - at);

	memmove(input + at, input + at + n, length - at - n);
	length -= n;
}

static void mutate(void)
{
	static void (*const ways[])(void) = {
		flip_bit, set_byte, set_byte, set_number, truncate_input,
		repeat_piece, splice, remove_piece,
	};
	unsigned int n = 1 + rng_below(&rng, 4);

	while (n--)
		ways[rng_below(&rng, sizeof(ways) / sizeof(*ways))]();
}

static bool try_parser(enum parser parser, unsigned long n)
{
	unsigned long i, taken = 0;

	for (i = 0; i < n; i++) {
		const struct seed *s = pick_seed(parser);

		memcpy(input, s->bytes, s->len);
		length = s->len;
		if (i)
			mutate();
		input[0] = parser;
		taken += parse_input(input, length,
				     !i || rng_chance(&rng, PRINT_PERCENT));
	}
	/* a mutator that never makes good ones, or only such, tries nothing */
	printf("%sok %u - %s: %lu inputs, %lu taken\n",
	       taken && taken < n ? "" : "not ", parser + 1,
	       parser_names[parser], n, taken);
	return taken && taken < n;
}

static int write_seeds(const char *dir)
{
	char path[4096];
	unsigned int i;
	FILE *f;

	for (i = 0; i < n_seeds; i++) {
		snprintf(path, sizeof(path), "%s/seed-%u", dir, i);
		f = fopen(path, "w");
		if (!f || fwrite(seeds[i].bytes, 1, seeds[i].len, f) !=
			  seeds[i].len || fclose(f))
			err(2, "%s", path);
	}
	return 0;
}

static int try_file(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		err(2, "%s", path);
	length = fread(input, 1, INPUT_MAX, f);
	fclose(f);
	printf("%s: %s\n", path,
	       parse_input(input, length, true) ? "taken" : "refused");
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long n = INPUTS;
	enum parser parser;
	bool good = true;
	char *end = "";
	int i;

	seeds_make();
	if (argc == 3 && !strcmp(argv[1], "--seeds"))
		return write_seeds(argv[2]);
	if (argc > 1)
		n = strtoul(argv[1], &end, 0);
	if (*end) {
		for (i = 1; i < argc; i++)
			try_file(argv[i]);
		return 0;
	}
	rng.state = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(keep_input);
	for (parser = 0; parser < PARSERS; parser++)
		good &= try_parser(parser, n);
	printf("1..%d\n", PARSERS);
	return !good;
}
