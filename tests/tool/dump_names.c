// SPDX-License-Identifier: GPL-2.0
/*
 * What the tool knows of the spec, in the words of names.sh, which gets the
 * same from module/ctwatch.yaml.
 */
#include <stdio.h>
#include <stdlib.h>

#include "model/config.h"
#include "model/names.h"

static const char *const type_names[] = {
	[FIELD_FLAG] = "flag",
	[FIELD_U8] = "u8",
	[FIELD_U16] = "u16",
	[FIELD_U32] = "u32",
	[FIELD_S32] = "s32",
	[FIELD_U64] = "u64",
	[FIELD_STRING] = "string",
	[FIELD_ADDRESS] = "binary",
	[FIELD_KIND] = "nest",
	[FIELD_SOURCE] = "nest",
	[FIELD_DROPPED] = "nest",
	[FIELD_PREFIX] = "nest",
	[FIELD_MOST] = "nest",
	[FIELD_FILTER] = "nest",
	[FIELD_GROUP] = "nest",
	[FIELD_CENSUS] = "nest",
};

static const char *const enum_names[] = {
	[WORDS_NONE] = "-",
	[WORDS_LEVEL] = "level",
	[WORDS_STATE] = "state",
	[WORDS_PROTOCOL] = "-",
	[WORDS_TRACKING] = "tracking",
	[WORDS_STATES] = "state",
	[WORDS_GROUP_KEY] = "group-key",
};

/* A value without a name is shown as the number: then the list has ended. */
static void dump_enum(const char *name, struct text (*name_of)(uint32_t))
{
	uint32_t i;
	char *end;

	for (i = 0; ; i++) {
		struct text t = name_of(i);

		strtoul(t.s, &end, 10);
		if (!*end)
			return;
		printf("enum %s %u %s\n", name, i, t.s);
	}
}

static struct text tracking_by_number(uint32_t bit)
{
	return tracking_name(bit);
}

static struct text group_key_by_number(uint32_t bit)
{
	return group_key_name(bit);
}

static void dump_set(const char *name, const struct field_set *set)
{
	const struct field *f;

	for (f = set->fields; f < set->fields + set->n; f++)
		printf("attribute %s %u %s %s %s\n", name, f->attr, f->name,
		       type_names[f->type], enum_names[f->words]);
}

static void dump_operation(const char *name, const struct field_set *set,
			   uint64_t attrs)
{
	const struct field *f;

	for (f = set->fields; f < set->fields + set->n; f++)
		if (attrs & BIT(f->attr))
			printf("operation %s %s\n", name, f->name);
}

static void dump_ranges(void)
{
	const struct config_key *key;
	int attr;

	for (attr = 0; attr <= CTWATCH_A_CONFIG_MAX; attr++) {
		key = config_key_by_attr(attr);
		if (key)
			printf("range %s %u %u\n", key->name, key->min,
			       key->max);
	}
}

int main(void)
{
	int i;

	dump_enum("level", level_name);
	dump_enum("state", state_name);
	dump_enum("tracking", tracking_by_number);
	dump_enum("group-key", group_key_by_number);
	dump_set("kind", &kind_set);
	dump_set("source", &source_set);
	dump_set("dropped", &dropped_set);
	dump_set("prefix", &prefix_set);
	dump_set("filter", &filter_set);
	dump_set("group", &group_set);
	dump_set("census", &census_set);
	dump_set("query", &query_set);
	dump_set("ctwatch", &status_set);
	dump_set("config", &config_set);
	dump_ranges();
	for (i = 1; i <= CTWATCH_CMD_MAX; i++)
		printf("command %d %s\n", i, operation_name(i));
	dump_operation("status-get", &status_set, status_attrs);
	dump_operation("census-get", &query_set, census_attrs);
	dump_operation("level-ntf", &status_set, level_attrs);
	dump_operation("tracking-ntf", &status_set, tracking_attrs);
	dump_operation("config-get", &config_set, UINT64_MAX);
	return 0;
}
