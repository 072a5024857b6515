/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_NOTIFY_H
#define CTW_NOTIFY_H

#include <linux/types.h>

#include "table/survey.h"

/* Rounds there may be at a time: of the tick, of a kick, and a late one. */
#define CTW_ROUNDS	3
/* Namespaces that a round has room for: one walk serves them. */
#define CTW_ROUND_NETS	CTW_SURVEY_MAX

struct ctw_net;
struct ctw_round;
struct ctw_sample;
struct ctw_verdict;
struct workqueue_struct;

void ctw_notify_start(struct workqueue_struct *wq, u64 now);
bool ctw_notify(struct ctw_round **round, struct ctw_net *cn,
		const struct ctw_verdict *v, const struct ctw_sample *s);
void ctw_notify_tracking(struct ctw_net *cn, u32 families, u64 since);
u32 ctw_round_finish(struct ctw_round *r, u32 told[CTW_ROUND_NETS]);

#endif
