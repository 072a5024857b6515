// SPDX-License-Identifier: GPL-2.0
/* State and page of the live view: takes keys and answers, gives lines. */
#include <err.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "input/filter.h"
#include "lib/array.h"
#include "lib/error.h"
#include "lib/text.h"
#include "model/names.h"
#include "output/census.h"
#include "output/groups.h"
#include "view/view.h"

/*
 * The kernel sends those with most entries. More than fit, so that another
 * order has something to put on top.
 */
#define ASKED_SCREENS 4
#define ASKED_LEAST 100

static const char *const groupings[] = {
	"src,proto,state", "src", "dst,dport,proto", "proto,state", "src/24/56",
};

static const uint8_t protocols[] = {
	IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_SCTP,
	IPPROTO_DCCP, IPPROTO_GRE, IPPROTO_ESP, IPPROTO_UDPLITE,
};

static const char *const sort_names[VIEW_SORTS] = {
	"entries", "assured", "unreplied", "expired",
};

static const char *const help[] = {
	"q        quit",
	"p space  pause, go on",
	"s > S <  sort by the next, the previous column: entries, assured, unreplied,",
	"         expired. Within the rows at hand: the kernel sends those with most entries",
	"r        reverse the order",
	"t T      only the next protocol, all of them",
	"e E      only the next state of those seen so far, all of them",
	"g        group by the next of: what was asked for first; src,proto,state; src;",
	"         dst,dport,proto; proto,state; src/24/56",
	"arrows   up and down, with Page Up, Page Down, Home and End",
	"?        this help, and back",
};

static void set_grouping(struct view *view, size_t grouping)
{
	struct why why;

	view->grouping = grouping;
	if (!grouping)
		snprintf(view->by, sizeof(view->by), "%s", view->first_by);
	else
		snprintf(view->by, sizeof(view->by), "%s%s",
			 view->all_netns ? "netns," : "",
			 groupings[grouping - 1]);
	query_by(&view->ask, view->by, &why);
}

/* What the command line asked for is not offered twice. */
static void next_grouping(struct view *view)
{
	do
		set_grouping(view, (view->grouping + 1) %
				   (ARRAY_SIZE(groupings) + 1));
	while (view->grouping && !strcmp(view->by, view->first_by));
}

/**
 * view_init - start a view
 * @view: filled; view_free() it
 * @ask: the question of the command line
 * @by: its keys, which outlive the view
 */
void view_init(struct view *view, const struct query *ask, const char *by)
{
	*view = (struct view){
		.ask = *ask,
		.ask_rows = !HAS(ask, CTWATCH_A_QUERY_TOP),
		.first_by = by,
	};
	snprintf(view->by, sizeof(view->by), "%s", by);
	view_resize(view, 24, 80);
}

/**
 * view_free - end a view
 * @view: emptied
 */
void view_free(struct view *view)
{
	statuses_free(&view->statuses);
	query_free(&view->answer);
	free(view->rows);
	*view = (struct view){};
}

/**
 * view_resize - fit the view to the screen
 * @view: the view
 * @lines: lines of the screen
 * @columns: columns of the screen
 */
void view_resize(struct view *view, size_t lines, size_t columns)
{
	view->lines = lines;
	view->columns = columns < VIEW_WIDTH ? columns : VIEW_WIDTH - 1;
	if (!view->ask_rows)
		return;
	view->ask.top = lines * ASKED_SCREENS;
	if (view->ask.top < ASKED_LEAST)
		view->ask.top = ASKED_LEAST;
	view->ask.has |= BIT(CTWATCH_A_QUERY_TOP);
}

static uint32_t sort_value(const struct view *view, const struct group *group)
{
	switch (view->sort) {
	case VIEW_BY_ASSURED:
		return group->assured;
	case VIEW_BY_UNREPLIED:
		return group->unreplied;
	case VIEW_BY_EXPIRED:
		return group->expired;
	default:
		return group->entries;
	}
}

/* Equal ones as the kernel sent them, the rest of the table always last. */
static int compare(const void *va, const void *vb, void *arg)
{
	const struct group *a = *(const struct group *const *)va;
	const struct group *b = *(const struct group *const *)vb;
	const struct view *view = arg;
	uint32_t value_a = sort_value(view, a);
	uint32_t value_b = sort_value(view, b);

	if (HAS(a, CTWATCH_A_GROUP_OTHER) != HAS(b, CTWATCH_A_GROUP_OTHER))
		return HAS(a, CTWATCH_A_GROUP_OTHER) ? 1 : -1;
	if (value_a != value_b)
		return (value_a < value_b) != view->reverse ? 1 : -1;
	return (a > b) - (a < b);
}

