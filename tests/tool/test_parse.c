// SPDX-License-Identifier: GPL-2.0
/* The parsers against whole, incomplete, spoilt and random messages. */
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "message.h"
#include "netlink/parse.h"
#include "output/json.h"
#include "output/render.h"
#include "tap.h"

#define MUTATIONS 10000

enum type { STATUS, SOURCES, EVENT, CONFIG, QUERY };

static const char *const type_names[] = {
	"status", "sources", "event", "config", "query",
};

#define ALL_KEYS ((CTWATCH_GROUP_KEY_ZONE << 1) - 1)

static struct nl_msg *build(enum type type)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_LEVEL_NTF);

	if (type == STATUS)
		put_status(msg, &warning);
	else if (type == SOURCES)
		put_sources(msg, warning.netns);
	else if (type == EVENT)
		put_event(msg, &warning);
	else if (type == CONFIG)
		put_config(msg, warning.netns);
	else
		put_query(msg, warning.netns, ALL_KEYS);
	/* An answer has groups in messages of their own; here in one. */
	if (type == QUERY)
		put_groups(msg, ALL_KEYS);
	return msg;
}

/* A copy with no byte to spare, so that the sanitizer sees any step beyond. */
static struct nlmsghdr *exact_copy(const struct nlmsghdr *nlh, size_t len)
{
	struct nlmsghdr *copy = malloc(len);

	memcpy(copy, nlh, len);
	copy->nlmsg_len = len;
	return copy;
}

static int parse(enum type type, const struct nlmsghdr *nlh, struct why *why)
{
	struct config config;
	struct status status;
	struct query query;
	int ret;

	*why = (struct why){};
	if (type == CONFIG)
		return parse_config(nlh, &config, why);
	if (type == QUERY) {
		ret = parse_query(nlh, &query, why);
		query_free(&query);
		return ret;
	}
	if (type == STATUS)
		ret = parse_status(nlh, &status, why);
	else if (type == SOURCES)
		ret = parse_sources(nlh, &status, why);
	else
		ret = parse_event(nlh, &status, why);
	status_free(&status);
	return ret;
}

static int build_and_parse(enum type type, struct why *why)
{
	struct nl_msg *msg = build(type);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nlmsghdr *copy = exact_copy(nlh, nlh->nlmsg_len);
	int ret = parse(type, copy, why);

	free(copy);
	nlmsg_free(msg);
	return ret;
}

static void test_complete(void)
{
	struct nl_msg *msg = build(EVENT);
	struct status s;
	struct why why;

	ok(!parse_event(nlmsg_hdr(msg), &s, &why), "an event is parsed");
	ok(s.netns == 4026531840 && s.entries == 52429 &&
	   s.max_entries == 65536 &&
	   s.growth == 8123 && s.time_to_full == 1613 &&
	   s.level == CTWATCH_LEVEL_WARNING && s.tracking == 3,
	   "its fullness");
	ok(s.since == 7380000 && s.attempts == 1000000 && s.insert == 8 &&
	   s.insert_failed == 12 && s.clash_resolve == 3 &&
	   s.chain_toolong == 0 && s.drop == 1523 && s.early_drop == 27045 &&
	   s.peak_entries == 63570 && s.peak_age == 14000 &&
	   s.sources_used == 123 && s.sources_max == 4096 &&
	   s.unattributed == 2500 && s.suppressed == 3, "its totals");
	ok(s.previous_level == CTWATCH_LEVEL_NOTICE && s.window == 2000 &&
	   s.window_insertions == 16246 && s.new_drop == 4 &&
	   s.new_early_drop == 5 && s.new_suppressed == 6, "its own facts");
	ok(HAS(&s, CTWATCH_A_PREDICTED) && HAS(&s, CTWATCH_A_LOGGED),
	   "its flags");
	ok(s.kinds.n == 3 && s.kinds.v[2].protocol == 255 &&
	   s.kinds.v[1].count == 19000, "every repeated kind");
	ok(s.sources.n == 1 && s.sources.v[0].kinds.n == 2, "its source");
	ok(s.diffuse.share == 97 && s.diffuse.subnet.prefix_len == 16,
	   "its prefix");
	same_text(s.text, warning.text, "its text");
	ok(s.census.seen == 52417 && s.census.age == 3100 &&
	   s.census.unattributed == 12 && s.census.diffuse.share == 97,
	   "its census");
	ok(s.census.top.n == 1 && s.census.top.v[0].entries == 29457 &&
	   s.census.top.v[0].most.count == 29000 &&
	   s.census.top.v[0].src.prefix_len == 32 &&
	   s.census.top.v[0].src.family == AF_INET, "the census's group");
	status_free(&s);
	nlmsg_free(msg);
}

