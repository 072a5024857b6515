// SPDX-License-Identifier: GPL-2.0
/* Module, parameters, and the life of a namespace. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/inetdevice.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>

#include "census/census.h"
#include "compat/conntrack.h"
#include "lib/params.h"
#include "lib/prefix.h"
#include "netlink/family.h"
#include "netns/net.h"
#include "notify.h"
#include "packet/drops.h"
#include "packet/fold.h"
#include "packet/hooks.h"
#include "table/snapshot.h"
#include "worker.h"

DEFINE_MUTEX(ctw_lock);	/* see net.h */
LIST_HEAD(ctw_nets);

/* Under ctw_lock. Cyclic, so that the id of a namespace that has gone, which
 * windows may still hold, does not soon mean another one.
 */
static DEFINE_XARRAY_ALLOC1(ctw_ids);
static u32 ctw_next_id;
static unsigned int ctw_net_id;

/* Namespaces */

/**
 * ctw_net() - what is ours of a netns
 * @net: the netns
 *
 * Context: any, while the netns lives.
 * Return: never NULL.
 */
struct ctw_net *ctw_net(const struct net *net)
{
	return net_generic(net, ctw_net_id);
}

/**
 * ctw_net_by_id() - the namespace of an id in a window
 * @id: the id
 *
 * Context: under ctw_lock.
 * Return: the namespace, or NULL when it has gone.
 */
struct ctw_net *ctw_net_by_id(u32 id)
{
	return xa_load(&ctw_ids, id);
}

/**
 * ctw_net_next() - walk the namespaces, oldest first
 * @id: least id to look at; on return the id of the one found
 *
 * Context: under ctw_lock, which may be dropped between calls.
 * Return: the namespace, or NULL after the last.
 */
struct ctw_net *ctw_net_next(u32 *id)
{
	unsigned long next = *id;
	struct ctw_net *cn = xa_find(&ctw_ids, &next, U32_MAX, XA_PRESENT);

	*id = next;
	return cn;
}

/**
 * ctw_net_by_inum() - find a namespace by its inode number
 * @inum: the number
 *
 * Context: under ctw_lock.
 * Return: the namespace, or NULL.
 */
struct ctw_net *ctw_net_by_inum(u32 inum)
{
	struct ctw_net *cn;

	list_for_each_entry(cn, &ctw_nets, list)
		if (ctw_net_inum(cn) == inum)
			return cn;
	return NULL;
}

/**
 * ctw_net_busy() - is there anything to watch
 * @cn: the namespace
 *
 * Context: under ctw_lock.
 * Return: whether connections are or were tracked, with our hooks or past them.
 */
bool ctw_net_busy(const struct ctw_net *cn)
{
	return cn->hooked || cn->watch.level != CTWATCH_LEVEL_OK ||
	       ctw_ct_count(cn->net);
}

static void ctw_ipv6_mask(u64 mask[2], u8 len)
{
	struct in6_addr addr;

	memset(&addr, 0xff, sizeof(addr));
	ctw_mask_addr(&addr, len);
	memcpy(mask, &addr, sizeof(addr));
}

/**
 * ctw_net_set_config() - take settings over
 * @cn: the namespace
 * @c: settings that passed ctw_config_check()
 *
 * Context: under ctw_lock. An insertion under way may see one new mask and one
 * old: when a prefix changes, the caller folds and resets the tally after it.
 */
void ctw_net_set_config(struct ctw_net *cn, const struct ctw_config *c)
{
	cn->config = *c;
	WRITE_ONCE(cn->ipv4_mask, inet_make_mask(c->ipv4_prefix));
	ctw_ipv6_mask(cn->ipv6_mask, c->ipv6_prefix);
}

/**
 * ctw_net_reset() - zero counters, sources and peak
 * @cn: the namespace
 *
 * Context: under ctw_lock.
 */
void ctw_net_reset(struct ctw_net *cn)
{
	u64 now = ktime_get_ns();

	ctw_stats_reset(cn);
	ctw_tally_reset(&cn->tally, now);
	ctw_watch_reset(&cn->watch, now);
	ctw_net_set_peak(cn, NULL, 0);
}

/**
 * ctw_net_set_peak() - remember who held the table at its peak
 * @cn: the namespace
 * @c: a census of it; the namespace's from now on, or NULL to forget
 * @since: when its level had risen above ok, ns
 *
 * Context: under ctw_lock.
 */
void ctw_net_set_peak(struct ctw_net *cn, struct ctw_census *c, u64 since)
{
	ctw_census_free(cn->peak);
	cn->peak = c;
	cn->peak_since = since;
}

static int __net_init ctw_net_init(struct net *net)
{
	struct ctw_net *cn = ctw_net(net);
	u64 now = ktime_get_ns();
	int ret;

	cn->net = net;
	cn->trip = 0;
	ctw_tally_init(&cn->tally, ctw_param_sources, now);
	ctw_watch_init(&cn->watch, now);
	ctw_net_set_config(cn, &ctw_param_config);

	mutex_lock(&ctw_lock);
	ret = xa_alloc_cyclic(&ctw_ids, &cn->id, cn, xa_limit_32b, &ctw_next_id,
			      GFP_KERNEL);
	if (ret >= 0)
		list_add_tail(&cn->list, &ctw_nets);
	mutex_unlock(&ctw_lock);
	return min(ret, 0);
}

static void __net_exit ctw_net_pre_exit(struct net *net)
{
	struct ctw_net *cn = ctw_net(net);

	mutex_lock(&ctw_lock);
	ctw_drops_unregister(cn);
	ctw_hooks_unregister(cn);
	list_del(&cn->list);
	xa_erase(&ctw_ids, cn->id);
	mutex_unlock(&ctw_lock);
}

/* Between the two the kernel waits for RCU, and so for our hooks. */
static void __net_exit ctw_net_exit(struct net *net)
{
	struct ctw_net *cn = ctw_net(net);

	ctw_tally_free(&cn->tally);
	ctw_census_free(cn->peak);
	free_percpu(cn->totals);
	kfree(cn->ops_ipv4);
	kfree(cn->ops_ipv6);
	kfree(cn->drop_ops_ipv4);
	kfree(cn->drop_ops_ipv6);
}

static struct pernet_operations ctw_net_ops = {
	.init = ctw_net_init,
	.pre_exit = ctw_net_pre_exit,
	.exit = ctw_net_exit,
	.id = &ctw_net_id,
	.size = sizeof(struct ctw_net),
};

/* Module */

static size_t ctw_net_bytes(void)
{
	return ctw_tally_bytes(ctw_param_sources) +
	       ctw_census_bytes(CTW_PEAK_GROUPS);
}

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
	ret = ctw_netlink_start();
	if (ret)
		goto err_pernet;
	pr_info("version %s, %u netns tracking connections; memory at most %zu KiB a CPU, %zu KiB a netns and %zu KiB for censuses\n",
		CTW_VERSION, ctw_worker_discover(true), ctw_fold_bytes() / 1024,
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
	ctw_netlink_stop();
	ctw_worker_stop_ticking();
	unregister_pernet_subsys(&ctw_net_ops);
	ctw_worker_stop();
	ctw_snapshot_stop();
	ctw_fold_stop();
	xa_destroy(&ctw_ids);
}

module_init(ctw_init);
module_exit(ctw_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(CTW_VERSION);
MODULE_DESCRIPTION("Who fills the connection tracking table, with what, and when it will be full");
