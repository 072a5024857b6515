/* SPDX-License-Identifier: GPL-2.0 */
/* top -w: ask, show and take keys until the user has seen enough. */
#ifndef CTMODCTL_WATCH_H
#define CTMODCTL_WATCH_H

#include "cmd/command.h"
#include "view/view.h"

int watch(struct context *ctx, struct view *view, struct why *why);

#endif
