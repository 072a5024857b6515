/* SPDX-License-Identifier: GPL-2.0 */
/* KEY and KEY=VALUE as people write them. */
#ifndef CTMODCTL_KEYVALUE_H
#define CTMODCTL_KEYVALUE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "model/config.h"
#include "netlink/request.h"

/* What is asked for: settings to change, in their order, and to show. */
struct config_args {
	uint64_t show;
	uint64_t set;
	struct request request;
};

const struct config_key *config_key_find(const char *name, size_t len,
					 struct why *why);
int config_parse_value(const struct config_key *key, const char *value,
		       uint32_t *number, struct why *why);
int config_bad_value(const struct config_key *key, const char *value,
		     struct why *why);
int config_parse_arg(const char *arg, struct config_args *args,
		     struct why *why);

#endif
