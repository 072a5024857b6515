// SPDX-License-Identifier: GPL-2.0
#include <assert.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "grammar.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define GENL_HEADERS	(NLMSG_HDRLEN + GENL_HDRLEN)

/* The grammar: what requests have. Written from the header of the wire, which
 * is made from ctwatch.yaml; the numbers of entries are compared with it.
 */

enum kind { NETNS, U8, U16, U32, ADDRESS, FLAG, FILTER };

struct attr {
	uint16_t type;
	enum kind kind;
	uint32_t min;
	uint32_t max;
	uint8_t percent;	/* of proper messages that have it */
	bool needs;		/* the one before */
};

struct attr_set {
	const struct attr *attrs;
	unsigned int n;
	uint16_t max;		/* highest type in the header */
};

static const struct attr ctwatch_attrs[] = {
	{ CTWATCH_A_NETNS, NETNS, 0, 0, 40 },
};

#define SETTING(name, min, max, percent) \
	{ CTWATCH_A_CONFIG_##name, U32, min, max, percent }

static const struct attr config_attrs[] = {
	{ CTWATCH_A_CONFIG_NETNS, NETNS, 0, 0, 30 },
	SETTING(NOTICE, 1, 100, 40),
	SETTING(WARNING, 1, 100, 40),
	SETTING(CRITICAL, 1, 100, 40),
	SETTING(HYSTERESIS, 0, 50, 15),
	SETTING(PREDICT_TIME, 0, 86400, 15),
	SETTING(PREDICT_MIN, 0, 100, 15),
	SETTING(REPEAT, 0, 86400, 15),
	SETTING(LOG, 0, 1, 15),
	SETTING(IPV4_PREFIX, 1, 32, 5),
	SETTING(IPV6_PREFIX, 1, 128, 5),
};
static_assert(ARRAY_SIZE(config_attrs) == CTWATCH_A_CONFIG_MAX,
	      "every setting has a row");

#define KEYS_MAX	(CTWATCH_GROUP_KEY_ZONE * 2 - 1)
#define STATES_MAX	((1U << (CTWATCH_STATE_OTHER + 1)) - 1)

static const struct attr query_attrs[] = {
	{ CTWATCH_A_QUERY_NETNS, NETNS, 0, 0, 30 },
	{ CTWATCH_A_QUERY_BY, U32, 0, KEYS_MAX, 80 },
	{ CTWATCH_A_QUERY_SRC_IPV4_PREFIX, U32, 0, 32, 15 },
	{ CTWATCH_A_QUERY_SRC_IPV6_PREFIX, U32, 0, 128, 15 },
	{ CTWATCH_A_QUERY_DST_IPV4_PREFIX, U32, 0, 32, 15 },
	{ CTWATCH_A_QUERY_DST_IPV6_PREFIX, U32, 0, 128, 15 },
	{ CTWATCH_A_QUERY_FILTER, FILTER, 0, 0, 50 },
	{ CTWATCH_A_QUERY_TOP, U32, 0, 50, 30 },
	{ CTWATCH_A_QUERY_MAX_AGE, U32, 0, 10000, 60 },
	{ CTWATCH_A_QUERY_PEAK, FLAG, 0, 0, 10 },
};
/* An answer has two more. */
static_assert(ARRAY_SIZE(query_attrs) == CTWATCH_A_QUERY_MAX - 2,
	      "every question has a row");

static const struct attr filter_attrs[] = {
	{ CTWATCH_A_FILTER_FAMILY, U8, AF_INET, AF_INET, 20 },
	{ CTWATCH_A_FILTER_PROTOCOL, U8, 0, 255, 20 },
	{ CTWATCH_A_FILTER_STATES, U32, 0, STATES_MAX, 20 },
	{ CTWATCH_A_FILTER_SRC, ADDRESS, 0, 0, 40 },
	{ CTWATCH_A_FILTER_SRC_PREFIX_LEN, U8, 0, 32, 50, true },
	{ CTWATCH_A_FILTER_DST, ADDRESS, 0, 0, 20 },
	{ CTWATCH_A_FILTER_DST_PREFIX_LEN, U8, 0, 32, 50, true },
	{ CTWATCH_A_FILTER_SPORT, U16, 0, 65535, 5 },
	{ CTWATCH_A_FILTER_DPORT, U16, 0, 65535, 10 },
	{ CTWATCH_A_FILTER_ZONE, U16, 0, 65535, 5 },
	{ CTWATCH_A_FILTER_MARK, U32, 0, UINT32_MAX, 10 },
	{ CTWATCH_A_FILTER_MARK_MASK, U32, 0, UINT32_MAX, 50, true },
	{ CTWATCH_A_FILTER_ASSURED, U8, 0, 1, 10 },
	{ CTWATCH_A_FILTER_UNREPLIED, U8, 0, 1, 10 },
	{ CTWATCH_A_FILTER_EXPIRED, U8, 0, 1, 10 },
};
static_assert(ARRAY_SIZE(filter_attrs) == CTWATCH_A_FILTER_MAX,
	      "every filter has a row");

#define SET(name, max) { name##_attrs, ARRAY_SIZE(name##_attrs), max }

static const struct attr_set ctwatch_set = SET(ctwatch, CTWATCH_A_MAX);
static const struct attr_set config_set = SET(config, CTWATCH_A_CONFIG_MAX);
static const struct attr_set query_set = SET(query, CTWATCH_A_QUERY_MAX);
static const struct attr_set filter_set = SET(filter, CTWATCH_A_FILTER_MAX);
static const struct attr_set no_set = { NULL, 0, 1 };

enum { DO = 1, DUMP = 2 };

struct op {
	const struct attr_set *set;
	uint8_t modes;
	bool asks_settings;	/* config-get: the policy is that of config-set */
};

static const struct op ops[] = {
	[0] = { &no_set, 0, false },
	[CTWATCH_CMD_STATUS_GET] = { &ctwatch_set, DO | DUMP, false },
	[CTWATCH_CMD_SOURCE_GET] = { &ctwatch_set, DUMP, false },
	[CTWATCH_CMD_CENSUS_GET] = { &query_set, DUMP, false },
	[CTWATCH_CMD_CONFIG_GET] = { &config_set, DO | DUMP, true },
	[CTWATCH_CMD_CONFIG_SET] = { &config_set, DO, false },
	[CTWATCH_CMD_RESET] = { &ctwatch_set, DO, false },
	[CTWATCH_CMD_LEVEL_NTF] = { &ctwatch_set, 0, false },
	[CTWATCH_CMD_TRACKING_NTF] = { &ctwatch_set, 0, false },
};
static_assert(ARRAY_SIZE(ops) == CTWATCH_CMD_MAX + 1,
	      "every operation has a row");

/* What is being written */

struct out {
	struct rng *r;
	const struct world *world;
	uint8_t *bytes;
	size_t len;
	size_t max;
	unsigned int flaws;	/* still to be made */
};

static void put_bytes(struct out *o, const void *p, size_t n)
{
	if (n > o->max - o->len)
		n = o->max - o->len;
	memcpy(o->bytes + o->len, p, n);
	o->len += n;
}

static void put_random(struct out *o, size_t n)
{
	if (n > o->max - o->len)
		n = o->max - o->len;
	rng_fill(o->r, o->bytes + o->len, n);
	o->len += n;
}

static void put_zero(struct out *o, size_t n)
{
	if (n > o->max - o->len)
		n = o->max - o->len;
	memset(o->bytes + o->len, 0, n);
	o->len += n;
}

static void put_padding(struct out *o)
{
	put_zero(o, NLMSG_ALIGN(o->len) - o->len);
}

static void put_attr_header(struct out *o, uint16_t type, uint16_t len)
{
	struct nlattr a = { .nla_len = len, .nla_type = type };

	put_bytes(o, &a, sizeof(a));
}

static void put_attr(struct out *o, uint16_t type, const void *p, size_t n)
{
	put_attr_header(o, type, NLA_HDRLEN + n);
	put_bytes(o, p, n);
	put_padding(o);
}

/* The length of a header at @at, now that its content is known. */
static void close_attr(struct out *o, size_t at)
{
	uint16_t len = o->len - at;

	if (at + sizeof(len) <= o->len)
		memcpy(o->bytes + at, &len, sizeof(len));
	put_padding(o);
}

/* Values */

static uint32_t edge(struct rng *r, uint32_t min, uint32_t max)
{
	const uint32_t edges[] = {
		min, min - 1, min + 1, max, max - 1, max + 1, 0, 1, INT32_MAX,
		1U << 31, UINT32_MAX, 255, 256, 65535, 65536, 128, 127,
	};

	return edges[rng_below(r, ARRAY_SIZE(edges))];
}

static uint32_t any_netns(struct out *o)
{
	const struct world *w = o->world;

	return w->n_netns ? w->netns[rng_below(o->r, w->n_netns)] : 1;
}

/* Sources of the scenarios' network, so that filters find something. */
static size_t address(struct rng *r, uint8_t *bytes, bool v6)
{
	static const uint8_t v4_start[] = { 10, 1 };
	static const uint8_t v6_start[] = { 0xfd, 1 };
	size_t n = v6 ? 16 : 4;

	memset(bytes, 0, n);
	memcpy(bytes, v6 ? v6_start : v4_start, 2);
	bytes[n - 1] = rng_below(r, 16);
	if (rng_chance(r, 30))
		rng_fill(r, bytes, n);
	return n;
}

static void put_filter(struct out *o);

/* @value of the kind's size; those of a nest and a flag have none. */
static size_t encode(const struct attr *a, uint32_t value, uint8_t *bytes)
{
	size_t n = a->kind == U8 ? 1 : a->kind == U16 ? 2 : 4;

	memcpy(bytes, &value, n);
	return n;
}

static uint32_t proper_value(struct out *o, const struct attr *a)
{
	if (a->kind == NETNS)
		return any_netns(o);
	/* the ends are where mistakes are */
	if (rng_chance(o->r, 15))
		return rng_chance(o->r, 50) ? a->min : a->max;
	return rng_between(o->r, a->min, a->max);
}

static void put_value(struct out *o, const struct attr *a, uint16_t type,
		      uint32_t value)
{
	uint8_t bytes[16];

	if (a->kind == FLAG)
		put_attr(o, type, NULL, 0);
	else if (a->kind == ADDRESS)
		put_attr(o, type, bytes, address(o->r, bytes, value & 1));
	else
		put_attr(o, type, bytes, encode(a, value, bytes));
}

static void put_proper(struct out *o, const struct attr *a)
{
	if (a->kind == FILTER)
		put_filter(o);
	else if (a->kind == ADDRESS)
		put_value(o, a, a->type, 0);
	else
		put_value(o, a, a->type, proper_value(o, a));
}

/* Flaws of one attribute */

static void flaw_nested_flag(struct out *o, const struct attr *a)
{
	put_value(o, a, a->type | NLA_F_NESTED, proper_value(o, a));
}

static void flaw_byte_order(struct out *o, const struct attr *a)
{
	put_value(o, a, a->type | NLA_F_NET_BYTEORDER, proper_value(o, a));
}

static void flaw_type(struct out *o, const struct attr *a)
{
	const uint16_t types[] = {
		0, a->type + 1, a->type + 16, 40, 41, 255, 256, 0x3fff,
		rng_next(o->r),
	};

	put_value(o, a, types[rng_below(o->r, ARRAY_SIZE(types))],
		  proper_value(o, a));
}

static void flaw_size(struct out *o, const struct attr *a)
{
	uint8_t bytes[24];

	rng_fill(o->r, bytes, sizeof(bytes));
	put_attr(o, a->type, bytes, rng_below(o->r, sizeof(bytes)));
}

static void flaw_huge(struct out *o, const struct attr *a)
{
	size_t n = 1U << rng_between(o->r, 6, 15);

	n += rng_below(o->r, 4);
	put_attr_header(o, a->type, NLA_HDRLEN + n);
	if (rng_chance(o->r, 50))
		put_zero(o, n);
	else
		put_random(o, n);
	put_padding(o);
}

static void flaw_length(struct out *o, const struct attr *a)
{
	size_t at = o->len;
	const uint16_t lengths[] = {
		0, 1, 2, 3, 4, 5, 7, 9, 255, 256, INT16_MAX, UINT16_MAX,
		UINT16_MAX - 3, rng_next(o->r),
	};
	uint16_t len = lengths[rng_below(o->r, ARRAY_SIZE(lengths))];

	put_proper(o, a);
	if (at + sizeof(len) <= o->len)
		memcpy(o->bytes + at, &len, sizeof(len));
}

static void flaw_repeat(struct out *o, const struct attr *a)
{
	unsigned int n = 2 + rng_below(o->r, rng_chance(o->r, 10) ? 2000 : 6);

	while (n--)
		put_value(o, a, a->type, proper_value(o, a));
}

static void flaw_edge(struct out *o, const struct attr *a)
{
	put_value(o, a, a->type, edge(o->r, a->min, a->max));
}

/* Nests of itself, down to where an attribute's length ends. */
static void flaw_deep(struct out *o, const struct attr *a)
{
	unsigned int depth = 2 + rng_below(o->r, rng_chance(o->r, 20) ? 16000 :
								     40);
	uint16_t flag = rng_chance(o->r, 80) ? NLA_F_NESTED : 0;

	for (; depth; depth--)
		put_attr_header(o, a->type | flag, depth * NLA_HDRLEN);
}

static void flaw_junk(struct out *o, const struct attr *a)
{
	put_proper(o, a);
	put_random(o, 1 + rng_below(o->r, 40));
}

static void flaw_absent(struct out *o, const struct attr *a)
{
	(void)o;
	(void)a;
}

static void put_flawed(struct out *o, const struct attr *a)
{
	static void (*const flaws[])(struct out *, const struct attr *) = {
		flaw_nested_flag, flaw_byte_order, flaw_type, flaw_size,
		flaw_huge, flaw_length, flaw_repeat, flaw_edge, flaw_edge,
		flaw_deep, flaw_junk, flaw_absent,
	};

	o->flaws--;
	flaws[rng_below(o->r, ARRAY_SIZE(flaws))](o, a);
}

static void put_one(struct out *o, const struct attr *a)
{
	if (o->flaws && rng_chance(o->r, 40))
		put_flawed(o, a);
	else
		put_proper(o, a);
}

static bool has(struct out *o, const struct attr *a)
{
	return rng_chance(o->r, a->percent);
}

/* An address has a length only when it is there, a mask needs its mark, and all
 * are of one family; unless there are flaws to be made.
 */
static void put_filter_attrs(struct out *o)
{
	bool v6 = rng_chance(o->r, 30), before = false;
	const struct attr *a;
	unsigned int i;

	for (i = 0; i < filter_set.n; i++) {
		a = &filter_attrs[i];
		before = has(o, a) && (before || !a->needs || o->flaws);
		if (!before)
			continue;
		if (o->flaws && rng_chance(o->r, 40))
			put_flawed(o, a);
		else if (a->kind == ADDRESS)
			put_value(o, a, a->type, v6);
		else if (a->type == CTWATCH_A_FILTER_FAMILY)
			put_value(o, a, a->type, v6 ? AF_INET6 : AF_INET);
		else
			put_proper(o, a);
	}
}

static void put_filter(struct out *o)
{
	uint16_t flag = o->flaws && rng_chance(o->r, 10) ? 0 : NLA_F_NESTED;
	size_t at = o->len;

	put_attr_header(o, CTWATCH_A_QUERY_FILTER | flag, 0);
	put_filter_attrs(o);
	close_attr(o, at);
}

static void put_setting(struct out *o, uint16_t type, uint32_t value)
{
	put_attr(o, type, &value, sizeof(value));
}

/* Thresholds that rise, or hardly a change would be accepted. */
static void put_thresholds(struct out *o)
{
	uint32_t notice = rng_between(o->r, 1, 98);
	uint32_t warning = rng_between(o->r, notice + 1, 99);

	put_setting(o, CTWATCH_A_CONFIG_NOTICE, notice);
	put_setting(o, CTWATCH_A_CONFIG_WARNING, warning);
	put_setting(o, CTWATCH_A_CONFIG_CRITICAL,
		    rng_between(o->r, warning + 1, 100));
	put_setting(o, CTWATCH_A_CONFIG_HYSTERESIS,
		    rng_below(o->r, notice < 50 ? notice : 51));
}

static void put_attrs(struct out *o, const struct op *op)
{
	unsigned int i, n = op->set->n;

	/* the question has only the netns */
	if (op->asks_settings && !rng_chance(o->r, 10))
		n = 1;
	if (op->set == &config_set && !op->asks_settings &&
	    rng_chance(o->r, 50))
		put_thresholds(o);
	for (i = 0; i < n; i++)
		if (has(o, &op->set->attrs[i]))
			put_one(o, &op->set->attrs[i]);
	/* what only answers have */
	if (o->flaws && rng_chance(o->r, 10))
		put_setting(o, rng_below(o->r, op->set->max + 4),
			    rng_next(o->r));
}

/* Headers */

static uint8_t choose(struct rng *r, const struct taste *t)
{
	unsigned int sum = 0, i;
	uint32_t at;

	for (i = 0; i <= CTWATCH_CMD_MAX; i++)
		sum += t->weight[i];
	at = rng_below(r, sum);
	for (i = 0; at >= t->weight[i]; i++)
		at -= t->weight[i];
	return i;
}

static uint16_t flags_for(struct out *o, const struct op *op,
			  const struct taste *t)
{
	uint16_t flags = NLM_F_REQUEST;
	bool dump = op->modes == DUMP ||
		    (op->modes & DUMP && rng_chance(o->r, t->dump_percent));

	if (o->flaws && rng_chance(o->r, 10))
		dump = !dump;
	if (o->flaws && rng_chance(o->r, 5))
		return rng_next(o->r) | (rng_chance(o->r, 70) ? NLM_F_REQUEST :
								0);
	if (rng_chance(o->r, 80))
		flags |= NLM_F_ACK;
	return flags | (dump ? NLM_F_DUMP : 0);
}

static void flaw_headers(struct out *o, struct nlmsghdr *nlh,
			 struct genlmsghdr *genl)
{
	const uint16_t types[] = {
		NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE, NLMSG_OVERRUN, 4, 15,
		GENL_ID_CTRL, 1024, UINT16_MAX,
	};

	o->flaws--;
	switch (rng_below(o->r, 5)) {
	case 0:
		nlh->nlmsg_type = types[rng_below(o->r, ARRAY_SIZE(types))];
		break;
	case 1:
		nlh->nlmsg_pid = rng_next(o->r);
		break;
	case 2:
		genl->cmd = rng_next(o->r);
		break;
	case 3:
		genl->version = rng_next(o->r);
		break;
	default:
		genl->reserved = rng_next(o->r);
	}
}

/* Flaws of the bytes of one message */

static void flip(struct out *o, uint8_t *m, size_t n)
{
	unsigned int times = 1 + rng_below(o->r, 8);

	while (times--)
		m[rng_below(o->r, n)] ^= 1U << rng_below(o->r, 8);
}

static void overwrite(struct out *o, uint8_t *m, size_t n)
{
	uint32_t value = edge(o->r, 4, n);
	size_t at = rng_below(o->r, n);
	size_t size = 1U << rng_below(o->r, 3);

	memcpy(m + at, &value, size < n - at ? size : n - at);
}

static void truncate_message(struct out *o, uint8_t *m, size_t n)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)m;
	size_t keep = rng_below(o->r, n);

	o->len -= n - keep;
	/* cut off by the sender, or honest about it */
	if (keep >= sizeof(nlh->nlmsg_len) && rng_chance(o->r, 70))
		nlh->nlmsg_len = keep;
}

