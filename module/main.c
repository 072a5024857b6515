// SPDX-License-Identifier: GPL-2.0
/* Load and unload, and a namespace that comes and goes. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <net/net_namespace.h>

#include "census/census.h"
#include "lib/params.h"
#include "netlink/family.h"
#include "netns/net.h"
#include "notify.h"
#include "packet/count.h"
#include "packet/drops.h"
#include "packet/hooks.h"
#include "table/snapshot.h"
#include "worker.h"

/* Namespaces */

static void __net_exit ctw_net_pre_exit(struct net *net)
{
	struct ctw_net *cn = ctw_net(net);

	mutex_lock(&ctw_lock);
	ctw_drops_unregister(cn);
	ctw_hooks_unregister(cn);
	ctw_net_remove(cn);
	mutex_unlock(&ctw_lock);
}

/* Between the two the kernel waits for RCU, and so for our hooks. */
static void __net_exit ctw_net_exit(struct net *net)
{
	ctw_net_free(ctw_net(net));
}

static struct pernet_operations ctw_net_ops = {
	.init = ctw_net_add,
	.pre_exit = ctw_net_pre_exit,
	.exit = ctw_net_exit,
	.id = &ctw_net_id,
	.size = sizeof(struct ctw_net),
};

/* Module */

/* Those kept and the one that comes in place of one of them; and those of the
 * worker's rounds, each with what it is regrouped to.
 */
static size_t ctw_censuses_bytes(void)
{
	return (CTW_SNAPSHOTS + 1 + 2 * CTW_ROUNDS) *
	       ctw_census_bytes(ctw_param_groups);
}

static int __init ctw_init(void)
{
	const char *reason = ctw_params_check();
	int ret;

	if (reason) {
		pr_err("bad parameter: %s\n", reason);
		return -EINVAL;
	}
	ret = ctw_worker_start();
	if (ret)
		return ret;
	ret = register_pernet_subsys(&ctw_net_ops);
	if (ret)
		goto err_worker;
	ret = ctw_family_start();
	if (ret)
		goto err_pernet;
	pr_info("version %s, %u netns tracking connections; memory at most %zu KiB a CPU, %zu KiB a netns and %zu KiB for censuses\n",
		CTW_VERSION, ctw_worker_discover(true), ctw_count_bytes() / 1024,
		ctw_net_bytes() / 1024, ctw_censuses_bytes() / 1024);
	ctw_worker_tick();
	return 0;

err_pernet:
	unregister_pernet_subsys(&ctw_net_ops);
err_worker:
	ctw_worker_stop();
	return ret;
}

static void __exit ctw_exit(void)
{
	ctw_family_stop();
	ctw_worker_stop_ticking();
	unregister_pernet_subsys(&ctw_net_ops);
	ctw_worker_stop();
	ctw_snapshot_stop();
	ctw_count_stop();
	ctw_net_stop();
}

module_init(ctw_init);
module_exit(ctw_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(CTW_VERSION);
MODULE_DESCRIPTION("Who fills the connection tracking table, with what, and when it will be full");
