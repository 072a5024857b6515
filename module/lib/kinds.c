// SPDX-License-Identifier: GPL-2.0
/* Protocols and states at insertion, and their names. */

#include <linux/in.h>
#include <linux/kernel.h>
#include <net/netfilter/nf_conntrack.h>

#include "compat/dccp.h"
#include "lib/kinds.h"

const struct ctw_kind ctw_kinds[CTW_KINDS] = {
	[CTW_KIND_TCP_SYN_SENT] = { IPPROTO_TCP, CTWATCH_STATE_SYN_SENT },
	[CTW_KIND_TCP_ESTABLISHED] = { IPPROTO_TCP, CTWATCH_STATE_ESTABLISHED },
	[CTW_KIND_UDP] = { IPPROTO_UDP, CTWATCH_STATE_UNREPLIED },
	[CTW_KIND_UDPLITE] = { IPPROTO_UDPLITE, CTWATCH_STATE_UNREPLIED },
	[CTW_KIND_ICMP] = { IPPROTO_ICMP, CTWATCH_STATE_UNREPLIED },
	[CTW_KIND_ICMPV6] = { IPPROTO_ICMPV6, CTWATCH_STATE_UNREPLIED },
	[CTW_KIND_SCTP_COOKIE_WAIT] = { IPPROTO_SCTP, CTWATCH_STATE_COOKIE_WAIT },
	[CTW_KIND_SCTP_HEARTBEAT_SENT] = { IPPROTO_SCTP, CTWATCH_STATE_HEARTBEAT_SENT },
	[CTW_KIND_DCCP_REQUEST] = { IPPROTO_DCCP, CTWATCH_STATE_REQUEST },
	[CTW_KIND_GRE] = { IPPROTO_GRE, CTWATCH_STATE_UNREPLIED },
	[CTW_KIND_ESP] = { IPPROTO_ESP, CTWATCH_STATE_UNREPLIED },
	[CTW_KIND_OTHER] = { CTW_PROTO_OTHER, CTWATCH_STATE_OTHER },
};

static enum ctw_kind_id ctw_kind_sctp(const struct nf_conn *ct)
{
	switch (ct->proto.sctp.state) {
	case SCTP_CONNTRACK_COOKIE_WAIT:
		return CTW_KIND_SCTP_COOKIE_WAIT;
	case SCTP_CONNTRACK_HEARTBEAT_SENT:
		return CTW_KIND_SCTP_HEARTBEAT_SENT;
	default:
		return CTW_KIND_OTHER;
	}
}

/**
 * ctw_kind_of_rare() - the same for what is neither a SYN nor UDP
 * @ct: see ctw_kind_of()
 *
 * Context: packet path.
 * Return: the kind, CTW_KIND_OTHER for what has none of its own.
 */
enum ctw_kind_id ctw_kind_of_rare(const struct nf_conn *ct)
{
	switch (nf_ct_protonum(ct)) {
	case IPPROTO_TCP:
		if (ct->proto.tcp.state == TCP_CONNTRACK_ESTABLISHED)
			return CTW_KIND_TCP_ESTABLISHED;
		return CTW_KIND_OTHER;
	case IPPROTO_UDPLITE:
		return CTW_KIND_UDPLITE;
	case IPPROTO_ICMP:
		return CTW_KIND_ICMP;
	case IPPROTO_ICMPV6:
		return CTW_KIND_ICMPV6;
	case IPPROTO_SCTP:
		return ctw_kind_sctp(ct);
	case IPPROTO_DCCP:
		return CTW_KIND_DCCP_REQUEST;
	case IPPROTO_GRE:
		return CTW_KIND_GRE;
	case IPPROTO_ESP:
		return CTW_KIND_ESP;
	default:
		return CTW_KIND_OTHER;
	}
}

