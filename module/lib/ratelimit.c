// SPDX-License-Identifier: GPL-2.0
/* A limiter of lines: a bucket of tokens. Pure logic. */

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "lib/ratelimit.h"

/**
 * ctw_lines_init() - a limiter with all its tokens
 * @l: the limiter
 * @burst: most lines at once
 * @every: ns for one more
 * @now: ns
 */
void ctw_lines_init(struct ctw_lines *l, u32 burst, u64 every, u64 now)
{
	l->tokens = burst;
	l->burst = burst;
	l->every = every;
	l->since = now;
}

/**
 * ctw_lines_take() - may a line be written
 * @l: the limiter
 * @now: ns; it may be before the last call's, for lines are written later than
 *	they are decided on, and not in that order
 *
 * Return: true when it may; it is then counted.
 */
bool ctw_lines_take(struct ctw_lines *l, u64 now)
{
	u64 earned = now > l->since ? div64_u64(now - l->since, l->every) : 0;

	if (l->tokens + earned >= l->burst) {
		l->tokens = l->burst;
		l->since = max(now, l->since);
	} else {
		l->tokens += earned;
		l->since += earned * l->every;
	}
	if (!l->tokens)
		return false;
	l->tokens--;
	return true;
}
