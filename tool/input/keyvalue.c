// SPDX-License-Identifier: GPL-2.0
/*
 * KEY and KEY=VALUE -> settings, or what is wrong with them and what to give.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "input/keyvalue.h"
#include "lib/text.h"

static int unknown_key(const char *name, int len, struct why *why)
{
	const struct config_key *key;
	char names[256];
	size_t used = 0;

	for (key = config_keys; key->name; key++)
		used += snprintf(names + used, sizeof(names) - used, "%s%s",
				 key == config_keys ? "" : ", ", key->name);
	return why_set(why, "unknown key '%.*s', valid are %s", len, name,
		       names);
}

/**
 * config_key_find - a setting by its name
 * @name: the spec's name
 * @len: its length
 * @why: on failure, which names there are
 *
 * Return: the setting or NULL.
 */
const struct config_key *config_key_find(const char *name, size_t len,
					 struct why *why)
{
	const struct config_key *key;

	for (key = config_keys; key->name; key++)
		if (strlen(key->name) == len && !memcmp(key->name, name, len))
			return key;
	unknown_key(name, len, why);
	return NULL;
}

/**
 * config_bad_value - say what a setting may be
 * @key: the setting
 * @value: what was given
 * @why: filled
 *
 * Return: -1.
 */
int config_bad_value(const struct config_key *key, const char *value,
		     struct why *why)
{
	return why_set(why, "'%s' is no value for %s: give a whole number from %" PRIu32 " to %" PRIu32,
		       value, key->name, key->min, key->max);
}

/**
 * config_parse_value - the value of a setting, in range or not
 * @key: the setting
 * @value: as given
 * @number: the value
 * @why: on failure, what the setting may be
 *
 * Return: 0 or -1.
 */
int config_parse_value(const struct config_key *key, const char *value,
		       uint32_t *number, struct why *why)
{
	uint64_t n;

	if (!text_number(value, UINT32_MAX, &n))
		return config_bad_value(key, value, why);
	*number = n;
	return 0;
}

/*
 * Whether a number is in range the kernel decides: it may be of another
 * release. Here it only has to be a number.
 */
static int parse_set(const struct config_key *key, const char *value,
		     struct config_args *args, struct why *why)
{
	uint32_t number = 0;

	if (args->set & BIT(key->attr))
		return why_set(why, "'%s' is set twice", key->name);
	if (config_parse_value(key, value, &number, why))
		return -1;
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
	const struct config_key *key = config_key_find(arg, end - arg, why);

	if (!key)
		return -1;
	if (*end)
		return parse_set(key, end + 1, args, why);
	return parse_show(key, args, why);
}
