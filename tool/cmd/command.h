/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands share: the command line and the connection. */
#ifndef CTMODCTL_CTMODCTL_H
#define CTMODCTL_CTMODCTL_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/error.h"
#include "netlink/client.h"
#include "netlink/netns.h"

struct context {
	FILE *out;
	bool json;
	bool pretty;
	bool all_netns;
	bool help;
	bool version;
	bool color;
	int argc;		/* arguments of the command */
	char **argv;
	const char *netns_arg;	/* of -n, NULL without */
	struct netns netns;	/* what it means, once opened */
	struct client client;
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
	bool takes_arguments;	/* beside options */
	/* Options of its own; option() returns 0 or an exit status. */
	const char *short_options;
	const struct option *long_options;
	int (*option)(int option, const char *value);
	/* Returns an exit status. */
	int (*run)(struct context *ctx);
};

extern const struct command cmd_stats;
extern const struct command cmd_sources;
extern const struct command cmd_top;
extern const struct command cmd_monitor;
extern const struct command cmd_config;
extern const struct command cmd_reset;
extern const struct command cmd_version;
extern const struct command cmd_help;

/* All of them, then NULL. The first is the default. */
extern const struct command *const commands[];

const struct command *command_find(const char *name);
void help_print(FILE *out, const struct command *command);

int context_find_netns(struct context *ctx, struct why *why);
int context_open(struct context *ctx, struct why *why);

#endif