static void test_query(void)
{
	struct nl_msg *msg = build(QUERY);
	const struct group *g;
	struct query q;
	struct why why;

	ok(!parse_query(nlmsg_hdr(msg), &q, &why), "an answer is parsed");
	ok(q.netns == 4026531840 && q.by == ALL_KEYS &&
	   q.src_ipv4_prefix == 32 && q.src_ipv6_prefix == 64 &&
	   q.dst_ipv4_prefix == 32 && q.dst_ipv6_prefix == 128 &&
	   !HAS(&q, CTWATCH_A_QUERY_PEAK), "what it answers");
	ok(q.census.generation == 17 && q.census.age == 3100 &&
	   q.census.duration == 4200 && q.census.seen == 52417 &&
	   q.census.matched == 52417 && q.census.entries == 52429 &&
	   q.census.unattributed == 12 && q.census.groups == 4096 &&
	   q.census.groups_max == 4096 && q.census.ungrouped == 17 &&
	   !q.census.top.n, "its facts");
	ok(q.groups.n == GIVEN_GROUPS, "its groups");
	g = &q.groups.v[1];
	ok(g->netns == 4026531840 && g->family == AF_INET6 &&
	   g->src.prefix_len == 64 && g->src.family == AF_INET6 &&
	   g->dst.address.len == 16 && g->dst.family == AF_INET6 &&
	   g->protocol == 17 && g->dport == 53 &&
	   g->state == CTWATCH_STATE_UNREPLIED && g->zone == 7 &&
	   g->entries == 12000 && !g->assured && g->unreplied == 12000 &&
	   !g->expired && !HAS(g, CTWATCH_A_GROUP_OTHER), "one of them");
	g = &q.groups.v[GIVEN_GROUPS - 1];
	ok(HAS(g, CTWATCH_A_GROUP_OTHER) && g->entries == 960 &&
	   !HAS(g, CTWATCH_A_GROUP_SRC), "the group of all others");
	query_free(&q);
	nlmsg_free(msg);
}

static void test_absent_on_purpose(void)
{
	struct given idle = warning;
	struct nl_msg *msg = message_new(CTWATCH_CMD_STATUS_GET);
	struct status s;
	struct why why;

	idle.predicted = false;
	idle.time_to_full = 0;
	idle.no_chain_toolong = true;
	idle.no_kinds = true;
	put_status(msg, &idle);
	ok(!parse_status(nlmsg_hdr(msg), &s, &why),
	   "predicted, time-to-full, chain-toolong and kind may be absent");
	ok(!HAS(&s, CTWATCH_A_PREDICTED) && !HAS(&s, CTWATCH_A_TIME_TO_FULL) &&
	   !HAS(&s, CTWATCH_A_CHAIN_TOOLONG) && !s.kinds.n,
	   "and are known to be");
	status_free(&s);
	nlmsg_free(msg);
}

struct attribute {
	enum type type;
	enum set set;
	int attr;
	const char *name;
	bool number;	/* of a fixed size */
	bool optional;	/* in a message of another release */
};

