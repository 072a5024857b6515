// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "text.h"

/**
 * text_clean - make a string safe for a terminal, a table cell and JSON
 * @s: string of unknown origin, changed in place
 *
 * Everything but printable ASCII becomes '?': control characters could forge
 * lines, and bytes above 0x7f are either C1 controls or not valid UTF-8.
 */
void text_clean(char *s)
{
	for (; *s; s++)
		if (*s < 0x20 || *s > 0x7e)
			*s = '?';
}

/**
 * text_number - read a decimal number, and nothing else
 * @s: digits only: no sign, blank, prefix or unit
 * @max: largest number accepted
 * @number: the number read
 *
 * Return: true if @s is a number up to @max.
 */
bool text_number(const char *s, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		unsigned int digit = *s - '0';

		if (digit > 9 || digit > max || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*number = n;
	return true;
}

/* Rounded down, so that 100% means all of it. */
static uint64_t percent(uint64_t part, uint64_t whole)
{
	if (part <= UINT64_MAX / 100)
		return part * 100 / whole;
	return whole < 100 ? UINT64_MAX : part / (whole / 100);
}

/**
 * text_share - a part of a whole, in per cent
 * @part: the part
 * @whole: the whole
 *
 * Return: whole per cent rounded down; "<1%" rather than 0% of something, "-"
 * of nothing.
 */
struct text text_share(uint64_t part, uint64_t whole)
{
	struct text t;

	if (!whole)
		snprintf(t.s, sizeof(t.s), "-");
	else if (part && percent(part, whole) == 0)
		snprintf(t.s, sizeof(t.s), "<1%%");
	else
		snprintf(t.s, sizeof(t.s), "%" PRIu64 "%%",
			 percent(part, whole));
	return t;
}

/**
 * text_duration - a time span in its two largest units
 * @ms: milliseconds
 *
 * Return: as "1.6s", "42s", "3m 20s", "2h 3m" or "5d 4h".
 */
struct text text_duration(uint64_t ms)
{
	uint64_t s = ms / 1000;
	struct text t;

	if (s < 10)
		snprintf(t.s, sizeof(t.s), "%" PRIu64 ".%" PRIu64 "s",
			 s, ms % 1000 / 100);
	else if (s < 60)
		snprintf(t.s, sizeof(t.s), "%" PRIu64 "s", s);
	else if (s < 3600)
		snprintf(t.s, sizeof(t.s), "%" PRIu64 "m %" PRIu64 "s",
			 s / 60, s % 60);
	else if (s < 86400)
		snprintf(t.s, sizeof(t.s), "%" PRIu64 "h %" PRIu64 "m",
			 s / 3600, s % 3600 / 60);
	else
		snprintf(t.s, sizeof(t.s), "%" PRIu64 "d %" PRIu64 "h",
			 s / 86400, s % 86400 / 3600);
	return t;
}

/**
 * text_growth - a rate of change, with its sign
 * @per_second: entries a second
 *
 * Return: as "+8123/s", "-12/s" or "0/s".
 */
struct text text_growth(int32_t per_second)
{
	struct text t;

	snprintf(t.s, sizeof(t.s), per_second ? "%+" PRId32 "/s" : "%" PRId32 "/s",
		 per_second);
	return t;
}
