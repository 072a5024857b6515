/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_FAMILY_H
#define CTW_FAMILY_H

#include <linux/types.h>

struct ctw_net;
struct ctw_report;

int ctw_netlink_start(void);
void ctw_netlink_stop(void);
void ctw_netlink_level(struct ctw_net *cn, const struct ctw_report *r,
		       const char *line, bool logged);
void ctw_netlink_tracking(struct ctw_net *cn, const char *line, bool logged);

#endif