#define MUST(type, set, attr, name, number) \
	{ type, SET_##set, CTWATCH_A_##attr, name, number, false }
#define MAY(type, set, attr, name) \
	{ type, SET_##set, CTWATCH_A_##attr, name, true, true }

/* What each message has; a nest's parts are tried in one message. */
static const struct attribute attributes[] = {
	MUST(STATUS, CTWATCH, NETNS, "netns", true),
	MUST(STATUS, CTWATCH, MODULE_VERSION, "module-version", false),
	MAY(STATUS, CTWATCH, TRACKING, "tracking"),
	MUST(STATUS, CTWATCH, LEVEL, "level", true),
	MUST(STATUS, CTWATCH, ENTRIES, "entries", true),
	MUST(STATUS, CTWATCH, MAX_ENTRIES, "max-entries", true),
	MAY(STATUS, CTWATCH, GROWTH, "growth"),
	MAY(STATUS, CTWATCH, SINCE, "since"),
	MUST(STATUS, CTWATCH, ATTEMPTS, "attempts", true),
	MAY(STATUS, CTWATCH, INSERT, "insert"),
	MAY(STATUS, CTWATCH, INSERT_FAILED, "insert-failed"),
	MAY(STATUS, CTWATCH, CLASH_RESOLVE, "clash-resolve"),
	MAY(STATUS, CTWATCH, DROP, "drop"),
	MAY(STATUS, CTWATCH, DROP_ATTRIBUTED, "drop-attributed"),
	MAY(STATUS, CTWATCH, EARLY_DROP, "early-drop"),
	MAY(STATUS, CTWATCH, PEAK_ENTRIES, "peak-entries"),
	MAY(STATUS, CTWATCH, PEAK_AGE, "peak-age"),
	MAY(STATUS, CTWATCH, SOURCES, "sources"),
	MAY(STATUS, CTWATCH, SOURCES_MAX, "sources-max"),
	MAY(STATUS, CTWATCH, UNATTRIBUTED, "unattributed"),
	MAY(STATUS, CTWATCH, SUPPRESSED, "suppressed"),
	MUST(STATUS, KIND, KIND_PROTOCOL, "kind.protocol", true),
	MUST(STATUS, KIND, KIND_STATE, "kind.state", true),
	MUST(STATUS, KIND, KIND_COUNT, "kind.count", true),
	MUST(SOURCES, CTWATCH, NETNS, "netns", true),
	MUST(SOURCES, SOURCE, SOURCE_FAMILY, "source.family", true),
	MUST(SOURCES, SOURCE, SOURCE_ADDRESS, "source.address", false),
	MUST(SOURCES, SOURCE, SOURCE_PREFIX_LEN, "source.prefix-len", true),
	MAY(SOURCES, SOURCE, SOURCE_ZONE, "source.zone"),
	MUST(SOURCES, SOURCE, SOURCE_COUNT, "source.count", true),
	MAY(SOURCES, SOURCE, SOURCE_ERROR, "source.error"),
	MAY(SOURCES, SOURCE, SOURCE_RATE, "source.rate"),
	MAY(SOURCES, SOURCE, SOURCE_RECENT, "source.recent"),
	MAY(SOURCES, SOURCE, SOURCE_DROP, "source.drop"),
	MUST(EVENT, CTWATCH, NETNS, "netns", true),
	MUST(EVENT, CTWATCH, LEVEL, "level", true),
	MUST(EVENT, CTWATCH, TEXT, "text", false),
	MUST(EVENT, PREFIX, PREFIX_FAMILY, "prefix.family", true),
	MUST(EVENT, PREFIX, PREFIX_ADDRESS, "prefix.address", false),
	MUST(EVENT, PREFIX, PREFIX_PREFIX_LEN, "prefix.prefix-len", true),
	MUST(EVENT, PREFIX, PREFIX_SHARE, "prefix.share", true),
	MUST(EVENT, DROPPED, DROPPED_FAMILY, "dropped.family", true),
	MUST(EVENT, DROPPED, DROPPED_ADDRESS, "dropped.address", false),
	MUST(EVENT, DROPPED, DROPPED_PREFIX_LEN, "dropped.prefix-len", true),
	MAY(EVENT, DROPPED, DROPPED_ZONE, "dropped.zone"),
	MUST(EVENT, DROPPED, DROPPED_DROP, "dropped.drop", true),
	MAY(QUERY, CENSUS, CENSUS_GENERATION, "census.generation"),
	MAY(QUERY, CENSUS, CENSUS_AGE, "census.age"),
	MAY(QUERY, CENSUS, CENSUS_DURATION, "census.duration"),
	MUST(QUERY, CENSUS, CENSUS_SEEN, "census.seen", true),
	MUST(QUERY, CENSUS, CENSUS_MATCHED, "census.matched", true),
	MAY(QUERY, CENSUS, CENSUS_NAT_CLASH, "census.nat-clash"),
	MAY(QUERY, CENSUS, CENSUS_ENTRIES, "census.entries"),
	MAY(QUERY, CENSUS, CENSUS_UNATTRIBUTED, "census.unattributed"),
	MAY(QUERY, CENSUS, CENSUS_GROUPS, "census.groups"),
	MAY(QUERY, CENSUS, CENSUS_GROUPS_MAX, "census.groups-max"),
	MAY(QUERY, CENSUS, CENSUS_UNGROUPED, "census.ungrouped"),
	MUST(QUERY, GROUP, GROUP_FAMILY, "group.family", true),
	MUST(QUERY, GROUP, GROUP_SRC_PREFIX_LEN, "group.src-prefix-len", true),
	MUST(QUERY, GROUP, GROUP_DST_PREFIX_LEN, "group.dst-prefix-len", true),
	MUST(QUERY, GROUP, GROUP_ENTRIES, "group.entries", true),
	MAY(QUERY, GROUP, GROUP_ASSURED, "group.assured"),
	MAY(QUERY, GROUP, GROUP_UNREPLIED, "group.unreplied"),
	MAY(QUERY, GROUP, GROUP_EXPIRED, "group.expired"),
	MUST(EVENT, CENSUS, CENSUS_SEEN, "census.seen", true),
	MUST(EVENT, GROUP, GROUP_ENTRIES, "group.entries", true),
	MUST(CONFIG, CONFIG, CONFIG_NETNS, "netns", true),
	MAY(CONFIG, CONFIG, CONFIG_NOTICE, "notice"),
	MAY(CONFIG, CONFIG, CONFIG_WARNING, "warning"),
	MAY(CONFIG, CONFIG, CONFIG_CRITICAL, "critical"),
	MAY(CONFIG, CONFIG, CONFIG_HYSTERESIS, "hysteresis"),
	MAY(CONFIG, CONFIG, CONFIG_PREDICT_TIME, "predict-time"),
	MAY(CONFIG, CONFIG, CONFIG_PREDICT_MIN, "predict-min"),
	MAY(CONFIG, CONFIG, CONFIG_REPEAT, "repeat"),
	MAY(CONFIG, CONFIG, CONFIG_LOG, "log"),
	MAY(CONFIG, CONFIG, CONFIG_IPV4_PREFIX, "ipv4-prefix"),
	MAY(CONFIG, CONFIG, CONFIG_IPV6_PREFIX, "ipv6-prefix"),
};

static const char *const spoil_names[] = {
	[SPOIL_MISSING] = "missing",
	[SPOIL_SHORT] = "short",
	[SPOIL_LONG] = "long",
	[SPOIL_EMPTY] = "empty",
};

/* The parser must refuse what it cannot do without, and say what it was. */
static void test_spoilt(const struct attribute *a, enum spoil how)
{
	struct why why;
	char quoted[64];
	int ret;

	spoilt = (struct spoilt){ a->set, a->attr, how };
	ret = build_and_parse(a->type, &why);
	spoilt = (struct spoilt){};
	snprintf(quoted, sizeof(quoted), "'%s'", a->name);
	if (a->optional && how == SPOIL_MISSING) {
		ok(!ret, "%s: %s may be missing", type_names[a->type], quoted);
		return;
	}
	ok(ret && strstr(why.text, quoted), "%s: %s %s: %s",
	   type_names[a->type], quoted, spoil_names[how], why.text);
}

static void test_every_attribute(void)
{
	const struct attribute *a = attributes;
	const struct attribute *end = a + sizeof(attributes) / sizeof(*a);

	for (; a < end; a++) {
		test_spoilt(a, SPOIL_MISSING);
		test_spoilt(a, SPOIL_EMPTY);
		if (!a->number)
			continue;
		test_spoilt(a, SPOIL_SHORT);
		test_spoilt(a, SPOIL_LONG);
	}
}

static void test_optional_attributes_of_wrong_size(void)
{
	static const struct attribute optional[] = {
		MUST(STATUS, CTWATCH, TIME_TO_FULL, "time-to-full", true),
		MUST(STATUS, CTWATCH, CHAIN_TOOLONG, "chain-toolong", true),
		MUST(EVENT, CTWATCH, PREVIOUS_LEVEL, "previous-level", true),
		MUST(EVENT, CTWATCH, WINDOW, "window", true),
		MUST(EVENT, CTWATCH, WINDOW_INSERTIONS, "window-insertions",
		     true),
		MUST(EVENT, CTWATCH, NEW_DROP, "new-drop", true),
		MUST(EVENT, CTWATCH, NEW_DROP_ATTRIBUTED,
		     "new-drop-attributed", true),
		MUST(EVENT, CTWATCH, NEW_EARLY_DROP, "new-early-drop", true),
		MUST(EVENT, CTWATCH, NEW_SUPPRESSED, "new-suppressed", true),
		MUST(QUERY, QUERY, QUERY_NETNS, "netns", true),
		MUST(QUERY, QUERY, QUERY_BY, "by", true),
		MUST(QUERY, QUERY, QUERY_SRC_IPV4_PREFIX, "src-ipv4-prefix",
		     true),
		MUST(QUERY, QUERY, QUERY_SRC_IPV6_PREFIX, "src-ipv6-prefix",
		     true),
		MUST(QUERY, QUERY, QUERY_DST_IPV4_PREFIX, "dst-ipv4-prefix",
		     true),
		MUST(QUERY, QUERY, QUERY_DST_IPV6_PREFIX, "dst-ipv6-prefix",
		     true),
		MUST(QUERY, GROUP, GROUP_NETNS, "group.netns", true),
		MUST(QUERY, GROUP, GROUP_SRC, "group.src", false),
		MUST(QUERY, GROUP, GROUP_DST, "group.dst", false),
		MUST(QUERY, GROUP, GROUP_PROTOCOL, "group.protocol", true),
		MUST(QUERY, GROUP, GROUP_DPORT, "group.dport", true),
		MUST(QUERY, GROUP, GROUP_STATE, "group.state", true),
		MUST(QUERY, GROUP, GROUP_ZONE, "group.zone", true),
	};
	size_t i;

	for (i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		test_spoilt(&optional[i], SPOIL_SHORT);
	test_spoilt(&(struct attribute)MUST(STATUS, CTWATCH, PREDICTED,
					    "predicted", true), SPOIL_LONG);
	test_spoilt(&(struct attribute)MUST(EVENT, CTWATCH, LOGGED, "logged",
					    true), SPOIL_LONG);
	test_spoilt(&(struct attribute)MUST(QUERY, GROUP, GROUP_OTHER,
					    "group.other", true), SPOIL_LONG);
}

static void refuse(struct nl_msg *msg, enum type type, const char *reason)
{
	struct why why;
	int ret = parse(type, nlmsg_hdr(msg), &why);

	ok(ret && strstr(why.text, reason), "%s: %s", type_names[type],
	   why.text);
	nlmsg_free(msg);
}

/* An address, its family and its prefix length must agree. */
static void test_addresses(void)
{
	static const struct {
		uint8_t family, len, prefix_len;
		const char *why;
	} bad[] = {
		{ AF_INET, 16, 24, "'prefix.address'" },
		{ AF_INET6, 4, 24, "'prefix.address'" },
		{ AF_INET, 5, 24, "'prefix.address'" },
		{ AF_INET, 4, 33, "'prefix.prefix-len'" },
		{ AF_INET6, 16, 129, "'prefix.prefix-len'" },
		{ AF_UNIX, 4, 24, "'prefix.family'" },
	};
	static const uint8_t zeros[16];
	struct nlattr *nest;
	struct nl_msg *msg;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		msg = message_new(CTWATCH_CMD_LEVEL_NTF);
		nest = nla_nest_start(msg, CTWATCH_A_DIFFUSE);
		nla_put_u8(msg, CTWATCH_A_PREFIX_FAMILY, bad[i].family);
		nla_put(msg, CTWATCH_A_PREFIX_ADDRESS, bad[i].len, zeros);
		nla_put_u8(msg, CTWATCH_A_PREFIX_PREFIX_LEN,
			   bad[i].prefix_len);
		nla_put_u32(msg, CTWATCH_A_PREFIX_SHARE, 1);
		nla_nest_end(msg, nest);
		refuse(msg, EVENT, bad[i].why);
	}
}

/* The same of a group, whose source and destination share a family. */
static void test_group_addresses(void)
{
	static const struct {
		uint8_t family, src_len, src_prefix, dst_len, dst_prefix;
		const char *why;
	} bad[] = {
		{ AF_INET, 16, 24, 4, 24, "'group.src'" },
		{ AF_INET, 4, 24, 16, 24, "'group.dst'" },
		{ AF_INET6, 16, 129, 16, 24, "'group.src-prefix-len'" },
		{ AF_INET6, 16, 64, 16, 129, "'group.dst-prefix-len'" },
		{ AF_UNIX, 4, 24, 4, 24, "'group.family'" },
	};
	static const uint8_t zeros[16];
	struct nlattr *nest;
	struct nl_msg *msg;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		msg = build(QUERY);
		nest = nla_nest_start(msg, CTWATCH_A_QUERY_GROUP);
		nla_put_u8(msg, CTWATCH_A_GROUP_FAMILY, bad[i].family);
		nla_put(msg, CTWATCH_A_GROUP_SRC, bad[i].src_len, zeros);
		nla_put_u8(msg, CTWATCH_A_GROUP_SRC_PREFIX_LEN,
			   bad[i].src_prefix);
		nla_put(msg, CTWATCH_A_GROUP_DST, bad[i].dst_len, zeros);
		nla_put_u8(msg, CTWATCH_A_GROUP_DST_PREFIX_LEN,
			   bad[i].dst_prefix);
		nla_put_u32(msg, CTWATCH_A_GROUP_ENTRIES, 1);
		nla_put_u32(msg, CTWATCH_A_GROUP_ASSURED, 1);
		nla_put_u32(msg, CTWATCH_A_GROUP_UNREPLIED, 1);
		nla_put_u32(msg, CTWATCH_A_GROUP_EXPIRED, 1);
		nla_nest_end(msg, nest);
		refuse(msg, QUERY, bad[i].why);
	}
}

static void test_nested_garbage(void)
{
	struct nl_msg *msg = build(STATUS);

	nla_put(msg, CTWATCH_A_KIND, 7, "\xff\xff\xff\xff\xff\xff\xff");
	refuse(msg, STATUS, "stray bytes after the attributes of kind");
	msg = build(SOURCES);
	nla_put(msg, CTWATCH_A_SOURCE, 3, "abc");
	refuse(msg, SOURCES, "stray bytes after the attributes of source");
	msg = build(SOURCES);
	nla_put(msg, CTWATCH_A_SOURCE, 0, "");
	refuse(msg, SOURCES, "'source.family' is missing");
	msg = build(QUERY);
	nla_put(msg, CTWATCH_A_QUERY_CENSUS, 3, "abc");
	refuse(msg, QUERY, "stray bytes after the attributes of census");
	msg = build(QUERY);
	nla_put(msg, CTWATCH_A_QUERY_GROUP, 0, "");
	refuse(msg, QUERY, "'group.entries' is missing");
	msg = build(EVENT);
	nla_put(msg, CTWATCH_A_CENSUS, 0, "");
	refuse(msg, EVENT, "'census.seen' is missing");
}

static void test_empty_diffuse(void)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_LEVEL_NTF);
	struct given given = warning;
	struct status s;
	struct why why;

	put_status(msg, &given);
	nla_put_string(msg, CTWATCH_A_TEXT, given.text);
	nla_put(msg, CTWATCH_A_DIFFUSE, 0, "");
	ok(!parse_event(nlmsg_hdr(msg), &s, &why) &&
	   HAS(&s, CTWATCH_A_DIFFUSE) && !s.diffuse.has,
	   "diffuse without a known prefix");
	status_free(&s);
	nlmsg_free(msg);
}

