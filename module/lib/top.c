// SPDX-License-Identifier: GPL-2.0
/* The heaviest few. Pure logic. */

#include "lib/top.h"

/**
 * ctw_top_add() - a thing that may be among the heaviest
 * @top: the heaviest so far, zero before the first call
 * @index: number of the thing
 * @weight: its weight; 0 is no weight
 */
void ctw_top_add(struct ctw_top *top, u32 index, u64 weight)
{
	u32 i;

	if (!weight || (top->n == CTW_TOP && weight <= top->weight[CTW_TOP - 1]))
		return;
	if (top->n < CTW_TOP)
		top->n++;
	for (i = top->n - 1; i > 0 && top->weight[i - 1] < weight; i--) {
		top->index[i] = top->index[i - 1];
		top->weight[i] = top->weight[i - 1];
	}
	top->index[i] = index;
	top->weight[i] = weight;
}

/**
 * ctw_top_cut() - keep those that matter
 * @top: the heaviest
 * @whole: weight of all things
 * @percent: least share of it
 */
void ctw_top_cut(struct ctw_top *top, u64 whole, u32 percent)
{
	while (top->n && top->weight[top->n - 1] * 100 < whole * percent)
		top->n--;
}
