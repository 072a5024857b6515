// SPDX-License-Identifier: GPL-2.0
/* The registry: what is ours of each namespace, and who may look at it when. */

#include <linux/inetdevice.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/netns/generic.h>

#include "census/census.h"
#include "compat/conntrack.h"
#include "lib/params.h"
#include "lib/prefix.h"
#include "netns/net.h"

DEFINE_MUTEX(ctw_lock);	/* see net.h */
LIST_HEAD(ctw_nets);
unsigned int ctw_net_id;

/* Under ctw_lock. Cyclic, so that the id of a namespace that has gone, which
 * windows may still hold, does not soon mean another one.
 */
static DEFINE_XARRAY_ALLOC1(ctw_ids);
static u32 ctw_next_id;

/* What a kick sets going. */
static struct workqueue_struct *ctw_kick_wq;
static struct work_struct *ctw_kick_work;

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
 * old.
 * Return: whether a mask changed; the sources of the old one are then to be
 * forgotten, without the lock.
 */
bool ctw_net_set_config(struct ctw_net *cn, const struct ctw_config *c)
{
	bool changed = c->ipv4_prefix != cn->config.ipv4_prefix ||
		       c->ipv6_prefix != cn->config.ipv6_prefix;

	cn->config = *c;
	WRITE_ONCE(cn->ipv4_mask, inet_make_mask(c->ipv4_prefix));
	ctw_ipv6_mask(cn->ipv6_mask, c->ipv6_prefix);
	return changed;
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

	ctw_stats_reset(&cn->stats, cn->net);
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

/**
 * ctw_net_on_kick() - hand in what is to run after a kick
 * @wq: where
 * @work: what; it finds the namespaces that are &ctw_net.kicked
 *
 * Context: before there is a hook.
 */
void ctw_net_on_kick(struct workqueue_struct *wq, struct work_struct *work)
{
	ctw_kick_wq = wq;
	ctw_kick_work = work;
}

/**
 * ctw_net_kick() - a threshold was reached: a sample is due
 * @cn: the namespace
 *
 * Context: any, packet path included; once for each threshold.
 */
void ctw_net_kick(struct ctw_net *cn)
{
	WRITE_ONCE(cn->trip, CTW_TRIP_NEVER);
	WRITE_ONCE(cn->kicked, true);
	queue_work(ctw_kick_wq, ctw_kick_work);
}

/**
 * ctw_net_add() - a namespace comes
 * @net: the netns; what is ours of it is zero
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error.
 */
int ctw_net_add(struct net *net)
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

/**
 * ctw_net_remove() - a namespace goes: nobody finds it any more
 * @cn: the namespace, its hooks out
 *
 * Context: under ctw_lock.
 */
void ctw_net_remove(struct ctw_net *cn)
{
	list_del(&cn->list);
	xa_erase(&ctw_ids, cn->id);
}

/**
 * ctw_net_free() - give back what a namespace had
 * @cn: the namespace, removed, and RCU readers are gone
 *
 * Context: process.
 */
void ctw_net_free(struct ctw_net *cn)
{
	ctw_tally_free(&cn->tally);
	ctw_census_free(cn->peak);
	free_percpu(cn->totals);
	kfree(cn->ops_ipv4);
	kfree(cn->ops_ipv6);
	kfree(cn->drop_ops_ipv4);
	kfree(cn->drop_ops_ipv6);
}

/**
 * ctw_net_bytes() - the bound of the memory of a namespace
 *
 * Return: bytes.
 */
size_t ctw_net_bytes(void)
{
	return ctw_tally_bytes(ctw_param_sources) +
	       ctw_census_bytes(CTW_PEAK_GROUPS);
}

/**
 * ctw_net_stop() - the end
 *
 * Context: process; all namespaces are removed.
 */
void ctw_net_stop(void)
{
	xa_destroy(&ctw_ids);
}