static void test_unknown_attributes(void)
{
	struct nl_msg *msg = build(STATUS);
	struct status s;
	struct why why;

	nla_put(msg, 63, 5, "later");
	nla_put(msg, 64, 5, "later");
	nla_put(msg, 9999, 300, (char[300]){});
	ok(!parse_status(nlmsg_hdr(msg), &s, &why) && s.entries == 52429,
	   "attributes of a newer module are ignored");
	status_free(&s);
	nlmsg_free(msg);
}

static void test_unclean_text(void)
{
	struct nl_msg *msg = build(EVENT);
	struct status s;
	struct why why;

	nla_put(msg, CTWATCH_A_TEXT, 13, "a\nb\033[2J\x9b\xc3\xa4\x7f~");
	ok(!parse_event(nlmsg_hdr(msg), &s, &why),
	   "text without its final zero is taken");
	same_text(s.text, "a?b?[2J????~", "control characters are not");
	status_free(&s);
	nlmsg_free(msg);
}

/* The last mandatory attribute in the order they were put. */
static const int last_mandatory[] = {
	[STATUS] = CTWATCH_A_ATTEMPTS,
	[SOURCES] = CTWATCH_A_NETNS,
	[EVENT] = CTWATCH_A_TEXT,
	[CONFIG] = CTWATCH_A_CONFIG_NETNS,
	[QUERY] = CTWATCH_A_QUERY_NETNS,
};

