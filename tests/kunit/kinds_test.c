// SPDX-License-Identifier: GPL-2.0
/* Kinds: what an entry is at insertion, and the words for it. */

#include <kunit/test.h>

#include "kinds.c"

struct kind_case {
	u8 protocol;
	u8 state;
	enum ctw_kind_id kind;
	const char *proto_name;
	const char *state_name;
};

static const struct kind_case kind_cases[] = {
	{ IPPROTO_TCP, TCP_CONNTRACK_SYN_SENT, CTW_KIND_TCP_SYN_SENT,
	  "tcp", "SYN_SENT" },
	{ IPPROTO_TCP, TCP_CONNTRACK_ESTABLISHED, CTW_KIND_TCP_ESTABLISHED,
	  "tcp", "ESTABLISHED" },
	{ IPPROTO_TCP, TCP_CONNTRACK_TIME_WAIT, CTW_KIND_OTHER,
	  "other", "OTHER" },
	{ IPPROTO_UDP, 0, CTW_KIND_UDP, "udp", "UNREPLIED" },
	{ IPPROTO_UDPLITE, 0, CTW_KIND_UDPLITE, "udplite", "UNREPLIED" },
	{ IPPROTO_ICMP, 0, CTW_KIND_ICMP, "icmp", "UNREPLIED" },
	{ IPPROTO_ICMPV6, 0, CTW_KIND_ICMPV6, "icmpv6", "UNREPLIED" },
	{ IPPROTO_SCTP, SCTP_CONNTRACK_COOKIE_WAIT, CTW_KIND_SCTP_COOKIE_WAIT,
	  "sctp", "COOKIE_WAIT" },
	{ IPPROTO_SCTP, SCTP_CONNTRACK_HEARTBEAT_SENT,
	  CTW_KIND_SCTP_HEARTBEAT_SENT, "sctp", "HEARTBEAT_SENT" },
	{ IPPROTO_SCTP, SCTP_CONNTRACK_ESTABLISHED, CTW_KIND_OTHER,
	  "other", "OTHER" },
	{ IPPROTO_DCCP, 0, CTW_KIND_DCCP_REQUEST, "dccp", "REQUEST" },
	{ IPPROTO_GRE, 0, CTW_KIND_GRE, "gre", "UNREPLIED" },
	{ IPPROTO_ESP, 0, CTW_KIND_ESP, "esp", "UNREPLIED" },
	{ IPPROTO_IGMP, 0, CTW_KIND_OTHER, "other", "OTHER" },
	{ 0, 0, CTW_KIND_OTHER, "other", "OTHER" },
	{ 255, 0, CTW_KIND_OTHER, "other", "OTHER" },
};

static struct nf_conn *conn_make(struct kunit *test, u8 protocol, u8 state)
{
	struct nf_conn *ct = kunit_kzalloc(test, sizeof(*ct), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ct);
	ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.dst.protonum = protocol;
	if (protocol == IPPROTO_TCP)
		ct->proto.tcp.state = state;
	if (protocol == IPPROTO_SCTP)
		ct->proto.sctp.state = state;
	return ct;
}

static void kinds_of_entries(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kind_cases); i++) {
		const struct kind_case *k = &kind_cases[i];
		struct nf_conn *ct = conn_make(test, k->protocol, k->state);

		KUNIT_EXPECT_EQ_MSG(test, ctw_kind_of(ct), k->kind,
				    "case %u", i);
	}
}

static void kinds_words(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kind_cases); i++) {
		const struct kind_case *k = &kind_cases[i];
		const struct ctw_kind *kind = &ctw_kinds[k->kind];

		KUNIT_EXPECT_STREQ(test, ctw_proto_name(kind->protocol),
				   k->proto_name);
		KUNIT_EXPECT_STREQ(test, ctw_state_name(kind->state),
				   k->state_name);
	}
}

/* Each kind has a case above: none is forgotten in the tables. */
static void kinds_all_tested(struct kunit *test)
{
	u32 i, kind;

	for (kind = 0; kind < CTW_KINDS; kind++) {
		for (i = 0; i < ARRAY_SIZE(kind_cases); i++)
			if (kind_cases[i].kind == kind)
				break;
		KUNIT_EXPECT_LT_MSG(test, i, ARRAY_SIZE(kind_cases),
				    "kind %u", kind);
	}
}

/* Where entries of a protocol begin goes without saying. */
static void kinds_first_states(struct kunit *test)
{
	static const enum ctwatch_state first[] = {
		CTWATCH_STATE_UNREPLIED, CTWATCH_STATE_SYN_SENT,
		CTWATCH_STATE_COOKIE_WAIT, CTWATCH_STATE_REQUEST,
		CTWATCH_STATE_OTHER,
	};
	u32 state, i;

	for (state = 0; state <= CTWATCH_STATE_OTHER; state++) {
		bool want = false;

		for (i = 0; i < ARRAY_SIZE(first); i++)
			want |= first[i] == state;
		KUNIT_EXPECT_EQ_MSG(test, ctw_state_is_first(state), want,
				    "%s", ctw_state_name(state));
	}
}

static void kinds_state_names(struct kunit *test)
{
	u32 i, j;

	for (i = 0; i <= CTWATCH_STATE_OTHER; i++) {
		KUNIT_ASSERT_NOT_NULL(test, ctw_state_name(i));
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, ctw_state_name(i),
					    ctw_state_name(j));
	}
	KUNIT_EXPECT_STREQ(test, ctw_state_name(CTWATCH_STATE_OTHER), "OTHER");
	KUNIT_EXPECT_STREQ(test, ctw_state_name(CTWATCH_STATE_OTHER + 1),
			   "OTHER");
	KUNIT_EXPECT_STREQ(test, ctw_state_name(U32_MAX), "OTHER");
}

static struct kunit_case kinds_tests[] = {
	KUNIT_CASE(kinds_of_entries),
	KUNIT_CASE(kinds_words),
	KUNIT_CASE(kinds_all_tested),
	KUNIT_CASE(kinds_first_states),
	KUNIT_CASE(kinds_state_names),
	{ }
};

static struct kunit_suite kinds_suite = {
	.name = "ctwatch_kinds",
	.test_cases = kinds_tests,
};

kunit_test_suites(&kinds_suite);
