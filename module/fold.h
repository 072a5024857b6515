/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_FOLD_H
#define CTW_FOLD_H

#include <linux/types.h>

#include "key.h"

struct ctw_net;

int ctw_fold_start(void);
void ctw_fold_stop(void);
void ctw_fold_insertion(struct ctw_net *cn, const struct ctw_key *key);
bool ctw_fold_enter(void);
void ctw_fold_leave(bool entered);
u32 ctw_fold_epoch(void);
void ctw_fold_count(const struct ctw_key *key);
void ctw_fold(void);
void ctw_fold_at_once(void);
size_t ctw_fold_bytes(void);

#endif