/* True if only optional attributes and padding are behind @len. */
static bool complete_at(enum type type, const struct nlmsghdr *nlh, size_t len)
{
	const struct nlattr *a;
	bool enough = false;
	size_t start;
	int rem;

	/* Of an answer each message has something else, and none must. */
	if (type == QUERY && len == NLMSG_HDRLEN + GENL_HDRLEN)
		return true;
	nlmsg_for_each_attr(a, (struct nlmsghdr *)nlh, GENL_HDRLEN, rem) {
		start = (char *)a - (char *)nlh;
		enough |= nla_type(a) == last_mandatory[type];
		if (enough && len >= start + a->nla_len &&
		    len <= start + NLA_ALIGN(a->nla_len))
			return true;
	}
	return false;
}

/* The same message cut at each byte. */
static void test_truncated(enum type type)
{
	struct nl_msg *msg = build(type);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	int silent = 0, refused = 0, wrong = 0;
	struct nlmsghdr *copy;
	struct why why;
	size_t len;

	for (len = NLMSG_HDRLEN; len < nlh->nlmsg_len; len++) {
		copy = exact_copy(nlh, len);
		if (parse(type, copy, &why)) {
			refused++;
			silent += !*why.text;
			wrong += complete_at(type, nlh, len);
		} else {
			wrong += !complete_at(type, nlh, len);
		}
		free(copy);
	}
	ok(refused && !silent && !wrong,
	   "%s cut at each byte: %d refused, %d without a reason, %d wrong",
	   type_names[type], refused, silent, wrong);
	nlmsg_free(msg);
}

