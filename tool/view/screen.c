// SPDX-License-Identifier: GPL-2.0
/* The terminal, by ncurses, which nothing else calls. */
#include <curses.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "view/screen.h"

/* Milliseconds in which the rest of an arrow key's sequence comes. */
#define ESCAPE_DELAY 25

enum pair { PAIR_NOTICE = 1, PAIR_WARNING, PAIR_CRITICAL };

static SCREEN *screen;
static bool colored;

static void start_colors(void)
{
	start_color();
	use_default_colors();
	init_pair(PAIR_NOTICE, COLOR_CYAN, -1);
	init_pair(PAIR_WARNING, COLOR_YELLOW, -1);
	init_pair(PAIR_CRITICAL, COLOR_RED, -1);
}

/**
 * screen_open - take the whole terminal
 * @color: the user wants colors, if the terminal has them
 * @why: on failure, the reason
 *
 * Signals are the caller's: curses leaves handlers alone that are there.
 * Whatever ends the process by exit() gives the terminal back.
 *
 * Return: 0 or -1.
 */
int screen_open(bool color, struct why *why)
{
	const char *term = getenv("TERM");

	/* Not initscr(): that ends the process itself if it fails. */
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return why_set(why, "terminal type '%s' cannot show a full screen: set TERM, or leave -w out",
			       term ? term : "");
	atexit(screen_close);
	set_escdelay(ESCAPE_DELAY);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	colored = color && has_colors();
	if (colored)
		start_colors();
	return 0;
}

/**
 * screen_close - give the terminal back as it was
 */
void screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}

/**
 * screen_suspend - give the terminal back for a while
 */
void screen_suspend(void)
{
	endwin();
}

/**
 * screen_resume - take it again, whatever was done to it meanwhile
 */
void screen_resume(void)
{
	if (!isendwin())
		endwin();
	screen_resized();
	clearok(curscr, TRUE);
	refresh();
}

/**
 * screen_resized - notice that the terminal has another size
 */
void screen_resized(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row &&
	    size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

/**
 * screen_size - how much fits
 * @lines: filled
 * @columns: filled
 */
void screen_size(size_t *lines, size_t *columns)
{
	*lines = LINES;
	*columns = COLS;
}

static attr_t style_attr(enum view_style style)
{
	switch (style) {
	case VIEW_HEADING:
		return A_REVERSE;
	case VIEW_DIM:
		return A_DIM;
	case VIEW_NOTICE:
		return colored ? COLOR_PAIR(PAIR_NOTICE) : A_NORMAL;
	case VIEW_WARNING:
		return A_BOLD | (colored ? COLOR_PAIR(PAIR_WARNING) : 0);
	case VIEW_CRITICAL:
		return A_BOLD | (colored ? COLOR_PAIR(PAIR_CRITICAL) : 0);
	default:
		return A_NORMAL;
	}
}

/**
 * screen_show - put lines on the screen
 * @lines: the lines, none wider than the screen
 * @n: number of lines, not more than the screen has
 */
void screen_show(const struct view_line *lines, size_t n)
{
	size_t i;

	erase();
	for (i = 0; i < n; i++) {
		attrset(style_attr(lines[i].style));
		mvaddstr(i, 0, lines[i].text);
	}
	attrset(A_NORMAL);
	refresh();
}

/**
 * screen_key - take a key, do not wait for one
 *
 * Return: a character, enum view_key, or SCREEN_NO_KEY.
 */
int screen_key(void)
{
	int key = getch();

	switch (key) {
	case ERR:
		return SCREEN_NO_KEY;
	case KEY_UP:
		return VIEW_KEY_UP;
	case KEY_DOWN:
		return VIEW_KEY_DOWN;
	case KEY_PPAGE:
		return VIEW_KEY_PAGE_UP;
	case KEY_NPAGE:
		return VIEW_KEY_PAGE_DOWN;
	case KEY_HOME:
		return VIEW_KEY_HOME;
	case KEY_END:
		return VIEW_KEY_END;
	default:
		/* Other keys that are no characters mean nothing here. */
		return key < 0x100 ? key : 0;
	}
}
