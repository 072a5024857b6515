/* SPDX-License-Identifier: GPL-2.0 */
/* Words and numbers, from and for people. */
#ifndef CTMODCTL_TEXT_H
#define CTMODCTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Returned by value: printf("%s", text_share(a, b).s) needs no buffer. */
struct text {
	char s[72];
};

void text_clean(char *s);
bool text_number(const char *s, uint64_t max, uint64_t *number);
bool text_seconds(const char *s, uint64_t max_ms, uint64_t *ms);

struct text text_share(uint64_t part, uint64_t whole);
struct text text_duration(uint64_t ms);
struct text text_short_duration(uint64_t us);
struct text text_growth(int32_t per_second);

#endif
