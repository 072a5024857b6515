/* SPDX-License-Identifier: GPL-2.0 */
/* Tool and module of different releases: which is older, and what to do. */
#ifndef CTMODCTL_RELEASE_H
#define CTMODCTL_RELEASE_H

#include <stdbool.h>

#include "lib/error.h"

int release_check_family(unsigned int version, struct why *why);
int release_lacks(const char *what, struct why *why);
bool release_differs(const char *module, struct why *why);
void release_blame(struct why *why);

#endif