static void print_query(const struct nlmsghdr *nlh, FILE *out)
{
	struct query q;
	struct why why;

	if (parse_query(nlh, &q, &why))
		return;
	render_census(out, &q, true);
	render_holdings(out, &q);
	render_peak_owners(out, &q);
	json_print(out, json_query(&q), true);
	query_free(&q);
}

/* Whatever the parser takes must come out of the printers too. */
static void print_all(enum type type, const struct nlmsghdr *nlh, FILE *out)
{
	const struct timespec when = { 1763758680, 123456789 };
	struct statuses list = { .n = 1 };
	struct config config;
	struct status s;
	struct why why;

	if (type == QUERY) {
		print_query(nlh, out);
		return;
	}
	if (type == CONFIG) {
		if (parse_config(nlh, &config, &why))
			return;
		render_config(out, &config, UINT64_MAX);
		json_print(out, json_config(&config, UINT64_MAX), false);
		return;
	}
	if (parse_sources(nlh, &s, &why))
		return;
	list.v = &s;
	render_status(out, &s, true);
	render_statuses(out, &list, true);
	render_sources(out, &list, true);
	json_print(out, json_statuses(&list, UINT64_MAX, true), true);
	if (s.text) {
		render_event(out, &s, CTWATCH_CMD_LEVEL_NTF, &when, true);
		json_print(out, json_event(&s, CTWATCH_CMD_LEVEL_NTF, &when),
			   false);
	}
	status_free(&s);
}

