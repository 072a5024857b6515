// SPDX-License-Identifier: GPL-2.0
/*
 * Shows how full the table is; for one namespace also what it holds, and who
 * held it at the last peak.
 */
#include <errno.h>

#include "input/command.h"
#include "netlink/fetch.h"
#include "output/json.h"
#include "output/render.h"

/* Whoever looks each second or more often shares the walk of the last look. */
#define MAX_AGE_MS 1000

/* The peak is history: who it was, not the whole list. */
#define PEAK_ROWS 3

/* All about one namespace. What one may not know, or is not there, is empty. */
struct stats {
	struct query census;
	struct query peak;
};

static const struct query by_state = {
	.has = BIT(CTWATCH_A_QUERY_BY) | BIT(CTWATCH_A_QUERY_MAX_AGE),
	.by = CTWATCH_GROUP_KEY_PROTOCOL | CTWATCH_GROUP_KEY_STATE,
	.max_age = MAX_AGE_MS,
};

static const struct query peak_owners = {
	.has = BIT(CTWATCH_A_QUERY_BY) | BIT(CTWATCH_A_QUERY_SRC_IPV6_PREFIX) |
	       BIT(CTWATCH_A_QUERY_TOP) | BIT(CTWATCH_A_QUERY_PEAK),
	.by = CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_PROTOCOL |
	      CTWATCH_GROUP_KEY_STATE | CTWATCH_GROUP_KEY_ZONE,
	.src_ipv6_prefix = 64,
	.top = PEAK_ROWS,
};

/*
 * Totals are for everybody, the table for those with rights; a peak may not
 * have been yet, and an older module has neither.
 */
static bool left_out(int error)
{
	return error == EPERM || error == EACCES || error == ENODATA ||
	       error == EOPNOTSUPP;
}

static int fetch_if_allowed(struct context *ctx, const struct query *ask,
			    struct query *answer, struct why *why)
{
	if (!fetch_census(ctx, ask, answer, why))
		return 0;
	query_free(answer);
	return left_out(ctx->client.error) ? 0 : -1;
}

static int fetch_stats(struct context *ctx, struct stats *stats,
		       struct why *why)
{
	if (ctx->all_netns)
		return 0;
	if (fetch_if_allowed(ctx, &by_state, &stats->census, why))
		return -1;
	return fetch_if_allowed(ctx, &peak_owners, &stats->peak, why);
}

static void add_json(struct json_object *json, const char *key,
		     const struct query *answer)
{
	if (answer->has)
		json_object_object_add(json, key, json_query(answer));
}

static void print_json(struct job *job, const struct statuses *list,
		       const struct stats *stats)
{
	struct json_object *json = json_statuses(list, status_attrs,
						 job->ctx.all_netns);

	if (!job->ctx.all_netns) {
		add_json(json, "census", &stats->census);
		add_json(json, "peak", &stats->peak);
	}
	json_print(job->out, json, job->pretty);
}

static void print_text(struct job *job, const struct statuses *list,
		       const struct stats *stats)
{
	if (job->ctx.all_netns) {
		render_statuses(job->out, list, job->color);
		return;
	}
	render_status(job->out, &list->v[0], job->color);
	if (stats->census.has)
		render_holdings(job->out, &stats->census);
	if (stats->peak.has)
		render_peak_owners(job->out, &stats->peak);
}

/* What is known is shown even if the rest cannot be had. */
static int run(struct job *job)
{
	struct statuses list = {};
	struct stats stats = {};
	struct context *ctx = &job->ctx;
	struct why why;
	int ret;

	if (context_open(ctx, &why) || fetch_status(ctx, &list, &why)) {
		statuses_free(&list);
		return fail(&why);
	}
	ret = fetch_stats(ctx, &stats, &why);
	(job->json ? print_json : print_text)(job, &list, &stats);
	query_free(&stats.census);
	query_free(&stats.peak);
	statuses_free(&list);
	return ret ? fail(&why) : EXIT_DONE;
}

const struct command cmd_stats = {
	.name = "stats",
	.arguments = "",
	.doc = "how full the table is, how fast it fills, what was lost (default)",
	.about =
"Fullness, level, growth and when that fills the table; attempts to insert an\n"
"entry and how they ended; drops, evictions and the peak. With CAP_NET_ADMIN also\n"
"the entries by protocol and state, and who held the table at the last peak. With\n"
"-A one line for each network namespace.\n",
	.run = run,
};
