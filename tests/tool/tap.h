/* SPDX-License-Identifier: GPL-2.0 */
/* Results in the Test Anything Protocol. */
#ifndef TESTS_TOOL_TAP_H
#define TESTS_TOOL_TAP_H

#include <stdbool.h>

void ok(bool passed, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void same_text(const char *got, const char *want, const char *name);
int tap_done(void);

#endif
