// SPDX-License-Identifier: GPL-2.0
/* The full-screen view without a terminal: keys, order, lines. */
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/filter.h"
#include "lib/array.h"
#include "message.h"
#include "netlink/parse.h"
#include "tap.h"
#include "view/view.h"

#define BY "src,proto,state"
#define MANY 50

static struct statuses one_status(void)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_STATUS_GET);
	struct statuses list = {};
	struct why why;

	list.v = array_grow(NULL, 0, sizeof(*list.v));
	put_status(msg, &warning);
	if (parse_status(nlmsg_hdr(msg), list.v, &why))
		ok(false, "%s", why.text);
	list.n = 1;
	nlmsg_free(msg);
	return list;
}

static struct query answer_to(const struct query *ask)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_CENSUS_GET);
	struct query q;
	struct why why;

	put_query(msg, warning.netns, ask->by);
	put_groups(msg, ask->by);
	if (parse_query(nlmsg_hdr(msg), &q, &why))
		ok(false, "%s", why.text);
	nlmsg_free(msg);
	return q;
}

static void answer(struct view *view)
{
	struct statuses list = one_status();
	struct query q = answer_to(&view->ask);

	view_take(view, &list, &q);
}

static void start(struct view *view, const char *by)
{
	struct query ask = {};
	struct why why;

	query_by(&ask, by, &why);
	view_init(view, &ask, by);
	view->interval = 2000;
	snprintf(view->clock, sizeof(view->clock), "12:00:00");
	view_resize(view, 14, 90);
	answer(view);
}

/* The whole screen as one text; each line ends in a newline. */
static void screen_is(struct view *view, const char *want, const char *name)
{
	struct view_line *lines = calloc(view->lines, sizeof(*lines));
	size_t n = view_draw(view, lines), i, wide = 0;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (i = 0; i < n; i++) {
		fprintf(out, "%s\n", lines[i].text);
		wide += strlen(lines[i].text) > view->columns;
	}
	fclose(out);
	if (want)
		same_text(text, want, name);
	ok(n == view->lines && !wide, "%s: it fits", name);
	free(text);
	free(lines);
}

/* First words of the rows, as "a b c ". */
static void order_is(struct view *view, const char *want, const char *name)
{
	struct view_line *lines = calloc(view->lines, sizeof(*lines));
	size_t n = view_draw(view, lines), i;
	char got[512] = "";

	for (i = 6; i + 1 < n && *lines[i].text; i++)
		strncat(strncat(got, lines[i].text,
				strcspn(lines[i].text, " ")), " ", 2);
	same_text(got, want, name);
	free(lines);
}

static void test_screen(void)
{
	struct view view;

	start(&view, BY);
	screen_is(&view,
		  "warning (predicted): 80% full (52429/65536), +8123/s, full in 1.6s; netns 4026531840\n"
		  "12:00:00, each 2.0s, by src,proto,state, most entries first\n"
		  "52417 entries seen in 4.2ms, 3.1s ago; 12 unattributed; 3 of 4096 groups\n"
		  "other: 17 entries are of groups beyond the bound of 4096 (module parameter groups)\n"
		  "\n"
		  "SOURCE             PROTO  STATE      ENTRIES  SHARE  ASSURED  UNREPLIED  EXPIRED\n"
		  "192.168.1.38       tcp    TIME_WAIT    29457    56%    29457          0        0\n"
		  "2001:db8:1:2::/64  udp    UNREPLIED    12000    22%        0      12000        0\n"
		  "203.0.113.0/24     icmp   REPLIED      10000    19%        0          0        3\n"
		  "other                                    960     1%      100        200        9\n"
		  "\n\n\n"
		  "q quit  p pause  s sort  r reverse  t protocol  e state  g group  ? help\n",
		  "the screen");
	ok(view_key(&view, '?') == VIEW_REDRAW && view.help, "help");
	screen_is(&view, NULL, "its screen");
	ok(view_key(&view, '?') == VIEW_REDRAW && !view.help, "no help");
	view_free(&view);
}

