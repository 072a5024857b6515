// SPDX-License-Identifier: GPL-2.0
/* What people type: numbers, settings, namespaces; and words for them. */
#include <errno.h>
#include <limits.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/filter.h"
#include "input/keyvalue.h"
#include "lib/text.h"
#include "model/names.h"
#include "netlink/client.h"
#include "netlink/host.h"
#include "netlink/netns.h"
#include "netlink/release.h"
#include "tap.h"

static void test_numbers(void)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "+1", "-1", "0x10", "1e3", "1.0", "ten", "1\n",
		"4294967296", "99999999999999999999", "18446744073709551616",
	};
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!text_number(bad[i], UINT32_MAX, &n), "no u32, number %zu",
		   i);
	ok(text_number("4294967295", UINT32_MAX, &n) && n == UINT32_MAX,
	   "the largest u32");
	ok(text_number("0", UINT32_MAX, &n) && n == 0, "zero");
	ok(text_number("007", 7, &n) && n == 7, "leading zeros");
	ok(text_number("18446744073709551615", UINT64_MAX, &n) &&
	   n == UINT64_MAX, "the largest u64");
	ok(!text_number("8", 7, &n) && !text_number("70", 7, &n),
	   "more than a small maximum");
}

static void test_seconds(void)
{
	static const char *const bad[] = {
		"", ".", "1.", "-1", "1,5", "1e3", " 1", "1.5s", "1..5", "0x1",
		"1.5.5", "4294967.296", "4294968", "99999999999999999999999",
		"0000000000000000000000000000000000000005",
	};
	uint64_t ms;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!text_seconds(bad[i], UINT32_MAX, &ms),
		   "no seconds: '%s'", bad[i]);
	ok(text_seconds("2", UINT32_MAX, &ms) && ms == 2000, "seconds");
	ok(text_seconds("0.5", UINT32_MAX, &ms) && ms == 500, "a half");
	ok(text_seconds("1.25", UINT32_MAX, &ms) && ms == 1250, "a quarter");
	ok(text_seconds("0.0019", UINT32_MAX, &ms) && ms == 1,
	   "less than a millisecond is cut off");
	ok(text_seconds("4294967.295", UINT32_MAX, &ms) && ms == UINT32_MAX,
	   "the longest");
	ok(!text_seconds(".5", UINT32_MAX, &ms), "a digit before the point");
}

static void test_words(void)
{
	same_text(text_share(0, 0).s, "-", "a share of nothing");
	same_text(text_share(0, 9).s, "0%", "no share");
	same_text(text_share(1, 1000).s, "<1%", "a small share");
	same_text(text_share(999, 1000).s, "99%", "not quite all");
	same_text(text_share(1000, 1000).s, "100%", "all");
	same_text(text_share(UINT64_MAX, UINT64_MAX).s, "100%",
		  "all of a large number");
	same_text(text_duration(0).s, "0.0s", "no time");
	same_text(text_duration(1699).s, "1.6s", "seconds and tenths");
	same_text(text_duration(59999).s, "59s", "seconds");
	same_text(text_duration(200000).s, "3m 20s", "minutes");
	same_text(text_duration(7380000).s, "2h 3m", "hours");
	same_text(text_duration(UINT64_MAX).s, "213503982334d 14h", "days");
	same_text(text_short_duration(999).s, "999us", "microseconds");
	same_text(text_short_duration(4299).s, "4.2ms", "milliseconds");
	same_text(text_short_duration(9999999).s, "9999.9ms", "many of them");
	same_text(text_short_duration(10000000).s, "10s", "seconds");
	same_text(text_growth(INT32_MIN).s, "-2147483648/s", "shrinking fast");
	same_text(text_growth(0).s, "0/s", "steady");
}

