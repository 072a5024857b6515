/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_TOP_H
#define CTW_TOP_H

#include <linux/math64.h>
#include <linux/types.h>

static inline u32 ctw_percent(u64 part, u64 whole)
{
	return whole ? div64_u64(part * 100, whole) : 0;
}

/* The heaviest of some, most first. */
#define CTW_TOP		3
/* The least share that earns a name in a line, per cent. */
#define CTW_NAME_PERCENT	3

/**
 * struct ctw_top - the heaviest few of many numbered things
 * @n: how many
 * @index: their numbers
 * @weight: their weights, most first; none is 0
 */
struct ctw_top {
	u32 n;
	u32 index[CTW_TOP];
	u64 weight[CTW_TOP];
};

void ctw_top_add(struct ctw_top *top, u32 index, u64 weight);
void ctw_top_cut(struct ctw_top *top, u64 whole, u32 percent);

#endif