static void sort(struct view *view)
{
	const struct groups *groups = &view->answer.groups;
	size_t i;

	if (!groups->n)
		return;
	view->rows = reallocarray(view->rows, groups->n, sizeof(*view->rows));
	if (!view->rows)
		errx(EXIT_FAILED, "out of memory");
	for (i = 0; i < groups->n; i++)
		view->rows[i] = &groups->v[i];
	qsort_r(view->rows, groups->n, sizeof(*view->rows), compare, view);
}

/**
 * view_take - take an answer
 * @view: the view
 * @statuses: fullness of the namespaces; emptied
 * @answer: who holds the table; emptied
 */
void view_take(struct view *view, struct statuses *statuses,
	       struct query *answer)
{
	const struct group *g;

	statuses_free(&view->statuses);
	query_free(&view->answer);
	view->statuses = *statuses;
	view->answer = *answer;
	*statuses = (struct statuses){};
	*answer = (struct query){};
	g = view->answer.groups.v;
	for (; g < view->answer.groups.v + view->answer.groups.n; g++)
		if (HAS(g, CTWATCH_A_GROUP_STATE) && g->state < 32)
			view->states_seen |= UINT32_C(1) << g->state;
	sort(view);
}

static void set_filter(struct view *view, uint16_t attr, bool on)
{
	struct filter *filter = &view->ask.filter;

	if (on)
		filter->has |= BIT(attr);
	else
		filter->has &= ~BIT(attr);
	if (filter->has)
		view->ask.has |= BIT(CTWATCH_A_QUERY_FILTER);
	else
		view->ask.has &= ~BIT(CTWATCH_A_QUERY_FILTER);
}

/* All, then one after the other, then all again. */
static enum view_action next_protocol(struct view *view)
{
	struct filter *filter = &view->ask.filter;
	size_t i = 0;

	if (HAS(filter, CTWATCH_A_FILTER_PROTOCOL)) {
		while (i < ARRAY_SIZE(protocols) &&
		       protocols[i] != filter->protocol)
			i++;
		i++;
	}
	set_filter(view, CTWATCH_A_FILTER_PROTOCOL, i < ARRAY_SIZE(protocols));
	if (i < ARRAY_SIZE(protocols))
		filter->protocol = protocols[i];
	return VIEW_ASK;
}

static enum view_action next_state(struct view *view)
{
	struct filter *filter = &view->ask.filter;
	uint32_t now = HAS(filter, CTWATCH_A_FILTER_STATES) ?
		       filter->states : 0;
	uint32_t next = view->states_seen;

	if (!view->states_seen) {
		snprintf(view->message, sizeof(view->message),
			 "no state was seen yet: group by state first, with g");
		return VIEW_REDRAW;
	}
	/* The lowest above that of now. */
	if (now)
		next &= ~((now & -now) | ((now & -now) - 1));
	set_filter(view, CTWATCH_A_FILTER_STATES, next);
	filter->states = next & -next;
	return VIEW_ASK;
}

static enum view_action all_of(struct view *view, uint16_t attr)
{
	set_filter(view, attr, false);
	return VIEW_ASK;
}

static enum view_action resort(struct view *view)
{
	sort(view);
	view->first = 0;
	return VIEW_REDRAW;
}

static enum view_action next_sort(struct view *view, int step)
{
	view->sort = (view->sort + VIEW_SORTS + step) % VIEW_SORTS;
	return resort(view);
}

static size_t header_lines(const struct view *view);

/* Rows that fit above the last line, at least one to move by. */
static size_t rows_shown(const struct view *view)
{
	size_t taken = header_lines(view) + 1;

	return view->lines > taken ? view->lines - taken : 1;
}

/* The last page is a full one. */
static size_t last_first(const struct view *view)
{
	size_t n = view->answer.groups.n;

	return n > rows_shown(view) ? n - rows_shown(view) : 0;
}

static enum view_action scroll(struct view *view, long step)
{
	size_t last = last_first(view);

	if (step < 0 && view->first < (size_t)-step)
		view->first = 0;
	else
		view->first += step;
	if (view->first > last)
		view->first = last;
	return VIEW_REDRAW;
}

static enum view_action move_key(struct view *view, int key)
{
	switch (key) {
	case VIEW_KEY_UP:
		return scroll(view, -1);
	case VIEW_KEY_DOWN:
		return scroll(view, 1);
	case VIEW_KEY_PAGE_UP:
		return scroll(view, -(long)rows_shown(view));
	case VIEW_KEY_PAGE_DOWN:
		return scroll(view, rows_shown(view));
	case VIEW_KEY_HOME:
		return scroll(view, -(long)view->first);
	case VIEW_KEY_END:
		return scroll(view, view->answer.groups.n);
	default:
		return VIEW_NOTHING;
	}
}

