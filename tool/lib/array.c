// SPDX-License-Identifier: GPL-2.0
/* Arrays that grow while they are filled. */
#include <err.h>
#include <stdlib.h>

#include "lib/array.h"
#include "lib/error.h"

/**
 * array_grow - make room for one more element
 * @v: array of @n elements, grown by this function only; NULL if empty
 * @n: elements in use
 * @size: bytes of one
 *
 * The room doubles whenever @n reaches a power of two, so it needs no member
 * of its own.
 *
 * Return: the array, perhaps moved. Does not return without memory.
 */
void *array_grow(void *v, size_t n, size_t size)
{
	if (n & (n - 1))
		return v;
	v = reallocarray(v, n ? 2 * n : 1, size);
	if (!v)
		errx(EXIT_FAILED, "out of memory");
	return v;
}
