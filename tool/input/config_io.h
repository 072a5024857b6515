/* SPDX-License-Identifier: GPL-2.0 */
/* Settings of many namespaces at once: between the module and a file. */
#ifndef CTMODCTL_CONFIG_IO_H
#define CTMODCTL_CONFIG_IO_H

#include <stdbool.h>
#include <stdio.h>

#include "netlink/context.h"

#define CONFIG_FILE "/etc/ctwatch.conf"

int config_load(struct context *ctx, const char *path, bool skip_missing,
		struct why *why);
int config_save(struct context *ctx, FILE *out, const char *path,
		struct why *why);

#endif
