// SPDX-License-Identifier: GPL-2.0
/*
 * Tells how the tool and each command are used, from what the commands say of
 * themselves.
 */
#include <ctype.h>
#include <string.h>

#include "cmd/help.h"

static void print_options(FILE *out, const struct command *command)
{
	fputs("  -j, --json         print JSON, in one line\n"
	      "  -p, --pretty       with -j: indent it\n"
	      "  -n, --netns NETNS  about this network namespace: a name of 'ip netns list',\n"
	      "                     a PID, or an inode number of 'lsns -t net' (a number that\n"
	      "                     is no PID is an inode number); default is one's own\n",
	      out);
	if (!command || !command->one_netns)
		fputs("  -A, --all-netns    about every network namespace\n", out);
	fputs("  -h, --help         show this help\n"
	      "  -V, --version      show the release of the tool\n", out);
}

static void print_overview(FILE *out, const struct command *const *commands)
{
	fputs("Usage: ctmodctl [OPTION...] [COMMAND [ARGUMENT...]]\n"
	      "Who fills the connection tracking table, with what, and when it will be full.\n"
	      "\n"
	      "Commands; 'ctmodctl help COMMAND' tells more:\n", out);
	for (; *commands; commands++)
		fprintf(out, "  %-8s %s\n", (*commands)->name,
			(*commands)->doc);
	fputs("\nOptions, before or after the command:\n", out);
	print_options(out, NULL);
}

/* Each way to call it in a line. */
static void print_usage(FILE *out, const struct command *command)
{
	const char *arguments = command->arguments, *end;
	const char *title = "Usage:";

	do {
		end = strchrnul(arguments, '\n');
		fprintf(out, "%-6s ctmodctl [OPTION...] %s%s%.*s\n", title,
			command->name, end > arguments ? " " : "",
			(int)(end - arguments), arguments);
		arguments = end + 1;
		title = "";
	} while (*end);
}

static void print_command(FILE *out, const struct command *command)
{
	print_usage(out, command);
	fprintf(out, "%c%s.\n", toupper(*command->doc), command->doc + 1);
	if (command->about)
		fprintf(out, "\n%s", command->about);
	if (command->options)
		fprintf(out, "\nOptions of '%s':\n%s", command->name,
			command->options);
	if (command->list) {
		fputc('\n', out);
		command->list(out);
	}
	fputs("\nOptions of every command:\n", out);
	print_options(out, command);
}

/**
 * help_print - tell how the tool, or one command, is used
 * @out: where to
 * @commands: those there are, then NULL
 * @command: the command, NULL for an overview
 */
void help_print(FILE *out, const struct command *const *commands,
		const struct command *command)
{
	if (command)
		print_command(out, command);
	else
		print_overview(out, commands);
	fputs("\nExit status: 0 done, 1 refused or failed, 2 wrong usage.\n", out);
}

static int run(struct job *job)
{
	const struct command *command = NULL;

	if (job->argc > 1)
		return usage_error("'help' is about one command: leave '%s' out",
				   job->argv[1]);
	if (job->argc) {
		command = command_find(job->commands, job->argv[0]);
		if (!command)
			return usage_error("unknown command '%s'",
					   job->argv[0]);
	}
	help_print(job->out, job->commands, command);
	return EXIT_DONE;
}

const struct command cmd_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.doc = "how the tool, or a command, is used",
	.one_netns = true,
	.takes_arguments = true,
	.run = run,
};