static void test_settings(void)
{
	static const struct {
		struct nlattr warning;
		uint32_t eighty;
		struct nlattr predict_time;
		uint32_t zero;
	} want = {
		{ 8, CTWATCH_A_CONFIG_WARNING }, 80,
		{ 8, CTWATCH_A_CONFIG_PREDICT_TIME }, 0,
	};
	struct config_args args = {};
	struct why why;

	ok(!config_parse_arg("warning=80", &args, &why) &&
	   !config_parse_arg("predict-time=0", &args, &why) &&
	   !config_parse_arg("warning", &args, &why), "settings are taken");
	ok(args.request.len == sizeof(want) &&
	   !memcmp(args.request.attrs, &want, sizeof(want)),
	   "those to set, in their order");
	ok(args.show == BIT(CTWATCH_A_CONFIG_WARNING), "those to show");
	ok(config_parse_arg("warning=81", &args, &why), "set twice");
	same_text(why.text, "'warning' is set twice", "and said so");
	ok(config_parse_arg("warning", &args, &why), "shown twice");
	ok(!config_parse_arg("critical=4294967295", &args, &why),
	   "what is too large the kernel says");
}

static void test_bad_settings(void)
{
	static const char *const bad[] = {
		"", "=", "=5", "warn", "warnings", "netns", "netns=1",
		"Warning=5", "warning =5", "warning=", "warning=-1",
		"warning=80%", "warning= 80", "warning=0x50", "warning=80=80",
		"warning=4294967296", "warning=18446744073709551616",
	};
	struct config_args args;
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		args = (struct config_args){};
		ok(config_parse_arg(bad[i], &args, &why) && *why.text &&
		   !args.request.len && !args.set && !args.show,
		   "'%s': %s", bad[i], why.text);
	}
	config_parse_arg("warning=x", &args, &why);
	same_text(why.text, "'x' is no value for warning: give a whole number from 1 to 100",
		  "the range is named");
}

static void test_keys(void)
{
	struct query q = {};
	struct why why;

	ok(!query_by(&q, "src,proto,state", &why) &&
	   q.by == (CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_PROTOCOL |
		    CTWATCH_GROUP_KEY_STATE) && q.src_ipv6_prefix == 64 &&
	   q.has == (BIT(CTWATCH_A_QUERY_BY) |
		     BIT(CTWATCH_A_QUERY_SRC_IPV6_PREFIX)),
	   "an IPv6 source is a /64");
	ok(!query_by(&q, "dst/24,src/48", &why) &&
	   q.by == (CTWATCH_GROUP_KEY_DST | CTWATCH_GROUP_KEY_SRC) &&
	   q.dst_ipv4_prefix == 24 && q.src_ipv6_prefix == 48 &&
	   q.has == (BIT(CTWATCH_A_QUERY_BY) |
		     BIT(CTWATCH_A_QUERY_DST_IPV4_PREFIX) |
		     BIT(CTWATCH_A_QUERY_SRC_IPV6_PREFIX)),
	   "a prefix of the one and of the other family");
	ok(!query_by(&q, "src/0/128,dst/33", &why) && !q.src_ipv4_prefix &&
	   q.src_ipv6_prefix == 128 && q.dst_ipv6_prefix == 33 &&
	   HAS(&q, CTWATCH_A_QUERY_SRC_IPV4_PREFIX) &&
	   !HAS(&q, CTWATCH_A_QUERY_DST_IPV4_PREFIX), "prefixes of both");
	ok(!query_by(&q, "netns,Protocol,DPORT,zone", &why) &&
	   q.by == (CTWATCH_GROUP_KEY_NETNS | CTWATCH_GROUP_KEY_PROTOCOL |
		    CTWATCH_GROUP_KEY_DPORT | CTWATCH_GROUP_KEY_ZONE) &&
	   q.has == BIT(CTWATCH_A_QUERY_BY),
	   "all the others; prefixes of before are forgotten");
}

static void test_bad_keys(void)
{
	static const struct {
		const char *keys, *why;
	} bad[] = {
		{ "", "'' is no key: give some of netns, src, dst, proto, dport, state, zone, as in src/24,proto" },
		{ "src,", "'' is no key" }, { ",src", "'' is no key" },
		{ "source", "'source' is no key" },
		{ "src dst", "'src dst' is no key" },
		{ "/24", "'/24' is no key" },
		{ "src/", "'src/' is no prefix: give /24 for IPv4 (0 to 32), /56 for IPv6 (33 to 128), /24/56 for both" },
		{ "src/129", "'src/129' is no prefix" },
		{ "src/33/64", "'src/33/64' is no prefix" },
		{ "src/24/129", "'src/24/129' is no prefix" },
		{ "src/24/", "'src/24/' is no prefix" },
		{ "src//64", "'src//64' is no prefix" },
		{ "src/24/56/7", "'src/24/56/7' is no prefix" },
		{ "dst/-1", "'dst/-1' is no prefix" },
		{ "proto/8", "'proto/8' can have no prefix: only src and dst can" },
		{ "src,src/24", "key 'src' is given twice" },
		{ "proto,protocol", "key 'protocol' is given twice" },
		{ "src/000000000000000000000000000000000000000000000000000000000000024",
		  "is no key" },
	};
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct query q = {};

		why = (struct why){};
		ok(query_by(&q, bad[i].keys, &why) &&
		   strstr(why.text, bad[i].why), "'%s': %s", bad[i].keys,
		   why.text);
	}
}

