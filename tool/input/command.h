/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: what a command is, and what it is told. */
#ifndef CTMODCTL_COMMAND_H
#define CTMODCTL_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "netlink/context.h"

struct command;

/* What a command is told to do. */
struct job {
	FILE *out;
	bool json;
	bool pretty;
	bool color;
	int argc;		/* arguments beside options */
	char **argv;
	struct context ctx;
	/* All there are, then NULL, for the help. The first is the default. */
	const struct command *const *commands;
};

struct command {
	const char *name;
	/* Told by the help. */
	const char *arguments;	/* a line for each way to call it */
	const char *doc;	/* in one line */
	const char *about;	/* the rest of it; NULL if that is all */
	const char *options;	/* of its own, NULL if none */
	void (*list)(FILE *out);	/* names it takes, NULL if none */
	bool one_netns;		/* -A makes no sense */
	bool takes_arguments;
	/* Options of its own; option() returns 0 or an exit status. */
	const char *short_options;
	const struct option *long_options;
	int (*option)(int option, const char *value);
	/* Returns an exit status. */
	int (*run)(struct job *job);
};

const struct command *command_find(const struct command *const *commands,
				   const char *name);

#endif
