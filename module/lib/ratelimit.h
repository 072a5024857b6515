/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_RATELIMIT_H
#define CTW_RATELIMIT_H

#include <linux/types.h>

/**
 * struct ctw_lines - a limiter of lines
 * @tokens: lines that may be written now
 * @since: when the last token was earned, ns
 * @burst: most tokens
 * @every: ns to earn one
 */
struct ctw_lines {
	u32 tokens;
	u64 since;
	u32 burst;
	u64 every;
};

void ctw_lines_init(struct ctw_lines *l, u32 burst, u64 every, u64 now);
bool ctw_lines_take(struct ctw_lines *l, u64 now);

#endif
