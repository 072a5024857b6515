// SPDX-License-Identifier: GPL-2.0
#include "ctmodctl.h"
#include "fetch.h"
#include "json.h"

static void print_json(struct context *ctx, const char *module)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "tool-version",
			       json_object_new_string(CTWATCH_VERSION));
	json_object_object_add(json, "module-version", module ?
			       json_object_new_string(module) : NULL);
	json_print(ctx->out, json, ctx->pretty);
}

static void print(struct context *ctx, const char *module)
{
	if (ctx->json) {
		print_json(ctx, module);
		return;
	}
	fprintf(ctx->out, "ctmodctl %s\nctwatch  %s\n", CTWATCH_VERSION,
		module ? module : "not loaded");
}

/* The tool's version is known whatever happens to the module's. */
static int run(struct context *ctx, int argc, char **argv)
{
	struct statuses list = {};
	struct why why;
	int ret;

	if (no_arguments("version", argc, argv))
		return EXIT_USAGE;
	ret = context_open(ctx, &why);
	if (!ret)
		ret = fetch_status(ctx, &list, &why);
	print(ctx, ret ? NULL : list.v[0].module_version);
	statuses_free(&list);
	return ret ? fail(&why) : EXIT_DONE;
}

const struct command cmd_version = {
	.name = "version",
	.arguments = "",
	.doc = "release of the tool and of the loaded module",
	.about =
"Says on standard error what to do when the two differ.\n",
	.one_netns = true,
	.run = run,
};
