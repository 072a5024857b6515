// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family; ctwatch.yaml is its specification. */

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <linux/ctwatch.h>

#include "compat/conntrack.h"
#include "compat/genetlink.h"
#include "lib/params.h"
#include "netlink/family.h"
#include "netlink/netlink.h"
#include "netns/net.h"
#include "packet/fold.h"
#include "packet/hooks.h"
#include "watch/report.h"

/* An event with three sources takes less than half of it. */
#define CTW_EVENT_SIZE	8192

static struct genl_family ctw_family;

/* Who asks for which namespace */

/**
 * ctw_sees_all() - does the host's administrator ask
 * @skb: the request
 *
 * Return: whether it comes from the initial netns, with rights there. A
 * container with CAP_NET_ADMIN, even in the initial user namespace, has not.
 */
bool ctw_sees_all(struct sk_buff *skb)
{
	return net_eq(sock_net(NETLINK_CB(skb).sk), &init_net) &&
	       netlink_capable(skb, CAP_NET_ADMIN);
}

static bool ctw_sees(struct sk_buff *skb, const struct ctw_net *cn)
{
	return net_eq(cn->net, sock_net(NETLINK_CB(skb).sk)) ||
	       ctw_sees_all(skb);
}

/**
 * ctw_wanted() - the namespace that a request is about
 * @skb: the request
 * @inum: the one it names, NULL for its own
 * @extack: for words
 *
 * Another one's existence is not told to those who may not see it.
 *
 * Context: under ctw_lock.
 * Return: the namespace, or an error with words for it.
 */
struct ctw_net *ctw_wanted(struct sk_buff *skb, const struct nlattr *inum,
			   struct netlink_ext_ack *extack)
{
	struct ctw_net *cn;

	lockdep_assert_held(&ctw_lock);
	if (!inum)
		return ctw_net(sock_net(NETLINK_CB(skb).sk));
	cn = ctw_net_by_inum(nla_get_u32(inum));
	if (cn && ctw_sees(skb, cn))
		return cn;
	if (!ctw_sees_all(skb)) {
		NL_SET_ERR_MSG_ATTR(extack, inum,
				    "another netns: ask from within it, or from the initial netns with CAP_NET_ADMIN");
		return ERR_PTR(-EPERM);
	}
	NL_SET_ERR_MSG_ATTR(extack, inum,
			    "no such netns: give the inode number that lsns -t net or ls -Li /run/netns shows");
	return ERR_PTR(-ENOENT);
}

/* Messages */

static int ctw_put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, CTWATCH_A_PAD);
}

/**
 * ctw_put_kind() - a number of a protocol in a state
 * @skb: where to
 * @type: attribute
 * @protocol: IP protocol number
 * @state: the state
 * @count: the number
 *
 * Return: 0 or -EMSGSIZE.
 */