static enum view_action toggle(bool *what)
{
	*what = !*what;
	return VIEW_REDRAW;
}

/* Who goes on after a pause does not want to see what was then. */
static enum view_action pause_or_not(struct view *view)
{
	toggle(&view->paused);
	return view->paused ? VIEW_REDRAW : VIEW_ASK;
}

static enum view_action regroup(struct view *view)
{
	next_grouping(view);
	view->first = 0;
	return VIEW_ASK;
}

/**
 * view_key - do what a key says
 * @view: the view
 * @key: a character or enum view_key
 *
 * Return: what is to be done now.
 */
enum view_action view_key(struct view *view, int key)
{
	*view->message = '\0';
	switch (key) {
	case 'q':
		return VIEW_QUIT;
	case 'p':
	case ' ':
		return pause_or_not(view);
	case 's':
	case '>':
		return next_sort(view, 1);
	case 'S':
	case '<':
		return next_sort(view, -1);
	case 'r':
		toggle(&view->reverse);
		return resort(view);
	case 't':
		return next_protocol(view);
	case 'T':
		return all_of(view, CTWATCH_A_FILTER_PROTOCOL);
	case 'e':
		return next_state(view);
	case 'E':
		return all_of(view, CTWATCH_A_FILTER_STATES);
	case 'g':
		return regroup(view);
	case '?':
	case 'h':
		return toggle(&view->help);
	default:
		return move_key(view, key);
	}
}

/* A screen in the making; @out takes its next line. */
struct page {
	const struct view *view;
	struct view_line *lines;
	size_t n;
	FILE *out;
	char *text;
	size_t len;
};

static FILE *begin_line(struct page *page)
{
	page->out = open_memstream(&page->text, &page->len);
	if (!page->out)
		errx(EXIT_FAILED, "out of memory");
	return page->out;
}

/* Where to cut a line: between its parts, so that no number is cut short. */
static int fitting(const char *text, size_t columns)
{
	size_t i;

	if (strlen(text) <= columns)
		return columns;
	for (i = columns; i > 0; i--)
		if (strchr(",;", text[i]))
			return i;
	return columns;
}

/* Cut to the screen, on the right and at its end. */
static void end_line(struct page *page, enum view_style style)
{
	struct view_line *line = &page->lines[page->n];

	if (fclose(page->out))
		errx(EXIT_FAILED, "out of memory");
	if (page->n < page->view->lines) {
		page->n++;
		line->style = style;
		snprintf(line->text, sizeof(line->text), "%.*s",
			 fitting(page->text, page->view->columns), page->text);
		line->text[strcspn(line->text, "\n")] = '\0';
	}
	free(page->text);
}

static void add_line(struct page *page, enum view_style style,
		     const char *text)
{
	fputs(text, begin_line(page));
	end_line(page, style);
}

static enum view_style level_style(uint32_t level)
{
	switch (level) {
	case CTWATCH_LEVEL_OK:
		return VIEW_PLAIN;
	case CTWATCH_LEVEL_NOTICE:
		return VIEW_NOTICE;
	case CTWATCH_LEVEL_WARNING:
		return VIEW_WARNING;
	default:
		return VIEW_CRITICAL;
	}
}

/* Without a limit a table is never full. */
static bool fuller(const struct status *a, const struct status *b)
{
	if (!a->max_entries || !b->max_entries)
		return a->max_entries;
	return (uint64_t)a->entries * b->max_entries >
	       (uint64_t)b->entries * a->max_entries;
}

/* The namespace that is nearest to trouble: by level, then by fullness. */
static const struct status *worst(const struct statuses *list)
{
	const struct status *s, *worst = list->v;

	for (s = list->v; s < list->v + list->n; s++)
		if (s->level > worst->level ||
		    (s->level == worst->level && fuller(s, worst)))
			worst = s;
	return worst;
}

