/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_NOTIFY_H
#define CTW_NOTIFY_H

#include <linux/types.h>

/* Rounds there may be at a time: of the tick, of a kick, and a late one. */
#define CTW_ROUNDS	3

struct ctw_net;
struct ctw_round;
struct ctw_sample;
struct ctw_verdict;
struct workqueue_struct;

void ctw_tell_start(struct workqueue_struct *wq, u64 now);
void ctw_tell(struct ctw_round **round, struct ctw_net *cn,
	      const struct ctw_verdict *v, const struct ctw_sample *s);
void ctw_tell_tracking(struct ctw_net *cn, u32 families, u64 since);
void ctw_round_finish(struct ctw_round *r);

#endif