int ctw_put_kind(struct sk_buff *skb, int type, u8 protocol,
		 enum ctwatch_state state, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_u8(skb, CTWATCH_A_KIND_PROTOCOL, protocol) ||
	    nla_put_u32(skb, CTWATCH_A_KIND_STATE, state) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_KIND_COUNT, count,
			      CTWATCH_A_KIND_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ctw_put_kinds(struct sk_buff *skb, int type,
			 const u64 by[CTW_KINDS])
{
	u32 i;

	for (i = 0; i < CTW_KINDS; i++)
		if (by[i] && ctw_put_kind(skb, type, ctw_kinds[i].protocol,
					  ctw_kinds[i].state, by[i]))
			return -EMSGSIZE;
	return 0;
}

static int ctw_put_address(struct sk_buff *skb, int family_type,
			   int address_type, u8 family,
			   const struct in6_addr *addr)
{
	bool v4 = family == NFPROTO_IPV4;

	/* NFPROTO_IPV4 and NFPROTO_IPV6 are AF_INET and AF_INET6. */
	return nla_put_u8(skb, family_type, family) ||
	       nla_put(skb, address_type, v4 ? 4 : sizeof(*addr), addr);
}

static u8 ctw_source_len(const struct ctw_config *c, const struct ctw_key *key)
{
	return key->family == NFPROTO_IPV4 ? c->ipv4_prefix : c->ipv6_prefix;
}

static int ctw_put_source(struct sk_buff *skb, const struct ctw_config *c,
			  const struct ctw_source *s)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_SOURCE);

	if (!nest ||
	    ctw_put_address(skb, CTWATCH_A_SOURCE_FAMILY,
			    CTWATCH_A_SOURCE_ADDRESS, s->key.family,
			    &s->key.addr) ||
	    nla_put_u8(skb, CTWATCH_A_SOURCE_PREFIX_LEN,
		       ctw_source_len(c, &s->key)) ||
	    nla_put_u16(skb, CTWATCH_A_SOURCE_ZONE, s->key.zone) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_SOURCE_COUNT, s->count,
			      CTWATCH_A_SOURCE_PAD) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_SOURCE_ERROR, s->error,
			      CTWATCH_A_SOURCE_PAD) ||
	    nla_put_u32(skb, CTWATCH_A_SOURCE_RATE, s->rate) ||
	    nla_put_u32(skb, CTWATCH_A_SOURCE_RECENT, s->recent) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_SOURCE_DROP, s->drop,
			      CTWATCH_A_SOURCE_PAD) ||
	    ctw_put_kinds(skb, CTWATCH_A_SOURCE_KIND, s->by))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ctw_put_table(struct sk_buff *skb, const struct ctw_net *cn)
{
	const struct ctw_watch *w = &cn->watch;
	u32 ttf = ctw_watch_time_to_full(w);

	return nla_put_u32(skb, CTWATCH_A_NETNS, ctw_net_inum(cn)) ||
	       nla_put_string(skb, CTWATCH_A_MODULE_VERSION, CTW_VERSION) ||
	       nla_put_u32(skb, CTWATCH_A_TRACKING, cn->tracking) ||
	       nla_put_u32(skb, CTWATCH_A_LEVEL, w->level) ||
	       (w->predicted && nla_put_flag(skb, CTWATCH_A_PREDICTED)) ||
	       nla_put_u32(skb, CTWATCH_A_ENTRIES, ctw_ct_count(cn->net)) ||
	       nla_put_u32(skb, CTWATCH_A_MAX_ENTRIES, ctw_ct_max(cn->net)) ||
	       nla_put_s32(skb, CTWATCH_A_GROWTH, ctw_watch_growth(w)) ||
	       (ttf != U32_MAX &&
		nla_put_u32(skb, CTWATCH_A_TIME_TO_FULL, ttf));
}

static int ctw_put_counters(struct sk_buff *skb, const struct ctw_net *cn)
{
	const u64 *stat = cn->stats.since;

	return ctw_put_u64(skb, CTWATCH_A_ATTEMPTS, cn->tally.total) ||
	       ctw_put_u64(skb, CTWATCH_A_INSERT, stat[CTW_STAT_INSERT]) ||
	       ctw_put_u64(skb, CTWATCH_A_INSERT_FAILED,
			   stat[CTW_STAT_INSERT_FAILED]) ||
	       ctw_put_u64(skb, CTWATCH_A_CLASH_RESOLVE,
			   stat[CTW_STAT_CLASH_RESOLVE]) ||
	       (CTW_CHAIN_TOOLONG &&
		ctw_put_u64(skb, CTWATCH_A_CHAIN_TOOLONG,
			    stat[CTW_STAT_CHAIN_TOOLONG])) ||
	       ctw_put_u64(skb, CTWATCH_A_DROP, stat[CTW_STAT_DROP]) ||
	       ctw_put_u64(skb, CTWATCH_A_DROP_ATTRIBUTED,
			   ctw_tally_dropped(&cn->tally)) ||
	       ctw_put_u64(skb, CTWATCH_A_EARLY_DROP,
			   stat[CTW_STAT_EARLY_DROP]);
}

