/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_COUNT_H
#define CTW_COUNT_H

#include <linux/bottom_half.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

#include "lib/key.h"
#include "netns/net.h"
#include "tally/window.h"

int ctw_count_start(void);
bool ctw_count_started(void);
void ctw_count_stop(void);
bool ctw_count_make_window(int cpu, u32 epoch);
void ctw_count_flip(void);
size_t ctw_count_bytes(void);

/* What follows is inline for the packet path: a call more is a twentieth of what
 * an insertion costs.
 */

/* The windows of each CPU, NULL where there was no memory, and which of the two,
 * and of the totals, the packet path writes. Written by count.c only.
 */
DECLARE_PER_CPU(struct ctw_window *, ctw_windows[2]);
extern u32 ctw_epoch;

/**
 * ctw_count_enter() - begin to write to what belongs to this CPU
 *
 * One writer for each window: neither a softirq nor, on PREEMPT_RT, where
 * softirqs are threads, another task may come between. Output of a process
 * runs through the hooks with both allowed; most packets come in a softirq,
 * which but for PREEMPT_RT has the CPU to itself.
 *
 * Return: for ctw_count_leave().
 */
static inline bool ctw_count_enter(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT) && in_softirq())
		return false;
	local_bh_disable();
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
	return true;
}

/**
 * ctw_count_leave() - the end of ctw_count_enter()
 * @entered: what that returned
 */
static inline void ctw_count_leave(bool entered)
{
	if (!entered)
		return;
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
	local_bh_enable();
}

/**
 * ctw_count_epoch() - the epoch of what is counted now
 *
 * Context: packet path, under rcu_read_lock(); or under ctw_lock.
 * Return: 0 or 1.
 */
static inline u32 ctw_count_epoch(void)
{
	return READ_ONCE(ctw_epoch);
}

/**
 * ctw_count_add() - count something of a source
 * @epoch: what ctw_count_epoch() returned
 * @key: who and what
 *
 * Context: packet path, under rcu_read_lock(), within ctw_count_enter().
 */
static inline void ctw_count_add(u32 epoch, const struct ctw_key *key)
{
	struct ctw_window *w = __this_cpu_read(ctw_windows[epoch]);

	if (likely(w))
		ctw_window_add(w, key);
}

/**
 * ctw_count_insertion() - count an insertion
 * @cn: its netns
 * @key: who and what
 *
 * Context: packet path, under rcu_read_lock(), for which a flip waits.
 */
static inline void ctw_count_insertion(struct ctw_net *cn,
				       const struct ctw_key *key)
{
	bool entered = ctw_count_enter();
	u32 epoch = ctw_count_epoch();

	this_cpu_ptr(cn->totals)->n[epoch][key->kind]++;
	ctw_count_add(epoch, key);
	ctw_count_leave(entered);
}

/**
 * ctw_count_window() - a window, to be read
 * @cpu: its CPU
 * @epoch: which of the two
 *
 * Return: the window, NULL where there is no memory for it.
 */
static inline struct ctw_window *ctw_count_window(int cpu, u32 epoch)
{
	return per_cpu(ctw_windows[epoch], cpu);
}

#endif