static void test_address_filter(void)
{
	struct filter f = {};
	struct why why;

	ok(!filter_address(&f, SOURCE, "10.1.2.3/8", &why) &&
	   !filter_address(&f, DESTINATION, "192.0.2.255/31", &why),
	   "prefixes");
	ok(f.family == AF_INET && f.src.prefix_len == 8 &&
	   !memcmp(f.src.address.bytes, "\x0a\0\0\0", 4) &&
	   f.dst.prefix_len == 31 &&
	   !memcmp(f.dst.address.bytes, "\xc0\0\2\xfe", 4),
	   "without their host bits");
	ok(f.has == (BIT(CTWATCH_A_FILTER_FAMILY) | BIT(CTWATCH_A_FILTER_SRC) |
		     BIT(CTWATCH_A_FILTER_SRC_PREFIX_LEN) |
		     BIT(CTWATCH_A_FILTER_DST) |
		     BIT(CTWATCH_A_FILTER_DST_PREFIX_LEN)),
	   "their lengths and their family along");
	ok(filter_family(&f, "ipv6", &why) &&
	   strstr(why.text, "no entry is of IPv4 and IPv6"), "%s", why.text);
	ok(!filter_family(&f, "IPv4", &why), "the same family again");
	ok(filter_address(&f, SOURCE, "10.0.0.1", &why), "%s", why.text);
	f = (struct filter){};
	ok(!filter_address(&f, SOURCE, "2001:db8:ffff::1/33", &why) &&
	   f.family == AF_INET6 && f.src.address.len == 16 &&
	   !memcmp(f.src.address.bytes, "\x20\x01\x0d\xb8\x80\0", 6),
	   "an IPv6 prefix");
	ok(filter_address(&f, DESTINATION, "10.0.0.1", &why),
	   "source and destination of two families");
	f = (struct filter){};
	ok(!filter_address(&f, DESTINATION, "0.0.0.0/0", &why) &&
	   !f.dst.prefix_len, "everything");
	ok(!filter_address(&f, SOURCE, "10.0.0.1", &why) &&
	   f.src.prefix_len == 32, "a host");
}

static void test_bad_addresses(void)
{
	static const char *const bad[] = {
		"", "/8", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1",
		"10.0.0.0/8/8", "::/129", "2001:db8", "localhost", "1.2.3.4.5",
		"10.0.0.0/255.0.0.0", "::ffff:10.0.0.1.2",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
	};
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct filter f = {};

		ok(filter_address(&f, SOURCE, bad[i], &why) &&
		   strstr(why.text, "is no address: give one as"), "%s",
		   why.text);
	}
}

static void test_state_filter(void)
{
	struct filter f = {};
	struct why why;

	ok(!filter_states(&f, "TIME_WAIT,syn-sent,Unreplied", &why) &&
	   f.states == (1U << CTWATCH_STATE_TIME_WAIT |
			1U << CTWATCH_STATE_SYN_SENT |
			1U << CTWATCH_STATE_UNREPLIED), "states");
	ok(filter_states(&f, "CLOSE", &why), "%s", why.text);
	f = (struct filter){};
	ok(filter_states(&f, "TIME_WAIT,TIMEWAIT", &why), "no state");
	same_text(why.text, "'TIMEWAIT' is no state: give some of NONE,UNREPLIED,REPLIED,ASSURED,SYN_SENT,SYN_RECV,ESTABLISHED,FIN_WAIT,CLOSE_WAIT,LAST_ACK,TIME_WAIT,CLOSE,SYN_SENT2,CLOSED,COOKIE_WAIT,COOKIE_ECHOED,SHUTDOWN_SENT,SHUTDOWN_RECD,SHUTDOWN_ACK_SENT,HEARTBEAT_SENT,HEARTBEAT_ACKED,REQUEST,RESPOND,PARTOPEN,OPEN,CLOSEREQ,CLOSING,OTHER",
		  "all there are");
	f = (struct filter){};
	ok(filter_states(&f, "", &why) && strstr(why.text, "'' is no state"),
	   "an empty word");
}

