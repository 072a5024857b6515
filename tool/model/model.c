// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of the attribute sets: what of a message is which member.
 * Everything that reads, writes or prints a message goes by them.
 */
#include <stdlib.h>

#include "lib/array.h"
#include "model/model.h"

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
	.n = ARRAY_SIZE(FIELDS),					\
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
	BIT(CTWATCH_A_SOURCE_PREFIX_LEN) | BIT(CTWATCH_A_SOURCE_COUNT));

static const struct field dropped_fields[] = {
	FIELD("family", dropped, subnet.family, DROPPED_FAMILY, U8, NONE),
	FIELD("address", dropped, subnet, DROPPED_ADDRESS, ADDRESS, NONE),
	FIELD("prefix-len", dropped, subnet.prefix_len, DROPPED_PREFIX_LEN, U8,
	      NONE),
	FIELD("zone", dropped, zone, DROPPED_ZONE, U16, NONE),
	FIELD("drop", dropped, drop, DROPPED_DROP, U64, NONE),
};

const struct field_set dropped_set = FIELD_SET("dropped", dropped_fields,
	BIT(CTWATCH_A_DROPPED_FAMILY) | BIT(CTWATCH_A_DROPPED_ADDRESS) |
	BIT(CTWATCH_A_DROPPED_PREFIX_LEN) | BIT(CTWATCH_A_DROPPED_DROP));

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

