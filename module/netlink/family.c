// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family: its operations, and the group of its events.
 * ctwatch.yaml is its specification.
 */

#include <linux/kernel.h>
#include <net/genetlink.h>
#include <linux/ctwatch.h>

#include "netlink/family.h"
#include "netlink/netlink.h"

static const struct nla_policy ctw_policy[CTWATCH_A_NETNS + 1] = {
	[CTWATCH_A_NETNS] = { .type = NLA_U32 },
};

static const struct genl_ops ctw_genl_ops[] = {
	{
		.cmd = CTWATCH_CMD_STATUS_GET,
		.doit = ctw_status_get,
		.start = ctw_status_dump_start,
		.dumpit = ctw_status_dump,
		.done = ctw_dump_done,
		.policy = ctw_policy,
		.maxattr = ARRAY_SIZE(ctw_policy) - 1,
	}, {
		.cmd = CTWATCH_CMD_SOURCE_GET,
		.start = ctw_source_dump_start,
		.dumpit = ctw_source_dump,
		.done = ctw_source_dump_done,
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

static const struct genl_multicast_group ctw_mcgrps[] = {
	[CTW_MCGRP_EVENTS] = {
		.name = CTWATCH_MCGRP_EVENTS,
#ifdef CTW_HAVE_GENL_MCAST_CAP
		.flags = GENL_MCAST_CAP_NET_ADMIN,
#endif
	},
};

/**
 * ctw_family_start() - make the family known
 *
 * Context: process, may sleep; while the module loads.
 * Return: 0 or a negative error.
 */
int ctw_family_start(void)
{
	ctw_family.ops = ctw_genl_ops;
	ctw_family.n_ops = ARRAY_SIZE(ctw_genl_ops);
	ctw_family.mcgrps = ctw_mcgrps;
	ctw_family.n_mcgrps = ARRAY_SIZE(ctw_mcgrps);
	return genl_register_family(&ctw_family);
}

/**
 * ctw_family_stop() - take the family back; no request runs afterwards
 *
 * Context: process, may sleep.
 */
void ctw_family_stop(void)
{
	genl_unregister_family(&ctw_family);
}