static void test_small_screens(void)
{
	static const size_t sizes[][2] = {
		{ 1, 1 }, { 2, 3 }, { 5, 10 }, { 6, 20 }, { 7, 20 }, { 8, 44 },
		{ 24, 80 }, { 200, 511 }, { 50, 100000 },
	};
	struct view_line *lines;
	struct view view;
	char name[64];
	size_t i;

	start(&view, BY);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		view_resize(&view, sizes[i][0], sizes[i][1]);
		snprintf(name, sizeof(name), "%zu lines of %zu", sizes[i][0],
			 sizes[i][1]);
		screen_is(&view, NULL, name);
		view_key(&view, VIEW_KEY_END);
		screen_is(&view, NULL, name);
	}
	view_resize(&view, 14, 80);
	lines = calloc(14, sizeof(*lines));
	view_draw(&view, lines);
	same_text(lines[0].text,
		  "warning (predicted): 80% full (52429/65536), +8123/s, full in 1.6s",
		  "a line is cut between its parts");
	free(lines);
	view_resize(&view, 14, 55);
	order_is(&view, "192.168.1.38 2001:db8:1:2::/64 203.0.113.0/24 other ",
		 "addresses are whole");
	view_free(&view);
}

static void test_order(void)
{
	struct view view;

	start(&view, BY);
	order_is(&view, "192.168.1.38 2001:db8:1:2::/64 203.0.113.0/24 other ",
		 "by entries");
	ok(view_key(&view, 's') == VIEW_REDRAW &&
	   view.sort == VIEW_BY_ASSURED, "the next column");
	order_is(&view, "192.168.1.38 2001:db8:1:2::/64 203.0.113.0/24 other ",
		 "by assured, equal ones as they came");
	view_key(&view, '>');
	order_is(&view, "2001:db8:1:2::/64 192.168.1.38 203.0.113.0/24 other ",
		 "by unreplied");
	view_key(&view, 's');
	order_is(&view, "203.0.113.0/24 192.168.1.38 2001:db8:1:2::/64 other ",
		 "by expired");
	view_key(&view, 's');
	ok(view.sort == VIEW_BY_ENTRIES, "round and round");
	view_key(&view, 'r');
	order_is(&view, "203.0.113.0/24 2001:db8:1:2::/64 192.168.1.38 other ",
		 "least first, the rest still last");
	view_key(&view, '<');
	ok(view.sort == VIEW_BY_EXPIRED, "the column before");
	answer(&view);
	order_is(&view, "192.168.1.38 2001:db8:1:2::/64 203.0.113.0/24 other ",
		 "the next answer in the same order");
	view_free(&view);
}

static void test_pause(void)
{
	struct view view;

	start(&view, BY);
	ok(view_key(&view, 'p') == VIEW_REDRAW && view.paused, "a pause");
	ok(view_key(&view, ' ') == VIEW_ASK && !view.paused,
	   "its end asks at once");
	ok(view_key(&view, 'x') == VIEW_NOTHING &&
	   view_key(&view, 0) == VIEW_NOTHING, "keys without a meaning");
	ok(view_key(&view, 'q') == VIEW_QUIT, "the end");
	view_free(&view);
}

static bool protocol_is(const struct view *view, int protocol)
{
	const struct filter *f = &view->ask.filter;

	if (protocol < 0)
		return !HAS(f, CTWATCH_A_FILTER_PROTOCOL) &&
		       !HAS(&view->ask, CTWATCH_A_QUERY_FILTER);
	return HAS(f, CTWATCH_A_FILTER_PROTOCOL) &&
	       HAS(&view->ask, CTWATCH_A_QUERY_FILTER) &&
	       f->protocol == protocol;
}

static void test_protocols(void)
{
	static const int want[] = { 6, 17, 1, 58, 132, 33, 47, 50, 136, -1, 6 };
	struct view view;
	size_t i;

	start(&view, BY);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		ok(view_key(&view, 't') == VIEW_ASK &&
		   protocol_is(&view, want[i]), "protocol %d", want[i]);
	ok(view_key(&view, 'T') == VIEW_ASK && protocol_is(&view, -1),
	   "all of them");
	view_free(&view);
}

static uint32_t states(const struct view *view)
{
	const struct filter *f = &view->ask.filter;

	return HAS(f, CTWATCH_A_FILTER_STATES) ? f->states : 0;
}

