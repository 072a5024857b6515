// SPDX-License-Identifier: GPL-2.0
/* The list of settings, from the macro in model.h that has them all. */
#include <stddef.h>

#include "model/config.h"

#define KEY(NAME, ATTR, MIN, MAX, DEFAULT, DOC) \
	{ NAME, CTWATCH_A_CONFIG_##ATTR, MIN, MAX, DEFAULT, DOC },

const struct config_key config_keys[] = { CONFIG_KEYS(KEY) {} };

/**
 * config_key_by_attr - the setting of an attribute
 * @attr: CTWATCH_A_CONFIG_*
 *
 * Return: the setting, NULL if the attribute is none.
 */
const struct config_key *config_key_by_attr(uint16_t attr)
{
	const struct config_key *key;

	for (key = config_keys; key->name; key++)
		if (key->attr == attr)
			return key;
	return NULL;
}