static void test_protocol_filter(void)
{
	static const struct {
		const char *name;
		int number;
	} good[] = {
		{ "tcp", 6 }, { "UDP", 17 }, { "udplite", 136 }, { "icmp", 1 },
		{ "icmpv6", 58 }, { "sctp", 132 }, { "dccp", 33 },
		{ "gre", 47 }, { "esp", 50 }, { "0", 0 }, { "255", 255 },
		{ "99", 99 },
	};
	static const char *const bad[] = { "", "other", "256", "-1", "tcp,udp" };
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct filter f = {};

		ok(!filter_protocol(&f, good[i].name, &why) &&
		   f.protocol == good[i].number, "protocol %s", good[i].name);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct filter f = {};

		ok(filter_protocol(&f, bad[i], &why), "%s", why.text);
	}
}

static void test_number_filters(void)
{
	struct filter f = {};
	struct why why;

	ok(!filter_port(&f, SOURCE, "0", &why) &&
	   !filter_port(&f, DESTINATION, "65535", &why) &&
	   !filter_zone(&f, "7", &why) &&
	   !filter_mark(&f, "0x10/0xF0", &why), "ports, a zone, a mark");
	ok(f.sport == 0 && f.dport == 65535 && f.zone == 7 && f.mark == 16 &&
	   f.mark_mask == 240 && HAS(&f, CTWATCH_A_FILTER_SPORT) &&
	   HAS(&f, CTWATCH_A_FILTER_MARK_MASK), "their numbers");
	ok(filter_port(&f, SOURCE, "1", &why) && filter_zone(&f, "1", &why) &&
	   filter_mark(&f, "1", &why), "each once");
	f = (struct filter){};
	ok(filter_port(&f, SOURCE, "http", &why), "%s", why.text);
	ok(filter_port(&f, DESTINATION, "65536", &why), "%s", why.text);
	ok(filter_zone(&f, "65536", &why), "%s", why.text);
	ok(filter_mark(&f, "0x", &why), "%s", why.text);
	f = (struct filter){};
	ok(filter_mark(&f, "0x123456789", &why), "%s", why.text);
	f = (struct filter){};
	ok(filter_mark(&f, "1/", &why), "%s", why.text);
	f = (struct filter){};
	ok(filter_mark(&f, "0xg", &why), "%s", why.text);
	f = (struct filter){};
	ok(filter_mark(&f, "5/3", &why), "%s", why.text);
	f = (struct filter){};
	ok(!filter_mark(&f, "4294967295", &why) && f.mark == UINT32_MAX &&
	   !HAS(&f, CTWATCH_A_FILTER_MARK_MASK), "a whole mark");
}

static void test_flag_filters(void)
{
	struct filter f = {};
	struct why why;

	ok(!filter_flag(&f, CTWATCH_A_FILTER_ASSURED, true, &why) &&
	   !filter_flag(&f, CTWATCH_A_FILTER_UNREPLIED, false, &why) &&
	   !filter_flag(&f, CTWATCH_A_FILTER_EXPIRED, true, &why) &&
	   f.assured == 1 && f.unreplied == 0 && f.expired == 1,
	   "flags, and one that must not be");
	ok(filter_flag(&f, CTWATCH_A_FILTER_ASSURED, false, &why), "%s",
	   why.text);
	ok(filter_flag(&f, CTWATCH_A_FILTER_UNREPLIED, true, &why), "%s",
	   why.text);
	ok(filter_flag(&f, CTWATCH_A_FILTER_EXPIRED, true, &why), "%s",
	   why.text);
}

