/* SPDX-License-Identifier: GPL-2.0 */
/* Signals that come while waiting, and at no other time. */
#ifndef CTMODCTL_SIGNALS_H
#define CTMODCTL_SIGNALS_H

#include <signal.h>
#include <stddef.h>

void signals_catch(const int *signals, size_t n, void (*handler)(int),
		   sigset_t *waiting);

#endif
