// SPDX-License-Identifier: GPL-2.0
/* Fills and prints a table of libsmartcols. */
#include <err.h>
#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/error.h"
#include "output/table.h"

/* libsmartcols fails for want of memory only. */
static void *must(void *p)
{
	if (!p)
		errx(EXIT_FAILED, "out of memory");
	return p;
}

/* From the end: scols_table_get_line() counts from the start each time. */
static struct libscols_line *last_line(struct libscols_table *table)
{
	struct libscols_iter *iter = must(scols_new_iter(SCOLS_ITER_BACKWARD));
	struct libscols_line *line = NULL;

	scols_table_next_line(table, iter, &line);
	scols_free_iter(iter);
	return must(line);
}

/* Cells are filled from left to right: the first empty one is next. */
static size_t filled_cells(struct libscols_line *line)
{
	size_t n = scols_line_get_ncells(line);
	size_t i = 0;

	while (i < n && scols_cell_get_data(scols_line_get_cell(line, i)))
		i++;
	return i;
}

/**
 * table_new - start a table
 * @out: where it will be printed
 * @headings: whether the columns have any
 *
 * Lines are never cut to the width of the terminal: an address cut short is
 * the address of somebody else.
 *
 * Return: the table; does not return without memory.
 */
struct libscols_table *table_new(FILE *out, bool headings)
{
	struct libscols_table *table = must(scols_new_table());

	scols_table_set_stream(table, out);
	scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER);
	scols_table_set_column_separator(table, "  ");
	scols_table_enable_noheadings(table, !headings);
	/* Only cells that were given a color have one. */
	scols_table_enable_colors(table, 1);
	return table;
}

/**
 * table_column - add a column
 * @table: the table, without rows yet
 * @heading: its name
 * @align: numbers go right
 */
void table_column(struct libscols_table *table, const char *heading,
		  enum table_align align)
{
	must(scols_table_new_column(table, heading, 0,
				    align == TABLE_RIGHT ? SCOLS_FL_RIGHT : 0));
}

/**
 * table_row - start a row
 * @table: the table
 */
void table_row(struct libscols_table *table)
{
	must(scols_table_new_line(table, NULL));
}

/**
 * table_cell - fill the next cell of the last row
 * @table: the table
 * @fmt: printf format; an empty cell is "", not left out
 */
void table_cell(struct libscols_table *table, const char *fmt, ...)
{
	struct libscols_line *line = last_line(table);
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		must(NULL);
	scols_line_refer_data(line, filled_cells(line), text);
}

/**
 * table_color - color the cell filled last
 * @table: the table
 * @color: escape sequence
 */
void table_color(struct libscols_table *table, const char *color)
{
	struct libscols_line *line = last_line(table);

	scols_cell_set_color(scols_line_get_cell(line, filled_cells(line) - 1),
			     color);
}

/**
 * table_print - print and free a table
 * @table: the table
 */
void table_print(struct libscols_table *table)
{
	if (scols_table_get_nlines(table))
		scols_print_table(table);
	scols_unref_table(table);
}
