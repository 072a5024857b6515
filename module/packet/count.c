// SPDX-License-Identifier: GPL-2.0
/* Where the packet path counts. Each CPU counts into a window of its own; there
 * are two, and an epoch says which. fold.c reads the other one.
 *
 * The windows serve all namespaces, so that memory depends on CPUs only. They
 * come with the first namespace that tracks and stay until the module goes.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/topology.h>

#include "lib/params.h"
#include "packet/count.h"

/* Slots for each source of a namespace's capacity: at a quarter of its slots a
 * window is exact, and half of them are left for the sources of others and for
 * sources that insert more than one kind.
 */
#define CTW_SLOTS_PER_SOURCE	4

DEFINE_PER_CPU(struct ctw_window *, ctw_windows[2]);
u32 ctw_epoch __read_mostly;

static int ctw_cpuhp_state;

static u32 ctw_count_sets(void)
{
	return roundup_pow_of_two(ctw_param_sources) * CTW_SLOTS_PER_SOURCE /
	       CTW_WAYS;
}

/**
 * ctw_count_make_window() - give a CPU the window that it lacks
 * @cpu: the CPU
 * @epoch: which of its two
 *
 * Context: process, may sleep.
 * Return: whether there is one, or now is.
 */
bool ctw_count_make_window(int cpu, u32 epoch)
{
	struct ctw_window **window = &per_cpu(ctw_windows[epoch], cpu);
	struct ctw_window *w;

	if (READ_ONCE(*window))
		return true;
	w = ctw_window_alloc(ctw_count_sets(), cpu_to_node(cpu));
	if (!w)
		return false;
	/* a fold and the CPU that comes up may both make one */
	if (cmpxchg(window, NULL, w))
		ctw_window_free(w);
	return true;
}

/**
 * ctw_count_flip() - count into the windows and the totals of the other epoch
 *
 * Writers may be in the old ones until a grace period of RCU has passed.
 *
 * Context: any. The caller serialises, and what the other epoch had is folded.
 */
void ctw_count_flip(void)
{
	WRITE_ONCE(ctw_epoch, !ctw_epoch);
}

/**
 * ctw_count_bytes() - the bound of the memory of a CPU
 *
 * Return: bytes, for all namespaces together.
 */
size_t ctw_count_bytes(void)
{
	return 2 * ctw_window_bytes(ctw_count_sets());
}

/* A CPU without windows only loses sources, never totals: no reason to keep it
 * from coming up. Each fold tries again.
 */
static int ctw_count_cpu_up(unsigned int cpu)
{
	bool both = ctw_count_make_window(cpu, 0);

	both &= ctw_count_make_window(cpu, 1);
	if (!both)
		pr_warn("CPU %u: no memory for its windows, its insertions are not attributed until there is\n",
			cpu);
	return 0;
}

/**
 * ctw_count_started() - is there anything to fold
 *
 * Context: process; under ctw_lock.
 * Return: false when nothing ever tracked, and nothing was counted.
 */
bool ctw_count_started(void)
{
	return ctw_cpuhp_state > 0;
}

/**
 * ctw_count_start() - make the windows, once
 *
 * Context: process, may sleep; under ctw_lock.
 * Return: 0 or a negative error.
 */
int ctw_count_start(void)
{
	int ret;

	if (ctw_count_started())
		return 0;
	/* Not CPUHP_BP_PREPARE_DYN: 5.10 does not return that state, and it
	 * could never be removed. What a CPU inserts in the moments before it
	 * gets here has no source.
	 */
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "net/ctwatch:online",
				ctw_count_cpu_up, NULL);
	if (ret < 0)
		return ret;
	ctw_cpuhp_state = ret;
	return 0;
}

/**
 * ctw_count_stop() - free the windows
 *
 * Context: process; the hooks are out and RCU readers are gone.
 */
void ctw_count_stop(void)
{
	int cpu, i;

	if (ctw_count_started())
		cpuhp_remove_state_nocalls(ctw_cpuhp_state);
	for_each_possible_cpu(cpu)
		for (i = 0; i < 2; i++)
			ctw_window_free(per_cpu(ctw_windows[i], cpu));
}
