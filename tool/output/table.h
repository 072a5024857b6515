/* SPDX-License-Identifier: GPL-2.0 */
/* A thin layer over libsmartcols: cells in printf's words. */
#ifndef CTMODCTL_TABLE_H
#define CTMODCTL_TABLE_H

#include <stdbool.h>
#include <stdio.h>

struct libscols_table;
struct libscols_line;

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct libscols_table *table_new(FILE *out, bool headings);
void table_column(struct libscols_table *table, const char *heading,
		  enum table_align align);
void table_row(struct libscols_table *table);
void table_cell(struct libscols_table *table, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void table_color(struct libscols_table *table, const char *color);
void table_print(struct libscols_table *table);

#endif
