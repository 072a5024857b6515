// SPDX-License-Identifier: GPL-2.0
/*
 * The loop of the live view: asks, draws, waits for a key, a signal or the
 * next time.
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/signals.h"
#include "netlink/fetch.h"
#include "view/live.h"
#include "view/screen.h"

static volatile sig_atomic_t stopped, suspended, resumed, resized;

static void on_signal(int signal)
{
	switch (signal) {
	case SIGTSTP:
		suspended = 1;
		break;
	case SIGCONT:
		resumed = 1;
		break;
	case SIGWINCH:
		resized = 1;
		break;
	default:
		stopped = 1;
	}
}

/* None comes in the middle of drawing. */
static const int caught[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH,
};

/* Stop as the shell expects it of us, with the terminal as the shell's. */
static void suspend(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL }, old;
	sigset_t set, blocked;

	screen_suspend();
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaction(SIGTSTP, &action, &old);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, &blocked);
	/* Here is where it stops, and goes on one day. */
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	sigaction(SIGTSTP, &old, NULL);
	screen_resume();
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000;
}

static void set_clock(struct view *view)
{
	time_t now = time(NULL);
	struct tm tm;

	tzset();	/* localtime_r() need not */
	localtime_r(&now, &tm);
	strftime(view->clock, sizeof(view->clock), "%H:%M:%S", &tm);
}

static int ask(struct context *ctx, struct view *view, struct why *why)
{
	struct statuses statuses = {};
	struct query answer = {};
	struct why warning = {};
	int ret;

	/* A line on stderr would tear the screen. */
	warn_into(&warning);
	ret = fetch_status(ctx, &statuses, why);
	if (!ret)
		ret = fetch_census(ctx, &view->ask, &answer, why);
	warn_into(NULL);
	if (!ret) {
		view_take(view, &statuses, &answer);
		set_clock(view);
	}
	snprintf(view->warning, sizeof(view->warning), "%.255s", warning.text);
	statuses_free(&statuses);
	query_free(&answer);
	return ret;
}

static void fit(struct view *view)
{
	size_t lines, columns;

	screen_size(&lines, &columns);
	view_resize(view, lines, columns);
}

static void draw(const struct view *view)
{
	struct view_line *lines = calloc(view->lines, sizeof(*lines));

	if (!lines)
		errx(EXIT_FAILED, "out of memory");
	screen_show(lines, view_draw(view, lines));
	free(lines);
}

static void take_signals(struct view *view)
{
	if (suspended)
		suspend();
	else if (resumed)
		screen_resume();
	else if (resized)
		screen_resized();
	suspended = 0;
	resumed = 0;
	resized = 0;
	fit(view);
}

/* Every key that was typed. Readable without one: the terminal has gone. */
static enum view_action take_keys(struct view *view)
{
	enum view_action all = VIEW_NOTHING, action;
	int key = screen_key();

	if (key == SCREEN_NO_KEY)
		return VIEW_QUIT;
	for (; key != SCREEN_NO_KEY; key = screen_key()) {
		action = view_key(view, key);
		if (action > all)
			all = action;
	}
	return all;
}

/* For a key, a signal, or until @due; a pause has no end by itself. */
static int wait_for_input(const struct view *view, uint64_t due,
			  const sigset_t *waiting)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t now = now_ms();
	uint64_t ms = due > now ? due - now : 0;
	struct timespec timeout = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	return ppoll(&fd, 1, view->paused ? NULL : &timeout, waiting);
}

/* Return: what to do next; VIEW_ASK when it is time. */
static enum view_action next(struct view *view, uint64_t due,
			     const sigset_t *waiting)
{
	int n = wait_for_input(view, due, waiting);
	enum view_action action = VIEW_NOTHING;

	if (stopped)
		return VIEW_QUIT;
	if (n < 0 && errno != EINTR)
		return VIEW_QUIT;
	if (suspended || resumed || resized) {
		take_signals(view);
		return VIEW_REDRAW;
	}
	if (n > 0)
		action = take_keys(view);
	if (!view->paused && now_ms() >= due && action < VIEW_ASK)
		return VIEW_ASK;
	return action;
}

static int loop(struct context *ctx, struct view *view,
		const sigset_t *waiting, struct why *why)
{
	uint64_t due = now_ms() + view->interval;
	enum view_action action;

	do {
		draw(view);
		action = next(view, due, waiting);
		if (action != VIEW_ASK)
			continue;
		if (ask(ctx, view, why))
			return -1;
		due = now_ms() + view->interval;
	} while (action != VIEW_QUIT);
	return 0;
}

/**
 * live_run - show a view until it is quit
 * @ctx: opened
 * @view: initialized; holds the question
 * @color: the user wants colors
 * @why: on failure, the reason; the terminal is as it was by then
 *
 * Return: 0 or -1.
 */
int live_run(struct context *ctx, struct view *view, bool color,
	     struct why *why)
{
	sigset_t waiting;
	int ret;

	/* What cannot be answered at all needs no screen. */
	if (ask(ctx, view, why))
		return -1;
	signals_catch(caught, ARRAY_SIZE(caught), on_signal, &waiting);
	if (screen_open(color, why))
		return -1;
	fit(view);
	ret = loop(ctx, view, &waiting, why);
	screen_close();
	return ret;
}
