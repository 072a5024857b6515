// SPDX-License-Identifier: GPL-2.0
/*
 * Shows and changes settings, of one namespace, of all, or of those in a file.
 */
#include <inttypes.h>
#include <string.h>

#include "input/command.h"
#include "input/config_io.h"
#include "input/keyvalue.h"
#include "model/config.h"
#include "netlink/fetch.h"
#include "output/json.h"
#include "output/render.h"

/* Options without a letter. */
enum {
	OPTION_SKIP_MISSING = 256,
};

/* What is asked for. */
static bool save, load, skip_missing;

static void print(struct job *job, const struct configs *list, uint64_t attrs)
{
	attrs |= BIT(CTWATCH_A_CONFIG_NETNS);
	if (job->json)
		json_print(job->out,
			   json_configs(list, attrs, job->ctx.all_netns),
			   job->pretty);
	else if (job->ctx.all_netns)
		render_configs(job->out, list, attrs);
	else
		render_config(job->out, &list->v[0], attrs);
}

static int show(struct job *job, uint64_t attrs, struct why *why)
{
	struct configs list = {};
	int ret = fetch_config(&job->ctx, &list, why);

	if (!ret)
		print(job, &list, attrs);
	configs_free(&list);
	return ret;
}

static int parse(const struct job *job, struct config_args *args)
{
	struct why why;
	int i;

	for (i = 0; i < job->argc; i++)
		if (config_parse_arg(job->argv[i], args, &why))
			return usage_error("%s", why.text);
	if (args->set && job->ctx.all_netns)
		return usage_error("settings are changed in one network namespace at a time, not with -A");
	if (!job->argc)
		args->show = UINT64_MAX;
	return EXIT_DONE;
}

static int run_keys(struct job *job)
{
	struct config_args args = {};
	struct why why;
	int ret;

	ret = parse(job, &args);
	if (ret)
		return ret;
	ret = context_open(&job->ctx, &why);
	if (!ret && args.set)
		ret = change_config(&job->ctx, &args.request, &why);
	if (!ret && args.show)
		ret = show(job, args.show, &why);
	return ret ? fail(&why) : EXIT_DONE;
}

static int check_file(const struct job *job)
{
	char **argv = job->argv;
	struct why why;

	if (save && load)
		return usage_error("--save and --load are opposites: give one of them");
	if (job->ctx.netns_arg || job->ctx.all_netns)
		return usage_error("the file of --save and --load names its network namespaces: leave -n and -A out");
	if (skip_missing && save)
		return usage_error("--skip-missing is for --load: leave it out");
	if (job->argc && config_key_find(argv[0], strcspn(argv[0], "="), &why))
		return usage_error("--save and --load take a file, not settings: leave '%s' out",
				   argv[0]);
	if (job->argc && !*argv[0])
		return usage_error("the name of the file is empty: leave it out for " CONFIG_FILE);
	if (job->argc > 1)
		return usage_error("--save and --load take one file: leave '%s' out",
				   argv[1]);
	return EXIT_DONE;
}

static int run_file(struct job *job)
{
	const char *path = job->argc ? job->argv[0] : CONFIG_FILE;
	int ret = check_file(job);
	struct why why;

	if (ret)
		return ret;
	ret = save ? config_save(&job->ctx, job->out, path, &why) :
		     config_load(&job->ctx, path, skip_missing, &why);
	return ret ? fail(&why) : EXIT_DONE;
}

static int run(struct job *job)
{
	if (save || load)
		return run_file(job);
	if (skip_missing)
		return usage_error("--skip-missing is for --load: give that too");
	return run_keys(job);
}

static int option(int option, const char *value __attribute__((unused)))
{
	save |= option == 's';
	load |= option == 'l';
	skip_missing |= option == OPTION_SKIP_MISSING;
	return 0;
}

static const struct option long_options[] = {
	{ "save", no_argument, NULL, 's' },
	{ "load", no_argument, NULL, 'l' },
	{ "skip-missing", no_argument, NULL, OPTION_SKIP_MISSING },
	{}
};

static const char options[] =
"  -s, --save         write settings to FILE: those of the caller's network\n"
"                     namespace, and of each named one that differs from the\n"
"                     defaults\n"
"  -l, --load         set what FILE says, in all network namespaces it names: all\n"
"                     of it, or nothing if any of it is refused\n"
"  --skip-missing     with --load: leave out network namespaces that there are\n"
"                     not, with a warning\n"
"FILE is " CONFIG_FILE " if not given, - is standard output or input; see\n"
"ctwatch.conf(5). It names the network namespaces: no -n and no -A with it.\n";

static void list_keys(FILE *out)
{
	const struct config_key *key;
	char range[32];

	fputs("Keys; the defaults are module parameters:\n"
	      "  KEY           DEFAULT  RANGE    MEANING\n", out);
	for (key = config_keys; key->name; key++) {
		snprintf(range, sizeof(range), "%" PRIu32 "-%" PRIu32,
			 key->min, key->max);
		fprintf(out, "  %-12s  %7" PRIu32 "  %-7s  %s\n", key->name,
			key->standard, range, key->doc);
	}
}

const struct command cmd_config = {
	.name = "config",
	.arguments = "[KEY[=VALUE]...]\n"
		     "--save [FILE]\n"
		     "--load [--skip-missing] [FILE]",
	.doc = "show settings, or change them; keep them in a file",
	.about =
"Shows all settings of a network namespace or those named; changes those with a\n"
"value, all or none of them. Changing needs CAP_NET_ADMIN. Settings last as long\n"
"as the module and the namespace: --save keeps them, --load brings them back.\n",
	.options = options,
	.list = list_keys,
	.short_options = "sl",
	.long_options = long_options,
	.option = option,
	.takes_arguments = true,
	.run = run,
};
