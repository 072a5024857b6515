/* SPDX-License-Identifier: GPL-2.0 */
/* Ask the module, about the namespaces that the context names. */
#ifndef CTMODCTL_FETCH_H
#define CTMODCTL_FETCH_H

#include "model/model.h"
#include "netlink/context.h"

int fetch_status(struct context *ctx, struct statuses *list, struct why *why);
int fetch_sources(struct context *ctx, struct statuses *list, struct why *why);
int fetch_census(struct context *ctx, const struct query *ask,
		 struct query *answer, struct why *why);
int fetch_config(struct context *ctx, struct configs *list, struct why *why);
int change_config(struct context *ctx, struct request *request,
		  struct why *why);

#endif
