// SPDX-License-Identifier: GPL-2.0
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/ctwatch.h>

#include "message.h"

#define FAMILY_ID 33

struct spoilt spoilt;

const struct given warning = {
	.netns = 4026531840,
	.level = CTWATCH_LEVEL_WARNING,
	.predicted = true,
	.entries = 52429,
	.max_entries = 65536,
	.growth = 8123,
	.time_to_full = 1613,
	.attempts = 1000000,
	.text = "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s",
};

struct nl_msg *message_new(uint8_t command)
{
	struct nl_msg *msg = nlmsg_alloc_size(1 << 16);

	genlmsg_put(msg, 0, 0, FAMILY_ID, 0, 0, command,
		    CTWATCH_FAMILY_VERSION);
	return msg;
}

void put(struct nl_msg *msg, enum set set, int attr, const void *data, int len)
{
	enum spoil how = SPOIL_NOTHING;
	unsigned char bytes[512] = {};

	if (spoilt.set == set && spoilt.attr == attr)
		how = spoilt.how;
	if (how == SPOIL_MISSING)
		return;
	memcpy(bytes, data, len);
	if (how == SPOIL_SHORT)
		len--;
	else if (how == SPOIL_LONG)
		len++;
	else if (how == SPOIL_EMPTY)
		len = 0;
	if (nla_put(msg, attr, len, bytes))
		abort();
}

void put_u8(struct nl_msg *msg, enum set set, int attr, uint8_t value)
{
	put(msg, set, attr, &value, sizeof(value));
}

void put_u16(struct nl_msg *msg, enum set set, int attr, uint16_t value)
{
	put(msg, set, attr, &value, sizeof(value));
}

void put_u32(struct nl_msg *msg, enum set set, int attr, uint32_t value)
{
	put(msg, set, attr, &value, sizeof(value));
}

void put_u64(struct nl_msg *msg, enum set set, int attr, uint64_t value)
{
	put(msg, set, attr, &value, sizeof(value));
}

static void put_string(struct nl_msg *msg, enum set set, int attr,
		       const char *s)
{
	put(msg, set, attr, s, strlen(s) + 1);
}

static void put_kind(struct nl_msg *msg, int attr, uint8_t protocol,
		     uint32_t state, uint64_t count)
{
	struct nlattr *nest = nla_nest_start(msg, attr);

	put_u8(msg, SET_KIND, CTWATCH_A_KIND_PROTOCOL, protocol);
	put_u32(msg, SET_KIND, CTWATCH_A_KIND_STATE, state);
	put_u64(msg, SET_KIND, CTWATCH_A_KIND_COUNT, count);
	nla_nest_end(msg, nest);
}

