// SPDX-License-Identifier: GPL-2.0
/*
 * Shows who holds the table: options are a question, and the answer is printed
 * once or shown in the live view.
 */
#include <string.h>
#include <unistd.h>

#include "input/command.h"
#include "input/filter.h"
#include "lib/text.h"
#include "model/names.h"
#include "netlink/fetch.h"
#include "output/json.h"
#include "output/render.h"
#include "view/live.h"

#define DEFAULT_BY "src,proto,state"
#define DEFAULT_ROWS 10

/* Below this a view costs more than it tells. */
#define INTERVAL_MIN_MS 100
#define INTERVAL_MAX_MS 86400000

/* Options without a letter. */
enum {
	OPTION_SRC = 256,
	OPTION_DST,
	OPTION_FAMILY,
	OPTION_PROTO,
	OPTION_STATE,
	OPTION_SPORT,
	OPTION_DPORT,
	OPTION_ZONE,
	OPTION_MARK,
	OPTION_ASSURED,
	OPTION_NO_ASSURED,
	OPTION_UNREPLIED,
	OPTION_REPLIED,
	OPTION_EXPIRED,
	OPTION_NO_EXPIRED,
	OPTION_MAX_AGE,
	OPTION_PEAK,
};

static struct query ask;
static const char *by;
static uint32_t interval_ms;

static int take_number(const char *value, struct why *why)
{
	uint64_t number;

	if (!text_number(value, UINT32_MAX, &number))
		return why_set(why, "'%s' is no number of rows: give a whole number, 0 for all",
			       value);
	ask.top = number;
	ask.has |= BIT(CTWATCH_A_QUERY_TOP);
	return 0;
}

static int take_max_age(const char *value, struct why *why)
{
	uint64_t ms;

	if (!text_seconds(value, UINT32_MAX, &ms))
		return why_set(why, "'%s' is no age: give seconds, as 2 or 0.5",
			       value);
	ask.max_age = ms;
	ask.has |= BIT(CTWATCH_A_QUERY_MAX_AGE);
	return 0;
}

static int take_interval(const char *value, struct why *why)
{
	uint64_t ms;

	if (!text_seconds(value, INTERVAL_MAX_MS, &ms) || ms < INTERVAL_MIN_MS)
		return why_set(why, "'%s' is no time between two views: give seconds from 0.1 to 86400",
			       value);
	interval_ms = ms;
	return 0;
}

static int take_by(const char *value, struct why *why)
{
	by = value;
	return query_by(&ask, value, why);
}

static int take_flag(int option, struct why *why)
{
	switch (option) {
	case OPTION_ASSURED:
	case OPTION_NO_ASSURED:
		return filter_flag(&ask.filter, CTWATCH_A_FILTER_ASSURED,
				   option == OPTION_ASSURED, why);
	case OPTION_UNREPLIED:
	case OPTION_REPLIED:
		return filter_flag(&ask.filter, CTWATCH_A_FILTER_UNREPLIED,
				   option == OPTION_UNREPLIED, why);
	default:
		return filter_flag(&ask.filter, CTWATCH_A_FILTER_EXPIRED,
				   option == OPTION_EXPIRED, why);
	}
}

static int take_filter(int option, const char *value, struct why *why)
{
	struct filter *filter = &ask.filter;

	switch (option) {
	case OPTION_SRC:
		return filter_address(filter, SOURCE, value, why);
	case OPTION_DST:
		return filter_address(filter, DESTINATION, value, why);
	case '4':
		return filter_family(filter, "ipv4", why);
	case '6':
		return filter_family(filter, "ipv6", why);
	case OPTION_FAMILY:
		return filter_family(filter, value, why);
	case OPTION_PROTO:
		return filter_protocol(filter, value, why);
	case OPTION_STATE:
		return filter_states(filter, value, why);
	case OPTION_SPORT:
		return filter_port(filter, SOURCE, value, why);
	case OPTION_DPORT:
		return filter_port(filter, DESTINATION, value, why);
	case OPTION_ZONE:
		return filter_zone(filter, value, why);
	case OPTION_MARK:
		return filter_mark(filter, value, why);
	default:
		return take_flag(option, why);
	}
}

