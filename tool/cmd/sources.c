// SPDX-License-Identifier: GPL-2.0
/* Shows who inserts entries. */
#include "input/command.h"
#include "lib/text.h"
#include "netlink/fetch.h"
#include "output/json.h"
#include "output/render.h"

static uint64_t limit = UINT64_MAX;

static int option(int option __attribute__((unused)), const char *value)
{
	if (text_number(value, UINT32_MAX, &limit) && limit)
		return 0;
	return usage_error("'%s' is no number of sources: give a whole number from 1",
			   value);
}

/* The kernel sends the busiest first, so the rest is what nobody asked for. */
static void apply_limit(struct statuses *list)
{
	struct sources *sources;
	size_t i;

	for (i = 0; i < list->n; i++) {
		sources = &list->v[i].sources;
		while (sources->n > limit)
			kinds_free(&sources->v[--sources->n].kinds);
	}
}

static void print(struct job *job, const struct statuses *list)
{
	if (job->json)
		json_print(job->out,
			   json_statuses(list, source_attrs,
					 job->ctx.all_netns),
			   job->pretty);
	else
		render_sources(job->out, list, job->ctx.all_netns);
}

static int run(struct job *job)
{
	struct statuses list = {};
	struct why why;
	int ret;

	ret = context_open(&job->ctx, &why);
	if (!ret)
		ret = fetch_sources(&job->ctx, &list, &why);
	if (!ret) {
		apply_limit(&list);
		print(job, &list);
	}
	statuses_free(&list);
	return ret ? fail(&why) : EXIT_DONE;
}

static const struct option long_options[] = {
	{ "number", required_argument, NULL, 'N' },
	{}
};

const struct command cmd_sources = {
	.name = "sources",
	.arguments = "[-N COUNT]",
	.doc = "who inserts entries, the busiest of late first",
	.about =
"Attempts to insert an entry, by source: a second and in all, since the start or\n"
"the last reset; packets of it that were dropped; and which protocol and state at\n"
"insertion most of its entries had. Needs CAP_NET_ADMIN.\n",
	.options =
"  -N, --number COUNT at most COUNT of a network namespace; default is all\n",
	.short_options = "N:",
	.long_options = long_options,
	.option = option,
	.run = run,
};
