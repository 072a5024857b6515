// SPDX-License-Identifier: GPL-2.0
#include "parse_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Printing takes long: one input in so many, by a byte that means little. */
#define PRINT_ONE_IN 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse_input(data, size, size && data[size / 2] % PRINT_ONE_IN == 0);
	return 0;
}