static uint64_t seed = 0x63747761746368;

/* xorshift64*, so that every run tries the same. */
static uint32_t pick(uint32_t below)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (seed * UINT64_C(2685821657736338717) >> 32) % below;
}

static void mutate(struct nlmsghdr *nlh, size_t len)
{
	unsigned char *bytes = (unsigned char *)nlh;
	size_t body = NLMSG_HDRLEN + GENL_HDRLEN;
	int n;

	/* Small values make plausible lengths and types. */
	for (n = 1 + pick(4); n; n--)
		bytes[body + pick(len - body)] = pick(pick(2) ? 256 : 40);
}

static void test_mutations(enum type type)
{
	struct nl_msg *msg = build(type);
	struct nlmsghdr *nlh = nlmsg_hdr(msg), *copy;
	FILE *out = fopen("/dev/null", "w");
	int i, refused = 0, taken = 0, silent = 0;
	struct why why;

	for (i = 0; i < MUTATIONS; i++) {
		size_t len = nlh->nlmsg_len;

		copy = exact_copy(nlh, len);
		mutate(copy, len);
		if (!parse(type, copy, &why))
			taken++;
		else if (*why.text)
			refused++;
		else
			silent++;
		print_all(type, copy, out);
		free(copy);
	}
	ok(taken && refused && !silent,
	   "%s, %d mutations: %d taken, %d refused, %d without a reason",
	   type_names[type], MUTATIONS, taken, refused, silent);
	fclose(out);
	nlmsg_free(msg);
}

