// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <stdlib.h>

#include "error.h"
#include "model.h"

#define FIELD(NAME, STRUCT, MEMBER, ATTR, TYPE, WORDS) {		\
	.name = NAME,							\
	.attr = CTWATCH_A_##ATTR,					\
	.offset = offsetof(struct STRUCT, MEMBER),			\
	.type = FIELD_##TYPE,						\
	.words = WORDS_##WORDS,						\
}

#define FIELD_SET(NAME, FIELDS, REQUIRED) {				\
	.name = NAME,							\
	.fields = FIELDS,						\
	.n = sizeof(FIELDS) / sizeof((FIELDS)[0]),			\
	.required = REQUIRED,						\
}

static const struct field kind_fields[] = {
	FIELD("protocol", kind, protocol, KIND_PROTOCOL, U8, PROTOCOL),
	FIELD("state", kind, state, KIND_STATE, U32, STATE),
	FIELD("count", kind, count, KIND_COUNT, U64, NONE),
};

const struct field_set kind_set = FIELD_SET("kind", kind_fields,
	BIT(CTWATCH_A_KIND_PROTOCOL) | BIT(CTWATCH_A_KIND_STATE) |
	BIT(CTWATCH_A_KIND_COUNT));

static const struct field source_fields[] = {
	FIELD("family", source, subnet.family, SOURCE_FAMILY, U8, NONE),
	FIELD("address", source, subnet, SOURCE_ADDRESS, ADDRESS, NONE),
	FIELD("prefix-len", source, subnet.prefix_len, SOURCE_PREFIX_LEN, U8,
	      NONE),
	FIELD("zone", source, zone, SOURCE_ZONE, U16, NONE),
	FIELD("count", source, count, SOURCE_COUNT, U64, NONE),
	FIELD("error", source, error, SOURCE_ERROR, U64, NONE),
	FIELD("rate", source, rate, SOURCE_RATE, U32, NONE),
	FIELD("recent", source, recent, SOURCE_RECENT, U32, NONE),
	FIELD("drop", source, drop, SOURCE_DROP, U64, NONE),
	FIELD("kind", source, kinds, SOURCE_KIND, KIND, NONE),
};

/* A source without kinds is possible: all its count may be error. */
const struct field_set source_set = FIELD_SET("source", source_fields,
	BIT(CTWATCH_A_SOURCE_FAMILY) | BIT(CTWATCH_A_SOURCE_ADDRESS) |
	BIT(CTWATCH_A_SOURCE_PREFIX_LEN) | BIT(CTWATCH_A_SOURCE_ZONE) |
	BIT(CTWATCH_A_SOURCE_COUNT) | BIT(CTWATCH_A_SOURCE_ERROR) |
	BIT(CTWATCH_A_SOURCE_RATE) | BIT(CTWATCH_A_SOURCE_RECENT) |
	BIT(CTWATCH_A_SOURCE_DROP));

static const struct field prefix_fields[] = {
	FIELD("family", prefix, subnet.family, PREFIX_FAMILY, U8, NONE),
	FIELD("address", prefix, subnet, PREFIX_ADDRESS, ADDRESS, NONE),
	FIELD("prefix-len", prefix, subnet.prefix_len, PREFIX_PREFIX_LEN, U8,
	      NONE),
	FIELD("share", prefix, share, PREFIX_SHARE, U32, NONE),
};

const struct field_set prefix_set = FIELD_SET("prefix", prefix_fields,
	BIT(CTWATCH_A_PREFIX_FAMILY) | BIT(CTWATCH_A_PREFIX_ADDRESS) |
	BIT(CTWATCH_A_PREFIX_PREFIX_LEN) | BIT(CTWATCH_A_PREFIX_SHARE));

#define STATUS(NAME, MEMBER, ATTR, TYPE, WORDS) \
	FIELD(NAME, status, MEMBER, ATTR, TYPE, WORDS)

