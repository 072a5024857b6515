/* SPDX-License-Identifier: GPL-2.0 */
/* What the host knows of the module without asking it. */
#ifndef CTMODCTL_HOST_H
#define CTMODCTL_HOST_H

#include <stdbool.h>

#include "lib/error.h"
#include "lib/text.h"
#include "model/config.h"

#define MODULE_PARAMETERS "/sys/module/ctwatch/parameters"

bool host_module_release(const char *root, struct text *release);
int host_module_parameters(const char *dir, struct config *config,
			   struct why *why);
int host_explain_absence(const char *root, const char *release,
			 struct why *why);

#endif
