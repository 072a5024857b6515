/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_PARAMS_H
#define CTW_PARAMS_H

#include <linux/types.h>

#include "lib/config.h"

/* Bounds of the parameter sources. */
#define CTW_SOURCES_MIN	64
#define CTW_SOURCES_MAX	65536

/* Bounds of the parameter groups. */
#define CTW_GROUPS_MIN	256
#define CTW_GROUPS_MAX	1048576

extern unsigned int ctw_param_sources;
extern unsigned int ctw_param_groups;
extern bool ctw_param_log_all_netns;
extern struct ctw_config ctw_param_config;

const char *ctw_params_check(void);

#endif
