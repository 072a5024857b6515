/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_KINDS_H
#define CTW_KINDS_H

#include <linux/in.h>
#include <linux/types.h>
#include <net/netfilter/nf_conntrack.h>
#include <linux/ctwatch.h>

/* What an entry may be when it is inserted: a protocol in one state. Of TCP's
 * states only two are possible then: a SYN, or a connection picked up under
 * way (nf_conntrack_tcp_loose).
 */
enum ctw_kind_id {
	CTW_KIND_TCP_SYN_SENT,
	CTW_KIND_TCP_ESTABLISHED,
	CTW_KIND_UDP,
	CTW_KIND_UDPLITE,
	CTW_KIND_ICMP,
	CTW_KIND_ICMPV6,
	CTW_KIND_SCTP_COOKIE_WAIT,
	CTW_KIND_SCTP_HEARTBEAT_SENT,
	CTW_KIND_DCCP_REQUEST,
	CTW_KIND_GRE,
	CTW_KIND_ESP,
	CTW_KIND_OTHER,
	CTW_KINDS,
	/* In windows only: a packet that conntrack dropped, and one that was
	 * taken for dropped and was not.
	 */
	CTW_KIND_DROP = CTW_KINDS,
	CTW_KIND_UNDROP,
};

/* Stands for every protocol without a kind of its own. */
#define CTW_PROTO_OTHER 255

/**
 * struct ctw_kind - a protocol and a state
 * @protocol: IP protocol number, or CTW_PROTO_OTHER
 * @state: state at insertion
 */
struct ctw_kind {
	u8 protocol;
	enum ctwatch_state state;
};

extern const struct ctw_kind ctw_kinds[CTW_KINDS];

enum ctw_kind_id ctw_kind_of_rare(const struct nf_conn *ct);
enum ctwatch_state ctw_state_of(const struct nf_conn *ct, u8 protocol,
				unsigned long status);
bool ctw_state_is_first(enum ctwatch_state state);
const char *ctw_state_name(enum ctwatch_state state);
const char *ctw_proto_name(u8 protocol);

/**
 * ctw_kind_of() - the kind of an entry about to be inserted
 * @ct: an unconfirmed entry, owned by the packet at hand
 *
 * Context: packet path.
 * Return: the kind, CTW_KIND_OTHER for what has none of its own.
 */
static inline enum ctw_kind_id ctw_kind_of(const struct nf_conn *ct)
{
	u8 protocol = nf_ct_protonum(ct);

	if (protocol == IPPROTO_TCP &&
	    likely(ct->proto.tcp.state == TCP_CONNTRACK_SYN_SENT))
		return CTW_KIND_TCP_SYN_SENT;
	if (protocol == IPPROTO_UDP)
		return CTW_KIND_UDP;
	return ctw_kind_of_rare(ct);
}

#endif