static void lie_about_length(struct out *o, uint8_t *m, size_t n)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)m;
	const uint32_t lengths[] = {
		0, 1, 15, 16, 17, 19, 20, 21, 23, n - 1, n - 4, n + 1, n + 4,
		INT32_MAX, UINT32_MAX, rng_next(o->r),
	};

	nlh->nlmsg_len = lengths[rng_below(o->r, ARRAY_SIZE(lengths))];
}

static void scramble(struct out *o, uint8_t *m, size_t n)
{
	if (n > GENL_HEADERS)
		rng_fill(o->r, m + GENL_HEADERS, n - GENL_HEADERS);
}

static void flaw_bytes(struct out *o, size_t start)
{
	uint8_t *m = o->bytes + start;
	size_t n = o->len - start;

	if (n < NLMSG_HDRLEN)
		return;
	switch (rng_below(o->r, 8)) {
	case 0:
		truncate_message(o, m, n);
		break;
	case 1:
		lie_about_length(o, m, n);
		break;
	case 2:
		scramble(o, m, n);
		break;
	case 3:
	case 4:
		overwrite(o, m, n);
		break;
	default:
		flip(o, m, n);
	}
}

static void put_message(struct out *o, const struct taste *t)
{
	uint8_t cmd = choose(o->r, t);
	const struct op *op = &ops[cmd];
	struct nlmsghdr nlh = {
		.nlmsg_type = o->world->family,
	};
	struct genlmsghdr genl = {
		.cmd = cmd,
		.version = CTWATCH_FAMILY_VERSION,
	};
	size_t start = o->len;

	if (!cmd)
		genl.cmd = rng_below(o->r, CTWATCH_CMD_MAX + 8);
	nlh.nlmsg_flags = flags_for(o, op, t);
	if (o->flaws && rng_chance(o->r, 15))
		flaw_headers(o, &nlh, &genl);
	put_bytes(o, &nlh, sizeof(nlh));
	put_bytes(o, &genl, sizeof(genl));
	put_attrs(o, op);
	nlh.nlmsg_len = o->len - start;
	if (nlh.nlmsg_len >= sizeof(nlh))
		memcpy(o->bytes + start, &nlh, sizeof(nlh));
	if (o->flaws && rng_chance(o->r, 40))
		flaw_bytes(o, start);
	put_padding(o);
}