static int ctw_put_status(struct sk_buff *skb, const struct ctw_net *cn)
{
	const struct ctw_watch *w = &cn->watch;
	u64 now = ktime_get_ns();

	if (ctw_put_table(skb, cn) || ctw_put_counters(skb, cn) ||
	    ctw_put_u64(skb, CTWATCH_A_SINCE,
			div_u64(now - cn->tally.since, NSEC_PER_MSEC)) ||
	    nla_put_u32(skb, CTWATCH_A_PEAK_ENTRIES, w->peak) ||
	    ctw_put_u64(skb, CTWATCH_A_PEAK_AGE,
			div_u64(now - w->peak_ns, NSEC_PER_MSEC)) ||
	    nla_put_u32(skb, CTWATCH_A_SOURCES, cn->tally.groups.used) ||
	    nla_put_u32(skb, CTWATCH_A_SOURCES_MAX, cn->tally.groups.max) ||
	    ctw_put_u64(skb, CTWATCH_A_UNATTRIBUTED,
			ctw_tally_unattributed(&cn->tally)) ||
	    ctw_put_u64(skb, CTWATCH_A_SUPPRESSED, w->suppressed))
		return -EMSGSIZE;
	return ctw_put_kinds(skb, CTWATCH_A_KIND, cn->tally.by);
}

static int ctw_put_config(struct sk_buff *skb, const struct ctw_net *cn)
{
	const struct ctw_config *c = &cn->config;

	return nla_put_u32(skb, CTWATCH_A_CONFIG_NETNS, ctw_net_inum(cn)) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_NOTICE, c->notice) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_WARNING, c->warning) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_CRITICAL, c->critical) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_HYSTERESIS, c->hysteresis) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_PREDICT_TIME,
			   c->predict_time) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_PREDICT_MIN,
			   c->predict_min) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_REPEAT, c->repeat) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_LOG, c->log) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_IPV4_PREFIX,
			   c->ipv4_prefix) ||
	       nla_put_u32(skb, CTWATCH_A_CONFIG_IPV6_PREFIX,
			   c->ipv6_prefix);
}

/* Answers about one namespace; what they need is folded and sampled before. */

typedef int (*ctw_fill_t)(struct sk_buff *skb, const struct ctw_net *cn);

