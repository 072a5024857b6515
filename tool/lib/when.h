/* SPDX-License-Identifier: GPL-2.0 */
/* Points in time, ISO 8601 with milliseconds. */
#ifndef CTMODCTL_WHEN_H
#define CTMODCTL_WHEN_H

#include <time.h>

#include "lib/text.h"

struct text when_utc(const struct timespec *when);
struct text when_local(const struct timespec *when);

#endif
