/* SPDX-License-Identifier: GPL-2.0 */
/* Arrays: how long, and longer. */
#ifndef CTMODCTL_ARRAY_H
#define CTMODCTL_ARRAY_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void *array_grow(void *v, size_t n, size_t size);

#endif
