// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>

#include "lib/text.h"
#include "model/names.h"
#include "output/census.h"

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

static const struct census_column all_columns[CENSUS_COLUMNS] = {
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
 * census_columns - columns for what was asked
 * @answer: as fetched
 *
 * Return: the columns, the keys first.
 */
struct census_columns census_columns(const struct query *answer)
{
	const struct census_column *c;
	struct census_columns columns = {};

	for (c = all_columns; c < all_columns + CENSUS_COLUMNS; c++) {
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
 * census_cell - what stands in a column
 * @columns: from census_columns()
 * @column: number of the column
 * @answer: as fetched
 * @group: the row, one of the answer
 *
 * Return: the text; the group of all others has a name but no keys.
 */
struct cell census_cell(const struct census_columns *columns, size_t column,
			const struct query *answer, const struct group *group)
{
	const struct census_column *c = columns->v[column];
	struct cell cell = {};

	if (HAS(group, c->attr))
		c->print(&cell, answer, group);
	else if (!HAS(group, CTWATCH_A_GROUP_OTHER))
		cell_print(&cell, "-");
	else if (!column)
		cell_print(&cell, "other");
	return cell;
}

static void unattributed(FILE *out, int32_t n)
{
	if (n > 0)
		fprintf(out, "; %" PRId32 " unattributed", n);
	else if (n < 0)
		fprintf(out, "; %" PRId64 " went meanwhile", -(int64_t)n);
}

/* How many groups are rows of their own; of the rest "other" is the sum. */
static void shown_groups(FILE *out, const struct query *answer)
{
	size_t i, n = 0;

	for (i = 0; i < answer->groups.n; i++)
		n += !HAS(&answer->groups.v[i], CTWATCH_A_GROUP_OTHER);
	if (n < answer->census.groups)
		fprintf(out, "; %zu of %" PRIu32 " groups", n,
			answer->census.groups);
}

/**
 * census_facts - the walk in one line, without its end
 * @out: where to
 * @answer: as fetched
 * @filtered: whether a filter was asked for
 */
void census_facts(FILE *out, const struct query *answer, bool filtered)
{
	const struct census *c = &answer->census;

	if (HAS(answer, CTWATCH_A_QUERY_PEAK))
		fputs("at the last peak: ", out);
	if (filtered)
		fprintf(out, "%" PRIu32 " of ", c->matched);
	fprintf(out, "%" PRIu32 " entries %s", c->seen,
		filtered ? "match; seen" : "seen");
	if (HAS(c, CTWATCH_A_CENSUS_DURATION))
		fprintf(out, " in %s", text_short_duration(c->duration).s);
	if (HAS(c, CTWATCH_A_CENSUS_AGE) && c->age < 100)
		fputs(", just now", out);
	else if (HAS(c, CTWATCH_A_CENSUS_AGE))
		fprintf(out, ", %s ago", text_duration(c->age).s);
	unattributed(out, c->unattributed);
	shown_groups(out, answer);
}

/**
 * census_ungrouped - a line about entries that no group could take, if any
 * @out: where to
 * @answer: as fetched
 */
void census_ungrouped(FILE *out, const struct query *answer)
{
	const struct census *c = &answer->census;

	if (!c->ungrouped)
		return;
	fprintf(out, "other: %" PRIu32 " entries are of groups beyond the bound",
		c->ungrouped);
	if (HAS(c, CTWATCH_A_CENSUS_GROUPS_MAX))
		fprintf(out, " of %" PRIu32, c->groups_max);
	fputs(" (module parameter groups)\n", out);
}

/**
 * census_sum - all groups together
 * @answer: as fetched
 * @sum: filled with what is counted in each of them
 */
void census_sum(const struct query *answer, struct group *sum)
{
	const struct group *g = answer->groups.v;

	*sum = (struct group){ .has = UINT64_MAX };
	for (; g < answer->groups.v + answer->groups.n; g++) {
		sum->has &= g->has;
		sum->entries += g->entries;
		sum->assured += g->assured;
		sum->unreplied += g->unreplied;
		sum->expired += g->expired;
	}
}
