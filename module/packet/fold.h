/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_FOLD_H
#define CTW_FOLD_H

void ctw_fold(void);
void ctw_fold_at_once(void);

#endif
