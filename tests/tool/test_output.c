// SPDX-License-Identifier: GPL-2.0
/* What comes out, word by word. */
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/when.h"
#include "message.h"
#include "model/names.h"
#include "netlink/parse.h"
#include "output/json.h"
#include "output/render.h"
#include "tap.h"

#define MANY_GROUPS 65536

static char *printed;
static size_t printed_len;

static FILE *start(void)
{
	return open_memstream(&printed, &printed_len);
}

static void finish(FILE *out, const char *want, const char *name)
{
	fclose(out);
	same_text(printed, want, name);
	free(printed);
}

static struct status status_of(const struct given *given)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_STATUS_GET);
	struct status s;
	struct why why;

	put_status(msg, given);
	if (parse_status(nlmsg_hdr(msg), &s, &why))
		ok(false, "status: %s", why.text);
	nlmsg_free(msg);
	return s;
}

static const struct given unlimited = {
	.netns = 4026532567,
	.level = CTWATCH_LEVEL_OK,
	.entries = 1234,
	.growth = -12,
	.no_chain_toolong = true,
	.no_kinds = true,
};

static void test_status_table(void)
{
	struct status s = status_of(&warning);
	FILE *out = start();

	render_status(out, &s, false);
	finish(out,
	       "netns     4026531840\n"
	       "level     warning (predicted)\n"
	       "table     [####################.....] 80% full, 52429 of 65536 entries\n"
	       "growth    +8123/s, full in 1.6s\n"
	       "peak      63570 entries (97%), 14s ago\n"
	       "tracking  ipv4, ipv6\n"
	       "sources   123 of 4096 places used, 2500 attempts (<1%) not attributed\n"
	       "\n"
	       "Counted over 2h 3m:\n"
	       "attempts         1000000  to insert an entry\n"
	       "insert-failed         12  attempts the kernel gave up\n"
	       "clash-resolve          3  attempts merged with another packet's entry\n"
	       "chain-toolong          0  attempts given up for a long hash chain\n"
	       "insert                 8  insertions past the hooks (ctnetlink, BPF)\n"
	       "drop                1523  packets dropped\n"
	       "drop-attributed     1500  of them with a known source\n"
	       "early-drop         27045  entries evicted for a new one\n"
	       "unattributed        2500  attempts no source accounts for with certainty\n"
	       "suppressed             3  lines withheld from the kernel log\n"
	       "\n"
	       "Attempts by protocol and state at insertion:\n"
	       "PROTOCOL  STATE      ATTEMPTS  SHARE\n"
	       "tcp       SYN_SENT     980000    98%\n"
	       "udp       UNREPLIED     19000     1%\n"
	       "other     NONE           1000    <1%\n",
	       "stats of a table that fills");
	status_free(&s);
}

static void test_unlimited_table(void)
{
	struct status s = status_of(&unlimited);
	FILE *out = start();

	s.label = strdup("blue");
	s.tracking = 0;
	s.unattributed = 0;
	render_status(out, &s, true);
	finish(out,
	       "netns     4026532567 (blue)\n"
	       "level     \033[32mok\033[0m\n"
	       "table     1234 entries, no limit\n"
	       "growth    -12/s\n"
	       "peak      63570 entries, 14s ago\n"
	       "tracking  off\n"
	       "sources   123 of 4096 places used\n"
	       "\n"
	       "Counted over 2h 3m:\n"
	       "attempts             0  to insert an entry\n"
	       "insert-failed       12  attempts the kernel gave up\n"
	       "clash-resolve        3  attempts merged with another packet's entry\n"
	       "insert               8  insertions past the hooks (ctnetlink, BPF)\n"
	       "drop              1523  packets dropped\n"
	       "drop-attributed   1500  of them with a known source\n"
	       "early-drop       27045  entries evicted for a new one\n"
	       "unattributed         0  attempts no source accounts for with certainty\n"
	       "suppressed           3  lines withheld from the kernel log\n",
	       "stats without a limit, kinds, tracking and growth");
	status_free(&s);
}

static void test_overfull_table(void)
{
	struct given overfull = warning;
	struct status s;
	FILE *out;
	char *line;

	overfull.max_entries = 10;
	s = status_of(&overfull);
	out = start();
	render_status(out, &s, false);
	fclose(out);
	line = strstr(printed, "table ");
	ok(line && !strncmp(line, "table     [#########################] 524290% full, 52429 of 10 entries\n",
			    strlen("table     [#########################] 524290% full, 52429 of 10 entries\n")),
	   "a limit lowered below the entries");
	free(printed);
	status_free(&s);
}

