/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_WORKER_H
#define CTW_WORKER_H

#include <linux/types.h>

int ctw_worker_start(void);
void ctw_worker_tick(void);
void ctw_worker_stop_ticking(void);
void ctw_worker_stop(void);
unsigned int ctw_worker_discover(bool quiet);

#endif