/* What the kernel makes of it */

bool asked_is_dump(const struct asked *a, uint16_t family)
{
	return a->type == family && (a->flags & NLM_F_DUMP) == NLM_F_DUMP;
}

bool asked_wants_answer(const struct asked *a, uint16_t family)
{
	return a->flags & NLM_F_REQUEST &&
	       (a->flags & NLM_F_ACK || asked_is_dump(a, family));
}

/* Other families are not ours to fuzz: some types are turned into our own. */
static bool type_allowed(uint16_t type, uint16_t family)
{
	return type == family || type <= GENL_ID_CTRL || type >= 1024;
}

static uint32_t netns_attr(const uint8_t *m, uint32_t len, uint16_t type)
{
	uint32_t at = GENL_HEADERS, netns = 0;
	struct nlattr a;

	while (at + sizeof(a) <= len) {
		memcpy(&a, m + at, sizeof(a));
		if (a.nla_len < sizeof(a) || a.nla_len > len - at)
			break;
		if ((a.nla_type & NLA_TYPE_MASK) == type &&
		    a.nla_len >= sizeof(a) + sizeof(netns))
			memcpy(&netns, m + at + sizeof(a), sizeof(netns));
		at += NLA_ALIGN(a.nla_len);
	}
	return netns;
}

static bool flags_proper(uint16_t flags, const struct op *op)
{
	flags &= ~NLM_F_ACK;
	return (flags == NLM_F_REQUEST && op->modes & DO) ||
	       (flags == (NLM_F_REQUEST | NLM_F_DUMP) && op->modes & DUMP);
}

