// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "config.h"
#include "ctmodctl.h"
#include "fetch.h"
#include "json.h"
#include "render.h"

/* The kernel's "out of range" names no key: say which, and the range. */
static int set(struct context *ctx, struct config_args *args, struct why *why)
{
	const struct config_key *key;

	args->request.command = CTWATCH_CMD_CONFIG_SET;
	if (ctx->netns_arg)
		request_add(&args->request, CTWATCH_A_CONFIG_NETNS,
			    ctx->netns.inode);
	if (!client_call(&ctx->client, &args->request, NULL, why))
		return 0;
	key = config_key_by_attr(ctx->client.refused);
	if (key)
		why_prefix(why, "%s (%" PRIu32 " to %" PRIu32 "): ", key->name,
			   key->min, key->max);
	return -1;
}

static void print(struct context *ctx, const struct configs *list,
		  uint64_t attrs)
{
	attrs |= BIT(CTWATCH_A_CONFIG_NETNS);
	if (ctx->json)
		json_print(ctx->out, json_configs(list, attrs, ctx->all_netns),
			   ctx->pretty);
	else if (ctx->all_netns)
		render_configs(ctx->out, list, attrs);
	else
		render_config(ctx->out, &list->v[0], attrs);
}

static int show(struct context *ctx, uint64_t attrs, struct why *why)
{
	struct configs list = {};
	int ret = fetch_config(ctx, &list, why);

	if (!ret)
		print(ctx, &list, attrs);
	configs_free(&list);
	return ret;
}

static int parse(const struct context *ctx, int argc, char **argv,
		 struct config_args *args)
{
	struct why why;
	int i;

	for (i = 0; i < argc; i++)
		if (config_parse_arg(argv[i], args, &why))
			return usage_error("%s", why.text);
	if (args->set && ctx->all_netns)
		return usage_error("settings are changed in one network namespace at a time, not with -A");
	if (!argc)
		args->show = UINT64_MAX;
	return EXIT_DONE;
}

static int run(struct context *ctx, int argc, char **argv)
{
	struct config_args args = {};
	struct why why;
	int ret;

	ret = parse(ctx, argc, argv, &args);
	if (ret)
		return ret;
	ret = context_open(ctx, &why);
	if (!ret && args.set)
		ret = set(ctx, &args, &why);
	if (!ret && args.show)
		ret = show(ctx, args.show, &why);
	return ret ? fail(&why) : EXIT_DONE;
}

const struct command cmd_config = {
	.name = "config",
	.arguments = "[KEY[=VALUE]...]",
	.doc = "show settings, or change them: all given or none",
	.run = run,
};