static int take(int option, const char *value, struct why *why)
{
	switch (option) {
	case 'b':
		return take_by(value, why);
	case 'N':
		return take_number(value, why);
	case 'w':
		return take_interval(value, why);
	case OPTION_MAX_AGE:
		return take_max_age(value, why);
	case OPTION_PEAK:
		ask.has |= BIT(CTWATCH_A_QUERY_PEAK);
		return 0;
	default:
		return take_filter(option, value, why);
	}
}

static int option(int option, const char *value)
{
	struct why why;

	return take(option, value, &why) ? usage_error("%s", why.text) : 0;
}

#define PEAK_KEYS							\
	(CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_PROTOCOL |		\
	 CTWATCH_GROUP_KEY_STATE | CTWATCH_GROUP_KEY_ZONE)

/*
 * A peak is kept as it was counted; what it cannot answer is no question. The
 * module refuses it too, but not every kernel passes on its words (6.1 does not).
 */
static int check_peak(const struct job *job)
{
	if (ask.by & ~PEAK_KEYS)
		return usage_error("--peak was counted by src, proto, state and zone: leave other keys out");
	if (ask.filter.has)
		return usage_error("--peak was counted without a filter: leave the filters out");
	if (HAS(&ask, CTWATCH_A_QUERY_MAX_AGE))
		return usage_error("--peak has its own age: leave --max-age out");
	if (interval_ms)
		return usage_error("--peak stays what it was: leave -w out");
	if (job->ctx.all_netns)
		return usage_error("--peak is about one network namespace: leave -A out");
	return 0;
}

static int check_live(const struct job *job)
{
	if (job->json)
		return usage_error("-w is a view for people, -j is for programs: give one of them");
	if (!isatty(STDIN_FILENO) || !isatty(fileno(job->out)))
		return usage_error("-w needs a terminal: leave it out to print once");
	return 0;
}

static int check(const struct job *job)
{
	int ret = 0;

	if (HAS(&ask, CTWATCH_A_QUERY_PEAK))
		ret = check_peak(job);
	if (!ret && interval_ms)
		ret = check_live(job);
	return ret;
}

/* What was not said. */
static void set_defaults(const struct job *job)
{
	struct why why;

	if (!by)
		take_by(job->ctx.all_netns ? "netns," DEFAULT_BY : DEFAULT_BY,
			&why);
	if (ask.filter.has)
		ask.has |= BIT(CTWATCH_A_QUERY_FILTER);
	if (interval_ms || HAS(&ask, CTWATCH_A_QUERY_TOP))
		return;
	ask.top = DEFAULT_ROWS;
	ask.has |= BIT(CTWATCH_A_QUERY_TOP);
}

static void print(struct job *job, const struct query *answer)
{
	if (job->json)
		json_print(job->out, json_query(answer), job->pretty);
	else
		render_census(job->out, answer, ask.filter.has);
}

static int print_once(struct job *job, struct why *why)
{
	struct query answer = {};
	int ret = fetch_census(&job->ctx, &ask, &answer, why);

	if (!ret)
		print(job, &answer);
	query_free(&answer);
	return ret;
}

static int show_live(struct job *job, struct why *why)
{
	struct view view;
	int ret;

	view_init(&view, &ask, by);
	view.all_netns = job->ctx.all_netns;
	view.interval = interval_ms;
	ret = live_run(&job->ctx, &view, job->color, why);
	view_free(&view);
	return ret;
}

static int run(struct job *job)
{
	struct why why;
	int ret = check(job);

	if (ret)
		return ret;
	set_defaults(job);
	if (context_open(&job->ctx, &why) ||
	    (interval_ms ? show_live : print_once)(job, &why))
		return fail(&why);
	return EXIT_DONE;
}

