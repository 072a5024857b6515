/* SPDX-License-Identifier: GPL-2.0 */
/* The commands, for main() alone: none of them uses another. */
#ifndef CTMODCTL_COMMANDS_H
#define CTMODCTL_COMMANDS_H

#include "input/command.h"

extern const struct command cmd_stats;
extern const struct command cmd_sources;
extern const struct command cmd_top;
extern const struct command cmd_monitor;
extern const struct command cmd_config;
extern const struct command cmd_reset;
extern const struct command cmd_version;
extern const struct command cmd_help;

#endif