#define STATUS_U32(attr, value) \
	put_u32(msg, SET_CTWATCH, CTWATCH_A_##attr, value)
#define STATUS_U64(attr, value) \
	put_u64(msg, SET_CTWATCH, CTWATCH_A_##attr, value)

static void put_fullness(struct nl_msg *msg, const struct given *given)
{
	STATUS_U32(NETNS, given->netns);
	put_string(msg, SET_CTWATCH, CTWATCH_A_MODULE_VERSION,
		   given->version ? given->version : CTWATCH_VERSION);
	STATUS_U32(TRACKING, CTWATCH_TRACKING_IPV4 | CTWATCH_TRACKING_IPV6);
	STATUS_U32(LEVEL, given->level);
	if (given->predicted)
		put(msg, SET_CTWATCH, CTWATCH_A_PREDICTED, "", 0);
	STATUS_U32(ENTRIES, given->entries);
	STATUS_U32(MAX_ENTRIES, given->max_entries);
	STATUS_U32(GROWTH, given->growth);
	if (given->time_to_full)
		STATUS_U32(TIME_TO_FULL, given->time_to_full);
}

void put_status(struct nl_msg *msg, const struct given *given)
{
	put_fullness(msg, given);
	STATUS_U64(SINCE, 7380000);
	STATUS_U64(ATTEMPTS, given->attempts);
	STATUS_U64(INSERT, 8);
	STATUS_U64(INSERT_FAILED, 12);
	STATUS_U64(CLASH_RESOLVE, 3);
	if (!given->no_chain_toolong)
		STATUS_U64(CHAIN_TOOLONG, 0);
	STATUS_U64(DROP, 1523);
	STATUS_U64(DROP_ATTRIBUTED, 1500);
	STATUS_U64(EARLY_DROP, 27045);
	STATUS_U32(PEAK_ENTRIES, 63570);
	STATUS_U64(PEAK_AGE, 14000);
	STATUS_U32(SOURCES, 123);
	STATUS_U32(SOURCES_MAX, 4096);
	STATUS_U64(UNATTRIBUTED, 2500);
	STATUS_U64(SUPPRESSED, 3);
	if (given->no_kinds)
		return;
	put_kind(msg, CTWATCH_A_KIND, 6, CTWATCH_STATE_SYN_SENT, 980000);
	put_kind(msg, CTWATCH_A_KIND, 17, CTWATCH_STATE_UNREPLIED, 19000);
	put_kind(msg, CTWATCH_A_KIND, 255, CTWATCH_STATE_NONE, 1000);
}

static const uint8_t v4_host[] = { 192, 168, 1, 38 };
static const uint8_t v4_net[] = { 203, 0, 113, 0 };
static const uint8_t v6_net[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2 };

struct given_source {
	uint8_t family;
	const uint8_t *address;
	int len;
	uint8_t prefix_len;
	uint16_t zone;
	uint64_t count;
	uint64_t error;
	uint32_t rate;
	uint32_t recent;
	uint64_t drop;
};

static void put_source_facts(struct nl_msg *msg, const struct given_source *s)
{
	put_u8(msg, SET_SOURCE, CTWATCH_A_SOURCE_FAMILY, s->family);
	put(msg, SET_SOURCE, CTWATCH_A_SOURCE_ADDRESS, s->address, s->len);
	put_u8(msg, SET_SOURCE, CTWATCH_A_SOURCE_PREFIX_LEN, s->prefix_len);
	put_u16(msg, SET_SOURCE, CTWATCH_A_SOURCE_ZONE, s->zone);
	put_u64(msg, SET_SOURCE, CTWATCH_A_SOURCE_COUNT, s->count);
	put_u64(msg, SET_SOURCE, CTWATCH_A_SOURCE_ERROR, s->error);
	put_u32(msg, SET_SOURCE, CTWATCH_A_SOURCE_RATE, s->rate);
	put_u32(msg, SET_SOURCE, CTWATCH_A_SOURCE_RECENT, s->recent);
	put_u64(msg, SET_SOURCE, CTWATCH_A_SOURCE_DROP, s->drop);
}

static void put_busiest_source(struct nl_msg *msg)
{
	static const struct given_source source = {
		AF_INET, v4_host, 4, 32, 0, 610000, 0, 5000, 9876, 1400,
	};
	struct nlattr *nest = nla_nest_start(msg, CTWATCH_A_SOURCE);

	put_source_facts(msg, &source);
	put_kind(msg, CTWATCH_A_SOURCE_KIND, 6, CTWATCH_STATE_ESTABLISHED,
		 10000);
	put_kind(msg, CTWATCH_A_SOURCE_KIND, 6, CTWATCH_STATE_SYN_SENT,
		 600000);
	nla_nest_end(msg, nest);
}

static void put_v6_source(struct nl_msg *msg)
{
	static const struct given_source source = {
		AF_INET6, v6_net, 16, 64, 7, 40000, 2500, 300, 500, 0,
	};
	struct nlattr *nest = nla_nest_start(msg, CTWATCH_A_SOURCE);

	put_source_facts(msg, &source);
	put_kind(msg, CTWATCH_A_SOURCE_KIND, 132,
		 CTWATCH_STATE_SHUTDOWN_ACK_SENT, 37500);
	nla_nest_end(msg, nest);
}

static void put_v4_net_source(struct nl_msg *msg)
{
	static const struct given_source source = {
		AF_INET, v4_net, 4, 24, 0, 5, 5, 0, 0, 0,
	};
	struct nlattr *nest = nla_nest_start(msg, CTWATCH_A_SOURCE);

	put_source_facts(msg, &source);
	nla_nest_end(msg, nest);
}

void put_sources(struct nl_msg *msg, uint32_t netns)
{
	STATUS_U32(NETNS, netns);
	put_busiest_source(msg);
	put_v6_source(msg);
	put_v4_net_source(msg);
}

/* A source that needs none of the columns for special cases. */
void put_plain_source(struct nl_msg *msg, uint8_t last_byte, uint64_t count)
{
	uint8_t address[] = { 10, 0, 0, last_byte };
	struct given_source source = {
		AF_INET, address, 4, 32, 0, count, 0, 1, 2, 0,
	};
	struct nlattr *nest = nla_nest_start(msg, CTWATCH_A_SOURCE);

	put_source_facts(msg, &source);
	put_kind(msg, CTWATCH_A_SOURCE_KIND, 17, CTWATCH_STATE_REPLIED, count);
	nla_nest_end(msg, nest);
}

static void put_diffuse(struct nl_msg *msg, int attr)
{
	static const uint8_t address[] = { 10, 1, 0, 0 };
	struct nlattr *nest = nla_nest_start(msg, attr);

	put_u8(msg, SET_PREFIX, CTWATCH_A_PREFIX_FAMILY, AF_INET);
	put(msg, SET_PREFIX, CTWATCH_A_PREFIX_ADDRESS, address, 4);
	put_u8(msg, SET_PREFIX, CTWATCH_A_PREFIX_PREFIX_LEN, 16);
	put_u32(msg, SET_PREFIX, CTWATCH_A_PREFIX_SHARE, 97);
	nla_nest_end(msg, nest);
}

#define CENSUS_U32(attr, value) \
	put_u32(msg, SET_CENSUS, CTWATCH_A_CENSUS_##attr, value)

static void put_census_facts(struct nl_msg *msg)
{
	CENSUS_U32(GENERATION, 17);
	put_u64(msg, SET_CENSUS, CTWATCH_A_CENSUS_AGE, 3100);
	CENSUS_U32(DURATION, 4200);
	CENSUS_U32(SEEN, 52417);
	CENSUS_U32(MATCHED, 52417);
	CENSUS_U32(NAT_CLASH, 2);
	CENSUS_U32(ENTRIES, 52429);
	CENSUS_U32(UNATTRIBUTED, 12);
	CENSUS_U32(GROUPS, 4096);
	CENSUS_U32(GROUPS_MAX, 4096);
	CENSUS_U32(UNGROUPED, 17);
}

/* What the first message of an answer has. */
void put_query(struct nl_msg *msg, uint32_t netns, uint32_t by)
{
	struct nlattr *nest;

	if (netns)
		put_u32(msg, SET_QUERY, CTWATCH_A_QUERY_NETNS, netns);
	put_u32(msg, SET_QUERY, CTWATCH_A_QUERY_BY, by);
	put_u32(msg, SET_QUERY, CTWATCH_A_QUERY_SRC_IPV4_PREFIX, 32);
	put_u32(msg, SET_QUERY, CTWATCH_A_QUERY_SRC_IPV6_PREFIX, 64);
	put_u32(msg, SET_QUERY, CTWATCH_A_QUERY_DST_IPV4_PREFIX, 32);
	put_u32(msg, SET_QUERY, CTWATCH_A_QUERY_DST_IPV6_PREFIX, 128);
	nest = nla_nest_start(msg, CTWATCH_A_QUERY_CENSUS);
	put_census_facts(msg);
	nla_nest_end(msg, nest);
}

struct given_group {
	uint8_t family;
	const uint8_t *address;
	uint8_t prefix_len;
	uint8_t protocol;
	uint16_t dport;
	uint32_t state;
	uint16_t zone;
	uint32_t counts[4];
};

static const struct given_group given_groups[GIVEN_GROUPS - 1] = {
	{ AF_INET, v4_host, 32, 6, 3128, CTWATCH_STATE_TIME_WAIT, 0,
	  { 29457, 29457, 0, 0 } },
	{ AF_INET6, v6_net, 64, 17, 53, CTWATCH_STATE_UNREPLIED, 7,
	  { 12000, 0, 12000, 0 } },
	{ AF_INET, v4_net, 24, 1, 0, CTWATCH_STATE_REPLIED, 0,
	  { 10000, 0, 0, 3 } },
};

/* The prefix length follows the address in the spec. */
static void put_group_address(struct nl_msg *msg, int attr,
			      const struct given_group *g)
{
	put(msg, SET_GROUP, attr, g->address, g->family == AF_INET ? 4 : 16);
	put_u8(msg, SET_GROUP, attr + 1, g->prefix_len);
}

static void put_group_keys(struct nl_msg *msg, uint32_t by,
			   const struct given_group *g)
{
	if (by & CTWATCH_GROUP_KEY_NETNS)
		put_u32(msg, SET_GROUP, CTWATCH_A_GROUP_NETNS, 4026531840);
	if (by & (CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_DST))
		put_u8(msg, SET_GROUP, CTWATCH_A_GROUP_FAMILY, g->family);
	if (by & CTWATCH_GROUP_KEY_SRC)
		put_group_address(msg, CTWATCH_A_GROUP_SRC, g);
	if (by & CTWATCH_GROUP_KEY_DST)
		put_group_address(msg, CTWATCH_A_GROUP_DST, g);
	if (by & CTWATCH_GROUP_KEY_PROTOCOL)
		put_u8(msg, SET_GROUP, CTWATCH_A_GROUP_PROTOCOL, g->protocol);
	if (by & CTWATCH_GROUP_KEY_DPORT)
		put_u16(msg, SET_GROUP, CTWATCH_A_GROUP_DPORT, g->dport);
	if (by & CTWATCH_GROUP_KEY_STATE)
		put_u32(msg, SET_GROUP, CTWATCH_A_GROUP_STATE, g->state);
	if (by & CTWATCH_GROUP_KEY_ZONE)
		put_u16(msg, SET_GROUP, CTWATCH_A_GROUP_ZONE, g->zone);
}

static void put_counts(struct nl_msg *msg, const uint32_t *counts)
{
	int i;

	for (i = 0; i < 4; i++)
		put_u32(msg, SET_GROUP, CTWATCH_A_GROUP_ENTRIES + i,
			counts[i]);
}

void put_group(struct nl_msg *msg, uint32_t by, int number)
{
	static const uint32_t other[4] = { 960, 100, 200, 9 };
	struct nlattr *nest = nla_nest_start(msg, CTWATCH_A_QUERY_GROUP);

	if (number < GIVEN_GROUPS - 1) {
		put_group_keys(msg, by, &given_groups[number]);
		put_counts(msg, given_groups[number].counts);
	} else {
		put_counts(msg, other);
		put(msg, SET_GROUP, CTWATCH_A_GROUP_OTHER, "", 0);
	}
	nla_nest_end(msg, nest);
}

void put_groups(struct nl_msg *msg, uint32_t by)
{
	int i;

	for (i = 0; i < GIVEN_GROUPS; i++)
		put_group(msg, by, i);
}

/* The sources with most, each with what it mostly has. */
static void put_event_census(struct nl_msg *msg)
{
	struct nlattr *census = nla_nest_start(msg, CTWATCH_A_CENSUS);
	struct nlattr *group;

	put_census_facts(msg);
	group = nla_nest_start(msg, CTWATCH_A_CENSUS_GROUP);
	put_group_keys(msg, CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_ZONE,
		       &given_groups[0]);
	put_counts(msg, given_groups[0].counts);
	put_kind(msg, CTWATCH_A_GROUP_KIND, 6, CTWATCH_STATE_TIME_WAIT, 29000);
	nla_nest_end(msg, group);
	put_diffuse(msg, CTWATCH_A_CENSUS_DIFFUSE);
	nla_nest_end(msg, census);
}

static void put_dropped(struct nl_msg *msg, uint64_t drop)
{
	struct nlattr *nest = nla_nest_start(msg, CTWATCH_A_DROPPED);
	static const uint8_t address[] = { 203, 0, 113, 9 };

	put_u8(msg, SET_DROPPED, CTWATCH_A_DROPPED_FAMILY, AF_INET);
	put(msg, SET_DROPPED, CTWATCH_A_DROPPED_ADDRESS, address, 4);
	put_u8(msg, SET_DROPPED, CTWATCH_A_DROPPED_PREFIX_LEN, 32);
	put_u16(msg, SET_DROPPED, CTWATCH_A_DROPPED_ZONE, 7);
	put_u64(msg, SET_DROPPED, CTWATCH_A_DROPPED_DROP, drop);
	nla_nest_end(msg, nest);
}

void put_event(struct nl_msg *msg, const struct given *given)
{
	put_status(msg, given);
	put_string(msg, SET_CTWATCH, CTWATCH_A_TEXT, given->text);
	put(msg, SET_CTWATCH, CTWATCH_A_LOGGED, "", 0);
	STATUS_U32(PREVIOUS_LEVEL, CTWATCH_LEVEL_NOTICE);
	STATUS_U32(WINDOW, 2000);
	STATUS_U64(WINDOW_INSERTIONS, 16246);
	put_busiest_source(msg);
	put_diffuse(msg, CTWATCH_A_DIFFUSE);
	STATUS_U64(NEW_DROP, 4);
	STATUS_U64(NEW_DROP_ATTRIBUTED, 3);
	put_dropped(msg, 3);
	STATUS_U64(NEW_EARLY_DROP, 5);
	STATUS_U32(NEW_SUPPRESSED, 6);
	put_event_census(msg);
}

void put_settings(struct nl_msg *msg, uint32_t netns, const uint32_t *values)
{
	int i;

	put_u32(msg, SET_CONFIG, CTWATCH_A_CONFIG_NETNS, netns);
	for (i = 0; i < GIVEN_SETTINGS; i++)
		put_u32(msg, SET_CONFIG, CTWATCH_A_CONFIG_NOTICE + i,
			values[i]);
}

void put_config(struct nl_msg *msg, uint32_t netns)
{
	static const uint32_t values[GIVEN_SETTINGS] = {
		60, 80, 90, 5, 60, 40, 60, 1, 32, 64,
	};

	put_settings(msg, netns, values);
}
