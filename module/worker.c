// SPDX-License-Identifier: GPL-2.0
/* When things happen: every second, and at once when an insertion reaches a
 * threshold.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/workqueue.h>
#include <linux/ctwatch.h>

#include "compat/conntrack.h"
#include "netns/net.h"
#include "notify.h"
#include "packet/count.h"
#include "packet/drops.h"
#include "packet/fold.h"
#include "packet/hooks.h"
#include "table/snapshot.h"
#include "worker.h"

static struct workqueue_struct *ctw_wq;

/* When it was last looked where tracking is on, ns; under ctw_lock. */
static u64 ctw_looked;

/* Wait for the next threshold above. It may have been passed since the sample:
 * either the insertion sees the new trip, or we see its count.
 */
static void ctw_arm(struct ctw_net *cn, const struct ctw_sample *s)
{
	u32 trip = ctw_watch_trip(&cn->config, s->count, s->max);

	WRITE_ONCE(cn->trip, trip);
	smp_mb(); /* pairs with the atomic increment in __nf_conntrack_alloc() */
	if (ctw_ct_count(cn->net) >= trip)
		ctw_net_kick(cn);
}

/* Sample, decide, and say what there is to say. Whoever rises is named by what
 * was inserted and dropped up to now, with the same folds for all of a round:
 * that of a tick is older than the sample by a grace period of RCU. A CPU counts
 * a packet that was dropped when the next one comes, and that may be after the
 * fold has begun: then it takes another.
 */
static void ctw_judge(struct ctw_net *cn, unsigned int *folds,
		      struct ctw_round **round)
{
	unsigned int want;
	struct ctw_verdict v;
	struct ctw_sample s;

	/* one thing at a time; there will be another kick */
	if (cn->telling) {
		cn->again = true;
		return;
	}
	ctw_stats_sample(&cn->stats, cn->net, &s);
	ctw_watch_step(&cn->watch, &cn->config, &s, &v);
	ctw_arm(cn, &s);
	want = v.event != CTW_EVENT_RAISED ? 0 : v.new_drop ? 2 : 1;
	for (; *folds < want; (*folds)++)
		ctw_fold_at_once();
	cn->telling = ctw_notify(round, cn, &v, &s);
	/* else after the line, which is in a hurry */
	if (!cn->telling)
		ctw_drops_watch(cn, v.level >= CTWATCH_LEVEL_WARNING);
}

/* The end of a round. Whoever met a threshold meanwhile has its turn now. */
static void ctw_finish(struct ctw_round *round)
{
	u32 told[CTW_ROUND_NETS], n, i;
	struct ctw_net *cn;

	n = ctw_round_finish(round, told);
	mutex_lock(&ctw_lock);
	for (i = 0; i < n; i++) {
		cn = ctw_net_by_id(told[i]);
		if (!cn)
			continue;
		ctw_drops_watch(cn, cn->watch.level >= CTWATCH_LEVEL_WARNING);
		cn->telling = false;
		if (cn->again)
			ctw_net_kick(cn);
		cn->again = false;
	}
	mutex_unlock(&ctw_lock);
}

static void ctw_kicked(struct work_struct *work)
{
	struct ctw_round *round = NULL;
	struct ctw_net *cn;
	unsigned int folds = 0;

	mutex_lock(&ctw_lock);
	list_for_each_entry(cn, &ctw_nets, list) {
		if (!READ_ONCE(cn->kicked))
			continue;
		WRITE_ONCE(cn->kicked, false);
		ctw_judge(cn, &folds, &round);
	}
	mutex_unlock(&ctw_lock);
	ctw_finish(round);
}

static DECLARE_WORK(ctw_kicked_work, ctw_kicked);

/* Hooks for the families that have none yet. Counting starts with the first. */
static int ctw_hook_up(struct ctw_net *cn, u32 families)
{
	int ret;

	ret = ctw_count_start();
	if (ret)
		return ret;
	if (!cn->totals)
		cn->totals = alloc_percpu(struct ctw_totals);
	if (!cn->totals)
		return -ENOMEM;
	if (!cn->hooked)
		ctw_net_reset(cn);
	ret = ctw_hooks_register(cn, families);
	if (!ret)
		cn->hooked |= families;
	return ret;
}

static void ctw_discover_one(struct ctw_net *cn, bool quiet)
{
	u32 tracking = ctw_hooks_tracking(cn);
	u32 started = tracking & ~cn->tracking;
	u32 new = tracking & ~cn->hooked;
	int ret;

	cn->tracking = tracking;
	if (new) {
		ret = ctw_hook_up(cn, new);
		/* tried again with the next tick */
		if (ret) {
			cn->tracking &= ~new;
			pr_warn_once("netns %u: no hooks (error %d), trying again each second\n",
				     ctw_net_inum(cn), ret);
			return;
		}
	}
	if (started && !quiet)
		ctw_notify_tracking(cn, started, ctw_looked);
}

/**
 * ctw_worker_discover() - put hooks in wherever tracking has started
 * @quiet: say nothing about it
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: number of namespaces that track.
 */
unsigned int ctw_worker_discover(bool quiet)
{
	unsigned int n = 0;
	struct ctw_net *cn;

	mutex_lock(&ctw_lock);
	list_for_each_entry(cn, &ctw_nets, list) {
		ctw_discover_one(cn, quiet);
		n += !!cn->tracking;
	}
	ctw_looked = ktime_get_ns();
	mutex_unlock(&ctw_lock);
	return n;
}

static void ctw_tick(struct work_struct *work);
static DECLARE_DELAYED_WORK(ctw_tick_work, ctw_tick);

static void ctw_tick(struct work_struct *work)
{
	struct ctw_round *round = NULL;
	struct ctw_net *cn;
	unsigned int folds = 0;

	/* Sources of a namespace that comes count from its first insertion. */
	ctw_worker_discover(false);
	ctw_fold();
	mutex_lock(&ctw_lock);
	list_for_each_entry(cn, &ctw_nets, list) {
		if (!ctw_net_busy(cn))
			continue;
		ctw_drops_settle(cn);
		ctw_judge(cn, &folds, &round);
		ctw_tally_period(&cn->tally, ktime_get_ns());
	}
	mutex_unlock(&ctw_lock);
	ctw_finish(round);
	ctw_snapshot_expire(ktime_get_ns());
	queue_delayed_work(ctw_wq, &ctw_tick_work, HZ);
}

/**
 * ctw_worker_start() - begin
 *
 * Context: process, may sleep; before there is a hook.
 * Return: 0 or a negative error.
 */
int ctw_worker_start(void)
{
	/* Of high priority: while packets flood in, every millisecond of a
	 * warning counts.
	 */
	ctw_wq = alloc_workqueue(KBUILD_MODNAME, WQ_UNBOUND | WQ_HIGHPRI, 0);
	if (!ctw_wq)
		return -ENOMEM;
	ctw_net_on_kick(ctw_wq, &ctw_kicked_work);
	ctw_notify_start(ctw_wq, ktime_get_ns());
	return 0;
}

/**
 * ctw_worker_tick() - tick from now on, each second
 */
void ctw_worker_tick(void)
{
	queue_delayed_work(ctw_wq, &ctw_tick_work, HZ);
}

/**
 * ctw_worker_stop_ticking() - after this no hook is put in
 *
 * Context: process, may sleep.
 */
void ctw_worker_stop_ticking(void)
{
	cancel_delayed_work_sync(&ctw_tick_work);
}

/**
 * ctw_worker_stop() - the end
 *
 * Context: process, may sleep; the hooks are out.
 */
void ctw_worker_stop(void)
{
	destroy_workqueue(ctw_wq);
}