static void understand(struct asked *a, const uint8_t *m, uint32_t len,
		       const struct world *w)
{
	struct genlmsghdr genl = { };
	struct nlmsghdr nlh;
	uint16_t type = CTWATCH_A_NETNS;

	memcpy(&nlh, m, sizeof(nlh));
	*a = (struct asked){
		.seq = nlh.nlmsg_seq,
		.type = nlh.nlmsg_type,
		.flags = nlh.nlmsg_flags,
	};
	if (len < GENL_HEADERS || a->type != w->family)
		return;
	memcpy(&genl, m + NLMSG_HDRLEN, sizeof(genl));
	a->cmd = genl.cmd;
	if (!a->cmd || a->cmd > CTWATCH_CMD_MAX)
		return;
	if (ops[a->cmd].set == &config_set)
		type = CTWATCH_A_CONFIG_NETNS;
	else if (ops[a->cmd].set == &query_set)
		type = CTWATCH_A_QUERY_NETNS;
	a->netns = netns_attr(m, len, type);
	a->proper = !genl.reserved && flags_proper(a->flags, &ops[a->cmd]);
}

static void keep_taboo(struct shot *s, uint32_t taboo)
{
	size_t i;

	for (i = 0; taboo && i + sizeof(taboo) <= s->len; i++)
		if (!memcmp(s->bytes + i, &taboo, sizeof(taboo)))
			s->bytes[i + 3] = 0;
}