static void test_statuses_table(void)
{
	struct status two[] = { status_of(&warning), status_of(&unlimited) };
	struct statuses list = { two, 2 };
	FILE *out = start();

	render_statuses(out, &list, false);
	finish(out,
	       "     NETNS  LEVEL    ENTRIES       MAX  USED   GROWTH  FULL IN  DROP  EARLY-DROP\n"
	       "4026531840  warning    52429     65536   80%  +8123/s     1.6s  1523       27045\n"
	       "4026532567  ok          1234  no limit     -    -12/s        -  1523       27045\n",
	       "namespaces without names");
	two[1].label = strdup("blue");
	out = start();
	render_statuses(out, &list, true);
	finish(out,
	       "     NETNS  NAME  LEVEL    ENTRIES       MAX  USED   GROWTH  FULL IN  DROP  EARLY-DROP\n"
	       "4026531840        \033[33mwarning\033[0m    52429     65536   80%  +8123/s     1.6s  1523       27045\n"
	       "4026532567  blue  \033[32mok     \033[0m     1234  no limit     -    -12/s        -  1523       27045\n",
	       "namespaces with a name, in color");
	status_free(&two[0]);
	status_free(&two[1]);
}

static void test_status_json(void)
{
	struct status s = status_of(&warning);
	FILE *out = start();

	json_print(out, json_status(&s, status_attrs), false);
	finish(out,
	       "{\"netns\":4026531840,\"module-version\":\"" CTWATCH_VERSION "\",\"tracking\":[\"ipv4\",\"ipv6\"],\"level\":\"warning\",\"predicted\":true,\"entries\":52429,\"max-entries\":65536,\"growth\":8123,\"time-to-full\":1613,\"since\":7380000,\"attempts\":1000000,\"insert\":8,\"insert-failed\":12,\"clash-resolve\":3,\"chain-toolong\":0,\"drop\":1523,\"drop-attributed\":1500,\"early-drop\":27045,\"peak-entries\":63570,\"peak-age\":14000,\"sources\":123,\"sources-max\":4096,\"unattributed\":2500,\"suppressed\":3,\"kind\":[{\"protocol\":\"tcp\",\"state\":\"syn-sent\",\"count\":980000},{\"protocol\":\"udp\",\"state\":\"unreplied\",\"count\":19000},{\"protocol\":\"other\",\"state\":\"none\",\"count\":1000}]}\n",
	       "stats in JSON");
	status_free(&s);
}

static void test_unlimited_json(void)
{
	struct status s = status_of(&unlimited);
	struct statuses list = { &s, 1 };
	FILE *out = start();

	s.attempts = UINT64_MAX;
	json_print(out, json_statuses(&list, status_attrs, true), false);
	finish(out,
	       "[{\"netns\":4026532567,\"module-version\":\"" CTWATCH_VERSION "\",\"tracking\":[\"ipv4\",\"ipv6\"],\"level\":\"ok\",\"predicted\":false,\"entries\":1234,\"max-entries\":0,\"growth\":-12,\"since\":7380000,\"attempts\":18446744073709551615,\"insert\":8,\"insert-failed\":12,\"clash-resolve\":3,\"drop\":1523,\"drop-attributed\":1500,\"early-drop\":27045,\"peak-entries\":63570,\"peak-age\":14000,\"sources\":123,\"sources-max\":4096,\"unattributed\":2500,\"suppressed\":3,\"kind\":[]}]\n",
	       "a list in JSON: what is absent, and the largest number");
	status_free(&s);
}

static struct status sources_of(void)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_SOURCE_GET);
	struct status s;
	struct why why;

	put_sources(msg, 4026531840);
	if (parse_sources(nlmsg_hdr(msg), &s, &why))
		ok(false, "sources: %s", why.text);
	nlmsg_free(msg);
	s.attempts = 1000000;
	s.has |= BIT(CTWATCH_A_ATTEMPTS);
	return s;
}