/* What matters first: a narrow screen lacks the end. */
static void print_status(FILE *out, const struct status *s)
{
	fprintf(out, "%s%s: ", level_name(s->level).s,
		HAS(s, CTWATCH_A_PREDICTED) ? " (predicted)" : "");
	if (s->max_entries)
		fprintf(out, "%s full (%" PRIu32 "/%" PRIu32 ")",
			text_share(s->entries, s->max_entries).s, s->entries,
			s->max_entries);
	else
		fprintf(out, "%" PRIu32 " entries, no limit", s->entries);
	if (HAS(s, CTWATCH_A_GROWTH))
		fprintf(out, ", %s", text_growth(s->growth).s);
	if (HAS(s, CTWATCH_A_TIME_TO_FULL) && s->time_to_full)
		fprintf(out, ", full in %s", text_duration(s->time_to_full).s);
	fprintf(out, "; netns %" PRIu32, s->netns);
	if (s->label)
		fprintf(out, " (%s)", s->label);
}

static void draw_status(struct page *page)
{
	const struct statuses *list = &page->view->statuses;
	const struct status *s = worst(list);

	if (!s)
		return;
	begin_line(page);
	print_status(page->out, s);
	if (list->n > 1)
		fprintf(page->out, ", the fullest of %zu", list->n);
	end_line(page, level_style(s->level));
}

static void print_states(FILE *out, uint32_t states)
{
	const char *separator = " state ";
	uint32_t i;

	for (i = 0; i < 32; i++) {
		if (!(states >> i & 1))
			continue;
		fprintf(out, "%s%s", separator, state_word(i).s);
		separator = ",";
	}
}

static void print_not(FILE *out, const struct filter *f, uint16_t attr,
		      uint8_t value, const char *yes, const char *no)
{
	if (HAS(f, attr))
		fprintf(out, " %s", value ? yes : no);
}

static void print_addresses(FILE *out, const struct filter *f)
{
	if (HAS(f, CTWATCH_A_FILTER_SRC))
		fprintf(out, " src %s", subnet_name(&f->src).s);
	if (HAS(f, CTWATCH_A_FILTER_DST))
		fprintf(out, " dst %s", subnet_name(&f->dst).s);
	if (HAS(f, CTWATCH_A_FILTER_FAMILY) &&
	    !HAS(f, CTWATCH_A_FILTER_SRC) && !HAS(f, CTWATCH_A_FILTER_DST))
		fprintf(out, " %s", f->family == AF_INET ? "ipv4" : "ipv6");
}

static void print_filter(FILE *out, const struct filter *f)
{
	print_addresses(out, f);
	if (HAS(f, CTWATCH_A_FILTER_PROTOCOL))
		fprintf(out, " proto %s", protocol_name(f->protocol).s);
	if (HAS(f, CTWATCH_A_FILTER_STATES))
		print_states(out, f->states);
	if (HAS(f, CTWATCH_A_FILTER_SPORT))
		fprintf(out, " sport %u", f->sport);
	if (HAS(f, CTWATCH_A_FILTER_DPORT))
		fprintf(out, " dport %u", f->dport);
	if (HAS(f, CTWATCH_A_FILTER_ZONE))
		fprintf(out, " zone %u", f->zone);
	if (HAS(f, CTWATCH_A_FILTER_MARK))
		fprintf(out, " mark 0x%" PRIx32, f->mark);
	if (HAS(f, CTWATCH_A_FILTER_MARK_MASK))
		fprintf(out, "/0x%" PRIx32, f->mark_mask);
	print_not(out, f, CTWATCH_A_FILTER_ASSURED, f->assured, "assured",
		  "no-assured");
	print_not(out, f, CTWATCH_A_FILTER_UNREPLIED, f->unreplied,
		  "unreplied", "replied");
	print_not(out, f, CTWATCH_A_FILTER_EXPIRED, f->expired, "expired",
		  "no-expired");
}

static void draw_question(struct page *page)
{
	const struct view *view = page->view;
	FILE *out = begin_line(page);

	fprintf(out, "%s, ", view->clock);
	if (view->paused)
		fputs("PAUSED, ", out);
	else
		fprintf(out, "each %s, ", text_duration(view->interval).s);
	fprintf(out, "by %s, %s %s first", view->by,
		view->reverse ? "least" : "most", sort_names[view->sort]);
	if (view->ask.filter.has) {
		fputs(", only", out);
		print_filter(out, &view->ask.filter);
	}
	end_line(page, view->paused ? VIEW_NOTICE : VIEW_PLAIN);
}

static void draw_facts(struct page *page)
{
	const struct query *answer = &page->view->answer;

	census_facts(begin_line(page), answer,
		     HAS(&page->view->ask, CTWATCH_A_QUERY_FILTER));
	end_line(page, VIEW_PLAIN);
	if (!answer->census.ungrouped)
		return;
	census_ungrouped(begin_line(page), answer);
	end_line(page, VIEW_PLAIN);
}

