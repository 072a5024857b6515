// SPDX-License-Identifier: GPL-2.0
/* From the packet path to the tallies. Each CPU counts into a window of its
 * own; there are two, and an epoch says which. To read, flip the epoch, wait
 * until nobody can still be writing to the old windows, and fold them into the
 * tallies of the namespaces.
 *
 * The windows serve all namespaces, so that memory depends on CPUs only. They
 * come with the first namespace that tracks and stay until the module goes.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/topology.h>

#include "lib/params.h"
#include "netns/net.h"
#include "packet/drops.h"
#include "packet/fold.h"

/* Slots for each source of a namespace's capacity: at a quarter of its slots a
 * window is exact, and half of them are left for the sources of others and for
 * sources that insert more than one kind.
 */
#define CTW_SLOTS_PER_SOURCE	4

DEFINE_PER_CPU(struct ctw_window *, ctw_windows[2]);
u32 ctw_epoch __read_mostly;

static int ctw_cpuhp_state;
/* Under ctw_lock: number of flips so far, and whether the windows of the
 * other epoch still wait to be folded.
 */
static u64 ctw_flips;
static bool ctw_unfolded;

static u32 ctw_fold_sets(void)
{
	return roundup_pow_of_two(ctw_param_sources) * CTW_SLOTS_PER_SOURCE /
	       CTW_WAYS;
}

/* Returns whether there is one, or now is. */
static bool ctw_fold_make_window(int cpu, u32 epoch)
{
	struct ctw_window **window = &per_cpu(ctw_windows[epoch], cpu);
	struct ctw_window *w;

	if (READ_ONCE(*window))
		return true;
	w = ctw_window_alloc(ctw_fold_sets(), cpu_to_node(cpu));
	if (!w)
		return false;
	/* a fold and the CPU that comes up may both make one */
	if (cmpxchg(window, NULL, w))
		ctw_window_free(w);
	return true;
}

/* What a CPU counted may lack so much of each kind of a source. */
static void ctw_fold_missed(int cpu, u32 epoch, u32 missed)
{
	struct ctw_net *cn;

	list_for_each_entry(cn, &ctw_nets, list)
		if (cn->hooked)
			ctw_tally_missed(&cn->tally, missed,
					 per_cpu_ptr(cn->totals, cpu)->n[epoch]);
}

/* There was no memory for a window: no source has what the CPU counted, and any
 * may be the one that lacks it. Perhaps there is memory now. The packet path
 * does not look into this epoch before the next flip, so what the window sees of
 * it is all there is.
 */
static void ctw_fold_no_window(int cpu, u32 epoch)
{
	if (!cpu_online(cpu))
		return;
	ctw_fold_missed(cpu, epoch, U32_MAX);
	ctw_fold_make_window(cpu, epoch);
}

static void ctw_fold_window(int cpu, u32 epoch)
{
	struct ctw_window *w = per_cpu(ctw_windows[epoch], cpu);
	struct ctw_net *cn = NULL;
	struct ctw_slot slot;
	u32 missed, pos = 0;

	if (!w) {
		ctw_fold_no_window(cpu, epoch);
		return;
	}
	if (!w->used)
		return;
	while (ctw_window_next(w, &pos, &slot)) {
		if (!cn || cn->id != slot.key.net)
			cn = ctw_net_by_id(slot.key.net);
		/* else the netns has gone */
		if (cn)
			ctw_tally_fold(&cn->tally, &slot);
		if (!(pos % 256))
			cond_resched();
	}
	missed = ctw_window_missed(w);
	if (missed)
		ctw_fold_missed(cpu, epoch, missed);
	ctw_window_clear(w);
}

static void ctw_fold_totals(struct ctw_net *cn, u32 epoch)
{
	int cpu;

	if (!cn->totals)
		return;
	for_each_possible_cpu(cpu) {
		u32 *n = per_cpu_ptr(cn->totals, cpu)->n[epoch];

		ctw_tally_total(&cn->tally, n);
		memset(n, 0, sizeof(cn->totals->n[epoch]));
	}
}

