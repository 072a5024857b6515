/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What went wrong, told in one line.
 *
 * Whatever can fail fills a struct why; only the command that gives up prints
 * it. So the pieces below need no stderr and tests can read the words.
 */
#ifndef CTMODCTL_ERROR_H
#define CTMODCTL_ERROR_H

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
};

struct why {
	char text[512];
};

int why_set(struct why *why, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void why_prefix(struct why *why, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void why_suffix(struct why *why, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

int fail(const struct why *why);
void usage_about(const char *command);
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void warn_into(struct why *why);
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