static void test_sources_table(void)
{
	struct status s = sources_of();
	struct statuses list = { &s, 1 };
	FILE *out = start();

	render_sources(out, &list, true);
	finish(out,
	       "     NETNS  SOURCE             ZONE    RATE  RECENT   COUNT  ERROR  GUARANTEED  SHARE  DROP  MOSTLY\n"
	       "4026531840  192.168.1.38          0  5000/s    9876  610000      0      610000    61%  1400  tcp 98%\n"
	       "4026531840  2001:db8:1:2::/64     7   300/s     500   40000   2500       37500     4%     0  sctp SHUTDOWN_ACK_SENT 100%\n"
	       "4026531840  203.0.113.0/24        0     0/s       0       5      5           0    <1%     0  -\n",
	       "sources with zones and errors, by namespace");
	s.sources.v[0].drop = 0;
	s.sources.v[1].zone = 0;
	s.sources.v[1].error = 0;
	s.sources.v[2].error = 0;
	out = start();
	render_sources(out, &list, false);
	finish(out,
	       "SOURCE               RATE  RECENT   COUNT  SHARE  MOSTLY\n"
	       "192.168.1.38       5000/s    9876  610000    61%  tcp 98%\n"
	       "2001:db8:1:2::/64   300/s     500   40000     4%  sctp SHUTDOWN_ACK_SENT 100%\n"
	       "203.0.113.0/24        0/s       0       5    <1%  -\n",
	       "sources without");
	sources_free(&s.sources);
	out = start();
	render_sources(out, &list, false);
	finish(out, "no sources yet\n", "no sources");
	status_free(&s);
}

static void test_sources_json(void)
{
	struct status s = sources_of();
	FILE *out = start();

	json_print(out, json_status(&s, source_attrs), false);
	finish(out,
	       "{\"netns\":4026531840,\"attempts\":1000000,\"source\":["
	       "{\"family\":2,\"address\":\"192.168.1.38\",\"prefix-len\":32,\"zone\":0,\"count\":610000,\"error\":0,\"rate\":5000,\"recent\":9876,\"drop\":1400,\"kind\":[{\"protocol\":\"tcp\",\"state\":\"established\",\"count\":10000},{\"protocol\":\"tcp\",\"state\":\"syn-sent\",\"count\":600000}]},"
	       "{\"family\":10,\"address\":\"2001:db8:1:2::\",\"prefix-len\":64,\"zone\":7,\"count\":40000,\"error\":2500,\"rate\":300,\"recent\":500,\"drop\":0,\"kind\":[{\"protocol\":\"sctp\",\"state\":\"shutdown-ack-sent\",\"count\":37500}]},"
	       "{\"family\":2,\"address\":\"203.0.113.0\",\"prefix-len\":24,\"zone\":0,\"count\":5,\"error\":5,\"rate\":0,\"recent\":0,\"drop\":0,\"kind\":[]}]}\n",
	       "sources in JSON");
	status_free(&s);
}

static struct status event_of(uint8_t command)
{
	struct nl_msg *msg = message_new(command);
	struct status s;
	struct why why;

	put_event(msg, &warning);
	if (parse_event(nlmsg_hdr(msg), &s, &why))
		ok(false, "event: %s", why.text);
	nlmsg_free(msg);
	return s;
}

static const struct timespec noon = { 1763726400, 5000000 };

#define EVENT_FACTS							\
	"\"netns\":4026531840,\"module-version\":\"" CTWATCH_VERSION "\",\"tracking\":[\"ipv4\",\"ipv6\"],\"level\":\"warning\",\"predicted\":true,\"entries\":52429,\"max-entries\":65536,\"growth\":8123,\"time-to-full\":1613,\"since\":7380000,\"attempts\":1000000,\"insert\":8,\"insert-failed\":12,\"clash-resolve\":3,\"chain-toolong\":0,\"drop\":1523,\"drop-attributed\":1500,\"early-drop\":27045,\"peak-entries\":63570,\"peak-age\":14000,\"sources\":123,\"sources-max\":4096,\"unattributed\":2500,\"suppressed\":3,\"kind\":[{\"protocol\":\"tcp\",\"state\":\"syn-sent\",\"count\":980000},{\"protocol\":\"udp\",\"state\":\"unreplied\",\"count\":19000},{\"protocol\":\"other\",\"state\":\"none\",\"count\":1000}],\"text\":\"netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s\""

#define CENSUS_FACTS							\
	"\"generation\":17,\"age\":3100,\"duration\":4200,\"seen\":52417,\"matched\":52417,\"nat-clash\":2,\"entries\":52429,\"unattributed\":12,\"groups\":4096,\"groups-max\":4096,\"ungrouped\":17"

