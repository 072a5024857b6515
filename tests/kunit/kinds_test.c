// SPDX-License-Identifier: GPL-2.0
/* Kinds: what an entry is at insertion, and the words for it. */

#include <kunit/test.h>

#include "lib/kinds.c"

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

/* States of entries in the table */

#define ONE_STATE(proto, name) \
	{ IPPROTO_##proto, proto##_CONNTRACK_##name, CTWATCH_STATE_##name, \
	  #name }

static const struct state_case {
	u8 protocol;
	u8 state;
	enum ctwatch_state want;
	const char *name;
} state_cases[] = {
	ONE_STATE(TCP, NONE),
	ONE_STATE(TCP, SYN_SENT),
	ONE_STATE(TCP, SYN_RECV),
	ONE_STATE(TCP, ESTABLISHED),
	ONE_STATE(TCP, FIN_WAIT),
	ONE_STATE(TCP, CLOSE_WAIT),
	ONE_STATE(TCP, LAST_ACK),
	ONE_STATE(TCP, TIME_WAIT),
	ONE_STATE(TCP, CLOSE),
	ONE_STATE(TCP, SYN_SENT2),
	{ IPPROTO_TCP, TCP_CONNTRACK_MAX, CTWATCH_STATE_OTHER, "OTHER" },
	{ IPPROTO_TCP, 255, CTWATCH_STATE_OTHER, "OTHER" },
	ONE_STATE(SCTP, NONE),
	ONE_STATE(SCTP, CLOSED),
	ONE_STATE(SCTP, COOKIE_WAIT),
	ONE_STATE(SCTP, COOKIE_ECHOED),
	ONE_STATE(SCTP, ESTABLISHED),
	ONE_STATE(SCTP, SHUTDOWN_SENT),
	ONE_STATE(SCTP, SHUTDOWN_RECD),
	ONE_STATE(SCTP, SHUTDOWN_ACK_SENT),
	ONE_STATE(SCTP, HEARTBEAT_SENT),
	ONE_STATE(SCTP, HEARTBEAT_ACKED),
	{ IPPROTO_SCTP, SCTP_CONNTRACK_MAX, CTWATCH_STATE_OTHER, "OTHER" },
	{ IPPROTO_SCTP, 255, CTWATCH_STATE_OTHER, "OTHER" },
};

static const unsigned long statuses[] = {
	0, IPS_SEEN_REPLY, IPS_ASSURED, IPS_SEEN_REPLY | IPS_ASSURED,
	IPS_CONFIRMED | IPS_SRC_NAT | IPS_DYING,
	IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED | IPS_OFFLOAD,
};

/* Whatever the status, the state of a protocol that has some is that. */
static void kinds_states(struct kunit *test)
{
	u32 i, s;

	for (i = 0; i < ARRAY_SIZE(state_cases); i++) {
		const struct state_case *k = &state_cases[i];
		struct nf_conn *ct = conn_make(test, k->protocol, k->state);

		for (s = 0; s < ARRAY_SIZE(statuses); s++)
			KUNIT_EXPECT_EQ_MSG(test, k->want,
					    ctw_state_of(ct, k->protocol,
							 statuses[s]),
					    "%s", k->name);
		KUNIT_EXPECT_STREQ(test, ctw_state_name(k->want), k->name);
	}
}

/* None is forgotten. */
static void kinds_states_all_tested(struct kunit *test)
{
	u32 i, tcp = 0, sctp = 0;

	for (i = 0; i < ARRAY_SIZE(state_cases); i++) {
		const struct state_case *k = &state_cases[i];

		tcp += k->protocol == IPPROTO_TCP && k->state < TCP_CONNTRACK_MAX;
		sctp += k->protocol == IPPROTO_SCTP &&
			k->state < SCTP_CONNTRACK_MAX;
	}
	KUNIT_EXPECT_EQ(test, tcp, TCP_CONNTRACK_MAX);
	KUNIT_EXPECT_EQ(test, sctp, SCTP_CONNTRACK_MAX);
}

/* For all others the status tells, and what is where TCP has its state does
 * not matter.
 */
static void kinds_states_of_status(struct kunit *test)
{
	static const struct {
		unsigned long status;
		const char *name;
	} cases[] = {
		{ 0, "UNREPLIED" },
		{ IPS_CONFIRMED | IPS_SRC_NAT | IPS_DYING, "UNREPLIED" },
		{ IPS_SEEN_REPLY, "REPLIED" },
		{ IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_EXPECTED, "REPLIED" },
		{ IPS_SEEN_REPLY | IPS_ASSURED, "ASSURED" },
		{ IPS_ASSURED, "ASSURED" },
		{ ~0UL, "ASSURED" },
		{ ~(unsigned long)IPS_ASSURED, "REPLIED" },
		{ ~(unsigned long)(IPS_ASSURED | IPS_SEEN_REPLY), "UNREPLIED" },
	};
	struct nf_conn *ct = conn_make(test, IPPROTO_TCP,
				       TCP_CONNTRACK_ESTABLISHED);
	u32 protocol, i;

	for (protocol = 0; protocol < 256; protocol++) {
		if (protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP)
			continue;
#ifdef CTW_HAVE_CT_DCCP
		if (protocol == IPPROTO_DCCP)
			continue;
#endif
		for (i = 0; i < ARRAY_SIZE(cases); i++)
			KUNIT_ASSERT_STREQ(test, cases[i].name,
					   ctw_state_name(ctw_state_of(ct,
								       protocol,
								       cases[i].status)));
	}
}

/* The words that conntrack(8) has for protocols, and one for all it has not. */
static void kinds_proto_names(struct kunit *test)
{
	static const struct {
		u8 protocol;
		const char *name;
	} cases[] = {
		{ IPPROTO_TCP, "tcp" }, { IPPROTO_UDP, "udp" },
		{ IPPROTO_UDPLITE, "udplite" }, { IPPROTO_ICMP, "icmp" },
		{ IPPROTO_ICMPV6, "icmpv6" }, { IPPROTO_SCTP, "sctp" },
		{ IPPROTO_DCCP, "dccp" }, { IPPROTO_GRE, "gre" },
		{ IPPROTO_ESP, "esp" },
	};
	u32 protocol, i, others = 0;

	for (protocol = 0; protocol < 256; protocol++) {
		const char *want = "other";

		for (i = 0; i < ARRAY_SIZE(cases); i++)
			if (cases[i].protocol == protocol)
				want = cases[i].name;
		KUNIT_EXPECT_STREQ(test, ctw_proto_name(protocol), want);
		others += !strcmp(want, "other");
	}
	KUNIT_EXPECT_EQ(test, others, 256 - ARRAY_SIZE(cases));
}

static struct kunit_case kinds_tests[] = {
	KUNIT_CASE(kinds_of_entries),
	KUNIT_CASE(kinds_words),
	KUNIT_CASE(kinds_all_tested),
	KUNIT_CASE(kinds_first_states),
	KUNIT_CASE(kinds_state_names),
	KUNIT_CASE(kinds_states),
	KUNIT_CASE(kinds_states_all_tested),
	KUNIT_CASE(kinds_states_of_status),
	KUNIT_CASE(kinds_proto_names),
	{ }
};

static struct kunit_suite kinds_suite = {
	.name = "ctwatch_kinds",
	.test_cases = kinds_tests,
};

kunit_test_suites(&kinds_suite);