/* Byte by byte, in the order of the spec; and who an offset is about. */
static void test_request(void)
{
	static const uint8_t want[] = {
		8, 0, CTWATCH_A_QUERY_BY, 0, 2, 0, 0, 0,
		52, 0, CTWATCH_A_QUERY_FILTER, 0x80,
		5, 0, CTWATCH_A_FILTER_FAMILY, 0, AF_INET, 0, 0, 0,
		8, 0, CTWATCH_A_FILTER_SRC, 0, 10, 0, 0, 0,
		5, 0, CTWATCH_A_FILTER_SRC_PREFIX_LEN, 0, 8, 0, 0, 0,
		6, 0, CTWATCH_A_FILTER_DPORT, 0, 53, 0, 0, 0,
		8, 0, CTWATCH_A_FILTER_MARK, 0, 1, 0, 0, 0,
		5, 0, CTWATCH_A_FILTER_EXPIRED, 0, 0, 0, 0, 0,
		4, 0, CTWATCH_A_QUERY_PEAK, 0,
	};
	struct query q = {
		.has = BIT(CTWATCH_A_QUERY_BY) | BIT(CTWATCH_A_QUERY_PEAK) |
		       BIT(CTWATCH_A_QUERY_FILTER),
		.by = 2,
	};
	struct request r = {};
	struct why why;

	filter_address(&q.filter, SOURCE, "10.0.0.0/8", &why);
	filter_port(&q.filter, DESTINATION, "53", &why);
	filter_mark(&q.filter, "1", &why);
	filter_flag(&q.filter, CTWATCH_A_FILTER_EXPIRED, false, &why);
	request_add_set(&r, &query_set, q.has, &q);
	ok(r.len == sizeof(want) && !memcmp(r.attrs, want, sizeof(want)),
	   "a request, byte by byte");
	ok(request_attr_at(&r, 20) == CTWATCH_A_QUERY_BY &&
	   request_attr_at(&r, 28) == CTWATCH_A_QUERY_FILTER &&
	   request_attr_at(&r, 40) == CTWATCH_A_QUERY_FILTER &&
	   request_attr_at(&r, 20 + r.len - 4) == CTWATCH_A_QUERY_PEAK,
	   "an offset in it");
	r.operation = CTWATCH_CMD_CENSUS_GET;
	same_text(request_field_at(&r, 20)->name, "by", "its name");
	same_text(request_field_at(&r, 28)->name, "filter", "of a nest");
	same_text(request_field_at(&r, 20 + 12)->name, "family",
		  "the first in it");
	same_text(request_field_at(&r, 20 + 36)->name, "dport",
		  "another in it");
	same_text(request_field_at(&r, 20 + r.len - 4)->name, "peak",
		  "and one behind");
	ok(!request_field_at(&r, 0) && !request_field_at(&r, 20 + r.len),
	   "none outside");
	ok(!request_attr_at(&r, 0) && !request_attr_at(&r, 19) &&
	   !request_attr_at(&r, 20 + r.len) &&
	   !request_attr_at(&r, UINT32_MAX), "one that is not");
}

static uint32_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_ino;
}

/* A folder of names: a namespace, one whose mount has gone, a broken one. */
static void make_names(const char *dir)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/blue", dir);
	if (symlink("/proc/self/ns/net", path))
		ok(false, "symlink: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/stale", dir);
	f = fopen(path, "w");
	if (f)
		fclose(f);
	snprintf(path, sizeof(path), "%s/123", dir);
	if (symlink("/proc/self/ns/net", path))
		ok(false, "symlink: %s", strerror(errno));
}

