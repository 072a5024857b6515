// SPDX-License-Identifier: GPL-2.0
/* From what -n says to a namespace and an open connection. */
#include "netlink/context.h"

/**
 * context_find_netns - find the namespace of -n
 * @ctx: the context
 * @why: on failure, the reason
 *
 * Return: 0 or -1.
 */
int context_find_netns(struct context *ctx, struct why *why)
{
	if (!ctx->netns_arg)
		return 0;
	return netns_resolve(NETNS_DIR, ctx->netns_arg, &ctx->netns, why);
}

/**
 * context_open - find the namespace of -n and connect to the module
 * @ctx: the context
 * @why: on failure, the reason and what to do
 *
 * Return: 0 or -1.
 */
int context_open(struct context *ctx, struct why *why)
{
	if (context_find_netns(ctx, why))
		return -1;
	return client_connect(&ctx->client, why);
}
