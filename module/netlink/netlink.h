/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of this folder share; nobody else includes it. */
#ifndef CTW_NETLINK_H
#define CTW_NETLINK_H

#include <linux/netlink.h>
#include <linux/types.h>
#include <net/genetlink.h>
#include <linux/ctwatch.h>

#include "lib/kinds.h"

struct ctw_census_facts;
struct ctw_config;
struct ctw_counts;
struct ctw_key;
struct ctw_net;
struct ctw_prefix;
struct ctw_query;
struct ctw_source;
union ctw_addr;

/* The group of events. */
enum { CTW_MCGRP_EVENTS };

/* What a dump remembers in cb->args; of those before, each kind has its own. */
enum {
	CTW_ARG_OWN,
	CTW_ARG_ERROR = 4,
	CTW_ARG_WORDS,
};

/**
 * struct ctw_dump - where a dump of namespaces is
 * @id: least id of the namespace to go on with
 * @only: id of the one namespace wanted, 0 for all
 */
struct ctw_dump {
	u32 id;
	u32 only;
};

/* Writes the attributes of an answer about a namespace; under ctw_lock. */
typedef int (*ctw_fill_t)(struct sk_buff *skb, struct ctw_net *cn);

static inline u32 ctw_u32_or(const struct nlattr *a, u32 absent)
{
	return a ? nla_get_u32(a) : absent;
}

/* request.c: who asks, and the messages that answer */
extern struct genl_family ctw_family;

bool ctw_sees_all(struct sk_buff *skb);
struct ctw_net *ctw_wanted(struct sk_buff *skb, const struct nlattr *inum,
			   struct netlink_ext_ack *extack);
int ctw_reply(struct genl_info *info, struct ctw_net *cn, ctw_fill_t fill);
int ctw_dump_refuse(struct netlink_callback *cb, int error,
		    const struct netlink_ext_ack *words);
int ctw_dump_refused(struct netlink_callback *cb);
int ctw_dump_begin(struct netlink_callback *cb, const struct nlattr *inum,
		   size_t size);
int ctw_dump_done(struct netlink_callback *cb);
struct ctw_net *ctw_dump_next(struct ctw_dump *d, struct netlink_callback *cb);
void *ctw_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
int ctw_dump_each(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		  ctw_fill_t fill);

/* put.c: attributes that more than one message has */
int ctw_put_u64(struct sk_buff *skb, int type, u64 value);
int ctw_put_kind(struct sk_buff *skb, int type, u8 protocol,
		 enum ctwatch_state state, u64 count);
int ctw_put_kinds(struct sk_buff *skb, int type, const u64 by[CTW_KINDS]);
int ctw_put_address(struct sk_buff *skb, int family_type, int address_type,
		    u8 family, const struct in6_addr *addr);
int ctw_put_prefix(struct sk_buff *skb, int type, const struct ctw_prefix *p,
		   u32 share);
int ctw_put_group_addr(struct sk_buff *skb, int type, int len_type, u8 family,
		       const union ctw_addr *addr, const u8 len[2]);
int ctw_put_counts(struct sk_buff *skb, const struct ctw_counts *n);
int ctw_put_facts(struct sk_buff *skb, const struct ctw_census_facts *f,
		  u32 matched, u32 groups, u32 max, u32 ungrouped);

/* status.c */
int ctw_put_status(struct sk_buff *skb, const struct ctw_net *cn);
int ctw_status_get(struct sk_buff *skb, struct genl_info *info);
int ctw_status_dump_start(struct netlink_callback *cb);
int ctw_status_dump(struct sk_buff *skb, struct netlink_callback *cb);
int ctw_reset(struct sk_buff *skb, struct genl_info *info);

/* source.c */
u8 ctw_source_len(const struct ctw_config *c, const struct ctw_key *key);
int ctw_put_source(struct sk_buff *skb, const struct ctw_config *c,
		   const struct ctw_source *s);
int ctw_source_dump_start(struct netlink_callback *cb);
int ctw_source_dump(struct sk_buff *skb, struct netlink_callback *cb);
int ctw_source_dump_done(struct netlink_callback *cb);

/* config.c */
extern const struct nla_policy ctw_config_policy[CTWATCH_A_CONFIG_MAX + 1];

int ctw_config_get(struct sk_buff *skb, struct genl_info *info);
int ctw_config_set(struct sk_buff *skb, struct genl_info *info);
int ctw_config_dump_start(struct netlink_callback *cb);
int ctw_config_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* query.c: the request of a census */
extern const struct nla_policy ctw_query_policy[CTWATCH_A_QUERY_PEAK + 1];

void ctw_query_groups(struct ctw_query *q, struct nlattr **attrs);
int ctw_query_filter(struct ctw_query *q, const struct nlattr *nest,
		     struct netlink_ext_ack *extack);

/* census.c: and its answer */
int ctw_census_start(struct netlink_callback *cb);
int ctw_census_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif
