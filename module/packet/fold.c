// SPDX-License-Identifier: GPL-2.0
/* From the packet path to the tallies. To read what CPUs counted, flip the epoch,
 * wait until nobody can still be writing to the old windows, and fold them into
 * the tallies of the namespaces.
 */

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "netns/net.h"
#include "packet/count.h"
#include "packet/drops.h"
#include "packet/fold.h"

/* Under ctw_lock: number of flips so far, and whether the windows of the
 * other epoch still wait to be folded.
 */
static u64 ctw_flips;
static bool ctw_unfolded;

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
	ctw_count_make_window(cpu, epoch);
}

static void ctw_fold_window(int cpu, u32 epoch)
{
	struct ctw_window *w = ctw_count_window(cpu, epoch);
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
	ctw_count_flip();
	ctw_flips++;
	ctw_unfolded = true;
}

/* No writer is left in the windows of the other epoch. */
static void ctw_fold_other(void)
{
	u32 other = !ctw_count_epoch();
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
	if (!ctw_count_started()) {
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
	if (!ctw_count_started())
		return;
	if (ctw_unfolded) {
		synchronize_rcu_expedited();
		ctw_fold_other();
	}
	ctw_flip();
	synchronize_rcu_expedited();
	ctw_fold_other();
}
