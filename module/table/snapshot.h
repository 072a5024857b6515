/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_SNAPSHOT_H
#define CTW_SNAPSHOT_H

#include <linux/types.h>

struct ctw_census;
struct ctw_net;
struct ctw_query;

/* Answers that are kept, for those who come later. */
#define CTW_SNAPSHOTS		4
/* So long after it was last asked for, ns. */
#define CTW_SNAPSHOT_IDLE	(10ULL * NSEC_PER_SEC)

int ctw_snapshot_take(const struct ctw_query *q, u64 max_age, u32 *generation);
u32 ctw_snapshot_keep(struct ctw_census *c);
struct ctw_census *ctw_snapshot_peak(const struct ctw_net *cn,
				     const struct ctw_query *q);
const struct ctw_census *ctw_snapshot_lock(u32 generation);
void ctw_snapshot_unlock(void);
void ctw_snapshot_expire(u64 now);
void ctw_snapshot_stop(void);

#endif
