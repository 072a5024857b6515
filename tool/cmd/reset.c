// SPDX-License-Identifier: GPL-2.0
/* Zeroes what the module counted of a namespace. */
#include "input/command.h"

static int reset(struct context *ctx, struct why *why)
{
	struct request request = { .operation = CTWATCH_CMD_RESET };

	if (ctx->netns_arg)
		request_add(&request, CTWATCH_A_NETNS, ctx->netns.inode);
	return client_call(&ctx->client, &request, NULL, why);
}

static int run(struct job *job)
{
	struct why why;

	if (context_open(&job->ctx, &why) || reset(&job->ctx, &why))
		return fail(&why);
	return EXIT_DONE;
}

const struct command cmd_reset = {
	.name = "reset",
	.arguments = "",
	.doc = "zero the counters, the sources and the peak",
	.one_netns = true,
	.run = run,
};
