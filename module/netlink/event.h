/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_EVENT_H
#define CTW_EVENT_H

#include <linux/types.h>

struct ctw_net;
struct ctw_report;

void ctw_event_level(struct ctw_net *cn, const struct ctw_report *r,
		     const char *line, bool logged);
void ctw_event_tracking(struct ctw_net *cn, const char *line, bool logged);

#endif
