/* SPDX-License-Identifier: GPL-2.0 */
/* What the tool says of itself. */
#ifndef CTMODCTL_HELP_H
#define CTMODCTL_HELP_H

#include <stdio.h>

#include "input/command.h"

void help_print(FILE *out, const struct command *const *commands,
		const struct command *command);

#endif
