// SPDX-License-Identifier: GPL-2.0
/* Signals that interrupt a wait and nothing else. */
#include "lib/signals.h"

/**
 * signals_catch - take signals while waiting
 * @signals: the signals
 * @n: number of them
 * @handler: called for each that comes
 * @waiting: filled with the mask to wait with, as ppoll() takes it
 *
 * They stay blocked at other times: one that comes between the check and the
 * wait would be noticed only after the next event.
 */
void signals_catch(const int *signals, size_t n, void (*handler)(int),
		   sigset_t *waiting)
{
	struct sigaction action = { .sa_handler = handler };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < n; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, waiting);
	for (i = 0; i < n; i++) {
		sigdelset(waiting, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
}