#define FILTER(NAME, MEMBER, ATTR, TYPE, WORDS) \
	FIELD(NAME, filter, MEMBER, FILTER_##ATTR, TYPE, WORDS)

static const struct field filter_fields[] = {
	FILTER("family", family, FAMILY, U8, NONE),
	FILTER("protocol", protocol, PROTOCOL, U8, PROTOCOL),
	FILTER("states", states, STATES, U32, STATES),
	FILTER("src", src, SRC, ADDRESS, NONE),
	FILTER("src-prefix-len", src.prefix_len, SRC_PREFIX_LEN, U8, NONE),
	FILTER("dst", dst, DST, ADDRESS, NONE),
	FILTER("dst-prefix-len", dst.prefix_len, DST_PREFIX_LEN, U8, NONE),
	FILTER("sport", sport, SPORT, U16, NONE),
	FILTER("dport", dport, DPORT, U16, NONE),
	FILTER("zone", zone, ZONE, U16, NONE),
	FILTER("mark", mark, MARK, U32, NONE),
	FILTER("mark-mask", mark_mask, MARK_MASK, U32, NONE),
	FILTER("assured", assured, ASSURED, U8, NONE),
	FILTER("unreplied", unreplied, UNREPLIED, U8, NONE),
	FILTER("expired", expired, EXPIRED, U8, NONE),
};

const struct field_set filter_set = FIELD_SET("filter", filter_fields, 0);

#define GROUP(NAME, MEMBER, ATTR, TYPE, WORDS) \
	FIELD(NAME, group, MEMBER, GROUP_##ATTR, TYPE, WORDS)

static const struct field group_fields[] = {
	GROUP("netns", netns, NETNS, U32, NONE),
	GROUP("family", family, FAMILY, U8, NONE),
	GROUP("src", src, SRC, ADDRESS, NONE),
	GROUP("src-prefix-len", src.prefix_len, SRC_PREFIX_LEN, U8, NONE),
	GROUP("dst", dst, DST, ADDRESS, NONE),
	GROUP("dst-prefix-len", dst.prefix_len, DST_PREFIX_LEN, U8, NONE),
	GROUP("protocol", protocol, PROTOCOL, U8, PROTOCOL),
	GROUP("dport", dport, DPORT, U16, NONE),
	GROUP("state", state, STATE, U32, STATE),
	GROUP("zone", zone, ZONE, U16, NONE),
	GROUP("entries", entries, ENTRIES, U32, NONE),
	GROUP("assured", assured, ASSURED, U32, NONE),
	GROUP("unreplied", unreplied, UNREPLIED, U32, NONE),
	GROUP("expired", expired, EXPIRED, U32, NONE),
	GROUP("kind", most, KIND, MOST, NONE),
	GROUP("other", has, OTHER, FLAG, NONE),
};

const struct field_set group_set = FIELD_SET("group", group_fields,
	BIT(CTWATCH_A_GROUP_ENTRIES));

#define CENSUS(NAME, MEMBER, ATTR, TYPE) \
	FIELD(NAME, census, MEMBER, CENSUS_##ATTR, TYPE, NONE)

static const struct field census_fields[] = {
	CENSUS("generation", generation, GENERATION, U32),
	CENSUS("age", age, AGE, U64),
	CENSUS("duration", duration, DURATION, U32),
	CENSUS("seen", seen, SEEN, U32),
	CENSUS("matched", matched, MATCHED, U32),
	CENSUS("nat-clash", nat_clash, NAT_CLASH, U32),
	CENSUS("entries", entries, ENTRIES, U32),
	CENSUS("unattributed", unattributed, UNATTRIBUTED, S32),
	CENSUS("groups", groups, GROUPS, U32),
	CENSUS("groups-max", groups_max, GROUPS_MAX, U32),
	CENSUS("ungrouped", ungrouped, UNGROUPED, U32),
	CENSUS("group", top, GROUP, GROUP),
	CENSUS("diffuse", diffuse, DIFFUSE, PREFIX),
};

/* Everything from @first to @last: the spec lists them in that order. */
#define BITS(first, last) ((BIT(last) << 1) - BIT(first))

const struct field_set census_set = FIELD_SET("census", census_fields,
	BIT(CTWATCH_A_CENSUS_SEEN) | BIT(CTWATCH_A_CENSUS_MATCHED));

#define QUERY(NAME, MEMBER, ATTR, TYPE, WORDS) \
	FIELD(NAME, query, MEMBER, QUERY_##ATTR, TYPE, WORDS)

static const struct field query_fields[] = {
	QUERY("netns", netns, NETNS, U32, NONE),
	QUERY("by", by, BY, U32, GROUP_KEY),
	QUERY("src-ipv4-prefix", src_ipv4_prefix, SRC_IPV4_PREFIX, U32, NONE),
	QUERY("src-ipv6-prefix", src_ipv6_prefix, SRC_IPV6_PREFIX, U32, NONE),
	QUERY("dst-ipv4-prefix", dst_ipv4_prefix, DST_IPV4_PREFIX, U32, NONE),
	QUERY("dst-ipv6-prefix", dst_ipv6_prefix, DST_IPV6_PREFIX, U32, NONE),
	QUERY("filter", filter, FILTER, FILTER, NONE),
	QUERY("top", top, TOP, U32, NONE),
	QUERY("max-age", max_age, MAX_AGE, U32, NONE),
	QUERY("peak", has, PEAK, FLAG, NONE),
	QUERY("census", census, CENSUS, CENSUS, NONE),
	QUERY("group", groups, GROUP, GROUP, NONE),
};

/* What a message must have depends on its place in the dump, see fetch.c. */
const struct field_set query_set = FIELD_SET("", query_fields, 0);

const uint64_t census_attrs =
	BITS(CTWATCH_A_QUERY_NETNS, CTWATCH_A_QUERY_DST_IPV6_PREFIX) |
	BITS(CTWATCH_A_QUERY_PEAK, CTWATCH_A_QUERY_GROUP);

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
	STATUS("new-drop-attributed", new_drop_attributed, NEW_DROP_ATTRIBUTED,
	       U64, NONE),
	STATUS("dropped", dropped, DROPPED, DROPPED, NONE),
	STATUS("new-early-drop", new_early_drop, NEW_EARLY_DROP, U64, NONE),
	STATUS("new-suppressed", new_suppressed, NEW_SUPPRESSED, U32, NONE),
	STATUS("census", census, CENSUS, CENSUS, NONE),
	STATUS("logged", has, LOGGED, FLAG, NONE),
};

/* What a message must have depends on the operation, see parse.c. */
const struct field_set status_set = FIELD_SET("", status_fields, 0);

_Static_assert(CTWATCH_A_LOGGED < 63, "more attributes than bits in @has");

const uint64_t status_attrs = BITS(CTWATCH_A_NETNS, CTWATCH_A_KIND);
const uint64_t source_attrs = BIT(CTWATCH_A_NETNS) | BIT(CTWATCH_A_ATTEMPTS) |
			      BIT(CTWATCH_A_SOURCE);
const uint64_t level_attrs = BITS(CTWATCH_A_NETNS, CTWATCH_A_LOGGED);
const uint64_t tracking_attrs = BITS(CTWATCH_A_NETNS, CTWATCH_A_TEXT) |
				BIT(CTWATCH_A_LOGGED);

#define CONFIG_FIELD(NAME, ATTR, MIN, MAX, DEFAULT, DOC) \
	FIELD(NAME, config, value[CTWATCH_A_CONFIG_##ATTR], CONFIG_##ATTR, \
	      U32, NONE),

static const struct field config_fields[] = {
	CONFIG_FIELD("netns", NETNS, 0, 0, 0, "")
	CONFIG_KEYS(CONFIG_FIELD)
};

const struct field_set config_set = FIELD_SET("", config_fields,
	BIT(CTWATCH_A_CONFIG_NETNS));

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
 * groups_free - free what the parser filled
 * @groups: emptied
 */
void groups_free(struct groups *groups)
{
	size_t i;

	for (i = 0; i < groups->n; i++)
		free(groups->v[i].label);
	free(groups->v);
	*groups = (struct groups){};
}

/**
 * query_free - free what the parser filled
 * @query: emptied
 */
void query_free(struct query *query)
{
	groups_free(&query->census.top);
	groups_free(&query->groups);
	*query = (struct query){};
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
	groups_free(&status->census.top);
	free(status->dropped.v);
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
