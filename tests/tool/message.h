/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages as the module sends them, with one attribute spoilt if wanted.
 * Written by hand from module/ctwatch.yaml, not from the tool's tables.
 */
#ifndef TESTS_TOOL_MESSAGE_H
#define TESTS_TOOL_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

struct nl_msg;
struct nlmsghdr;

enum set {
	SET_CTWATCH,
	SET_KIND,
	SET_SOURCE,
	SET_PREFIX,
	SET_DROPPED,
	SET_CONFIG,
	SET_QUERY,
	SET_CENSUS,
	SET_GROUP,
};

enum spoil {
	SPOIL_NOTHING,
	SPOIL_MISSING,
	SPOIL_SHORT,	/* one byte less */
	SPOIL_LONG,	/* one byte more */
	SPOIL_EMPTY,
};

/* What the put functions do to attribute @attr of @set from now on. */
struct spoilt {
	enum set set;
	int attr;
	enum spoil how;
};

extern struct spoilt spoilt;

/* A namespace: what varies between tests. */
struct given {
	uint32_t netns;
	uint32_t level;
	bool predicted;
	uint32_t entries;
	uint32_t max_entries;
	int32_t growth;
	uint32_t time_to_full;	/* 0: absent */
	bool no_chain_toolong;
	bool no_kinds;
	uint64_t attempts;
	const char *version;	/* NULL: that of the tool */
	const char *text;	/* events only */
};

/* Groups that put_group() has; the last is "other". */
#define GIVEN_GROUPS 4

/* The story of the design: 80% full of one host's TIME_WAITs. */
extern const struct given warning;

struct nl_msg *message_new(uint8_t command);
void put(struct nl_msg *msg, enum set set, int attr, const void *data, int len);
void put_u8(struct nl_msg *msg, enum set set, int attr, uint8_t value);
void put_u16(struct nl_msg *msg, enum set set, int attr, uint16_t value);
void put_u32(struct nl_msg *msg, enum set set, int attr, uint32_t value);
void put_u64(struct nl_msg *msg, enum set set, int attr, uint64_t value);

void put_status(struct nl_msg *msg, const struct given *given);
void put_event(struct nl_msg *msg, const struct given *given);
void put_sources(struct nl_msg *msg, uint32_t netns);
void put_plain_source(struct nl_msg *msg, uint8_t last_byte, uint64_t count);
void put_query(struct nl_msg *msg, uint32_t netns, uint32_t by);
void put_group(struct nl_msg *msg, uint32_t by, int number);
void put_groups(struct nl_msg *msg, uint32_t by);
/* Values of all settings, in the order of the spec. */
#define GIVEN_SETTINGS 10

void put_settings(struct nl_msg *msg, uint32_t netns, const uint32_t *values);
void put_config(struct nl_msg *msg, uint32_t netns);

#endif