static void test_event_json(void)
{
	struct status s = event_of(CTWATCH_CMD_LEVEL_NTF);
	FILE *out = start();

	json_print(out, json_event(&s, CTWATCH_CMD_LEVEL_NTF, &noon), false);
	finish(out,
	       "{\"timestamp\":\"2025-11-21T12:00:00.005Z\",\"event\":\"level\"," EVENT_FACTS
	       ",\"previous-level\":\"notice\",\"window\":2000,\"window-insertions\":16246,"
	       "\"source\":[{\"family\":2,\"address\":\"192.168.1.38\",\"prefix-len\":32,\"zone\":0,\"count\":610000,\"error\":0,\"rate\":5000,\"recent\":9876,\"drop\":1400,\"kind\":[{\"protocol\":\"tcp\",\"state\":\"established\",\"count\":10000},{\"protocol\":\"tcp\",\"state\":\"syn-sent\",\"count\":600000}]}],"
	       "\"diffuse\":{\"family\":2,\"address\":\"10.1.0.0\",\"prefix-len\":16,\"share\":97},"
	       "\"new-drop\":4,\"new-drop-attributed\":3,\"dropped\":[{"
	       "\"family\":2,\"address\":\"203.0.113.9\",\"prefix-len\":32,"
	       "\"zone\":7,\"drop\":3}],\"new-early-drop\":5,\"new-suppressed\":6,"
	       "\"census\":{" CENSUS_FACTS ",\"group\":[{\"family\":2,\"src\":\"192.168.1.38\",\"src-prefix-len\":32,\"zone\":0,\"entries\":29457,\"assured\":29457,\"unreplied\":0,\"expired\":0,\"kind\":{\"protocol\":\"tcp\",\"state\":\"time-wait\",\"count\":29000},\"other\":false}],\"diffuse\":{\"family\":2,\"address\":\"10.1.0.0\",\"prefix-len\":16,\"share\":97}},"
	       "\"logged\":true}\n",
	       "a level event in JSON");
	out = start();
	json_print(out, json_event(&s, CTWATCH_CMD_TRACKING_NTF, &noon),
		   false);
	finish(out,
	       "{\"timestamp\":\"2025-11-21T12:00:00.005Z\",\"event\":\"tracking\"," EVENT_FACTS
	       ",\"logged\":true}\n", "a tracking event in JSON");
	out = start();
	json_print(out, json_overrun(&noon, 0), false);
	finish(out, "{\"timestamp\":\"2025-11-21T12:00:00.005Z\",\"event\":\"overrun\"}\n",
	       "an overrun in JSON");
	out = start();
	json_print(out, json_overrun(&noon, 7), false);
	finish(out, "{\"timestamp\":\"2025-11-21T12:00:00.005Z\",\"event\":\"overrun\",\"missed\":7}\n",
	       "an overrun of which the cost is known");
	status_free(&s);
}

static void test_event_line(void)
{
	struct status s = event_of(CTWATCH_CMD_LEVEL_NTF);
	FILE *out = start();

	setenv("TZ", "XXX-5:30", 1);
	render_event(out, &s, CTWATCH_CMD_LEVEL_NTF, &noon, false);
	finish(out, "2025-11-21T17:30:00.005+05:30 netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s\n",
	       "an event");
	setenv("TZ", "XXX+3", 1);
	out = start();
	render_event(out, &s, CTWATCH_CMD_LEVEL_NTF, &noon, true);
	finish(out, "2025-11-21T09:00:00.005-03:00 netns 4026531840: \033[33mwarning\033[0m: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s\n",
	       "an event in color");
	s.level = CTWATCH_LEVEL_OK;
	out = start();
	render_event(out, &s, CTWATCH_CMD_LEVEL_NTF, &noon, true);
	fclose(out);
	ok(!strchr(printed, '\033'), "no color where the text has no level");
	free(printed);
	status_free(&s);
}

static struct query query_of(uint32_t by)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_CENSUS_GET);
	struct query q;
	struct why why;

	put_query(msg, 4026531840, by);
	put_groups(msg, by);
	if (parse_query(nlmsg_hdr(msg), &q, &why))
		ok(false, "query: %s", why.text);
	nlmsg_free(msg);
	return q;
}

#define BY_STATE (CTWATCH_GROUP_KEY_PROTOCOL | CTWATCH_GROUP_KEY_STATE)