static void test_states(void)
{
	static const uint32_t want[] = {
		1 << CTWATCH_STATE_UNREPLIED, 1 << CTWATCH_STATE_REPLIED,
		1 << CTWATCH_STATE_TIME_WAIT, 0, 1 << CTWATCH_STATE_UNREPLIED,
	};
	struct view view;
	size_t i;

	start(&view, BY);
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		ok(view_key(&view, 'e') == VIEW_ASK && states(&view) == want[i],
		   "states %#x", want[i]);
	ok(view_key(&view, 'E') == VIEW_ASK && !states(&view) &&
	   !HAS(&view.ask, CTWATCH_A_QUERY_FILTER), "all of them");
	view.ask.filter.states = 1 << CTWATCH_STATE_REPLIED |
				 1 << CTWATCH_STATE_CLOSE;
	view.ask.filter.has = BIT(CTWATCH_A_FILTER_STATES);
	view_key(&view, 'e');
	ok(states(&view) == 1 << CTWATCH_STATE_TIME_WAIT,
	   "the next after several");
	view_free(&view);
	start(&view, "src");
	ok(view_key(&view, 'e') == VIEW_REDRAW && !states(&view) &&
	   strstr(view.message, "group by state"), "%s", view.message);
	view_key(&view, 'r');
	ok(!*view.message, "said until the next key");
	view_free(&view);
}

static void test_groupings(void)
{
	static const char *const want[] = {
		"src,proto,state", "src", "dst,dport,proto", "proto,state",
		"src/24/56", "zone",
	};
	struct view view;
	size_t i;

	start(&view, "zone");
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		ok(view_key(&view, 'g') == VIEW_ASK, "another grouping");
		same_text(view.by, want[i], "which");
		answer(&view);
		screen_is(&view, NULL, want[i]);
	}
	ok(view.ask.by == CTWATCH_GROUP_KEY_ZONE &&
	   !HAS(&view.ask, CTWATCH_A_QUERY_SRC_IPV4_PREFIX),
	   "nothing is left of the others");
	view_free(&view);
	start(&view, BY);
	view_key(&view, 'g');
	same_text(view.by, "src", "the first one is not offered twice");
	view.all_netns = true;
	view_key(&view, 'g');
	same_text(view.by, "netns,dst,dport,proto", "of all namespaces");
	view_free(&view);
}

/* More rows than fit. */
static void answer_many(struct view *view)
{
	struct statuses list = one_status();
	struct query q = answer_to(&view->ask);
	struct group group = q.groups.v[0];
	size_t i;

	group.expired = 0;
	groups_free(&q.groups);
	for (i = 0; i < MANY; i++) {
		group.src.address.bytes[3] = i;
		group.entries = 1000 - i;
		q.groups.v = array_grow(q.groups.v, i, sizeof(group));
		q.groups.v[q.groups.n++] = group;
	}
	view_take(view, &list, &q);
}

static void test_scrolling(void)
{
	struct view view;

	start(&view, "src");
	answer_many(&view);
	view_resize(&view, 10, 80);
	order_is(&view, "192.168.1.0 192.168.1.1 192.168.1.2 ", "on top");
	view_key(&view, VIEW_KEY_UP);
	ok(!view.first, "not above it");
	view_key(&view, VIEW_KEY_DOWN);
	view_key(&view, VIEW_KEY_PAGE_DOWN);
	order_is(&view, "192.168.1.4 192.168.1.5 192.168.1.6 ",
		 "a line and a page down");
	view_key(&view, VIEW_KEY_END);
	order_is(&view, "192.168.1.47 192.168.1.48 192.168.1.49 ", "the end");
	view_key(&view, VIEW_KEY_DOWN);
	view_key(&view, VIEW_KEY_PAGE_UP);
	order_is(&view, "192.168.1.44 192.168.1.45 192.168.1.46 ",
		 "a page up");
	view_key(&view, 'r');
	order_is(&view, "192.168.1.49 192.168.1.48 192.168.1.47 ",
		 "another order begins on top");
	view_key(&view, VIEW_KEY_END);
	view_key(&view, VIEW_KEY_HOME);
	ok(!view.first, "home");
	view_key(&view, VIEW_KEY_END);
	answer(&view);
	screen_is(&view, NULL, "fewer rows than the place one was at");
	view_free(&view);
}

static void test_asked_rows(void)
{
	struct query ask = { .has = BIT(CTWATCH_A_QUERY_TOP), .top = 7 };
	struct view view;

	start(&view, BY);
	view_resize(&view, 10, 80);
	ok(view.ask.top == 100, "rows asked for a small screen");
	view_resize(&view, 60, 80);
	ok(view.ask.top == 240, "for a large one");
	view_free(&view);
	view_init(&view, &ask, BY);
	view_resize(&view, 60, 80);
	ok(view.ask.top == 7, "not more than was said");
	view_free(&view);
}

