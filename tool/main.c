// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"

const struct command *const commands[] = {
	&cmd_stats,
	&cmd_sources,
	&cmd_top,
	&cmd_monitor,
	&cmd_config,
	&cmd_reset,
	&cmd_version,
	&cmd_help,
	NULL
};

#define GLOBAL_OPTIONS "jpn:AhV"

static const struct option global_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "netns", required_argument, NULL, 'n' },
	{ "all-netns", no_argument, NULL, 'A' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
};

#define N_GLOBAL (sizeof(global_options) / sizeof(global_options[0]))

#define MAX_OPTIONS 32

struct option_list {
	char shorts[MAX_OPTIONS * 2];
	struct option longs[MAX_OPTIONS + 1];
};

/* Options of the command too, once it is known; then in any order. */
static void list_options(const struct command *command,
			 struct option_list *list)
{
	const struct option *own = command ? command->long_options : NULL;
	size_t n = N_GLOBAL;

	snprintf(list->shorts, sizeof(list->shorts), "%s:%s%s",
		 command ? "" : "+", GLOBAL_OPTIONS,
		 command && command->short_options ?
		 command->short_options : "");
	memset(list->longs, 0, sizeof(list->longs));
	memcpy(list->longs, global_options, sizeof(global_options));
	for (; own && own->name && n < MAX_OPTIONS; own++)
		list->longs[n++] = *own;
}

static const struct option *find_option(const struct option_list *list, int val)
{
	const struct option *o;

	for (o = list->longs; o->name; o++)
		if (o->val == val)
			return o;
	return NULL;
}

static int bad_option(const struct option_list *list, char **argv)
{
	const struct option *known = find_option(list, optopt);

	if (!optopt)
		return usage_error("unknown option '%s'", argv[optind - 1]);
	if (known)
		return usage_error("option '--%s' takes no value",
				   known->name);
	return usage_error("unknown option '-%c'", optopt);
}

static int take_option(struct context *ctx, const struct command *command,
		       int option)
{
	switch (option) {
	case 'j':
		ctx->json = true;
		return 0;
	case 'p':
		ctx->pretty = true;
		return 0;
	case 'n':
		ctx->netns_arg = optarg;
		return 0;
	case 'A':
		ctx->all_netns = true;
		return 0;
	case 'h':
		ctx->help = true;
		return 0;
	case 'V':
		ctx->version = true;
		return 0;
	default:
		return command->option(option, optarg);
	}
}

/* Return: 0 with what is behind the options in @ctx, or an exit status. */
static int parse_options(struct context *ctx, const struct command *command,
			 int argc, char **argv)
{
	struct option_list list;
	int option, ret = 0;

	list_options(command, &list);
	opterr = 0;
	optind = 0;	/* start anew, GNU's way */
	while (!ret && (option = getopt_long(argc, argv, list.shorts,
					     list.longs, NULL)) != -1) {
		if (option == '?')
			ret = bad_option(&list, argv);
		else if (option == ':')
			ret = usage_error("option '%s' needs a value",
					  argv[optind - 1]);
		else
			ret = take_option(ctx, command, option);
	}
	ctx->argc = argc - optind;
	ctx->argv = argv + optind;
	return ret;
}

/**
 * command_find - a command by its name
 * @name: the name
 *
 * Return: the command or NULL.
 */
const struct command *command_find(const char *name)
{
	const struct command *const *command = commands;

	while (*command && strcmp((*command)->name, name))
		command++;
	return *command;
}

static int check_usage(const struct context *ctx,
		       const struct command *command)
{
	if (ctx->netns_arg && ctx->all_netns)
		return usage_error("-n names one network namespace, -A all: give one of them");
	if (ctx->netns_arg && !*ctx->netns_arg)
		return usage_error("-n needs a name, a PID or an inode number");
	if (ctx->all_netns && command->one_netns)
		return usage_error("'%s' is about one network namespace: -A is not for it",
				   command->name);
	if (ctx->argc && !command->takes_arguments)
		return usage_error("'%s' takes no argument '%s'",
				   command->name, ctx->argv[0]);
	return 0;
}

/* Colors are for people at a terminal that want them (no-color.org). */
static bool want_color(FILE *out)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(out)) && !(no_color && *no_color) &&
	       !(term && !strcmp(term, "dumb"));
}

/* @named is NULL if the command line names no command. */
static int run_command(struct context *ctx, const struct command *named)
{
	const struct command *command = named ? named : commands[0];
	int ret;

	if (ctx->help) {
		help_print(ctx->out, named);
		return EXIT_DONE;
	}
	if (ctx->version) {
		fprintf(ctx->out, "ctmodctl %s\n", CTWATCH_VERSION);
		return EXIT_DONE;
	}
	ret = check_usage(ctx, command);
	if (ret)
		return ret;
	ret = command->run(ctx);
	client_close(&ctx->client);
	return ret;
}

/* Output that did not reach its file is no success. */
static int finish(struct context *ctx, int ret)
{
	struct why why;

	if (!ferror(ctx->out) && !fflush(ctx->out))
		return ret;
	why_set(&why, "cannot write: %s", strerror(errno));
	return fail(&why);
}

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

int main(int argc, char **argv)
{
	struct context ctx = { .out = stdout, .color = want_color(stdout) };
	const struct command *command = NULL;
	int ret;

	ret = parse_options(&ctx, NULL, argc, argv);
	if (ret)
		return ret;
	if (ctx.argc) {
		command = command_find(ctx.argv[0]);
		if (!command)
			return usage_error("unknown command '%s'",
					   ctx.argv[0]);
		usage_about(command->name);
		ret = parse_options(&ctx, command, ctx.argc, ctx.argv);
		if (ret)
			return ret;
	}
	return finish(&ctx, run_command(&ctx, command));
}