static void remove_names(const char *dir)
{
	static const char *const names[] = { "blue", "stale", "123" };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void test_namespaces(const char *dir)
{
	uint32_t own = inode_of("/proc/self/ns/net"), inode;
	struct netns netns;
	struct why why;
	char pid[16];

	ok(!netns_own(&inode, &why) && inode == own && own, "one's own");
	ok(!netns_resolve(dir, "blue", &netns, &why) && netns.inode == own,
	   "by name");
	ok(*netns.path, "a name can be entered");
	ok(!netns_resolve(dir, "123", &netns, &why) && netns.inode == own,
	   "a name of digits goes before a PID and an inode");
	snprintf(pid, sizeof(pid), "%d", getpid());
	ok(!netns_resolve(dir, pid, &netns, &why) && netns.inode == own &&
	   *netns.path, "by PID");
	ok(!netns_resolve(dir, "4026531840", &netns, &why) &&
	   netns.inode == 4026531840 && !*netns.path, "by inode number");
	ok(!netns_resolve(dir, "2147483647", &netns, &why) &&
	   netns.inode == 2147483647 && !*netns.path,
	   "a number that is no PID is an inode number");
}

static void test_names(const char *dir)
{
	static struct netns_name some[] = {
		{ 3, "three" }, { 5, "five\n" }, { 5, "six" }, { 9, "nine" },
	};
	const struct netns_names list = { some, 4 };
	uint32_t own = inode_of("/proc/self/ns/net");
	struct netns_names names = {};
	char *label;

	netns_names_read(dir, &names);
	ok(names.n == 2, "two names, and none of a file that is no namespace");
	label = netns_label(&names, own);
	ok(label && !strcmp(label, "123"), "the first of two names");
	free(label);
	ok(!netns_label(&names, 1) && !netns_label(&names, UINT32_MAX),
	   "none of another");
	netns_names_free(&names);
	netns_names_read("/nonexistent", &names);
	ok(!names.n && !netns_label(&names, own), "none without a folder");
	label = netns_label(&list, 5);
	ok(label && !strcmp(label, "five?"), "of many, made printable");
	free(label);
	ok(!netns_label(&list, 4) && !netns_label(&list, 10),
	   "none between and behind");
}

static void test_no_namespaces(const char *dir)
{
	static const char *const bad[] = {
		"red", "..", ".", "../blue", "4294967296", "0", "-1", "1x",
		"\033[2J", "stale",
	};
	struct netns netns;
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = (struct why){};
		ok(netns_resolve(dir, bad[i], &netns, &why) && *why.text,
		   "no namespace number %zu", i);
	}
	ok(strstr(why.text, "is no network namespace"),
	   "a file without its mount: %s", why.text);
}

/* A file, with its folders, of a host that is not there. */
static void make_file(const char *root, const char *name, const char *bytes,
		      size_t len)
{
	char path[PATH_MAX], command[PATH_MAX + 64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	snprintf(command, sizeof(command), "mkdir -p \"$(dirname '%s')\"", path);
	f = system(command) ? NULL : fopen(path, "w");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f))
		ok(false, "%s: %s", path, strerror(errno));
}

static void make_text(const char *root, const char *name, const char *text)
{
	make_file(root, name, text, strlen(text));
}

static void explains(const char *root, const char *want, const char *name)
{
	struct why why = {};

	ok(host_explain_absence(root, "6.1", &why) == -1, "no module");
	same_text(why.text, want, name);
	ok(!strchr(why.text, '\n') && strlen(why.text) < sizeof(why.text) - 1,
	   "one whole line");
}

#define MODULES_DEP "lib/modules/6.1/modules.dep"
#define NOT_LOADED "the ctwatch module is not loaded: run 'modprobe ctwatch'"
#define NOT_ENROLLED NOT_LOADED "; if that says 'Key was rejected by service' the key that signed it is not enrolled: run 'mokutil --import /var/lib/dkms/mok.pub', reboot and enroll it"
#define NOT_BUILT "the ctwatch module is not built for kernel 6.1: install its headers (linux-headers-6.1), run 'dkms autoinstall', then 'modprobe ctwatch'"

static void clean_up(const char *root)
{
	char command[PATH_MAX + 64];

	snprintf(command, sizeof(command),
		 "cd '%s' && rm -rf sys lib usr var", root);
	ok(!system(command), "cleaned up");
}

/* /sys and /lib as they may be on a host without an answer. */
static void test_absence(const char *dir)
{
	explains(dir, NOT_LOADED, "nothing known of the kernel's modules");
	make_text(dir, MODULES_DEP, "kernel/net/nf.ko.xz: kernel/ctwatch.ko\n");
	explains(dir, "the ctwatch module is not installed for kernel 6.1: build and install it, then run 'modprobe ctwatch'",
		 "not installed");
	make_text(dir, "usr/src/ctwatch-0.1.0/dkms.conf", "");
	explains(dir, NOT_BUILT, "a source for DKMS");
	clean_up(dir);
	make_text(dir, MODULES_DEP, "kernel/net/nf.ko.xz:\n");
	make_text(dir, "var/lib/dkms/ctwatch/0.1.0/source", "");
	explains(dir, NOT_BUILT, "one that DKMS knows");
	make_text(dir, MODULES_DEP, "kernel/net/nf.ko.xz:\n"
		  "updates/dkms/ctwatch.ko.xz: kernel/net/nf.ko.xz\n");
	explains(dir, NOT_LOADED, "installed");
	make_text(dir, "sys/module/ctwatch/version", "");
	explains(dir, "the ctwatch module is loaded but has no netlink family: see 'dmesg | grep ctwatch', then 'rmmod ctwatch' and 'modprobe ctwatch'",
		 "loaded");
	clean_up(dir);
}

