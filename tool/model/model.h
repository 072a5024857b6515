/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attribute sets of module/ctwatch.yaml as plain structs, and one table
 * per set that says which attribute is which member. The parser fills and
 * JSON prints by these tables alone.
 */
#ifndef CTMODCTL_MODEL_H
#define CTMODCTL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/ctwatch.h>

#define BIT(attr) (UINT64_C(1) << (attr))

/*
 * True if the message had the attribute. Every struct of a set begins with
 * @has, a bit for each attribute.
 */
#define HAS(object, attr) (!!((object)->has & BIT(attr)))

struct address {
	uint8_t len;
	uint8_t bytes[16];
};

struct subnet {
	uint8_t family;
	uint8_t prefix_len;
	struct address address;
};

struct kind {
	uint64_t has;
	uint64_t count;
	uint32_t state;
	uint8_t protocol;
};

struct kinds {
	struct kind *v;
	size_t n;
};

struct source {
	uint64_t has;
	struct subnet subnet;
	uint16_t zone;
	uint32_t rate;
	uint32_t recent;
	uint64_t count;
	uint64_t error;
	uint64_t drop;
	struct kinds kinds;
};

struct sources {
	struct source *v;
	size_t n;
};

/* Packets of a source that were dropped since the last line. */
struct dropped {
	uint64_t has;
	struct subnet subnet;
	uint16_t zone;
	uint64_t drop;
};

struct droppeds {
	struct dropped *v;
	size_t n;
};

struct prefix {
	uint64_t has;
	struct subnet subnet;
	uint32_t share;
};

/* Which entries; in requests only. */
struct filter {
	uint64_t has;
	uint32_t states;	/* 1 << enum ctwatch_state */
	uint32_t mark;
	uint32_t mark_mask;
	uint16_t sport;
	uint16_t dport;
	uint16_t zone;
	uint8_t family;
	uint8_t protocol;
	uint8_t assured;
	uint8_t unreplied;
	uint8_t expired;
	struct subnet src;
	struct subnet dst;
};

/* Entries with something in common; what that is @has says. */
struct group {
	uint64_t has;
	char *label;		/* name of the namespace if it has one */
	uint32_t netns;
	uint32_t state;
	uint32_t entries;
	uint32_t assured;
	uint32_t unreplied;
	uint32_t expired;
	uint16_t dport;
	uint16_t zone;
	uint8_t family;		/* of @src and @dst, which have it too */
	uint8_t protocol;
	struct subnet src;
	struct subnet dst;
	struct kind most;
};

struct groups {
	struct group *v;
	size_t n;
};

/* One walk of the table; @top and @diffuse in events only. */
struct census {
	uint64_t has;
	uint64_t age;
	uint32_t generation;
	uint32_t duration;
	uint32_t seen;
	uint32_t matched;
	uint32_t nat_clash;
	uint32_t entries;
	int32_t unattributed;
	uint32_t groups;
	uint32_t groups_max;
	uint32_t ungrouped;
	struct groups top;
	struct prefix diffuse;
};

/* A question about the table, or its answer: the same set on the wire. */
struct query {
	uint64_t has;
	uint32_t netns;
	uint32_t by;
	uint32_t src_ipv4_prefix;
	uint32_t src_ipv6_prefix;
	uint32_t dst_ipv4_prefix;
	uint32_t dst_ipv6_prefix;
	uint32_t top;
	uint32_t max_age;
	struct filter filter;
	struct census census;
	struct groups groups;
};

/* Set "ctwatch": a namespace, an event or the sources of a namespace. */
struct status {
	uint64_t has;
	char *label;		/* name of the namespace if it has one */
	uint32_t netns;
	uint32_t tracking;
	uint32_t level;
	uint32_t entries;
	uint32_t max_entries;
	int32_t growth;
	uint32_t time_to_full;
	uint32_t peak_entries;
	uint32_t sources_used;
	uint32_t sources_max;
	uint32_t previous_level;
	uint32_t window;
	uint32_t new_suppressed;
	uint64_t since;
	uint64_t attempts;
	uint64_t insert;
	uint64_t insert_failed;
	uint64_t clash_resolve;
	uint64_t chain_toolong;
	uint64_t drop;
	uint64_t drop_attributed;
	uint64_t early_drop;
	uint64_t peak_age;
	uint64_t unattributed;
	uint64_t suppressed;
	uint64_t window_insertions;
	uint64_t new_drop;
	uint64_t new_drop_attributed;
	uint64_t new_early_drop;
	char *module_version;
	char *text;
	struct kinds kinds;
	struct sources sources;
	struct prefix diffuse;
	struct droppeds dropped;
	struct census census;
};

