// SPDX-License-Identifier: GPL-2.0
/* Points in time as text. */
#include <stdio.h>
#include <string.h>

#include "lib/when.h"

static struct text when_text(const struct tm *tm, const struct timespec *when,
			     const char *zone)
{
	struct text t;
	size_t len = strftime(t.s, sizeof(t.s), "%Y-%m-%dT%H:%M:%S", tm);

	snprintf(t.s + len, sizeof(t.s) - len, ".%03ld%s",
		 when->tv_nsec / 1000000, zone);
	return t;
}

/**
 * when_utc - a point in time for programs
 * @when: the time
 *
 * Return: as "2025-11-21T20:58:00.123Z".
 */
struct text when_utc(const struct timespec *when)
{
	struct tm tm;

	gmtime_r(&when->tv_sec, &tm);
	return when_text(&tm, when, "Z");
}

/**
 * when_local - a point in time for people
 * @when: the time
 *
 * Return: as "2025-11-21T21:58:00.123+01:00".
 */
struct text when_local(const struct timespec *when)
{
	char zone[16];
	struct tm tm;

	tzset();	/* localtime_r() need not */
	localtime_r(&when->tv_sec, &tm);
	/* strftime() has no colon in its zone, ISO 8601 wants one here. */
	if (strftime(zone, sizeof(zone) - 1, "%z", &tm) == 5) {
		memmove(zone + 4, zone + 3, 3);
		zone[3] = ':';
	}
	return when_text(&tm, when, zone);
}
