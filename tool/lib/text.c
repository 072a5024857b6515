// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers, shares and time spans as people write and read them, and text that
 * is safe to print.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"

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

/* Up to three digits; more are below what is measured. */
static bool milliseconds(const char *s, uint64_t *ms)
{
	unsigned int weight = 100;

	if (!*s)
		return false;
	for (*ms = 0; *s; s++, weight /= 10) {
		if (*s < '0' || *s > '9')
			return false;
		*ms += (*s - '0') * weight;
	}
	return true;
}

/**
 * text_seconds - read a time span in seconds, with or without a fraction
 * @s: as "2", "0.5" or "1.250"
 * @max_ms: most milliseconds accepted
 * @ms: milliseconds read; what is shorter than one is cut off
 *
 * Return: true if @s is a time span up to @max_ms.
 */
bool text_seconds(const char *s, uint64_t max_ms, uint64_t *ms)
{
	const char *point = strchrnul(s, '.');
	uint64_t whole, fraction = 0;
	char digits[32];

	if ((size_t)(point - s) >= sizeof(digits) ||
	    (*point && !milliseconds(point + 1, &fraction)))
		return false;
	snprintf(digits, sizeof(digits), "%.*s", (int)(point - s), s);
	if (!text_number(digits, max_ms / 1000, &whole) ||
	    whole * 1000 + fraction > max_ms)
		return false;
	*ms = whole * 1000 + fraction;
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
 * text_short_duration - a time span that may be much less than a second
 * @us: microseconds
 *
 * Return: as "850us" or "4.2ms", from ten seconds on as text_duration().
 */
struct text text_short_duration(uint64_t us)
{
	struct text t;

	if (us < 1000)
		snprintf(t.s, sizeof(t.s), "%" PRIu64 "us", us);
	else if (us < 10000000)
		snprintf(t.s, sizeof(t.s), "%" PRIu64 ".%" PRIu64 "ms",
			 us / 1000, us % 1000 / 100);
	else
		t = text_duration(us / 1000);
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