/* Kernels that want signed modules, and those that do not. */
static void test_signatures(const char *dir)
{
	static const char efivar[] = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	static const char enforce[] = "sys/module/module/parameters/sig_enforce";
	static const char lockdown[] = "sys/kernel/security/lockdown";

	make_text(dir, MODULES_DEP, "extra/ctwatch.ko:\n");
	make_text(dir, enforce, "N\n");
	make_text(dir, lockdown, "[none] integrity confidentiality\n");
	make_file(dir, efivar, "\6\0\0\0\0", 5);
	explains(dir, NOT_LOADED, "no signature is wanted");
	make_text(dir, enforce, "Y\n");
	explains(dir, NOT_ENROLLED, "by sig_enforce");
	make_text(dir, enforce, "N\n");
	make_text(dir, lockdown, "none [integrity] confidentiality\n");
	explains(dir, NOT_ENROLLED, "by lockdown");
	make_text(dir, lockdown, "");
	explains(dir, NOT_LOADED, "an empty file says nothing");
	make_file(dir, efivar, "\6\0\0\0\1", 5);
	explains(dir, NOT_ENROLLED, "by Secure Boot");
	make_text(dir, MODULES_DEP, "kernel/net/nf.ko:\n");
	explains(dir, "the ctwatch module is not installed for kernel 6.1: build and install it, then run 'modprobe ctwatch'",
		 "what is not there needs no key");
	clean_up(dir);
}

static void test_releases(const char *dir)
{
	static const char here[] = CTWATCH_VERSION;
	struct text release;
	struct why why;

	ok(!release_check_family(CTWATCH_FAMILY_VERSION, &why),
	   "the same protocol");
	ok(release_check_family(CTWATCH_FAMILY_VERSION + 1, &why) &&
	   strstr(why.text, "speaks version 2 of its protocol, this ctmodctl (" CTWATCH_VERSION ") only version 1: update ctmodctl"),
	   "%s", why.text);
	ok(release_check_family(CTWATCH_FAMILY_VERSION - 1, &why) &&
	   strstr(why.text, "speaks version 0 of its protocol, this ctmodctl (" CTWATCH_VERSION ") only version 1: update the module, then 'rmmod ctwatch && modprobe ctwatch'"),
	   "%s", why.text);
	ok(!release_differs(here, &why), "the same release");
	ok(release_differs("0.0.10", &why) &&
	   strstr(why.text, "(0.0.10) is older than ctmodctl (" CTWATCH_VERSION "): update the module, then"),
	   "%s", why.text);
	ok(release_differs("100.1", &why) &&
	   strstr(why.text, "(100.1) is newer than ctmodctl (" CTWATCH_VERSION "): update ctmodctl"),
	   "%s", why.text);
	ok(release_differs(CTWATCH_VERSION ".1", &why) &&
	   strstr(why.text, "is newer"), "%s", why.text);
	ok(!host_module_release(dir, &release), "no module, no release");
	make_text(dir, "sys/module/ctwatch/version", "1.2.3\n");
	ok(host_module_release(dir, &release), "a loaded module");
	same_text(release.s, "1.2.3", "its release");
	make_text(dir, "sys/module/ctwatch/version", "\n");
	ok(!host_module_release(dir, &release), "a module without a release");
	clean_up(dir);
}

int main(void)
{
	char dir[] = "/tmp/ctmodctl-test-XXXXXX";

	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	test_numbers();
	test_seconds();
	test_words();
	test_settings();
	test_bad_settings();
	test_keys();
	test_bad_keys();
	test_address_filter();
	test_bad_addresses();
	test_state_filter();
	test_protocol_filter();
	test_number_filters();
	test_flag_filters();
	test_request();
	make_names(dir);
	test_namespaces(dir);
	test_names(dir);
	test_no_namespaces(dir);
	test_releases(dir);
	test_absence(dir);
	test_signatures(dir);
	remove_names(dir);
	return tap_done();
}