struct statuses {
	struct status *v;
	size_t n;
};

/* Settings, each at the number of its attribute. */
struct config {
	uint64_t has;
	char *label;
	uint32_t value[CTWATCH_A_CONFIG_MAX + 1];
};

struct configs {
	struct config *v;
	size_t n;
};

/*
 * What a setting may be, what it is by default and what it does:
 * X(name, attribute, min, max, default, doc)
 */
#define CONFIG_KEYS(X)							\
	X("notice", NOTICE, 1, 100, 60,					\
	  "% of max, threshold of this level")				\
	X("warning", WARNING, 1, 100, 80,				\
	  "% of max, threshold of this level")				\
	X("critical", CRITICAL, 1, 100, 90,				\
	  "% of max, threshold of this level")				\
	X("hysteresis", HYSTERESIS, 0, 50, 5,				\
	  "points below its threshold where a level ends")		\
	X("predict-time", PREDICT_TIME, 0, 86400, 60,			\
	  "seconds; full sooner counts as warning, 0 is off")		\
	X("predict-min", PREDICT_MIN, 0, 100, 40,			\
	  "% of max, no prediction below")				\
	X("repeat", REPEAT, 0, 86400, 60,				\
	  "seconds between lines while a level lasts, 0 is never")	\
	X("log", LOG, 0, 1, 1,						\
	  "1 writes to the kernel log, 0 only sends events")		\
	X("ipv4-prefix", IPV4_PREFIX, 1, 32, 32,			\
	  "bits that make one IPv4 source")				\
	X("ipv6-prefix", IPV6_PREFIX, 1, 128, 64,			\
	  "bits that make one IPv6 source")

enum field_type {
	FIELD_FLAG,
	FIELD_U8,
	FIELD_U16,
	FIELD_U32,
	FIELD_S32,
	FIELD_U64,
	FIELD_STRING,
	FIELD_ADDRESS,	/* struct subnet */
	FIELD_KIND,	/* struct kinds, repeated */
	FIELD_SOURCE,	/* struct sources, repeated */
	FIELD_DROPPED,	/* struct droppeds, repeated */
	FIELD_PREFIX,	/* struct prefix */
	FIELD_MOST,	/* struct kind */
	FIELD_FILTER,	/* struct filter */
	FIELD_GROUP,	/* struct groups, repeated */
	FIELD_CENSUS,	/* struct census */
};

/* Numbers that stand for words. */
enum field_words {
	WORDS_NONE,
	WORDS_LEVEL,
	WORDS_STATE,
	WORDS_PROTOCOL,
	WORDS_TRACKING,
	WORDS_STATES,		/* bits of WORDS_STATE */
	WORDS_GROUP_KEY,
};

struct field {
	const char *name;
	uint16_t attr;
	uint16_t offset;	/* of the member; a flag is only in @has */
	uint8_t type;
	uint8_t words;
};

struct field_set {
	const char *name;
	const struct field *fields;
	size_t n;
	uint64_t required;	/* without these a nest makes no sense */
};

extern const struct field_set kind_set;
extern const struct field_set source_set;
extern const struct field_set dropped_set;
extern const struct field_set prefix_set;
extern const struct field_set filter_set;
extern const struct field_set group_set;
extern const struct field_set census_set;
extern const struct field_set query_set;
extern const struct field_set status_set;
extern const struct field_set config_set;

/* Attributes of set "ctwatch" by message. */
extern const uint64_t status_attrs;	/* status-get */
extern const uint64_t source_attrs;	/* sources, with attempts for shares */
extern const uint64_t level_attrs;	/* level-ntf */
extern const uint64_t tracking_attrs;	/* tracking-ntf */

/* Attributes of set "query" that an answer to census-get has. */
extern const uint64_t census_attrs;

void kinds_free(struct kinds *kinds);
void sources_free(struct sources *sources);
void groups_free(struct groups *groups);
void query_free(struct query *query);
void status_free(struct status *status);
void statuses_free(struct statuses *list);
void configs_free(struct configs *list);

#endif
