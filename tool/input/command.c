// SPDX-License-Identifier: GPL-2.0
/* Finds a command by the word for it. */
#include <string.h>

#include "input/command.h"

/**
 * command_find - a command by its name
 * @commands: those there are, then NULL
 * @name: the name
 *
 * Return: the command or NULL.
 */
const struct command *command_find(const struct command *const *commands,
				   const char *name)
{
	while (*commands && strcmp((*commands)->name, name))
		commands++;
	return *commands;
}
