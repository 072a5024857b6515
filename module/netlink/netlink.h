/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the netlink family share. */
#ifndef CTW_NETLINK_H
#define CTW_NETLINK_H

#include <linux/netlink.h>
#include <linux/types.h>
#include <net/netlink.h>
#include <linux/ctwatch.h>

struct ctw_holders;
struct ctw_net;
struct ctw_prefix;

/* What a dump remembers in cb->args; of those before, each kind has its own. */
enum {
	CTW_ARG_OWN,
	CTW_ARG_ERROR = 4,
	CTW_ARG_WORDS,
};

bool ctw_sees_all(struct sk_buff *skb);
struct ctw_net *ctw_wanted(struct sk_buff *skb, const struct nlattr *inum,
			   struct netlink_ext_ack *extack);

int ctw_dump_refuse(struct netlink_callback *cb, int error,
		    const struct netlink_ext_ack *words);
int ctw_dump_refused(struct netlink_callback *cb);
void *ctw_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
int ctw_put_kind(struct sk_buff *skb, int type, u8 protocol,
		 enum ctwatch_state state, u64 count);
int ctw_put_prefix(struct sk_buff *skb, int type, const struct ctw_prefix *p,
		   u32 share);

extern const struct nla_policy ctw_query_policy[CTWATCH_A_QUERY_PEAK + 1];
int ctw_census_start(struct netlink_callback *cb);
int ctw_census_dump(struct sk_buff *skb, struct netlink_callback *cb);
int ctw_put_holders(struct sk_buff *skb, const struct ctw_holders *h);

#endif