/* Walks it as netlink_rcv_skb() does. Numbers are given here, so that each answer
 * belongs to one request whatever became of its bytes.
 */
static void walk(struct shot *s, const struct world *w, uint32_t *seq)
{
	size_t at = 0;

	s->n_asked = 0;
	while (s->len - at >= NLMSG_HDRLEN && s->n_asked < SHOT_MESSAGES) {
		struct nlmsghdr *nlh = (struct nlmsghdr *)(s->bytes + at);
		uint32_t len = nlh->nlmsg_len;

		if (len < NLMSG_HDRLEN || len > s->len - at)
			break;
		if (!type_allowed(nlh->nlmsg_type, w->family))
			nlh->nlmsg_type = w->family;
		nlh->nlmsg_seq = ++*seq;
		understand(&s->asked[s->n_asked++], s->bytes + at, len, w);
		len = NLMSG_ALIGN(len);
		at += len < s->len - at ? len : s->len - at;
	}
	/* what nobody would check is not sent */
	if (s->n_asked == SHOT_MESSAGES)
		s->len = at;
}

static unsigned int how_many(struct rng *r)
{
	if (rng_chance(r, 50))
		return 1;
	return 1 + rng_below(r, rng_chance(r, 3) ? 200 : 7);
}

/**
 * shot_make - the next datagram
 * @shot: filled
 * @r: random numbers
 * @world: what it may speak of
 * @taste: which operations
 * @seq: of the last message; counted up
 */
void shot_make(struct shot *shot, struct rng *r, const struct world *world,
	       const struct taste *taste, uint32_t *seq)
{
	struct out o = {
		.r = r,
		.world = world,
		.bytes = shot->bytes,
		.max = SHOT_MAX - NLMSG_ALIGNTO,
	};
	unsigned int n = how_many(r);

	for (shot->messages = 0; shot->messages < n; shot->messages++) {
		if (o.max - o.len < GENL_HEADERS)
			break;
		o.flaws = rng_chance(r, 35) ? 0 : 1 + rng_below(r, 3);
		put_message(&o, taste);
	}
	if (rng_chance(r, 1)) {
		o.len = rng_below(r, 64);
		put_random(&o, rng_below(r, 512));
	}
	shot->len = o.len;
	keep_taboo(shot, world->taboo);
	walk(shot, world, seq);
}