static int ctw_reply(struct genl_info *info, const struct ctw_net *cn,
		     ctw_fill_t fill)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *hdr;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &ctw_family, 0, info->genlhdr->cmd);
	if (!hdr || fill(msg, cn)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/* Levels are judged by the second and at thresholds; the counters here are to
 * be those of this moment.
 */
static void ctw_refresh(struct ctw_net *cn)
{
	ctw_stats_update(&cn->stats, cn->net);
}

static int ctw_status_get(struct sk_buff *skb, struct genl_info *info)
{
	struct ctw_net *cn;
	int ret;

	ctw_fold();
	mutex_lock(&ctw_lock);
	cn = ctw_wanted(skb, info->attrs[CTWATCH_A_NETNS], info->extack);
	if (IS_ERR(cn)) {
		ret = PTR_ERR(cn);
	} else {
		ctw_refresh(cn);
		ret = ctw_reply(info, cn, ctw_put_status);
	}
	mutex_unlock(&ctw_lock);
	return ret;
}

static int ctw_config_get(struct sk_buff *skb, struct genl_info *info)
{
	struct ctw_net *cn;
	int ret;

	mutex_lock(&ctw_lock);
	cn = ctw_wanted(skb, info->attrs[CTWATCH_A_CONFIG_NETNS],
			info->extack);
	ret = IS_ERR(cn) ? PTR_ERR(cn) : ctw_reply(info, cn, ctw_put_config);
	mutex_unlock(&ctw_lock);
	return ret;
}

/* Changes */

static void ctw_config_from(struct ctw_config *c, struct nlattr **attrs)
{
	const struct {
		int type;
		u32 *value;
	} map[] = {
		{ CTWATCH_A_CONFIG_NOTICE, &c->notice },
		{ CTWATCH_A_CONFIG_WARNING, &c->warning },
		{ CTWATCH_A_CONFIG_CRITICAL, &c->critical },
		{ CTWATCH_A_CONFIG_HYSTERESIS, &c->hysteresis },
		{ CTWATCH_A_CONFIG_PREDICT_TIME, &c->predict_time },
		{ CTWATCH_A_CONFIG_PREDICT_MIN, &c->predict_min },
		{ CTWATCH_A_CONFIG_REPEAT, &c->repeat },
		{ CTWATCH_A_CONFIG_LOG, &c->log },
		{ CTWATCH_A_CONFIG_IPV4_PREFIX, &c->ipv4_prefix },
		{ CTWATCH_A_CONFIG_IPV6_PREFIX, &c->ipv6_prefix },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(map); i++)
		if (attrs[map[i].type])
			*map[i].value = nla_get_u32(attrs[map[i].type]);
}

/* Sources of two lengths do not mix: forget those of the old one. Of the two
 * folds the first waits for insertions that read the old mask, the second
 * takes out what they left.
 */
static void ctw_config_new_prefix(u32 id)
{
	struct ctw_net *cn;

	ctw_fold();
	ctw_fold();
	mutex_lock(&ctw_lock);
	cn = ctw_net_by_id(id);
	if (cn)
		ctw_net_reset(cn);
	mutex_unlock(&ctw_lock);
}

static int ctw_config_set(struct sk_buff *skb, struct genl_info *info)
{
	bool new_prefix = false;
	const char *reason;
	struct ctw_config c;
	struct ctw_net *cn;
	int ret = 0;
	u32 id = 0;

	mutex_lock(&ctw_lock);
	cn = ctw_wanted(skb, info->attrs[CTWATCH_A_CONFIG_NETNS],
			info->extack);
	if (IS_ERR(cn)) {
		ret = PTR_ERR(cn);
		goto unlock;
	}
	c = cn->config;
	ctw_config_from(&c, info->attrs);
	reason = ctw_config_check(&c);
	if (reason) {
		if (info->extack)
			info->extack->_msg = reason;
		ret = -EINVAL;
		goto unlock;
	}
	id = cn->id;
	new_prefix = c.ipv4_prefix != cn->config.ipv4_prefix ||
		     c.ipv6_prefix != cn->config.ipv6_prefix;
	ctw_net_set_config(cn, &c);
unlock:
	mutex_unlock(&ctw_lock);
	if (new_prefix)
		ctw_config_new_prefix(id);
	return ret;
}

static int ctw_reset(struct sk_buff *skb, struct genl_info *info)
{
	struct ctw_net *cn;
	int ret = 0;

	/* What was inserted before the request is not to count after it. */
	ctw_fold();
	mutex_lock(&ctw_lock);
	cn = ctw_wanted(skb, info->attrs[CTWATCH_A_NETNS], info->extack);
	if (IS_ERR(cn))
		ret = PTR_ERR(cn);
	else
		ctw_net_reset(cn);
	mutex_unlock(&ctw_lock);
	return ret;
}

/* Dumps */

/**
 * struct ctw_dump - where a dump is
 * @id: least id of the namespace to go on with
 * @only: id of the one namespace wanted, 0 for all
 * @rows: snapshot of the namespace under way, or NULL
 * @n: rows of it
 * @pos: next row
 * @inum: its inode number
 * @config: its prefix lengths are those of the snapshot
 */
struct ctw_dump {
	u32 id;
	u32 only;
	struct ctw_source *rows;
	u32 n;
	u32 pos;
	u32 inum;
	struct ctw_config config;
};

/**
 * ctw_dump_refuse() - refuse a dump at its start
 * @cb: the dump
 * @error: negative error
 * @words: words for it
 *
 * Some kernels (6.1) give start() nowhere to put words: there the first call
 * for messages fails instead, which has them.
 *
 * Return: what start() has to return.
 */
int ctw_dump_refuse(struct netlink_callback *cb, int error,
		    const struct netlink_ext_ack *words)
{
	if (cb->extack) {
		*cb->extack = *words;
		return error;
	}
	cb->args[CTW_ARG_ERROR] = error;
	cb->args[CTW_ARG_WORDS] = (long)words->_msg;
	return 0;
}

/**
 * ctw_dump_refused() - was a dump refused at its start
 * @cb: the dump
 *
 * Return: 0, or the error that the call for messages has to return.
 */
int ctw_dump_refused(struct netlink_callback *cb)
{
	if (cb->args[CTW_ARG_ERROR] && cb->extack)
		cb->extack->_msg = (const char *)cb->args[CTW_ARG_WORDS];
	return cb->args[CTW_ARG_ERROR];
}

static int ctw_dump_begin(struct netlink_callback *cb, int inum_attr)
{
	struct nlattr *inum = ctw_dump_attrs(cb)[inum_attr];
	struct ctw_dump *d = kzalloc(sizeof(*d), GFP_KERNEL);
	struct netlink_ext_ack words = { };
	struct ctw_net *cn;
	int ret = 0;

	if (!d)
		return -ENOMEM;
	mutex_lock(&ctw_lock);
	cn = ctw_wanted(cb->skb, inum, &words);
	if (IS_ERR(cn))
		ret = PTR_ERR(cn);
	else if (inum)
		d->only = cn->id;
	mutex_unlock(&ctw_lock);
	if (!ret) {
		cb->args[CTW_ARG_OWN] = (long)d;
		return 0;
	}
	kfree(d);
	return ctw_dump_refuse(cb, ret, &words);
}

static int ctw_dump_start(struct netlink_callback *cb)
{
	ctw_fold();
	return ctw_dump_begin(cb, CTWATCH_A_NETNS);
}

static int ctw_config_dump_start(struct netlink_callback *cb)
{
	return ctw_dump_begin(cb, CTWATCH_A_CONFIG_NETNS);
}

static int ctw_dump_done(struct netlink_callback *cb)
{
	struct ctw_dump *d = (struct ctw_dump *)cb->args[CTW_ARG_OWN];

	if (d)
		kvfree(d->rows);
	kfree(d);
	return 0;
}

/* The next namespace that this dump is about and its caller may see. */
static struct ctw_net *ctw_dump_next(struct ctw_dump *d,
				     struct netlink_callback *cb)
{
	struct ctw_net *cn;

	while ((cn = ctw_net_next(&d->id))) {
		if ((!d->only || d->only == cn->id) && ctw_sees(cb->skb, cn))
			return cn;
		d->id++;
	}
	return NULL;
}

/**
 * ctw_dump_put() - begin a message of a dump
 * @skb: where to
 * @cb: the dump
 * @cmd: operation
 *
 * Return: its header, NULL when there is no room.
 */
void *ctw_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &ctw_family, NLM_F_MULTI, cmd);
}

