/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KEY and KEY=VALUE arguments of the settings. Nothing here knows where they
 * come from: the command line, or one day a file.
 */
#ifndef CTMODCTL_CONFIG_H
#define CTMODCTL_CONFIG_H

#include <stdint.h>

#include "client.h"
#include "error.h"

struct config_key {
	const char *name;
	uint16_t attr;
	uint32_t min;
	uint32_t max;
};

/* What is asked for: settings to change, in their order, and to show. */
struct config_args {
	uint64_t show;
	uint64_t set;
	struct request request;
};

const struct config_key *config_key_by_attr(uint16_t attr);
int config_parse_arg(const char *arg, struct config_args *args,
		     struct why *why);

#endif