static void test_census_table(void)
{
	struct query q = query_of(CTWATCH_GROUP_KEY_SRC | BY_STATE);
	FILE *out = start();
	size_t i;

	render_census(out, &q, false);
	finish(out,
	       "SOURCE             PROTO  STATE      ENTRIES  SHARE  ASSURED  UNREPLIED  EXPIRED\n"
	       "192.168.1.38       tcp    TIME_WAIT    29457    56%    29457          0        0\n"
	       "2001:db8:1:2::/64  udp    UNREPLIED    12000    22%        0      12000        0\n"
	       "203.0.113.0/24     icmp   REPLIED      10000    19%        0          0        3\n"
	       "other                                    960     1%      100        200        9\n"
	       "52417 entries seen in 4.2ms, 3.1s ago; 12 unattributed; 3 of 4096 groups\n"
	       "other: 17 entries are of groups beyond the bound of 4096 (module parameter groups)\n",
	       "who holds the table");
	for (i = 0; i < q.groups.n; i++)
		q.groups.v[i].expired = 0;
	q.census.matched = 100000;
	q.census.seen = 200000;
	q.census.ungrouped = 0;
	q.census.groups = 3;
	q.census.age = 99;
	q.census.unattributed = INT32_MIN;
	q.has |= BIT(CTWATCH_A_QUERY_PEAK);
	out = start();
	render_census(out, &q, true);
	finish(out,
	       "SOURCE             PROTO  STATE      ENTRIES  SHARE  ASSURED  UNREPLIED\n"
	       "192.168.1.38       tcp    TIME_WAIT    29457    29%    29457          0\n"
	       "2001:db8:1:2::/64  udp    UNREPLIED    12000    12%        0      12000\n"
	       "203.0.113.0/24     icmp   REPLIED      10000    10%        0          0\n"
	       "other                                    960    <1%      100        200\n"
	       "at the last peak: 100000 of 200000 entries match; seen in 4.2ms, just now; 2147483648 went meanwhile\n",
	       "filtered, nothing expired, a peak");
	query_free(&q);
}

static void test_census_keys(void)
{
	struct query q = query_of(CTWATCH_GROUP_KEY_NETNS |
				  CTWATCH_GROUP_KEY_DST |
				  CTWATCH_GROUP_KEY_DPORT |
				  CTWATCH_GROUP_KEY_ZONE);
	FILE *out = start();

	q.groups.v[1].label = strdup("blue");
	q.census.unattributed = 0;
	q.census.ungrouped = 0;
	render_census(out, &q, false);
	finish(out,
	       "     NETNS  NAME  DESTINATION        DPORT  ZONE  ENTRIES  SHARE  ASSURED  UNREPLIED  EXPIRED\n"
	       "4026531840        192.168.1.38        3128     0    29457    56%    29457          0        0\n"
	       "4026531840  blue  2001:db8:1:2::/64     53     7    12000    22%        0      12000        0\n"
	       "4026531840        203.0.113.0/24         -     0    10000    19%        0          0        3\n"
	       "     other                                            960     1%      100        200        9\n"
	       "52417 entries seen in 4.2ms, 3.1s ago; 3 of 4096 groups\n",
	       "the other keys");
	query_free(&q);
}

/* What should be there and is not is no zero. */
static void test_incomplete_group(void)
{
	struct query q = query_of(CTWATCH_GROUP_KEY_SRC |
				  CTWATCH_GROUP_KEY_ZONE | BY_STATE);
	FILE *out = start();

	q.groups.n = 1;
	q.groups.v[0].has &= ~(BIT(CTWATCH_A_GROUP_SRC) |
			       BIT(CTWATCH_A_GROUP_PROTOCOL) |
			       BIT(CTWATCH_A_GROUP_STATE) |
			       BIT(CTWATCH_A_GROUP_ZONE));
	q.census.ungrouped = 0;
	q.census.groups = 1;
	render_census(out, &q, false);
	finish(out,
	       "SOURCE  PROTO  STATE  ZONE  ENTRIES  SHARE  ASSURED  UNREPLIED\n"
	       "-       -      -         -    29457    56%    29457          0\n"
	       "52417 entries seen in 4.2ms, 3.1s ago; 12 unattributed\n",
	       "a group without its keys");
	query_free(&q);
}

/* As many as a module may send: a table must not take a square of its rows. */
static void test_many_groups(void)
{
	struct query q = query_of(CTWATCH_GROUP_KEY_SRC | BY_STATE);
	struct group group = q.groups.v[0];
	size_t lines = 0, i;
	FILE *out;
	char *c;

	groups_free(&q.groups);
	for (i = 0; i < MANY_GROUPS; i++) {
		q.groups.v = array_grow(q.groups.v, i, sizeof(group));
		q.groups.v[q.groups.n++] = group;
	}
	alarm(60);
	out = start();
	render_census(out, &q, false);
	fclose(out);
	alarm(0);
	for (c = printed; (c = strchr(c, '\n')); c++)
		lines++;
	ok(lines == 1 + MANY_GROUPS + 2, "%zu lines of many groups", lines);
	free(printed);
	query_free(&q);
}