static const u8 ctw_tcp_states[TCP_CONNTRACK_MAX] = {
	[TCP_CONNTRACK_NONE] = CTWATCH_STATE_NONE,
	[TCP_CONNTRACK_SYN_SENT] = CTWATCH_STATE_SYN_SENT,
	[TCP_CONNTRACK_SYN_RECV] = CTWATCH_STATE_SYN_RECV,
	[TCP_CONNTRACK_ESTABLISHED] = CTWATCH_STATE_ESTABLISHED,
	[TCP_CONNTRACK_FIN_WAIT] = CTWATCH_STATE_FIN_WAIT,
	[TCP_CONNTRACK_CLOSE_WAIT] = CTWATCH_STATE_CLOSE_WAIT,
	[TCP_CONNTRACK_LAST_ACK] = CTWATCH_STATE_LAST_ACK,
	[TCP_CONNTRACK_TIME_WAIT] = CTWATCH_STATE_TIME_WAIT,
	[TCP_CONNTRACK_CLOSE] = CTWATCH_STATE_CLOSE,
	[TCP_CONNTRACK_SYN_SENT2] = CTWATCH_STATE_SYN_SENT2,
};

static const u8 ctw_sctp_states[SCTP_CONNTRACK_MAX] = {
	[SCTP_CONNTRACK_NONE] = CTWATCH_STATE_NONE,
	[SCTP_CONNTRACK_CLOSED] = CTWATCH_STATE_CLOSED,
	[SCTP_CONNTRACK_COOKIE_WAIT] = CTWATCH_STATE_COOKIE_WAIT,
	[SCTP_CONNTRACK_COOKIE_ECHOED] = CTWATCH_STATE_COOKIE_ECHOED,
	[SCTP_CONNTRACK_ESTABLISHED] = CTWATCH_STATE_ESTABLISHED,
	[SCTP_CONNTRACK_SHUTDOWN_SENT] = CTWATCH_STATE_SHUTDOWN_SENT,
	[SCTP_CONNTRACK_SHUTDOWN_RECD] = CTWATCH_STATE_SHUTDOWN_RECD,
	[SCTP_CONNTRACK_SHUTDOWN_ACK_SENT] = CTWATCH_STATE_SHUTDOWN_ACK_SENT,
	[SCTP_CONNTRACK_HEARTBEAT_SENT] = CTWATCH_STATE_HEARTBEAT_SENT,
	[SCTP_CONNTRACK_HEARTBEAT_ACKED] = CTWATCH_STATE_HEARTBEAT_ACKED,
};

static enum ctwatch_state ctw_state_in(const u8 *states, u32 n, u32 state)
{
	return state < n ? states[state] : CTWATCH_STATE_OTHER;
}

/**
 * ctw_state_of() - the state of an entry of the table
 * @ct: the entry; it may be freed and become another one meanwhile
 * @protocol: its protocol
 * @status: its status
 *
 * Context: under rcu_read_lock(); the caller makes sure afterwards that it was
 * one entry all the time.
 * Return: the state that conntrack(8) shows, or one of the three words for
 * protocols without.
 */
enum ctwatch_state ctw_state_of(const struct nf_conn *ct, u8 protocol,
				unsigned long status)
{
	enum ctwatch_state state;

	switch (protocol) {
	case IPPROTO_TCP:
		return ctw_state_in(ctw_tcp_states, ARRAY_SIZE(ctw_tcp_states),
				    READ_ONCE(ct->proto.tcp.state));
	case IPPROTO_SCTP:
		return ctw_state_in(ctw_sctp_states,
				    ARRAY_SIZE(ctw_sctp_states),
				    READ_ONCE(ct->proto.sctp.state));
	case IPPROTO_DCCP:
		if (ctw_ct_dccp_state(ct, &state))
			return state;
	}
	if (status & IPS_ASSURED)
		return CTWATCH_STATE_ASSURED;
	return status & IPS_SEEN_REPLY ? CTWATCH_STATE_REPLIED :
					 CTWATCH_STATE_UNREPLIED;
}

