/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_FRESH_H
#define CTW_FRESH_H

#include <linux/types.h>

void ctw_fresh(void);
void ctw_fresh_start(u32 id);
void ctw_fresh_masks(u32 id);

#endif