/* One message for each namespace. */
static int ctw_dump_each(struct sk_buff *skb, struct netlink_callback *cb,
			 u8 cmd, ctw_fill_t fill, bool refresh)
{
	struct ctw_dump *d = (struct ctw_dump *)cb->args[CTW_ARG_OWN];
	struct ctw_net *cn;
	void *hdr;

	if (!d)
		return ctw_dump_refused(cb);
	mutex_lock(&ctw_lock);
	while ((cn = ctw_dump_next(d, cb))) {
		if (refresh)
			ctw_refresh(cn);
		hdr = ctw_dump_put(skb, cb, cmd);
		if (!hdr)
			break;
		if (fill(skb, cn)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		d->id++;
	}
	mutex_unlock(&ctw_lock);
	return skb->len;
}

static int ctw_status_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ctw_dump_each(skb, cb, CTWATCH_CMD_STATUS_GET, ctw_put_status,
			     true);
}

static int ctw_config_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ctw_dump_each(skb, cb, CTWATCH_CMD_CONFIG_GET, ctw_put_config,
			     false);
}

/* A namespace at a time: its sources are copied whole, so what is dumped of it
 * is of one moment, and memory is bounded by one table.
 */
static int ctw_source_load(struct ctw_dump *d, struct netlink_callback *cb)
{
	struct ctw_net *cn;
	int ret = -ENOENT;

	kvfree(d->rows);
	d->rows = NULL;
	d->n = 0;
	d->pos = 0;
	mutex_lock(&ctw_lock);
	cn = ctw_dump_next(d, cb);
	if (cn) {
		d->rows = ctw_tally_snapshot(&cn->tally, ktime_get_ns(), &d->n);
		d->inum = ctw_net_inum(cn);
		d->config = cn->config;
		d->id++;
		ret = !d->rows && (cn->tally.groups.used || cn->tally.drops.used) ?
		      -ENOMEM : 0;
	}
	mutex_unlock(&ctw_lock);
	return ret;
}