static void test_empty_census(void)
{
	struct query q = {
		.has = BIT(CTWATCH_A_QUERY_CENSUS),
		.by = CTWATCH_GROUP_KEY_SRC,
		.census.has = BIT(CTWATCH_A_CENSUS_DURATION) |
			      BIT(CTWATCH_A_CENSUS_AGE),
		.census.duration = 12,
	};
	FILE *out = start();

	render_census(out, &q, false);
	finish(out, "0 entries seen in 12us, just now\n", "an empty table");
	out = start();
	render_holdings(out, &q);
	finish(out,
	       "\nEntries by protocol and state:\n"
	       "0 assured (-), 0 unreplied (-), 0 expired (-)\n",
	       "holdings of an empty table");
}

static void test_stats_parts(void)
{
	struct query q = query_of(BY_STATE);
	FILE *out = start();
	size_t i;

	render_holdings(out, &q);
	finish(out,
	       "\nEntries by protocol and state:\n"
	       "PROTO  STATE      ENTRIES  SHARE  ASSURED  UNREPLIED  EXPIRED\n"
	       "tcp    TIME_WAIT    29457    56%    29457          0        0\n"
	       "udp    UNREPLIED    12000    22%        0      12000        0\n"
	       "icmp   REPLIED      10000    19%        0          0        3\n"
	       "other                 960     1%      100        200        9\n"
	       "29557 assured (56%), 12200 unreplied (23%), 12 expired (<1%)\n",
	       "what the table holds");
	query_free(&q);
	q = query_of(CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_ZONE);
	q.census.ungrouped = 0;
	out = start();
	render_peak_owners(out, &q);
	finish(out,
	       "\nAt the last peak, 3.1s ago, of 52417 entries:\n"
	       "SOURCE             ZONE  ENTRIES  SHARE  ASSURED  UNREPLIED  EXPIRED\n"
	       "192.168.1.38          0    29457    56%    29457          0        0\n"
	       "2001:db8:1:2::/64     7    12000    22%        0      12000        0\n"
	       "203.0.113.0/24        0    10000    19%        0          0        3\n"
	       "other                        960     1%      100        200        9\n",
	       "who held it at the peak");
	for (i = 0; i < q.groups.n; i++)
		q.groups.v[i].zone = q.groups.v[i].expired = 0;
	out = start();
	render_peak_owners(out, &q);
	fclose(out);
	ok(!strstr(printed, "ZONE") && !strstr(printed, "EXPIRED"),
	   "no column without a number in it");
	free(printed);
	query_free(&q);
}

static void test_census_json(void)
{
	struct query q = query_of(CTWATCH_GROUP_KEY_NETNS |
				  CTWATCH_GROUP_KEY_SRC |
				  CTWATCH_GROUP_KEY_DST |
				  CTWATCH_GROUP_KEY_DPORT |
				  CTWATCH_GROUP_KEY_ZONE | BY_STATE);
	FILE *out = start();

	while (q.groups.n > 2)
		q.groups.n--;
	q.groups.v[1].has = BIT(CTWATCH_A_GROUP_OTHER) |
			    BIT(CTWATCH_A_GROUP_ENTRIES);
	q.census.unattributed = -5;
	json_print(out, json_query(&q), false);
	finish(out,
	       "{\"netns\":4026531840,\"by\":[\"netns\",\"src\",\"dst\",\"protocol\",\"dport\",\"state\",\"zone\"],\"src-ipv4-prefix\":32,\"src-ipv6-prefix\":64,\"dst-ipv4-prefix\":32,\"dst-ipv6-prefix\":128,\"peak\":false,"
	       "\"census\":{\"generation\":17,\"age\":3100,\"duration\":4200,\"seen\":52417,\"matched\":52417,\"nat-clash\":2,\"entries\":52429,\"unattributed\":-5,\"groups\":4096,\"groups-max\":4096,\"ungrouped\":17},"
	       "\"group\":[{\"netns\":4026531840,\"family\":2,\"src\":\"192.168.1.38\",\"src-prefix-len\":32,\"dst\":\"192.168.1.38\",\"dst-prefix-len\":32,\"protocol\":\"tcp\",\"dport\":3128,\"state\":\"time-wait\",\"zone\":0,\"entries\":29457,\"assured\":29457,\"unreplied\":0,\"expired\":0,\"other\":false},"
	       "{\"entries\":12000,\"other\":true}]}\n",
	       "a census in JSON");
	query_free(&q);
}

