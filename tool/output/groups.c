// SPDX-License-Identifier: GPL-2.0
/*
 * Columns and cells of groups, the same for a printed table and the live view.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "lib/text.h"
#include "model/names.h"
#include "output/groups.h"

static void cell_print(struct cell *cell, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void cell_print(struct cell *cell, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(cell->s, sizeof(cell->s), fmt, args);
	va_end(args);
}

/* Each column prints one member; most need no answer beside the group. */
#define COLUMN(NAME)							\
	static void print_##NAME(struct cell *cell,			\
		const struct query *answer __attribute__((unused)),	\
		const struct group *group)

COLUMN(netns)
{
	cell_print(cell, "%" PRIu32, group->netns);
}

COLUMN(name)
{
	cell_print(cell, "%s", group->label ? group->label : "");
}

COLUMN(src)
{
	cell_print(cell, "%s", subnet_name(&group->src).s);
}

COLUMN(dst)
{
	cell_print(cell, "%s", subnet_name(&group->dst).s);
}

COLUMN(protocol)
{
	cell_print(cell, "%s", protocol_name(group->protocol).s);
}

/* Protocols without ports have 0. */
COLUMN(dport)
{
	if (group->dport)
		cell_print(cell, "%u", group->dport);
	else
		cell_print(cell, "-");
}

COLUMN(state)
{
	cell_print(cell, "%s", state_word(group->state).s);
}

COLUMN(zone)
{
	cell_print(cell, "%u", group->zone);
}

COLUMN(entries)
{
	cell_print(cell, "%" PRIu32, group->entries);
}

COLUMN(share)
{
	cell_print(cell, "%s",
		   text_share(group->entries, answer->census.matched).s);
}

COLUMN(assured)
{
	cell_print(cell, "%" PRIu32, group->assured);
}

COLUMN(unreplied)
{
	cell_print(cell, "%" PRIu32, group->unreplied);
}

COLUMN(expired)
{
	cell_print(cell, "%" PRIu32, group->expired);
}

#define KEY(NAME) CTWATCH_GROUP_KEY_##NAME, CTWATCH_A_GROUP_##NAME
#define COUNT(NAME) 0, CTWATCH_A_GROUP_##NAME

static const struct group_column all_columns[GROUP_COLUMNS] = {
	{ "NETNS", true, KEY(NETNS), print_netns },
	{ "NAME", false, KEY(NETNS), print_name },
	{ "SOURCE", false, KEY(SRC), print_src },
	{ "DESTINATION", false, KEY(DST), print_dst },
	{ "PROTO", false, KEY(PROTOCOL), print_protocol },
	{ "DPORT", true, KEY(DPORT), print_dport },
	{ "STATE", false, KEY(STATE), print_state },
	{ "ZONE", true, KEY(ZONE), print_zone },
	{ "ENTRIES", true, COUNT(ENTRIES), print_entries },
	{ "SHARE", true, COUNT(ENTRIES), print_share },
	{ "ASSURED", true, COUNT(ASSURED), print_assured },
	{ "UNREPLIED", true, COUNT(UNREPLIED), print_unreplied },
	{ "EXPIRED", true, COUNT(EXPIRED), print_expired },
};

static bool any_label(const struct groups *groups)
{
	size_t i;

	for (i = 0; i < groups->n; i++)
		if (groups->v[i].label)
			return true;
	return false;
}

/* Rarely more than zero: the garbage collector is at work all the time. */
static bool any_expired(const struct groups *groups)
{
	size_t i;

	for (i = 0; i < groups->n; i++)
		if (groups->v[i].expired)
			return true;
	return false;
}

/**
 * group_columns - columns for what was asked
 * @answer: as fetched
 *
 * Return: the columns, the keys first.
 */
struct group_columns group_columns(const struct query *answer)
{
	const struct group_column *c;
	struct group_columns columns = {};

	for (c = all_columns; c < all_columns + GROUP_COLUMNS; c++) {
		if (c->key && !(answer->by & c->key))
			continue;
		if ((c->print == print_name && !any_label(&answer->groups)) ||
		    (c->print == print_expired &&
		     !any_expired(&answer->groups)))
			continue;
		columns.v[columns.n++] = c;
	}
	return columns;
}

/**
 * group_cell - what stands in a column
 * @columns: from group_columns()
 * @column: number of the column
 * @answer: as fetched
 * @group: the row, one of the answer
 *
 * Return: the text; the group of all others has a name but no keys.
 */
struct cell group_cell(const struct group_columns *columns, size_t column,
		       const struct query *answer, const struct group *group)
{
	const struct group_column *c = columns->v[column];
	struct cell cell = {};

	if (HAS(group, c->attr))
		c->print(&cell, answer, group);
	else if (!HAS(group, CTWATCH_A_GROUP_OTHER))
		cell_print(&cell, "-");
	else if (!column)
		cell_print(&cell, "other");
	return cell;
}
