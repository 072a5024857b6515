/* SPDX-License-Identifier: GPL-2.0 */
/* The settings, and KEY and KEY=VALUE as people write them. */
#ifndef CTMODCTL_CONFIG_H
#define CTMODCTL_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "netlink/request.h"

#define CONFIG_PARAMETERS "/sys/module/ctwatch/parameters"

struct config_key {
	const char *name;
	uint16_t attr;
	uint32_t min;
	uint32_t max;
	uint32_t standard;	/* without a module parameter */
	const char *doc;
};

/* In the order of the spec; the last has no name. */
extern const struct config_key config_keys[];

/* What is asked for: settings to change, in their order, and to show. */
struct config_args {
	uint64_t show;
	uint64_t set;
	struct request request;
};

const struct config_key *config_key_by_attr(uint16_t attr);
const struct config_key *config_key_find(const char *name, size_t len,
					 struct why *why);
int config_parse_value(const struct config_key *key, const char *value,
		       uint32_t *number, struct why *why);
int config_bad_value(const struct config_key *key, const char *value,
		     struct why *why);
int config_parse_arg(const char *arg, struct config_args *args,
		     struct why *why);
int config_standard(const char *dir, struct config *config, struct why *why);

#endif
