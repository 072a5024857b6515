/* SPDX-License-Identifier: GPL-2.0 */
/* top -w: ask, show and take keys until the user has seen enough. */
#ifndef CTMODCTL_WATCH_H
#define CTMODCTL_WATCH_H

#include "netlink/context.h"
#include "view/view.h"

int watch(struct context *ctx, struct view *view, bool color,
	  struct why *why);

#endif
