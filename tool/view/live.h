/* SPDX-License-Identifier: GPL-2.0 */
/* top -w: ask, show and take keys until the user has seen enough. */
#ifndef CTMODCTL_LIVE_H
#define CTMODCTL_LIVE_H

#include "netlink/context.h"
#include "view/view.h"

int live_run(struct context *ctx, struct view *view, bool color,
	     struct why *why);

#endif
