/* SPDX-License-Identifier: GPL-2.0 */
/* What people read of a census: columns, cells and the facts of the walk. */
#ifndef CTMODCTL_CENSUS_H
#define CTMODCTL_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "model/model.h"

#define CENSUS_COLUMNS 13

/* The longest cell is the name of a namespace, a file name. */
struct cell {
	char s[256];
};

struct census_column {
	const char *heading;
	bool right;		/* numbers go right */
	uint32_t key;		/* enum ctwatch_group_key; 0 for what is counted */
	uint16_t attr;		/* of a group, which has what is printed */
	void (*print)(struct cell *cell, const struct query *answer,
		      const struct group *group);
};

struct census_columns {
	const struct census_column *v[CENSUS_COLUMNS];
	size_t n;
};

struct census_columns census_columns(const struct query *answer);
struct cell census_cell(const struct census_columns *columns, size_t column,
			const struct query *answer, const struct group *group);

void census_facts(FILE *out, const struct query *answer, bool filtered);
void census_ungrouped(FILE *out, const struct query *answer);
void census_sum(const struct query *answer, struct group *sum);

#endif
