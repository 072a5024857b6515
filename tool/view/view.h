/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The full-screen view of top without a terminal: what keys do, in which order
 * the rows are, and what stands on which line.
 */
#ifndef CTMODCTL_VIEW_H
#define CTMODCTL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

/* Wider screens stay empty on the right. */
#define VIEW_WIDTH 512

/* Keys that are no characters. */
enum view_key {
	VIEW_KEY_UP = 0x100,
	VIEW_KEY_DOWN,
	VIEW_KEY_PAGE_UP,
	VIEW_KEY_PAGE_DOWN,
	VIEW_KEY_HOME,
	VIEW_KEY_END,
};

enum view_action {
	VIEW_NOTHING,
	VIEW_REDRAW,
	VIEW_ASK,	/* the question is another: do not wait */
	VIEW_QUIT,
};

enum view_sort {
	VIEW_BY_ENTRIES,
	VIEW_BY_ASSURED,
	VIEW_BY_UNREPLIED,
	VIEW_BY_EXPIRED,
	VIEW_SORTS
};

enum view_style {
	VIEW_PLAIN,
	VIEW_HEADING,
	VIEW_DIM,
	VIEW_NOTICE,
	VIEW_WARNING,
	VIEW_CRITICAL,
};

struct view_line {
	enum view_style style;
	char text[VIEW_WIDTH];
};

struct view {
	struct query ask;
	bool ask_rows;		/* as many as the screen makes sensible */
	bool all_netns;
	uint32_t interval;	/* milliseconds */
	const char *first_by;	/* of the command line */
	size_t grouping;	/* 0 is that one */
	char by[512];		/* what is grouped by now */
	enum view_sort sort;
	bool reverse;
	bool paused;
	bool help;
	uint32_t states_seen;
	size_t first;		/* row on top */
	size_t lines;		/* size of the screen */
	size_t columns;
	char message[256];	/* about the last key */
	char warning[256];	/* about the last answer */
	char clock[16];		/* when it was answered */
	/* What was answered, and its rows in the order of the view. */
	struct statuses statuses;
	struct query answer;
	const struct group **rows;
};

void view_init(struct view *view, const struct query *ask, const char *by);
void view_free(struct view *view);
void view_resize(struct view *view, size_t lines, size_t columns);
void view_take(struct view *view, struct statuses *statuses,
	       struct query *answer);
enum view_action view_key(struct view *view, int key);
size_t view_draw(const struct view *view, struct view_line *lines);

#endif