/**
 * ctw_state_is_first() - is this where entries of a protocol usually begin
 * @state: the state
 *
 * Return: whether it is, so that it goes without saying at an insertion.
 */
bool ctw_state_is_first(enum ctwatch_state state)
{
	return state == CTWATCH_STATE_SYN_SENT ||
	       state == CTWATCH_STATE_UNREPLIED ||
	       state == CTWATCH_STATE_COOKIE_WAIT ||
	       state == CTWATCH_STATE_REQUEST ||
	       state == CTWATCH_STATE_OTHER;
}

/* The words of conntrack(8). */
static const char * const ctw_state_names[] = {
	[CTWATCH_STATE_NONE] = "NONE",
	[CTWATCH_STATE_UNREPLIED] = "UNREPLIED",
	[CTWATCH_STATE_REPLIED] = "REPLIED",
	[CTWATCH_STATE_ASSURED] = "ASSURED",
	[CTWATCH_STATE_SYN_SENT] = "SYN_SENT",
	[CTWATCH_STATE_SYN_RECV] = "SYN_RECV",
	[CTWATCH_STATE_ESTABLISHED] = "ESTABLISHED",
	[CTWATCH_STATE_FIN_WAIT] = "FIN_WAIT",
	[CTWATCH_STATE_CLOSE_WAIT] = "CLOSE_WAIT",
	[CTWATCH_STATE_LAST_ACK] = "LAST_ACK",
	[CTWATCH_STATE_TIME_WAIT] = "TIME_WAIT",
	[CTWATCH_STATE_CLOSE] = "CLOSE",
	[CTWATCH_STATE_SYN_SENT2] = "SYN_SENT2",
	[CTWATCH_STATE_CLOSED] = "CLOSED",
	[CTWATCH_STATE_COOKIE_WAIT] = "COOKIE_WAIT",
	[CTWATCH_STATE_COOKIE_ECHOED] = "COOKIE_ECHOED",
	[CTWATCH_STATE_SHUTDOWN_SENT] = "SHUTDOWN_SENT",
	[CTWATCH_STATE_SHUTDOWN_RECD] = "SHUTDOWN_RECD",
	[CTWATCH_STATE_SHUTDOWN_ACK_SENT] = "SHUTDOWN_ACK_SENT",
	[CTWATCH_STATE_HEARTBEAT_SENT] = "HEARTBEAT_SENT",
	[CTWATCH_STATE_HEARTBEAT_ACKED] = "HEARTBEAT_ACKED",
	[CTWATCH_STATE_REQUEST] = "REQUEST",
	[CTWATCH_STATE_RESPOND] = "RESPOND",
	[CTWATCH_STATE_PARTOPEN] = "PARTOPEN",
	[CTWATCH_STATE_OPEN] = "OPEN",
	[CTWATCH_STATE_CLOSEREQ] = "CLOSEREQ",
	[CTWATCH_STATE_CLOSING] = "CLOSING",
	[CTWATCH_STATE_OTHER] = "OTHER",
};

/**
 * ctw_state_name() - a state as conntrack(8) prints it
 * @state: the state
 *
 * Return: a constant string, "OTHER" for a state out of range.
 */
const char *ctw_state_name(enum ctwatch_state state)
{
	if (state >= ARRAY_SIZE(ctw_state_names))
		state = CTWATCH_STATE_OTHER;
	return ctw_state_names[state];
}

/**
 * ctw_proto_name() - a protocol as conntrack(8) prints it
 * @protocol: IP protocol number
 *
 * Return: a constant string, "other" for a protocol without a kind.
 */
const char *ctw_proto_name(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_UDPLITE:
		return "udplite";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "icmpv6";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_DCCP:
		return "dccp";
	case IPPROTO_GRE:
		return "gre";
	case IPPROTO_ESP:
		return "esp";
	default:
		return "other";
	}
}
