/* SPDX-License-Identifier: GPL-2.0 */
/* Whom to ask: the module, about which network namespaces. */
#ifndef CTMODCTL_CONTEXT_H
#define CTMODCTL_CONTEXT_H

#include <stdbool.h>

#include "lib/error.h"
#include "netlink/client.h"
#include "netlink/netns.h"

struct context {
	bool all_netns;
	const char *netns_arg;	/* of -n, NULL without */
	struct netns netns;	/* what it means, once opened */
	struct client client;
};

int context_find_netns(struct context *ctx, struct why *why);
int context_open(struct context *ctx, struct why *why);

#endif
