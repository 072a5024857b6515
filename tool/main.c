// SPDX-License-Identifier: GPL-2.0
/*
 * The command line: which command, with which options, and what it left as the
 * exit status. What a command does is in cmd/.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/commands.h"
#include "cmd/help.h"
#include "lib/array.h"

/* The first is the default. */
static const struct command *const commands[] = {
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

/* What is asked for rather than a command. */
static bool help, version;

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
	size_t n = ARRAY_SIZE(global_options);

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

static int take_option(struct job *job, const struct command *command,
		       int option)
{
	switch (option) {
	case 'j':
		job->json = true;
		return 0;
	case 'p':
		job->pretty = true;
		return 0;
	case 'n':
		job->ctx.netns_arg = optarg;
		return 0;
	case 'A':
		job->ctx.all_netns = true;
		return 0;
	case 'h':
		help = true;
		return 0;
	case 'V':
		version = true;
		return 0;
	default:
		return command->option(option, optarg);
	}
}

/* Return: 0 with what is behind the options in @job, or an exit status. */
static int parse_options(struct job *job, const struct command *command,
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
			ret = take_option(job, command, option);
	}
	job->argc = argc - optind;
	job->argv = argv + optind;
	return ret;
}

static int check_usage(const struct job *job, const struct command *command)
{
	if (job->ctx.netns_arg && job->ctx.all_netns)
		return usage_error("-n names one network namespace, -A all: give one of them");
	if (job->ctx.netns_arg && !*job->ctx.netns_arg)
		return usage_error("-n needs a name, a PID or an inode number");
	if (job->ctx.all_netns && command->one_netns)
		return usage_error("'%s' is about one network namespace: -A is not for it",
				   command->name);
	if (job->argc && !command->takes_arguments)
		return usage_error("'%s' takes no argument '%s'",
				   command->name, job->argv[0]);
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
static int run_command(struct job *job, const struct command *named)
{
	const struct command *command = named ? named : commands[0];
	int ret;

	if (help) {
		help_print(job->out, commands, named);
		return EXIT_DONE;
	}
	if (version) {
		fprintf(job->out, "ctmodctl %s\n", CTWATCH_VERSION);
		return EXIT_DONE;
	}
	ret = check_usage(job, command);
	if (ret)
		return ret;
	ret = command->run(job);
	client_close(&job->ctx.client);
	return ret;
}

/* Output that did not reach its file is no success. */
static int finish(struct job *job, int ret)
{
	struct why why;

	if (!ferror(job->out) && !fflush(job->out))
		return ret;
	why_set(&why, "cannot write: %s", strerror(errno));
	return fail(&why);
}

int main(int argc, char **argv)
{
	struct job job = {
		.out = stdout,
		.color = want_color(stdout),
		.commands = commands,
	};
	const struct command *command = NULL;
	int ret;

	ret = parse_options(&job, NULL, argc, argv);
	if (ret)
		return ret;
	if (job.argc) {
		command = command_find(commands, job.argv[0]);
		if (!command)
			return usage_error("unknown command '%s'",
					   job.argv[0]);
		usage_about(command->name);
		ret = parse_options(&job, command, job.argc, job.argv);
		if (ret)
			return ret;
	}
	return finish(&job, run_command(&job, command));
}
