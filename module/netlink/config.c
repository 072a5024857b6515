// SPDX-License-Identifier: GPL-2.0
/* config-get and config-set. */

#include <linux/kernel.h>
#include <net/genetlink.h>
#include <linux/ctwatch.h>

#include "compat/genetlink.h"
#include "netlink/netlink.h"
#include "netns/net.h"
#include "packet/fresh.h"

/* Not const: nla_policy wants a plain pointer on older kernels. */
static struct netlink_range_validation ctw_seconds = {
	.max = CTW_SECONDS_MAX,
};

const struct nla_policy ctw_config_policy[CTWATCH_A_CONFIG_MAX + 1] = {
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

static int ctw_put_config(struct sk_buff *skb, struct ctw_net *cn)
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

/**
 * ctw_config_get() - answer with the settings of a namespace
 * @skb: the request
 * @info: the request
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it.
 */
int ctw_config_get(struct sk_buff *skb, struct genl_info *info)
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

/**
 * ctw_config_set() - change settings of a namespace, all of a request or none
 * @skb: the request
 * @info: the request
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it.
 */
int ctw_config_set(struct sk_buff *skb, struct genl_info *info)
{
	bool new_masks = false;
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
	new_masks = ctw_net_set_config(cn, &c);
unlock:
	mutex_unlock(&ctw_lock);
	if (new_masks)
		ctw_fresh_masks(id);
	return ret;
}

/**
 * ctw_config_dump_start() - begin a dump of settings
 * @cb: the dump
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it.
 */
int ctw_config_dump_start(struct netlink_callback *cb)
{
	return ctw_dump_begin(cb, ctw_dump_attrs(cb)[CTWATCH_A_CONFIG_NETNS],
			      sizeof(struct ctw_dump));
}

/**
 * ctw_config_dump() - the next messages
 * @skb: where to
 * @cb: the dump
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: bytes, 0 at the end, or a negative error.
 */
int ctw_config_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ctw_dump_each(skb, cb, CTWATCH_CMD_CONFIG_GET, ctw_put_config);
}