static void test_config_tables(void)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_CONFIG_GET);
	struct configs list = {};
	struct config c;
	struct why why;
	FILE *out;

	put_config(msg, 4026531840);
	ok(!parse_config(nlmsg_hdr(msg), &c, &why), "config");
	nlmsg_free(msg);
	out = start();
	render_config(out, &c, UINT64_MAX);
	finish(out,
	       "KEY           VALUE  MEANING\n"
	       "notice           60  % of max, threshold of this level\n"
	       "warning          80  % of max, threshold of this level\n"
	       "critical         90  % of max, threshold of this level\n"
	       "hysteresis        5  points below its threshold where a level ends\n"
	       "predict-time     60  seconds; full sooner counts as warning, 0 is off\n"
	       "predict-min      40  % of max, no prediction below\n"
	       "repeat           60  seconds between lines while a level lasts, 0 is never\n"
	       "log               1  1 writes to the kernel log, 0 only sends events\n"
	       "ipv4-prefix      32  bits that make one IPv4 source\n"
	       "ipv6-prefix      64  bits that make one IPv6 source\n",
	       "all settings");
	out = start();
	json_print(out, json_config(&c, UINT64_MAX), false);
	finish(out, "{\"netns\":4026531840,\"notice\":60,\"warning\":80,\"critical\":90,\"hysteresis\":5,\"predict-time\":60,\"predict-min\":40,\"repeat\":60,\"log\":1,\"ipv4-prefix\":32,\"ipv6-prefix\":64}\n",
	       "all settings in JSON");
	list = (struct configs){ &c, 1 };
	out = start();
	render_configs(out, &list, BIT(CTWATCH_A_CONFIG_LOG) |
		       BIT(CTWATCH_A_CONFIG_NETNS));
	finish(out,
	       "     NETNS  log\n"
	       "4026531840    1\n", "one setting by namespace");
}

/* What an older module does not tell is absent; 0 would be an answer. */
static void test_absent_in_status(void)
{
	struct status s = status_of(&warning);
	struct statuses list = { &s, 1 };
	FILE *out = start();

	s.has = BIT(CTWATCH_A_NETNS) | BIT(CTWATCH_A_MODULE_VERSION) |
		BIT(CTWATCH_A_LEVEL) | BIT(CTWATCH_A_ENTRIES) |
		BIT(CTWATCH_A_MAX_ENTRIES) | BIT(CTWATCH_A_ATTEMPTS);
	kinds_free(&s.kinds);
	render_status(out, &s, false);
	finish(out,
	       "netns     4026531840\n"
	       "level     warning\n"
	       "table     [####################.....] 80% full, 52429 of 65536 entries\n"
	       "\n"
	       "Counted:\n"
	       "attempts  1000000  to insert an entry\n",
	       "stats with as little as can be");
	out = start();
	render_statuses(out, &list, false);
	finish(out,
	       "     NETNS  LEVEL    ENTRIES    MAX  USED  GROWTH  FULL IN  DROP  EARLY-DROP\n"
	       "4026531840  warning    52429  65536   80%       -        -     -           -\n",
	       "a line of it");
	out = start();
	json_print(out, json_status(&s, status_attrs), false);
	finish(out,
	       "{\"netns\":4026531840,\"module-version\":\"" CTWATCH_VERSION "\",\"level\":\"warning\",\"predicted\":false,\"entries\":52429,\"max-entries\":65536,\"attempts\":1000000,\"kind\":[]}\n",
	       "in JSON");
	status_free(&s);
}

static void test_absent_in_sources(void)
{
	struct status s = sources_of();
	struct statuses list = { &s, 1 };
	FILE *out = start();

	s.sources.v[2].has = source_set.required;
	render_sources(out, &list, false);
	finish(out,
	       "SOURCE             ZONE    RATE  RECENT   COUNT  ERROR  GUARANTEED  SHARE  DROP  MOSTLY\n"
	       "192.168.1.38          0  5000/s    9876  610000      0      610000    61%  1400  tcp 98%\n"
	       "2001:db8:1:2::/64     7   300/s     500   40000   2500       37500     4%     0  sctp SHUTDOWN_ACK_SENT 100%\n"
	       "203.0.113.0/24        -       -       -       5      -           -    <1%     -  -\n",
	       "a source with as little as can be");
	status_free(&s);
}

