// SPDX-License-Identifier: GPL-2.0
/* The reason of a failure, put together on its way up, and printed once. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/error.h"
#include "lib/text.h"

/**
 * why_set - say why something failed
 * @why: filled with the reason, without a full stop or newline
 * @fmt: printf format
 *
 * Return: -1, for "return why_set(...)".
 */
int why_set(struct why *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	return -1;
}

/**
 * why_prefix - put what was being done before the reason
 * @why: the reason so far
 * @fmt: printf format
 */
void why_prefix(struct why *why, const char *fmt, ...)
{
	struct why old = *why;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(why->text, sizeof(why->text), fmt, args);
	va_end(args);
	if (len >= 0 && (size_t)len < sizeof(why->text))
		snprintf(why->text + len, sizeof(why->text) - len, "%s",
			 old.text);
}

/**
 * why_suffix - put what follows from it behind the reason
 * @why: the reason so far
 * @fmt: printf format
 */
void why_suffix(struct why *why, const char *fmt, ...)
{
	size_t len = strlen(why->text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text + len, sizeof(why->text) - len, fmt, args);
	va_end(args);
}

/* Arguments and kernel text may hold anything; the terminal gets one line. */
static void print_line(const char *end, const char *fmt, va_list args)
{
	struct why line;

	vsnprintf(line.text, sizeof(line.text), fmt, args);
	text_clean(line.text);
	fflush(stdout);
	fprintf(stderr, "ctmodctl: %s%s\n", line.text, end);
}

static struct why *warned;

/**
 * warn_into - keep warnings rather than print them
 * @why: filled by warn(); NULL to print them again
 */
void warn_into(struct why *why)
{
	warned = why;
}

/**
 * warn - print something the reader must know about an answer that is given
 * @fmt: printf format
 */
void warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (warned)
		vsnprintf(warned->text, sizeof(warned->text), fmt, args);
	else
		print_line("", fmt, args);
	va_end(args);
}

/**
 * fail - print the reason of a failure
 * @why: the reason
 *
 * Return: the exit status for it.
 */
int fail(const struct why *why)
{
	warn("%s", why->text);
	return EXIT_FAILED;
}

static const char *command;

/**
 * usage_about - whose help is named from now on by usage_error()
 * @name: of a command
 */
void usage_about(const char *name)
{
	command = name;
}

/**
 * usage_error - print what is wrong with the command line
 * @fmt: printf format
 *
 * Return: the exit status for it.
 */
int usage_error(const char *fmt, ...)
{
	va_list args;
	char try[64];

	snprintf(try, sizeof(try), ". Try 'ctmodctl %s%s'",
		 command ? "help " : "--help", command ? command : "");
	va_start(args, fmt);
	print_line(try, fmt, args);
	va_end(args);
	return EXIT_USAGE;
}
