// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "text.h"

#define KEY(NAME, ATTR, MIN, MAX, DOC) \
	{ NAME, CTWATCH_A_CONFIG_##ATTR, MIN, MAX },

static const struct config_key keys[] = { CONFIG_KEYS(KEY) };

#define KEYS_END (keys + sizeof(keys) / sizeof(keys[0]))

/**
 * config_key_by_attr - the setting of an attribute
 * @attr: CTWATCH_A_CONFIG_*
 *
 * Return: the setting, NULL if the attribute is none.
 */
const struct config_key *config_key_by_attr(uint16_t attr)
{
	const struct config_key *key;

	for (key = keys; key < KEYS_END; key++)
		if (key->attr == attr)
			return key;
	return NULL;
}

static const struct config_key *find_key(const char *name, size_t len)
{
	const struct config_key *key;

	for (key = keys; key < KEYS_END; key++)
		if (strlen(key->name) == len && !memcmp(key->name, name, len))
			return key;
	return NULL;
}

static int unknown_key(const char *name, int len, struct why *why)
{
	const struct config_key *key;
	char names[256];
	size_t used = 0;

	for (key = keys; key < KEYS_END; key++)
		used += snprintf(names + used, sizeof(names) - used, "%s%s",
				 key == keys ? "" : ", ", key->name);
	return why_set(why, "unknown key '%.*s', valid are %s", len, name,
		       names);
}

/*
 * Whether a number is in range the kernel decides: it may be of another
 * release. Here it only has to be a number.
 */
static int parse_set(const struct config_key *key, const char *value,
		     struct config_args *args, struct why *why)
{
	uint64_t number;

	if (args->set & BIT(key->attr))
		return why_set(why, "'%s' is set twice", key->name);
	if (!text_number(value, UINT32_MAX, &number))
		return why_set(why, "'%s' is no value for %s: give a whole number from %" PRIu32 " to %" PRIu32,
			       value, key->name, key->min, key->max);
	args->set |= BIT(key->attr);
	request_add(&args->request, key->attr, number);
	return 0;
}

static int parse_show(const struct config_key *key, struct config_args *args,
		      struct why *why)
{
	if (args->show & BIT(key->attr))
		return why_set(why, "'%s' is asked for twice", key->name);
	args->show |= BIT(key->attr);
	return 0;
}

/**
 * config_parse_arg - take one KEY or KEY=VALUE
 * @arg: the argument
 * @args: zeroed before the first; added to
 * @why: on failure, what is wrong with it
 *
 * Return: 0 or -1.
 */
int config_parse_arg(const char *arg, struct config_args *args,
		     struct why *why)
{
	const char *end = strchrnul(arg, '=');
	const struct config_key *key = find_key(arg, end - arg);

	if (!key)
		return unknown_key(arg, end - arg, why);
	if (*end)
		return parse_set(key, end + 1, args, why);
	return parse_show(key, args, why);
}