static void test_absent_in_census(void)
{
	struct query q = query_of(CTWATCH_GROUP_KEY_PROTOCOL);
	FILE *out = start();
	size_t i;

	q.census.has = census_set.required;
	q.census.groups = 0;
	q.census.unattributed = 0;
	for (i = 0; i < q.groups.n; i++)
		q.groups.v[i].has &= ~BIT(CTWATCH_A_GROUP_ASSURED);
	q.groups.v[1].has &= ~BIT(CTWATCH_A_GROUP_UNREPLIED);
	render_holdings(out, &q);
	finish(out,
	       "\nEntries by protocol and state:\n"
	       "PROTO  ENTRIES  SHARE  ASSURED  UNREPLIED  EXPIRED\n"
	       "tcp      29457    56%        -          0        0\n"
	       "udp      12000    22%        -          -        0\n"
	       "icmp     10000    19%        -          0        3\n"
	       "other      960     1%                 200        9\n"
	       "12 expired (<1%)\n", "groups with as little as can be");
	out = start();
	render_peak_owners(out, &q);
	fclose(out);
	ok(!strncmp(printed, "\nAt the last peak, of 52417 entries:\n", 37),
	   "a peak of unknown age");
	free(printed);
	q.groups.n = 0;
	out = start();
	render_census(out, &q, false);
	finish(out,
	       "52417 entries seen\n"
	       "other: 17 entries are of groups beyond the bound (module parameter groups)\n",
	       "a census with as little as can be");
	q.groups.n = GIVEN_GROUPS;
	query_free(&q);
}

static void test_absent_in_config(void)
{
	struct config c = {
		.has = BIT(CTWATCH_A_CONFIG_NETNS) | BIT(CTWATCH_A_CONFIG_LOG),
		.value = { [CTWATCH_A_CONFIG_NETNS] = 5 },
	};
	struct configs list = { &c, 1 };
	FILE *out = start();

	render_config(out, &c, UINT64_MAX);
	finish(out,
	       "KEY  VALUE  MEANING\n"
	       "log      0  1 writes to the kernel log, 0 only sends events\n",
	       "one setting known");
	out = start();
	render_configs(out, &list, BIT(CTWATCH_A_CONFIG_LOG) |
		       BIT(CTWATCH_A_CONFIG_REPEAT));
	finish(out,
	       "NETNS  repeat  log\n"
	       "    5       -    0\n", "and one not");
}

/* Of an event that came later all that is known is whose it is. */
static void test_later_event(void)
{
	struct nl_msg *msg = message_new(200);
	struct status s;
	struct why why;
	FILE *out;

	put_u32(msg, SET_CTWATCH, CTWATCH_A_NETNS, 5);
	ok(!parse_event(nlmsg_hdr(msg), &s, &why), "an event 200");
	nlmsg_free(msg);
	setenv("TZ", "UTC", 1);
	out = start();
	render_event(out, &s, 200, &noon, true);
	finish(out, "2025-11-21T12:00:00.005+00:00 netns 5: event 200\n",
	       "in a line");
	out = start();
	json_print(out, json_event(&s, 200, &noon), false);
	finish(out, "{\"timestamp\":\"2025-11-21T12:00:00.005Z\",\"event\":\"200\",\"netns\":5}\n",
	       "in JSON");
	status_free(&s);
}

static void test_names(void)
{
	struct subnet six = { AF_INET6, 128, { 16, { [15] = 1 } } };

	same_text(state_word(CTWATCH_STATE_SYN_SENT2).s, "SYN_SENT2",
		  "a state for people");
	same_text(state_name(CTWATCH_STATE_SHUTDOWN_ACK_SENT).s,
		  "shutdown-ack-sent", "a state for programs");
	same_text(state_name(4711).s, "4711", "a state of a newer module");
	same_text(level_name(5).s, "5", "a level of a newer module");
	same_text(tracking_name(31).s, "31", "a family of a newer module");
	same_text(group_key_name(7).s, "7", "a key of a newer module");
	same_text(event_name(99).s, "99", "an event of a newer module");
	same_text(event_name(CTWATCH_CMD_TRACKING_NTF).s, "tracking",
		  "an event");
	same_text(protocol_name(6).s, "tcp", "a protocol");
	same_text(protocol_name(99).s, "99", "a protocol without a name");
	same_text(protocol_name(255).s, "other", "all other protocols");
	same_text(subnet_name(&six).s, "::1", "an IPv6 host");
}

int main(void)
{
	test_status_table();
	test_unlimited_table();
	test_overfull_table();
	test_statuses_table();
	test_status_json();
	test_unlimited_json();
	test_sources_table();
	test_sources_json();
	test_event_json();
	test_event_line();
	test_census_table();
	test_census_keys();
	test_incomplete_group();
	test_many_groups();
	test_empty_census();
	test_stats_parts();
	test_census_json();
	test_config_tables();
	test_absent_in_status();
	test_absent_in_sources();
	test_absent_in_census();
	test_absent_in_config();
	test_later_event();
	test_names();
	return tap_done();
}