static int ctw_source_put_row(struct sk_buff *skb, struct netlink_callback *cb,
			      const struct ctw_dump *d)
{
	void *hdr = ctw_dump_put(skb, cb, CTWATCH_CMD_SOURCE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, CTWATCH_A_NETNS, d->inum) ||
	    ctw_put_source(skb, &d->config, &d->rows[d->pos])) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int ctw_source_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ctw_dump *d = (struct ctw_dump *)cb->args[CTW_ARG_OWN];
	int ret;

	if (!d)
		return ctw_dump_refused(cb);
	for (;;) {
		for (; d->pos < d->n; d->pos++)
			if (ctw_source_put_row(skb, cb, d))
				return skb->len;
		ret = ctw_source_load(d, cb);
		if (ret == -ENOENT)
			return skb->len;
		if (ret)
			return ret;
	}
}

/* The family */

static const struct nla_policy ctw_policy[CTWATCH_A_NETNS + 1] = {
	[CTWATCH_A_NETNS] = { .type = NLA_U32 },
};

/* Not const: nla_policy wants a plain pointer on older kernels. */
static struct netlink_range_validation ctw_seconds = {
	.max = CTW_SECONDS_MAX,
};

static const struct nla_policy ctw_config_policy[CTWATCH_A_CONFIG_MAX + 1] = {
	[CTWATCH_A_CONFIG_NETNS] = { .type = NLA_U32 },
	[CTWATCH_A_CONFIG_NOTICE] =
		NLA_POLICY_RANGE(NLA_U32, 1, CTW_PERCENT_MAX),
	[CTWATCH_A_CONFIG_WARNING] =
		NLA_POLICY_RANGE(NLA_U32, 1, CTW_PERCENT_MAX),
	[CTWATCH_A_CONFIG_CRITICAL] =
		NLA_POLICY_RANGE(NLA_U32, 1, CTW_PERCENT_MAX),
	[CTWATCH_A_CONFIG_HYSTERESIS] =
		NLA_POLICY_MAX(NLA_U32, CTW_HYSTERESIS_MAX),
	[CTWATCH_A_CONFIG_PREDICT_TIME] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &ctw_seconds),
	[CTWATCH_A_CONFIG_PREDICT_MIN] =
		NLA_POLICY_MAX(NLA_U32, CTW_PERCENT_MAX),
	[CTWATCH_A_CONFIG_REPEAT] =
		NLA_POLICY_FULL_RANGE(NLA_U32, &ctw_seconds),
	[CTWATCH_A_CONFIG_LOG] = NLA_POLICY_MAX(NLA_U32, 1),
	[CTWATCH_A_CONFIG_IPV4_PREFIX] =
		NLA_POLICY_RANGE(NLA_U32, 1, CTW_IPV4_BITS),
	[CTWATCH_A_CONFIG_IPV6_PREFIX] =
		NLA_POLICY_RANGE(NLA_U32, 1, CTW_IPV6_BITS),
};