/* Status, question, facts, perhaps the ungrouped, message, headings. */
static size_t header_lines(const struct view *view)
{
	return 5 + !!view->answer.census.ungrouped;
}

/* Rows on the screen: from @first, so many as fit. */
struct slice {
	size_t first;
	size_t n;
};

static struct slice visible(const struct view *view)
{
	size_t last = last_first(view);
	struct slice shown = { .first = view->first < last ? view->first : last };

	shown.n = view->answer.groups.n - shown.first;
	if (shown.n > rows_shown(view))
		shown.n = rows_shown(view);
	return shown;
}

static size_t cell_width(const struct view *view,
			 const struct group_columns *columns, size_t column,
			 struct slice shown)
{
	size_t width = strlen(columns->v[column]->heading), len, i;

	for (i = shown.first; i < shown.first + shown.n; i++) {
		len = strlen(group_cell(columns, column, &view->answer,
					view->rows[i]).s);
		if (len > width)
			width = len;
	}
	return width;
}

/*
 * Widths of the columns, and of these as many as fit: a number cut short is
 * another number.
 */
static size_t fit_columns(const struct view *view,
			  struct group_columns *columns, struct slice shown,
			  size_t *widths)
{
	size_t total = 0, i;

	for (i = 0; i < columns->n; i++) {
		widths[i] = cell_width(view, columns, i, shown);
		total += widths[i] + (i ? 2 : 0);
		if (i && total > view->columns)
			break;
	}
	return i;
}

static void print_cell(FILE *out, const struct group_column *column,
		       size_t width, bool first, const char *text)
{
	fprintf(out, "%s%*s", first ? "" : "  ",
		column->right ? (int)width : -(int)width, text);
}

static void draw_headings(struct page *page,
			  const struct group_columns *columns, size_t n,
			  const size_t *widths)
{
	FILE *out = begin_line(page);
	size_t i;

	for (i = 0; i < n; i++)
		print_cell(out, columns->v[i], widths[i], !i,
			   columns->v[i]->heading);
	end_line(page, VIEW_HEADING);
}

static void draw_row(struct page *page, const struct group_columns *columns,
		     size_t n, const size_t *widths, const struct group *group)
{
	FILE *out = begin_line(page);
	size_t i;

	for (i = 0; i < n; i++)
		print_cell(out, columns->v[i], widths[i], !i,
			   group_cell(columns, i, &page->view->answer,
				      group).s);
	end_line(page, HAS(group, CTWATCH_A_GROUP_OTHER) ? VIEW_DIM :
							   VIEW_PLAIN);
}

static void draw_rows(struct page *page)
{
	const struct view *view = page->view;
	struct group_columns columns = group_columns(&view->answer);
	struct slice shown = visible(view);
	size_t widths[GROUP_COLUMNS];
	size_t n = fit_columns(view, &columns, shown, widths), i;

	draw_headings(page, &columns, n, widths);
	for (i = shown.first; i < shown.first + shown.n; i++)
		draw_row(page, &columns, n, widths, view->rows[i]);
	if (!view->answer.groups.n)
		add_line(page, VIEW_DIM, "no entries");
}

static void draw_help(struct page *page)
{
	size_t i;

	add_line(page, VIEW_HEADING, "Keys");
	for (i = 0; i < ARRAY_SIZE(help); i++)
		add_line(page, VIEW_PLAIN, help[i]);
}

/* Last line of the screen, if there is one left. */
static void draw_footer(struct page *page)
{
	const struct view *view = page->view;
	struct slice shown = visible(view);
	FILE *out;

	while (page->n + 1 < view->lines)
		add_line(page, VIEW_PLAIN, "");
	out = begin_line(page);
	fputs("q quit  p pause  s sort  r reverse  t protocol  e state  g group  ? help",
	      out);
	if (shown.n < view->answer.groups.n)
		fprintf(out, "  rows %zu-%zu of %zu", shown.first + 1,
			shown.first + shown.n, view->answer.groups.n);
	end_line(page, VIEW_DIM);
}

/**
 * view_draw - what stands on the screen
 * @view: the view, with an answer
 * @lines: room for as many lines as the screen has; filled
 *
 * Return: number of lines filled.
 */
size_t view_draw(const struct view *view, struct view_line *lines)
{
	struct page page = { .view = view, .lines = lines };

	draw_status(&page);
	draw_question(&page);
	draw_facts(&page);
	add_line(&page, VIEW_NOTICE,
		 *view->message ? view->message : view->warning);
	if (view->help)
		draw_help(&page);
	else
		draw_rows(&page);
	draw_footer(&page);
	return page.n;
}
