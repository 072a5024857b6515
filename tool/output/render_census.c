// SPDX-License-Identifier: GPL-2.0
/* Answers to questions about the table, for people. */
#include <inttypes.h>

#include "lib/text.h"
#include "output/census.h"
#include "output/groups.h"
#include "output/render.h"
#include "output/table.h"

static void render_groups(FILE *out, const struct query *answer)
{
	struct group_columns columns = group_columns(answer);
	struct libscols_table *table = table_new(out, true);
	size_t row, i;

	for (i = 0; i < columns.n; i++)
		table_column(table, columns.v[i]->heading,
			     columns.v[i]->right ? TABLE_RIGHT : TABLE_LEFT);
	for (row = 0; row < answer->groups.n; row++) {
		table_row(table);
		for (i = 0; i < columns.n; i++)
			table_cell(table, "%s",
				   group_cell(&columns, i, answer,
					      &answer->groups.v[row]).s);
	}
	table_print(table);
}

/**
 * render_census - who holds the table, then how that is known
 * @out: where to
 * @answer: as fetched
 * @filtered: whether a filter was asked for
 */
void render_census(FILE *out, const struct query *answer, bool filtered)
{
	render_groups(out, answer);
	census_facts(out, answer, filtered);
	fputc('\n', out);
	census_ungrouped(out, answer);
}

/* What is counted in each of them, in all of them together. */
static void sum_groups(const struct query *answer, struct group *sum)
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

/**
 * render_holdings - what the table holds, for stats
 * @out: where to
 * @answer: a census by protocol and state
 */
void render_holdings(FILE *out, const struct query *answer)
{
	const char *separator = "";
	struct group sum;

	fputs("\nEntries by protocol and state:\n", out);
	render_groups(out, answer);
	sum_groups(answer, &sum);
#define PART(NAME, ATTR, MEMBER)					\
	if (HAS(&sum, CTWATCH_A_GROUP_##ATTR)) {			\
		fprintf(out, "%s%" PRIu32 " " NAME " (%s)", separator,	\
			sum.MEMBER, text_share(sum.MEMBER, sum.entries).s); \
		separator = ", ";					\
	}
	PART("assured", ASSURED, assured)
	PART("unreplied", UNREPLIED, unreplied)
	PART("expired", EXPIRED, expired)
#undef PART
	if (*separator)
		fputc('\n', out);
}

static bool any_zone(const struct groups *groups)
{
	size_t i;

	for (i = 0; i < groups->n; i++)
		if (groups->v[i].zone)
			return true;
	return false;
}

/**
 * render_peak_owners - who held the table at the last peak, for stats
 * @out: where to
 * @answer: a census of the peak
 */
void render_peak_owners(FILE *out, const struct query *answer)
{
	struct query shown = *answer;

	/* Nobody asked for zones here: shown where there are any. */
	if (!any_zone(&answer->groups))
		shown.by &= ~CTWATCH_GROUP_KEY_ZONE;
	fputs("\nAt the last peak", out);
	if (HAS(&answer->census, CTWATCH_A_CENSUS_AGE))
		fprintf(out, ", %s ago",
			text_duration(answer->census.age).s);
	fprintf(out, ", of %" PRIu32 " entries:\n", answer->census.seen);
	render_groups(out, &shown);
	census_ungrouped(out, answer);
}