static void test_namespaces(void)
{
	struct statuses list = one_status();
	struct statuses more = one_status();
	struct query q, ask = { .by = CTWATCH_GROUP_KEY_NETNS };
	struct view view;

	list.v = array_grow(list.v, 1, sizeof(*list.v));
	list.v[list.n++] = more.v[0];
	free(more.v);
	list.v[0].level = CTWATCH_LEVEL_OK;
	list.v[1].netns = 4026532567;
	list.v[1].label = strdup("blue");
	list.v[1].has &= ~(BIT(CTWATCH_A_PREDICTED) |
			   BIT(CTWATCH_A_TIME_TO_FULL));
	list.v[1].max_entries = 0;
	view_init(&view, &ask, "netns");
	snprintf(view.clock, sizeof(view.clock), "12:00:00");
	view.paused = true;
	view.ask.has = BIT(CTWATCH_A_QUERY_FILTER);
	view.ask.filter = (struct filter){
		.has = BIT(CTWATCH_A_FILTER_MAX + 1) - 2,
		.family = 2, .protocol = 6, .states = 1 << 10 | 1 << 4,
		.src = { 2, 8, { 4, { 10 } } },
		.dst = { 2, 32, { 4, { 192, 0, 2, 1 } } },
		.sport = 1, .dport = 80, .zone = 7, .mark = 16,
		.mark_mask = 255, .assured = 1, .expired = 1,
	};
	q = answer_to(&ask);
	q.census.ungrouped = 0;
	view_take(&view, &list, &q);
	view_resize(&view, 8, 200);
	screen_is(&view,
		  "warning: 52429 entries, no limit, +8123/s; netns 4026532567 (blue), the fullest of 2\n"
		  "12:00:00, PAUSED, by netns, most entries first, only src 10.0.0.0/8 dst 192.0.2.1 proto tcp state SYN_SENT,TIME_WAIT sport 1 dport 80 zone 7 mark 0x10/0xff assured replied expired\n"
		  "52417 of 52417 entries match; seen in 4.2ms, 3.1s ago; 12 unattributed; 3 of 4096 groups\n"
		  "\n"
		  "     NETNS  ENTRIES  SHARE  ASSURED  UNREPLIED  EXPIRED\n"
		  "4026531840    29457    56%    29457          0        0\n"
		  "4026531840    12000    22%        0      12000        0\n"
		  "q quit  p pause  s sort  r reverse  t protocol  e state  g group  ? help  rows 1-2 of 4\n",
		  "all namespaces, everything filtered, paused");
	view_free(&view);
}

/* The first line for two of one level. */
static void fullest_is(uint32_t entries, uint32_t max, const char *want,
		       const char *name)
{
	struct statuses list = one_status(), more = one_status();
	struct query q = { .by = CTWATCH_GROUP_KEY_SRC };
	struct view_line lines[24];
	struct view view;

	list.v = array_grow(list.v, 1, sizeof(*list.v));
	list.v[list.n++] = more.v[0];
	free(more.v);
	list.v[1].entries = entries;
	list.v[1].max_entries = max;
	list.v[1].netns = 7;
	view_init(&view, &q, "src");
	view_take(&view, &list, &q);
	view_draw(&view, lines);
	ok(strstr(lines[0].text, want), "%s: %s", name, lines[0].text);
	view_free(&view);
}

static void test_fullest(void)
{
	fullest_is(1000, 1001, "netns 7", "the fuller one");
	fullest_is(1000, 10000, "(52429/65536)", "the emptier one");
	fullest_is(1000000, 0, "(52429/65536)", "one without a limit");
}

static void test_empty(void)
{
	struct statuses list = one_status();
	struct query q = { .by = CTWATCH_GROUP_KEY_SRC };
	struct view view;
	int key;

	view_init(&view, &q, "src");
	view_take(&view, &list, &q);
	screen_is(&view, NULL, "an empty table");
	for (key = 0; key <= VIEW_KEY_END; key++)
		view_key(&view, key);
	screen_is(&view, NULL, "after every key there is");
	view_free(&view);
}

int main(void)
{
	test_screen();
	test_small_screens();
	test_order();
	test_pause();
	test_protocols();
	test_states();
	test_groupings();
	test_scrolling();
	test_asked_rows();
	test_namespaces();
	test_fullest();
	test_empty();
	return tap_done();
}
