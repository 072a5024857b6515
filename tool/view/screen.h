/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal as a full screen, and as it was. */
#ifndef CTMODCTL_SCREEN_H
#define CTMODCTL_SCREEN_H

#include <stdbool.h>

#include "lib/error.h"
#include "view/view.h"

/* Neither a character nor enum view_key. */
#define SCREEN_NO_KEY (-1)

int screen_open(bool color, struct why *why);
void screen_close(void);
void screen_suspend(void);
void screen_resume(void);
void screen_resized(void);
void screen_size(size_t *lines, size_t *columns);
void screen_show(const struct view_line *lines, size_t n);
int screen_key(void);

#endif