static void ctw_flip(void)
{
	WRITE_ONCE(ctw_epoch, !ctw_epoch);
	ctw_flips++;
	ctw_unfolded = true;
}

/* No writer is left in the windows of the other epoch. */
static void ctw_fold_other(void)
{
	u32 other = !ctw_epoch;
	struct ctw_net *cn;
	int cpu;

	if (!ctw_unfolded)
		return;
	for_each_possible_cpu(cpu)
		ctw_fold_window(cpu, other);
	ctw_drops_collect(other);
	list_for_each_entry(cn, &ctw_nets, list)
		ctw_fold_totals(cn, other);
	ctw_unfolded = false;
}

/* Else nothing ever tracked, and nothing was counted. */
static bool ctw_fold_started(void)
{
	return ctw_cpuhp_state > 0;
}

/**
 * ctw_fold() - fold all that was inserted before the call
 *
 * Waits for RCU without the lock, so that whoever meets a threshold meanwhile
 * does not wait too; that one folds our windows for us.
 *
 * Context: process, may sleep; takes ctw_lock.
 */
void ctw_fold(void)
{
	u64 want, mine;

	mutex_lock(&ctw_lock);
	if (!ctw_fold_started()) {
		mutex_unlock(&ctw_lock);
		return;
	}
	want = ctw_flips + 1;
	while (ctw_unfolded || ctw_flips < want) {
		if (!ctw_unfolded)
			ctw_flip();
		mine = ctw_flips;
		mutex_unlock(&ctw_lock);
		synchronize_rcu();
		mutex_lock(&ctw_lock);
		if (mine == ctw_flips)
			ctw_fold_other();
		else if (ctw_flips > want)
			break;
	}
	mutex_unlock(&ctw_lock);
}

/**
 * ctw_fold_at_once() - the same within a millisecond or so
 *
 * For the line that has to be out before the table is full.
 *
 * Context: process, may sleep; under ctw_lock.
 */
void ctw_fold_at_once(void)
{
	lockdep_assert_held(&ctw_lock);
	if (!ctw_fold_started())
		return;
	if (ctw_unfolded) {
		synchronize_rcu_expedited();
		ctw_fold_other();
	}
	ctw_flip();
	synchronize_rcu_expedited();
	ctw_fold_other();
}

/**
 * ctw_fold_bytes() - the bound of the memory of a CPU
 *
 * Return: bytes, for all namespaces together.
 */
size_t ctw_fold_bytes(void)
{
	return 2 * ctw_window_bytes(ctw_fold_sets());
}

/* A CPU without windows only loses sources, never totals: no reason to keep it
 * from coming up. Each fold tries again.
 */
static int ctw_fold_cpu_up(unsigned int cpu)
{
	bool both = ctw_fold_make_window(cpu, 0);

	both &= ctw_fold_make_window(cpu, 1);
	if (!both)
		pr_warn("CPU %u: no memory for its windows, its insertions are not attributed until there is\n",
			cpu);
	return 0;
}

/**
 * ctw_fold_start() - make the windows, once
 *
 * Context: process, may sleep; under ctw_lock.
 * Return: 0 or a negative error.
 */
int ctw_fold_start(void)
{
	int ret;

	if (ctw_fold_started())
		return 0;
	/* Not CPUHP_BP_PREPARE_DYN: 5.10 does not return that state, and it
	 * could never be removed. What a CPU inserts in the moments before it
	 * gets here has no source.
	 */
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "net/ctwatch:online",
				ctw_fold_cpu_up, NULL);
	if (ret < 0)
		return ret;
	ctw_cpuhp_state = ret;
	return 0;
}

/**
 * ctw_fold_stop() - free the windows
 *
 * Context: process; the hooks are out and RCU readers are gone.
 */
void ctw_fold_stop(void)
{
	int cpu, i;

	if (ctw_fold_started())
		cpuhp_remove_state_nocalls(ctw_cpuhp_state);
	for_each_possible_cpu(cpu)
		for (i = 0; i < 2; i++)
			ctw_window_free(per_cpu(ctw_windows[i], cpu));
}