static const struct genl_ops ctw_genl_ops[] = {
	{
		.cmd = CTWATCH_CMD_STATUS_GET,
		.doit = ctw_status_get,
		.start = ctw_dump_start,
		.dumpit = ctw_status_dump,
		.done = ctw_dump_done,
		.policy = ctw_policy,
		.maxattr = ARRAY_SIZE(ctw_policy) - 1,
	}, {
		.cmd = CTWATCH_CMD_SOURCE_GET,
		.start = ctw_dump_start,
		.dumpit = ctw_source_dump,
		.done = ctw_dump_done,
		.policy = ctw_policy,
		.maxattr = ARRAY_SIZE(ctw_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = CTWATCH_CMD_CENSUS_GET,
		.start = ctw_census_start,
		.dumpit = ctw_census_dump,
		.policy = ctw_query_policy,
		.maxattr = ARRAY_SIZE(ctw_query_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = CTWATCH_CMD_CONFIG_GET,
		.doit = ctw_config_get,
		.start = ctw_config_dump_start,
		.dumpit = ctw_config_dump,
		.done = ctw_dump_done,
		.policy = ctw_config_policy,
		.maxattr = ARRAY_SIZE(ctw_config_policy) - 1,
	}, {
		.cmd = CTWATCH_CMD_CONFIG_SET,
		.doit = ctw_config_set,
		.policy = ctw_config_policy,
		.maxattr = ARRAY_SIZE(ctw_config_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	}, {
		.cmd = CTWATCH_CMD_RESET,
		.doit = ctw_reset,
		.policy = ctw_policy,
		.maxattr = ARRAY_SIZE(ctw_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

enum { CTW_MCGRP_EVENTS };

static const struct genl_multicast_group ctw_mcgrps[] = {
	[CTW_MCGRP_EVENTS] = {
		.name = CTWATCH_MCGRP_EVENTS,
#ifdef CTW_HAVE_GENL_MCAST_CAP
		.flags = GENL_MCAST_CAP_NET_ADMIN,
#endif
	},
};

static struct genl_family ctw_family __ro_after_init = {
	.name = CTWATCH_FAMILY_NAME,
	.version = CTWATCH_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ctw_genl_ops,
	.n_ops = ARRAY_SIZE(ctw_genl_ops),
	.mcgrps = ctw_mcgrps,
	.n_mcgrps = ARRAY_SIZE(ctw_mcgrps),
	.module = THIS_MODULE,
};

/* Events */

/* Events so far to the initial netns, which gets those of all; under ctw_lock. */
static u32 ctw_host_events;

/* In the number of the message, so that who missed some knows how many. */
static void ctw_send(struct net *net, struct sk_buff *msg, u32 number)
{
	nlmsg_hdr(msg)->nlmsg_seq = number;
	genlmsg_multicast_netns(&ctw_family, net, msg, 0, CTW_MCGRP_EVENTS,
				GFP_KERNEL);
}

/* To the namespace itself, and to the initial one, from where the host's
 * administrator watches all.
 */
static void ctw_multicast(const struct ctw_net *cn, struct sk_buff *msg)
{
	struct sk_buff *copy;

	if (net_eq(cn->net, &init_net)) {
		ctw_send(&init_net, msg, ctw_host_events);
		return;
	}
	copy = skb_copy(msg, GFP_KERNEL);
	if (copy)
		ctw_send(&init_net, copy, ctw_host_events);
	ctw_send(cn->net, msg, cn->events);
}

/**
 * ctw_put_prefix() - the largest prefix of what is diffuse
 * @skb: where to
 * @type: attribute
 * @p: the prefix; family 0 when it is not known
 * @share: its share of all, per cent
 *
 * Return: 0 or -EMSGSIZE.
 */
int ctw_put_prefix(struct sk_buff *skb, int type, const struct ctw_prefix *p,
		   u32 share)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest)
		return -EMSGSIZE;
	if (p->family &&
	    (ctw_put_address(skb, CTWATCH_A_PREFIX_FAMILY,
			     CTWATCH_A_PREFIX_ADDRESS, p->family, &p->addr) ||
	     nla_put_u8(skb, CTWATCH_A_PREFIX_PREFIX_LEN, p->len) ||
	     nla_put_u32(skb, CTWATCH_A_PREFIX_SHARE, share)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ctw_put_naming(struct sk_buff *skb, const struct ctw_net *cn,
			  const struct ctw_naming *n)
{
	u32 i;

	if (nla_put_u32(skb, CTWATCH_A_WINDOW,
			min_t(u64, n->window, U32_MAX)) ||
	    ctw_put_u64(skb, CTWATCH_A_WINDOW_INSERTIONS, n->insertions))
		return -EMSGSIZE;
	for (i = 0; i < n->n; i++)
		if (ctw_put_source(skb, &cn->config, &n->names[i].source))
			return -EMSGSIZE;
	return n->diffuse ? ctw_put_prefix(skb, CTWATCH_A_DIFFUSE, &n->prefix,
					   n->prefix_share) : 0;
}

static int ctw_put_dropped(struct sk_buff *skb, const struct ctw_config *c,
			   const struct ctw_key *key, u64 drop)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_DROPPED);

	if (!nest ||
	    ctw_put_address(skb, CTWATCH_A_DROPPED_FAMILY,
			    CTWATCH_A_DROPPED_ADDRESS, key->family,
			    &key->addr) ||
	    nla_put_u8(skb, CTWATCH_A_DROPPED_PREFIX_LEN,
		       ctw_source_len(c, key)) ||
	    nla_put_u16(skb, CTWATCH_A_DROPPED_ZONE, key->zone) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_DROPPED_DROP, drop,
			      CTWATCH_A_DROPPED_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int ctw_put_drops(struct sk_buff *skb, const struct ctw_config *c,
			 const struct ctw_drop_naming *d)
{
	u32 i;

	if (ctw_put_u64(skb, CTWATCH_A_NEW_DROP_ATTRIBUTED, d->total))
		return -EMSGSIZE;
	for (i = 0; i < d->n; i++)
		if (ctw_put_dropped(skb, c, &d->keys[i], d->drop[i]))
			return -EMSGSIZE;
	return 0;
}

static int ctw_put_event(struct sk_buff *skb, const struct ctw_net *cn,
			 const char *line, bool logged)
{
	return ctw_put_status(skb, cn) ||
	       nla_put_string(skb, CTWATCH_A_TEXT, line) ||
	       (logged && nla_put_flag(skb, CTWATCH_A_LOGGED));
}

static int ctw_put_level(struct sk_buff *skb, const struct ctw_net *cn,
			 const struct ctw_report *r)
{
	const struct ctw_verdict *v = &r->verdict;

	return nla_put_u32(skb, CTWATCH_A_PREVIOUS_LEVEL, v->previous) ||
	       ctw_put_u64(skb, CTWATCH_A_NEW_DROP, v->new_drop) ||
	       ctw_put_drops(skb, &cn->config, &r->drops) ||
	       ctw_put_u64(skb, CTWATCH_A_NEW_EARLY_DROP,
			   v->new_early_drop) ||
	       nla_put_u32(skb, CTWATCH_A_NEW_SUPPRESSED, r->suppressed) ||
	       (ctw_verdict_names(v) && ctw_put_naming(skb, cn, &r->naming)) ||
	       (r->holders.known && ctw_put_holders(skb, &r->holders));
}

static bool ctw_has_listeners(const struct ctw_net *cn)
{
	return genl_has_listeners(&ctw_family, cn->net, CTW_MCGRP_EVENTS) ||
	       genl_has_listeners(&ctw_family, &init_net, CTW_MCGRP_EVENTS);
}

static void ctw_event(struct ctw_net *cn, u8 cmd, const char *line,
		      bool logged, const struct ctw_report *r)
{
	struct sk_buff *msg;
	void *hdr;

	/* one that finds no memory is missed too */
	cn->events++;
	ctw_host_events++;
	if (!ctw_has_listeners(cn))
		return;
	msg = genlmsg_new(CTW_EVENT_SIZE, GFP_KERNEL);
	if (!msg)
		return;
	hdr = genlmsg_put(msg, 0, 0, &ctw_family, 0, cmd);
	if (!hdr || ctw_put_event(msg, cn, line, logged) ||
	    (r && ctw_put_level(msg, cn, r))) {
		WARN_ON_ONCE(1);	/* CTW_EVENT_SIZE is too small */
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	ctw_multicast(cn, msg);
}

/**
 * ctw_netlink_level() - send the event of a level
 * @cn: the netns
 * @r: the facts
 * @line: the words
 * @logged: whether they went to the kernel log
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_netlink_level(struct ctw_net *cn, const struct ctw_report *r,
		       const char *line, bool logged)
{
	ctw_event(cn, CTWATCH_CMD_LEVEL_NTF, line, logged, r);
}

/**
 * ctw_netlink_tracking() - send the event of tracking that started
 * @cn: the netns
 * @line: the words
 * @logged: whether they went to the kernel log
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_netlink_tracking(struct ctw_net *cn, const char *line, bool logged)
{
	ctw_event(cn, CTWATCH_CMD_TRACKING_NTF, line, logged, NULL);
}

/**
 * ctw_netlink_start() - make the family known
 *
 * Return: 0 or a negative error.
 */
int ctw_netlink_start(void)
{
	return genl_register_family(&ctw_family);
}

/**
 * ctw_netlink_stop() - take the family back; no request runs afterwards
 */
void ctw_netlink_stop(void)
{
	genl_unregister_family(&ctw_family);
}
