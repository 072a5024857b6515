/* SPDX-License-Identifier: GPL-2.0 */
/* The settings there are: what each may be, is by default and does. */
#ifndef CTMODCTL_CONFIG_H
#define CTMODCTL_CONFIG_H

#include <stdint.h>

#include "model/model.h"

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

const struct config_key *config_key_by_attr(uint16_t attr);

#endif
