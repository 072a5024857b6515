// SPDX-License-Identifier: GPL-2.0
/*
 * What a walk of the table came to, in lines that print and the live view
 * share.
 */
#include <inttypes.h>

#include "lib/text.h"
#include "output/census.h"

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
