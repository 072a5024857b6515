// SPDX-License-Identifier: GPL-2.0
#include "ctmodctl.h"
#include "fetch.h"
#include "json.h"
#include "render.h"

static void print(struct context *ctx, const struct statuses *list)
{
	if (ctx->json)
		json_print(ctx->out,
			   json_statuses(list, status_attrs, ctx->all_netns),
			   ctx->pretty);
	else if (ctx->all_netns)
		render_statuses(ctx->out, list, ctx->color);
	else
		render_status(ctx->out, &list->v[0], ctx->color);
}

static int run(struct context *ctx, int argc, char **argv)
{
	struct statuses list = {};
	struct why why;
	int ret;

	if (no_arguments("stats", argc, argv))
		return EXIT_USAGE;
	ret = context_open(ctx, &why);
	if (!ret)
		ret = fetch_status(ctx, &list, &why);
	if (!ret)
		print(ctx, &list);
	statuses_free(&list);
	return ret ? fail(&why) : EXIT_DONE;
}

const struct command cmd_stats = {
	.name = "stats",
	.arguments = "",
	.doc = "how full the table is, its growth, insertions and drops (default)",
	.run = run,
};