static const struct field status_fields[] = {
	STATUS("netns", netns, NETNS, U32, NONE),
	STATUS("module-version", module_version, MODULE_VERSION, STRING, NONE),
	STATUS("tracking", tracking, TRACKING, U32, TRACKING),
	STATUS("level", level, LEVEL, U32, LEVEL),
	STATUS("predicted", has, PREDICTED, FLAG, NONE),
	STATUS("entries", entries, ENTRIES, U32, NONE),
	STATUS("max-entries", max_entries, MAX_ENTRIES, U32, NONE),
	STATUS("growth", growth, GROWTH, S32, NONE),
	STATUS("time-to-full", time_to_full, TIME_TO_FULL, U32, NONE),
	STATUS("since", since, SINCE, U64, NONE),
	STATUS("attempts", attempts, ATTEMPTS, U64, NONE),
	STATUS("insert", insert, INSERT, U64, NONE),
	STATUS("insert-failed", insert_failed, INSERT_FAILED, U64, NONE),
	STATUS("clash-resolve", clash_resolve, CLASH_RESOLVE, U64, NONE),
	STATUS("chain-toolong", chain_toolong, CHAIN_TOOLONG, U64, NONE),
	STATUS("drop", drop, DROP, U64, NONE),
	STATUS("drop-attributed", drop_attributed, DROP_ATTRIBUTED, U64, NONE),
	STATUS("early-drop", early_drop, EARLY_DROP, U64, NONE),
	STATUS("peak-entries", peak_entries, PEAK_ENTRIES, U32, NONE),
	STATUS("peak-age", peak_age, PEAK_AGE, U64, NONE),
	STATUS("sources", sources_used, SOURCES, U32, NONE),
	STATUS("sources-max", sources_max, SOURCES_MAX, U32, NONE),
	STATUS("unattributed", unattributed, UNATTRIBUTED, U64, NONE),
	STATUS("suppressed", suppressed, SUPPRESSED, U64, NONE),
	STATUS("kind", kinds, KIND, KIND, NONE),
	STATUS("text", text, TEXT, STRING, NONE),
	STATUS("previous-level", previous_level, PREVIOUS_LEVEL, U32, LEVEL),
	STATUS("window", window, WINDOW, U32, NONE),
	STATUS("window-insertions", window_insertions, WINDOW_INSERTIONS, U64,
	       NONE),
	STATUS("source", sources, SOURCE, SOURCE, NONE),
	STATUS("diffuse", diffuse, DIFFUSE, PREFIX, NONE),
	STATUS("new-drop", new_drop, NEW_DROP, U64, NONE),
	STATUS("new-early-drop", new_early_drop, NEW_EARLY_DROP, U64, NONE),
	STATUS("new-suppressed", new_suppressed, NEW_SUPPRESSED, U32, NONE),
	STATUS("logged", has, LOGGED, FLAG, NONE),
};

/* What a message must have depends on the operation, see parse.c. */
const struct field_set status_set = FIELD_SET("", status_fields, 0);

/* Everything from @first to @last: the spec lists them in that order. */
#define BITS(first, last) ((BIT(last) << 1) - BIT(first))

_Static_assert(CTWATCH_A_LOGGED < 63, "more attributes than bits in @has");

const uint64_t status_attrs = BITS(CTWATCH_A_NETNS, CTWATCH_A_KIND);
const uint64_t source_attrs = BIT(CTWATCH_A_NETNS) | BIT(CTWATCH_A_ATTEMPTS) |
			      BIT(CTWATCH_A_SOURCE);
const uint64_t level_attrs = BITS(CTWATCH_A_NETNS, CTWATCH_A_LOGGED);
const uint64_t tracking_attrs = BITS(CTWATCH_A_NETNS, CTWATCH_A_TEXT) |
				BIT(CTWATCH_A_LOGGED);

#define CONFIG_FIELD(NAME, ATTR, MIN, MAX, DOC) \
	FIELD(NAME, config, value[CTWATCH_A_CONFIG_##ATTR], CONFIG_##ATTR, \
	      U32, NONE),

static const struct field config_fields[] = {
	CONFIG_FIELD("netns", NETNS, 0, 0, "")
	CONFIG_KEYS(CONFIG_FIELD)
};

const struct field_set config_set = FIELD_SET("", config_fields,
	BITS(CTWATCH_A_CONFIG_NETNS, CTWATCH_A_CONFIG_IPV6_PREFIX));

/**
 * array_grow - make room for one more element
 * @v: array of @n elements, grown by this function only; NULL if empty
 * @n: elements in use
 * @size: bytes of one
 *
 * The room doubles whenever @n reaches a power of two, so it needs no member
 * of its own.
 *
 * Return: the array, perhaps moved. Does not return without memory.
 */
void *array_grow(void *v, size_t n, size_t size)
{
	if (n & (n - 1))
		return v;
	v = reallocarray(v, n ? 2 * n : 1, size);
	if (!v)
		errx(EXIT_FAILED, "out of memory");
	return v;
}

/**
 * kinds_free - free what the parser filled
 * @kinds: emptied
 */
void kinds_free(struct kinds *kinds)
{
	free(kinds->v);
	*kinds = (struct kinds){};
}

/**
 * sources_free - free what the parser filled
 * @sources: emptied
 */
void sources_free(struct sources *sources)
{
	size_t i;

	for (i = 0; i < sources->n; i++)
		kinds_free(&sources->v[i].kinds);
	free(sources->v);
	*sources = (struct sources){};
}

/**
 * status_free - free what the parser filled
 * @status: emptied
 */
void status_free(struct status *status)
{
	free(status->label);
	free(status->module_version);
	free(status->text);
	kinds_free(&status->kinds);
	sources_free(&status->sources);
	*status = (struct status){};
}

/**
 * statuses_free - free a list
 * @list: emptied
 */
void statuses_free(struct statuses *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		status_free(&list->v[i]);
	free(list->v);
	*list = (struct statuses){};
}

/**
 * configs_free - free a list
 * @list: emptied
 */
void configs_free(struct configs *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		free(list->v[i].label);
	free(list->v);
	*list = (struct configs){};
}