/* NLMSG_ERROR or NLMSG_DONE with an extended acknowledgement. */
static struct nl_msg *build_extack(int type, int flags, int error,
				   bool with_request)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlmsghdr request = { .nlmsg_len = sizeof(request) };
	char body[24] = "request body............";

	if (with_request)
		request.nlmsg_len += sizeof(body);
	nlmsg_put(msg, 0, 0, type, 0, flags);
	nlmsg_append(msg, &error, sizeof(error), 0);
	if (type == NLMSG_ERROR)
		nlmsg_append(msg, &request, sizeof(request), 0);
	if (with_request)
		nlmsg_append(msg, body, sizeof(body), 0);
	nla_put_string(msg, NLMSGERR_ATTR_MSG, "no such\tnetns");
	nla_put_u32(msg, NLMSGERR_ATTR_OFFS, 20);
	return msg;
}

static void test_extack(int type, int flags, bool with_request,
			const char *name)
{
	struct nl_msg *msg = build_extack(type, flags, -34, with_request);
	struct nlmsghdr *nlh = nlmsg_hdr(msg), *copy;
	struct extack e;
	size_t len;

	parse_extack(nlh, &e);
	ok(e.error == 34 && e.offset == 20 && !strcmp(e.text, "no such?netns"),
	   "extack of %s", name);
	for (len = NLMSG_HDRLEN; len < nlh->nlmsg_len; len++) {
		copy = exact_copy(nlh, len);
		parse_extack(copy, &e);
		if (len >= NLMSG_HDRLEN + 4 && e.error != 34)
			ok(false, "cut at %zu", len);
		free(copy);
	}
	nlh->nlmsg_flags &= ~NLM_F_ACK_TLVS;
	parse_extack(nlh, &e);
	ok(e.error == 34 && !*e.text, "%s without one", name);
	nlmsg_free(msg);
}

static void test_extacks(void)
{
	struct nl_msg *msg;
	struct extack e;

	test_extack(NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, false,
		    "a capped error");
	test_extack(NLMSG_ERROR, NLM_F_ACK_TLVS, true, "a whole error");
	test_extack(NLMSG_DONE, NLM_F_ACK_TLVS, false, "a dump");
	msg = build_extack(NLMSG_ERROR, NLM_F_CAPPED, 0, false);
	parse_extack(nlmsg_hdr(msg), &e);
	ok(!e.error, "an acknowledgement is no error");
	nlmsg_free(msg);
}

static void test_family_gone(void)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, 0, GENL_ID_CTRL, 0, 0, CTRL_CMD_DELFAMILY, 2);
	nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, 33);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, "ctwatch");
	ok(parse_family_gone(nlmsg_hdr(msg), 33), "the family has gone");
	ok(!parse_family_gone(nlmsg_hdr(msg), 34), "another family has");
	nlmsg_hdr(msg)->nlmsg_type = 33;
	ok(!parse_family_gone(nlmsg_hdr(msg), 33),
	   "an event of the family is no news of its end");
	nlmsg_free(msg);
}

int main(void)
{
	int type;

	test_complete();
	test_query();
	test_absent_on_purpose();
	test_every_attribute();
	test_optional_attributes_of_wrong_size();
	test_addresses();
	test_group_addresses();
	test_nested_garbage();
	test_empty_diffuse();
	test_unknown_attributes();
	test_unclean_text();
	test_extacks();
	test_family_gone();
	for (type = STATUS; type <= QUERY; type++) {
		test_truncated(type);
		test_mutations(type);
	}
	return tap_done();
}
