/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_DROPS_H
#define CTW_DROPS_H

#include <linux/types.h>

struct ctw_net;

void ctw_drops_watch(struct ctw_net *cn, bool on);
void ctw_drops_settle(struct ctw_net *cn);
void ctw_drops_unregister(struct ctw_net *cn);
void ctw_drops_collect(u32 epoch);

#endif