static const struct option long_options[] = {
	{ "by", required_argument, NULL, 'b' },
	{ "number", required_argument, NULL, 'N' },
	{ "watch", required_argument, NULL, 'w' },
	{ "max-age", required_argument, NULL, OPTION_MAX_AGE },
	{ "peak", no_argument, NULL, OPTION_PEAK },
	{ "src", required_argument, NULL, OPTION_SRC },
	{ "dst", required_argument, NULL, OPTION_DST },
	{ "family", required_argument, NULL, OPTION_FAMILY },
	{ "proto", required_argument, NULL, OPTION_PROTO },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "sport", required_argument, NULL, OPTION_SPORT },
	{ "dport", required_argument, NULL, OPTION_DPORT },
	{ "zone", required_argument, NULL, OPTION_ZONE },
	{ "mark", required_argument, NULL, OPTION_MARK },
	{ "assured", no_argument, NULL, OPTION_ASSURED },
	{ "no-assured", no_argument, NULL, OPTION_NO_ASSURED },
	{ "unreplied", no_argument, NULL, OPTION_UNREPLIED },
	{ "replied", no_argument, NULL, OPTION_REPLIED },
	{ "expired", no_argument, NULL, OPTION_EXPIRED },
	{ "no-expired", no_argument, NULL, OPTION_NO_EXPIRED },
	{}
};

static const char options[] =
"  -b, --by KEY[,KEY...]\n"
"                     one row for entries that have these in common; default\n"
"                     " DEFAULT_BY ", with -A netns too\n"
"  -N, --number COUNT at most COUNT rows, 0 for all; default 10; the rest is\n"
"                     \"other\"\n"
"  -w, --watch SECONDS\n"
"                     full screen, every so many seconds; '?' tells the keys\n"
"  --max-age SECONDS  an answer that is so old will do; default is a new count\n"
"  --peak             not now but at the last peak, when the level was last above\n"
"                     ok: by src, proto, state, zone or fewer, without a filter\n"
"\n"
"Filters, only entries of which all of this holds:\n"
"  --src ADDRESS[/LENGTH], --dst ADDRESS[/LENGTH]\n"
"                     from or to there, in the original direction\n"
"  -4, -6, --family ipv4|ipv6\n"
"                     of this address family\n"
"  --proto NAME|NUMBER\n"
"                     of this protocol, as tcp\n"
"  --state NAME[,NAME...]\n"
"                     in one of these states\n"
"  --sport PORT, --dport PORT\n"
"                     from or to this port, in the original direction\n"
"  --zone ZONE        of this zone\n"
"  --mark VALUE[/MASK]\n"
"                     with this mark, in the bits of the mask\n"
"  --assured, --no-assured\n"
"                     not evicted when the table is full, or evicted\n"
"  --unreplied, --replied\n"
"                     without or with a packet back\n"
"  --expired, --no-expired\n"
"                     dead but not yet removed, or alive\n";

/* Comma-separated, in lines that fit a terminal. */
static void list_states(FILE *out)
{
	int column = 0;
	uint32_t state;

	for (state = 0; state <= CTWATCH_STATE_OTHER; state++) {
		struct text word = state_word(state);

		if (column + strlen(word.s) > 74)
			column = 0;
		if (!column)
			column = fprintf(out, state ? ",\n  " : "  ");
		else
			column += fprintf(out, ", ");
		column += fprintf(out, "%s", word.s);
	}
	fputc('\n', out);
}

static void list(FILE *out)
{
	fputs("Keys of --by:\n"
	      "  netns              network namespace\n"
	      "  src, dst           address in the original direction; an IPv6 source is a\n"
	      "                     /64 unless said otherwise. src/24 counts by IPv4 /24,\n"
	      "                     src/56 by IPv6 /56, src/24/56 by both; dst likewise\n"
	      "  proto              protocol\n"
	      "  dport              destination port\n"
	      "  state              state of the connection\n"
	      "  zone               conntrack zone\n"
	      "\n"
	      "States, of TCP, SCTP and DCCP those of conntrack(8):\n", out);
	list_states(out);
}

const struct command cmd_top = {
	.name = "top",
	.arguments = "[OPTION...]",
	.doc = "who holds entries, most first: by source, protocol and state",
	.about =
"Counts in the kernel who holds the table now, all of it, and prints the largest\n"
"groups. Needs CAP_NET_ADMIN.\n",
	.options = options,
	.list = list,
	.short_options = "b:N:w:46",
	.long_options = long_options,
	.option = option,
	.run = run,
};
