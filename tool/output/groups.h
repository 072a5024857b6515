/* SPDX-License-Identifier: GPL-2.0 */
/* The groups of an answer as rows: which columns, and what stands in them. */
#ifndef CTMODCTL_GROUPS_H
#define CTMODCTL_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

#define GROUP_COLUMNS 13

/* The longest cell is the name of a namespace, a file name. */
struct cell {
	char s[256];
};

struct group_column {
	const char *heading;
	bool right;		/* numbers go right */
	uint32_t key;		/* enum ctwatch_group_key; 0 for what is counted */
	uint16_t attr;		/* of a group, which has what is printed */
	void (*print)(struct cell *cell, const struct query *answer,
		      const struct group *group);
};

struct group_columns {
	const struct group_column *v[GROUP_COLUMNS];
	size_t n;
};

struct group_columns group_columns(const struct query *answer);
struct cell group_cell(const struct group_columns *columns, size_t column,
		       const struct query *answer, const struct group *group);

#endif
