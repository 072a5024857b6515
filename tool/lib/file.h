/* SPDX-License-Identifier: GPL-2.0 */
/* Whole files, and whole they stay. */
#ifndef CTMODCTL_FILE_H
#define CTMODCTL_FILE_H

#include <stddef.h>

#include "lib/error.h"

/* No file of settings is as large. */
#define FILE_MAX (1 << 20)

int file_read(const char *path, char **text, size_t *len, struct why *why);
int file_replace(const char *path, const char *text, size_t len,
		 struct why *why);

#endif
