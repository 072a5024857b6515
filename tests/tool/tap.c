// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tap.h"

static int tests, failures;

void ok(bool passed, const char *fmt, ...)
{
	va_list args;

	failures += !passed;
	printf("%sok %d - ", passed ? "" : "not ", ++tests);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void print_comment(const char *title, const char *text)
{
	const char *end;

	printf("# %s\n", title);
	for (; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		printf("#   |%.*s|\n", (int)(end - text), text);
	}
}

void same_text(const char *got, const char *want, const char *name)
{
	bool same = !strcmp(got, want);

	ok(same, "%s", name);
	if (same)
		return;
	print_comment("got", got);
	print_comment("want", want);
}

int tap_done(void)
{
	printf("1..%d\n", tests);
	/* A result that was not written is none. */
	return failures || ferror(stdout);
}
