// SPDX-License-Identifier: GPL-2.0
/* The lines, word by word. */

#include <kunit/test.h>

#include "helpers.h"
#include "watch/report.c"

#define INUM	4026531840U
#define IP(a, b, c, d) ((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))

/* A warning of story 2, without sources. */
static struct ctw_report *report_make(struct kunit *test, enum ctw_event event,
				      enum ctwatch_level level)
{
	struct ctw_report *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	r->inum = INUM;
	r->ipv4_prefix = 32;
	r->ipv6_prefix = 64;
	r->verdict.event = event;
	r->verdict.level = level;
	r->verdict.count = 52429;
	r->verdict.max = 65536;
	r->verdict.growth = 8123;
	r->verdict.time_to_full = 1613;
	return r;
}

static void add_name(struct ctw_report *r, struct ctw_key key, u32 share,
		     enum ctw_kind_id kind, u32 kind_share)
{
	struct ctw_name *name = &r->naming.names[r->naming.n++];

	name->source.key = key;
	name->share = share;
	name->kind = kind;
	name->kind_share = kind_share;
	r->naming.insertions = 1000;
	r->naming.window = 1300;
}

static void set_diffuse(struct ctw_report *r, struct ctw_key key, u8 len,
			u32 share)
{
	r->naming.insertions = 1000;
	r->naming.window = 1300;
	r->naming.diffuse = true;
	r->naming.prefix.family = key.family;
	r->naming.prefix.len = len;
	r->naming.prefix.addr = key.addr;
	r->naming.prefix_share = share;
}

static void expect_line(struct kunit *test, const struct ctw_report *r,
			const char *want)
{
	char *buf = kunit_kmalloc(test, CTW_LINE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memset(buf, 'x', CTW_LINE);
	ctw_report_level(buf, r);
	KUNIT_EXPECT_STREQ(test, buf, want);
}

static void report_warning(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);

	add_name(r, key_v4(IP(192, 168, 1, 38)), 61, CTW_KIND_TCP_SYN_SENT, 98);
	add_name(r, key_v4(IP(10, 0, 0, 7)), 4, CTW_KIND_TCP_ESTABLISHED, 71);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 192.168.1.38 61% (tcp 98%), 10.0.0.7 4% (tcp ESTABLISHED 71%)");
}

static void report_one_source(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_LASTS,
					   CTWATCH_LEVEL_CRITICAL);

	add_name(r, key_v4(IP(192, 168, 1, 38)), 100, CTW_KIND_TCP_SYN_SENT,
		 100);
	expect_line(test, r,
		    "netns 4026531840: critical: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 192.168.1.38 100% (tcp 100%)");
}

static void report_three_sources(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_NOTICE);

	add_name(r, key_v4(IP(1, 2, 3, 4)), 50, CTW_KIND_UDP, 98);
	add_name(r, key_v4(IP(255, 255, 255, 255)), 30, CTW_KIND_ICMP, 71);
	add_name(r, key_v4(IP(0, 0, 0, 0)), 20, CTW_KIND_OTHER, 60);
	expect_line(test, r,
		    "netns 4026531840: notice: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 1.2.3.4 50% (udp 98%), 255.255.255.255 30% (icmp 71%), 0.0.0.0 20% (other 60%)");
}

struct kind_words {
	enum ctw_kind_id kind;
	const char *line;
};

#define KIND_LINE(words) \
	"netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 10.0.0.7 44% (" words " 71%)"

static const struct kind_words kind_words[] = {
	{ CTW_KIND_TCP_SYN_SENT, KIND_LINE("tcp") },
	{ CTW_KIND_TCP_ESTABLISHED, KIND_LINE("tcp ESTABLISHED") },
	{ CTW_KIND_UDP, KIND_LINE("udp") },
	{ CTW_KIND_UDPLITE, KIND_LINE("udplite") },
	{ CTW_KIND_ICMP, KIND_LINE("icmp") },
	{ CTW_KIND_ICMPV6, KIND_LINE("icmpv6") },
	{ CTW_KIND_SCTP_COOKIE_WAIT, KIND_LINE("sctp") },
	{ CTW_KIND_SCTP_HEARTBEAT_SENT, KIND_LINE("sctp HEARTBEAT_SENT") },
	{ CTW_KIND_DCCP_REQUEST, KIND_LINE("dccp") },
	{ CTW_KIND_GRE, KIND_LINE("gre") },
	{ CTW_KIND_ESP, KIND_LINE("esp") },
	{ CTW_KIND_OTHER, KIND_LINE("other") },
};

static void report_kinds(struct kunit *test)
{
	u32 i;

	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(kind_words), CTW_KINDS);
	for (i = 0; i < ARRAY_SIZE(kind_words); i++) {
		struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
						   CTWATCH_LEVEL_WARNING);

		add_name(r, key_v4(IP(10, 0, 0, 7)), 44, kind_words[i].kind,
			 71);
		expect_line(test, r, kind_words[i].line);
	}
}

static void report_ipv6(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);

	add_name(r, key_v6(0x20010db800010002ULL), 61, CTW_KIND_UDP, 98);
	add_name(r, key_v4(IP(10, 0, 0, 7)), 4, CTW_KIND_TCP_SYN_SENT, 71);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 2001:db8:1:2::/64 61% (udp 98%), 10.0.0.7 4% (tcp 71%)");
}

/* Prefixes that are configured say so; whole addresses do not. */
static void report_prefixes(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);
	struct ctw_key whole = key_v6(0x20010db800010002ULL);

	whole.addr.s6_addr[15] = 1;
	r->ipv4_prefix = 24;
	r->ipv6_prefix = 128;
	add_name(r, whole, 61, CTW_KIND_UDP, 98);
	add_name(r, key_v4(IP(10, 0, 7, 0)), 4, CTW_KIND_TCP_SYN_SENT, 71);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 2001:db8:1:2::1 61% (udp 98%), 10.0.7.0/24 4% (tcp 71%)");
}

/* The prefix length of IPv4 says nothing of IPv6, and the other way round. */
static void report_prefixes_alike(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);

	r->ipv4_prefix = 1;
	r->ipv6_prefix = 32;
	add_name(r, key_v6(0x20010db800000000ULL), 61, CTW_KIND_UDP, 98);
	add_name(r, key_v4(IP(128, 0, 0, 0)), 4, CTW_KIND_UDP, 71);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 2001:db8::/32 61% (udp 98%), 128.0.0.0/1 4% (udp 71%)");
}

static void report_zone(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);
	struct ctw_key v4 = key_v4(IP(10, 0, 0, 7));
	struct ctw_key v6 = key_v6(0x20010db800010002ULL);

	v4.zone = 1;
	v6.zone = 65535;
	add_name(r, v4, 61, CTW_KIND_TCP_SYN_SENT, 98);
	add_name(r, v6, 4, CTW_KIND_ICMPV6, 71);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 10.0.0.7 zone 1 61% (tcp 98%), 2001:db8:1:2::/64 zone 65535 4% (icmpv6 71%)");
}

static void report_diffuse(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);

	r->verdict.count = 53090;
	r->verdict.growth = 60000;
	r->verdict.time_to_full = 207;
	set_diffuse(r, key_v4(IP(10, 1, 0, 0)), 16, 97);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 81% full (53090/65536), +60000/s, full in 0.2s; sources by insertions in 1.3s: diffuse (largest 10.1.0.0/16 97%)");
}

static void report_diffuse_ipv6(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);

	set_diffuse(r, key_v6(0x20010db800000000ULL), 32, 5);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources by insertions in 1.3s: diffuse (largest 2001:db8::/32 5%)");
}

static void report_diffuse_and_named(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);

	add_name(r, key_v4(IP(10, 0, 0, 7)), 5, CTW_KIND_TCP_SYN_SENT, 100);
	set_diffuse(r, key_v4(IP(10, 1, 0, 0)), 16, 47);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 10.0.0.7 5% (tcp 100%), others diffuse (largest 10.1.0.0/16 47%)");
}

static void report_diffuse_unknown(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);

	set_diffuse(r, (struct ctw_key) { }, 0, 0);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources by insertions in 1.3s: diffuse");
	add_name(r, key_v4(IP(10, 0, 0, 7)), 5, CTW_KIND_TCP_SYN_SENT, 100);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 10.0.0.7 5% (tcp 100%), others diffuse");
}

static void report_unknown(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_CRITICAL);

	expect_line(test, r,
		    "netns 4026531840: critical: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources: unknown (no insertions seen)");
}

static void report_growth(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_LASTS,
					   CTWATCH_LEVEL_WARNING);

	r->verdict.growth = 0;
	r->verdict.time_to_full = U32_MAX;
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +0/s; sources: unknown (no insertions seen)");
	r->verdict.growth = -1234;
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), -1234/s; sources: unknown (no insertions seen)");
	r->verdict.growth = S32_MIN;
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), -2147483648/s; sources: unknown (no insertions seen)");
	r->verdict.count = 70000;
	r->verdict.time_to_full = 0;
	r->verdict.growth = 1;
	/* full is full, in no time */
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 106% full (70000/65536), +1/s; sources: unknown (no insertions seen)");
}

static void report_eased(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_EASED,
					   CTWATCH_LEVEL_WARNING);

	r->verdict.previous = CTWATCH_LEVEL_CRITICAL;
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources: unknown (no insertions seen)");
}

static void report_no_limit(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_CLEARED,
					   CTWATCH_LEVEL_OK);

	r->verdict.max = 0;
	r->verdict.high_for = 34000;
	r->verdict.high_peak = 60000;
	expect_line(test, r,
		    "netns 4026531840: cleared: conntrack table has no limit (52429 entries) after 34s");
	r->suppressed = 2;
	expect_line(test, r,
		    "netns 4026531840: cleared: conntrack table has no limit (52429 entries) after 34s, 2 messages suppressed");
	r->suppressed = 0;
	r->verdict.event = CTW_EVENT_LASTS;
	r->verdict.level = CTWATCH_LEVEL_OK;
	r->verdict.time_to_full = U32_MAX;
	expect_line(test, r,
		    "netns 4026531840: ok: conntrack table has no limit (52429 entries), +8123/s; sources: unknown (no insertions seen)");
}

/* Full */

static void report_full(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_FULL);

	r->verdict.new_drop = 1523;
	r->verdict.new_early_drop = 27045;
	r->verdict.interval = 5000;
	add_name(r, key_v4(IP(203, 0, 113, 9)), 91, CTW_KIND_UDP, 100);
	expect_line(test, r,
		    "netns 4026531840: full: 1523 packets dropped, 27045 entries evicted early in 5.0s; top sources by insertions in 1.3s: 203.0.113.9 91% (udp 100%)");
}

static void report_full_dropped(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_FULL);

	r->verdict.new_drop = 1523;
	r->verdict.interval = 5000;
	r->drops.total = 1500;
	expect_line(test, r,
		    "netns 4026531840: full: 1523 packets dropped, 0 entries evicted early in 5.0s; sources: unknown (no insertions seen); dropped sources: diffuse");
	r->drops.n = 2;
	r->drops.keys[0] = key_v4(IP(203, 0, 113, 9));
	r->drops.share[0] = 91;
	r->drops.keys[1] = key_v6(0x20010db800010002ULL);
	r->drops.keys[1].zone = 5;
	r->drops.share[1] = 4;
	expect_line(test, r,
		    "netns 4026531840: full: 1523 packets dropped, 0 entries evicted early in 5.0s; sources: unknown (no insertions seen); dropped sources: 203.0.113.9 91%, 2001:db8:1:2::/64 zone 5 4%");
	/* none dropped since the last line: nobody to name */
	r->verdict.new_drop = 0;
	expect_line(test, r,
		    "netns 4026531840: full: 0 packets dropped, 0 entries evicted early in 5.0s; sources: unknown (no insertions seen)");
}

static void report_full_counts(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_LASTS,
					   CTWATCH_LEVEL_FULL);

	r->verdict.interval = 60000;
	expect_line(test, r,
		    "netns 4026531840: full: 0 packets dropped, 0 entries evicted early in 60s; sources: unknown (no insertions seen)");
	r->verdict.new_drop = 1;
	expect_line(test, r,
		    "netns 4026531840: full: 1 packet dropped, 0 entries evicted early in 60s; sources: unknown (no insertions seen)");
	r->verdict.new_drop = 2;
	r->verdict.new_early_drop = 1;
	expect_line(test, r,
		    "netns 4026531840: full: 2 packets dropped, 1 entry evicted early in 60s; sources: unknown (no insertions seen)");
	r->verdict.new_drop = U64_MAX;
	r->verdict.new_early_drop = U64_MAX;
	expect_line(test, r,
		    "netns 4026531840: full: 18446744073709551615 packets dropped, 18446744073709551615 entries evicted early in 60s; sources: unknown (no insertions seen)");
}

/* Cleared */

static void report_cleared(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_CLEARED,
					   CTWATCH_LEVEL_NOTICE);

	r->verdict.count = 39976;
	r->verdict.high_peak = 63570;
	r->verdict.high_peak_age = 14321;
	r->verdict.high_for = 29000;
	r->suppressed = 3;
	/* who inserts is no part of it */
	add_name(r, key_v4(IP(10, 0, 0, 7)), 5, CTW_KIND_TCP_SYN_SENT, 100);
	expect_line(test, r,
		    "netns 4026531840: cleared: conntrack table 60% full (39976/65536) after 29s, peak 97% 14s ago, 3 messages suppressed");
	r->suppressed = 1;
	expect_line(test, r,
		    "netns 4026531840: cleared: conntrack table 60% full (39976/65536) after 29s, peak 97% 14s ago, 1 message suppressed");
	r->suppressed = 0;
	r->verdict.count = 0;
	r->verdict.level = CTWATCH_LEVEL_OK;
	r->verdict.previous = CTWATCH_LEVEL_FULL;
	expect_line(test, r,
		    "netns 4026531840: cleared: conntrack table 0% full (0/65536) after 29s, peak 97% 14s ago");
	r->verdict.high_drop = 1;
	expect_line(test, r,
		    "netns 4026531840: cleared: conntrack table 0% full (0/65536) after 29s, peak 97% 14s ago, 1 packet dropped");
	r->verdict.high_early_drop = 27045;
	r->suppressed = 2;
	expect_line(test, r,
		    "netns 4026531840: cleared: conntrack table 0% full (0/65536) after 29s, peak 97% 14s ago, 1 packet dropped, 27045 entries evicted early, 2 messages suppressed");
}

static void report_suppressed(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_FULL);

	r->suppressed = 1;
	expect_line(test, r,
		    "netns 4026531840: full: 0 packets dropped, 0 entries evicted early in 0.0s; sources: unknown (no insertions seen), 1 message suppressed");
	r->verdict.level = CTWATCH_LEVEL_WARNING;
	r->suppressed = U32_MAX;
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources: unknown (no insertions seen), 4294967295 messages suppressed");
}

/* Who holds the table */

static struct ctw_holder *add_holder(struct ctw_report *r, struct ctw_key key,
				     u32 share, u8 protocol, u8 state,
				     u32 most_share)
{
	struct ctw_holder *h = &r->holders.v[r->holders.n++];

	h->who.src.in6 = key.addr;
	h->who.family = key.family;
	h->who.zone = key.zone;
	h->who.protocol = protocol;
	h->who.state = state;
	h->share = share;
	h->most_share = most_share;
	return h;
}

/* With a census that found entries, and who inserts, who is not said then. */
static struct ctw_report *report_held(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_WARNING);

	r->holders.known = true;
	r->holders.facts.seen = 52400;
	r->holders.src_len[0] = 32;
	r->holders.src_len[1] = 64;
	add_name(r, key_v4(IP(9, 9, 9, 9)), 99, CTW_KIND_UDP, 99);
	return r;
}

static void hold_diffuse(struct ctw_report *r, struct ctw_key key, u8 len,
			 u32 share)
{
	r->holders.diffuse = true;
	r->holders.prefix.family = key.family;
	r->holders.prefix.len = len;
	r->holders.prefix.addr = key.addr;
	r->holders.prefix_share = share;
}

static void report_holders(struct kunit *test)
{
	struct ctw_report *r = report_held(test);

	add_holder(r, key_v4(IP(192, 168, 1, 38)), 61, IPPROTO_TCP,
		   CTWATCH_STATE_TIME_WAIT, 98);
	add_holder(r, key_v4(IP(10, 0, 0, 7)), 4, IPPROTO_TCP,
		   CTWATCH_STATE_ESTABLISHED, 71);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 192.168.1.38 61% (TIME_WAIT 98%), 10.0.0.7 4% (ESTABLISHED 71%)");
	/* without a census it is who inserts */
	r->holders.known = false;
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources by insertions in 1.3s: 9.9.9.9 99% (udp 99%)");
}

static void report_holders_one_and_three(struct kunit *test)
{
	struct ctw_report *r = report_held(test);

	add_holder(r, key_v4(IP(0, 0, 0, 0)), 100, IPPROTO_TCP,
		   CTWATCH_STATE_SYN_SENT, 100);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 0.0.0.0 100% (SYN_SENT 100%)");
	r->holders.v[0].share = 50;
	add_holder(r, key_v4(IP(255, 255, 255, 255)), 30, IPPROTO_UDP,
		   CTWATCH_STATE_ASSURED, 0);
	add_holder(r, key_v4(IP(1, 2, 3, 4)), 20, IPPROTO_ICMP,
		   CTWATCH_STATE_UNREPLIED, 9);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 0.0.0.0 50% (SYN_SENT 100%), 255.255.255.255 30% (udp ASSURED 0%), 1.2.3.4 20% (icmp UNREPLIED 9%)");
}

static void report_holders_diffuse(struct kunit *test)
{
	struct ctw_report *r = report_held(test);

	hold_diffuse(r, key_v4(IP(10, 1, 0, 0)), 16, 97);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources: diffuse (largest 10.1.0.0/16 97%)");
	hold_diffuse(r, key_v6(0x20010db800000000ULL), 32, 5);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources: diffuse (largest 2001:db8::/32 5%)");
	hold_diffuse(r, (struct ctw_key) { }, 0, 0);
	expect_line(test, r, "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources: diffuse");
}

static void report_holders_mixed(struct kunit *test)
{
	struct ctw_report *r = report_held(test);

	add_holder(r, key_v4(IP(10, 0, 0, 7)), 5, IPPROTO_UDP,
		   CTWATCH_STATE_UNREPLIED, 100);
	hold_diffuse(r, key_v4(IP(10, 1, 0, 0)), 16, 47);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 10.0.0.7 5% (udp UNREPLIED 100%), others diffuse (largest 10.1.0.0/16 47%)");
	hold_diffuse(r, (struct ctw_key) { }, 0, 0);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 10.0.0.7 5% (udp UNREPLIED 100%), others diffuse");
}

/* Each family has its length, and says it unless it is the whole address; those
 * of insertions do not matter.
 */
static void report_holders_addresses(struct kunit *test)
{
	struct ctw_key v6 = key_v6(0x20010db800010002ULL);
	struct ctw_report *r = report_held(test);

	r->ipv4_prefix = 8;
	r->ipv6_prefix = 16;
	add_holder(r, v6, 61, IPPROTO_TCP, CTWATCH_STATE_TIME_WAIT, 98);
	add_holder(r, key_v4(IP(10, 0, 7, 0)), 4, IPPROTO_TCP,
		   CTWATCH_STATE_CLOSE, 71);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 2001:db8:1:2::/64 61% (TIME_WAIT 98%), 10.0.7.0 4% (CLOSE 71%)");
	r->holders.src_len[0] = 24;
	r->holders.src_len[1] = 32;
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 2001:db8:1:2::/32 61% (TIME_WAIT 98%), 10.0.7.0/24 4% (CLOSE 71%)");
	r->holders.src_len[0] = 32;
	r->holders.src_len[1] = 128;
	r->holders.v[0].who.src.in6.s6_addr[15] = 1;
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 2001:db8:1:2::1 61% (TIME_WAIT 98%), 10.0.7.0 4% (CLOSE 71%)");
}

static void report_holders_zone(struct kunit *test)
{
	struct ctw_key v4 = key_v4(IP(10, 0, 0, 7));
	struct ctw_key v6 = key_v6(0x20010db800010002ULL);
	struct ctw_report *r = report_held(test);

	v4.zone = 1;
	v6.zone = 65535;
	add_holder(r, v4, 61, IPPROTO_TCP, CTWATCH_STATE_SYN_RECV, 98);
	add_holder(r, v6, 4, IPPROTO_ICMPV6, CTWATCH_STATE_REPLIED, 71);
	expect_line(test, r,
		    "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 10.0.0.7 zone 1 61% (SYN_RECV 98%), 2001:db8:1:2::/64 zone 65535 4% (icmpv6 REPLIED 71%)");
}

#define HELD_LINE(words) "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; top sources: 10.0.0.7 44% (" words " 71%)"

/* TCP goes without its name, even where the state is another's too. */
static void report_holders_kinds(struct kunit *test)
{
	static const struct {
		u8 protocol;
		enum ctwatch_state state;
		const char *line;
	} cases[] = {
		{ IPPROTO_TCP, CTWATCH_STATE_NONE, HELD_LINE("NONE") },
		{ IPPROTO_TCP, CTWATCH_STATE_SYN_SENT2, HELD_LINE("SYN_SENT2") },
		{ IPPROTO_TCP, CTWATCH_STATE_ESTABLISHED,
		  HELD_LINE("ESTABLISHED") },
		{ IPPROTO_SCTP, CTWATCH_STATE_ESTABLISHED,
		  HELD_LINE("sctp ESTABLISHED") },
		{ IPPROTO_SCTP, CTWATCH_STATE_SHUTDOWN_ACK_SENT,
		  HELD_LINE("sctp SHUTDOWN_ACK_SENT") },
		{ IPPROTO_DCCP, CTWATCH_STATE_CLOSEREQ,
		  HELD_LINE("dccp CLOSEREQ") },
		{ IPPROTO_UDP, CTWATCH_STATE_REPLIED, HELD_LINE("udp REPLIED") },
		{ IPPROTO_UDPLITE, CTWATCH_STATE_UNREPLIED,
		  HELD_LINE("udplite UNREPLIED") },
		{ IPPROTO_GRE, CTWATCH_STATE_ASSURED, HELD_LINE("gre ASSURED") },
		{ IPPROTO_ESP, CTWATCH_STATE_UNREPLIED,
		  HELD_LINE("esp UNREPLIED") },
		{ IPPROTO_IGMP, CTWATCH_STATE_REPLIED,
		  HELD_LINE("other REPLIED") },
		{ 0, CTWATCH_STATE_UNREPLIED, HELD_LINE("other UNREPLIED") },
		{ 255, CTWATCH_STATE_OTHER, HELD_LINE("other OTHER") },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ctw_report *r = report_held(test);

		add_holder(r, key_v4(IP(10, 0, 0, 7)), 44, cases[i].protocol,
			   cases[i].state, 71);
		expect_line(test, r, cases[i].line);
	}
}

static void report_holders_unknown(struct kunit *test)
{
	struct ctw_report *r = report_held(test);

	r->holders.facts.seen = 0;
	expect_line(test, r, "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources: unknown (no entries seen)");
	r->holders.known = false;
	r->naming.insertions = 0;
	expect_line(test, r, "netns 4026531840: warning: conntrack table 80% full (52429/65536), +8123/s, full in 1.6s; sources: unknown (no insertions seen)");
}

static void report_holders_full(struct kunit *test)
{
	struct ctw_report *r = report_held(test);

	r->verdict.level = CTWATCH_LEVEL_FULL;
	r->verdict.new_drop = 1523;
	r->verdict.new_early_drop = 27045;
	r->verdict.interval = 5000;
	add_holder(r, key_v4(IP(192, 168, 1, 38)), 61, IPPROTO_TCP,
		   CTWATCH_STATE_TIME_WAIT, 98);
	r->drops.total = 1500;
	r->drops.n = 1;
	r->drops.keys[0] = key_v4(IP(203, 0, 113, 9));
	r->drops.share[0] = 91;
	r->suppressed = 3;
	expect_line(test, r,
		    "netns 4026531840: full: 1523 packets dropped, 27045 entries evicted early in 5.0s; top sources: 192.168.1.38 61% (TIME_WAIT 98%); dropped sources: 203.0.113.9 91%, 3 messages suppressed");
	/* when it is over nobody is named */
	r->verdict.event = CTW_EVENT_CLEARED;
	r->verdict.level = CTWATCH_LEVEL_OK;
	r->verdict.high_for = 29000;
	r->verdict.high_peak = 65536;
	r->verdict.high_peak_age = 14321;
	expect_line(test, r,
		    "netns 4026531840: cleared: conntrack table 80% full (52429/65536) after 29s, peak 100% 14s ago, 3 messages suppressed");
}

/* Times: one decimal below ten seconds, then whole seconds, minutes, hours. */
static void report_times(struct kunit *test)
{
	static const struct {
		u64 ms;
		const char *text;
	} cases[] = {
		{ 0, "0.0s" }, { 99, "0.0s" }, { 100, "0.1s" },
		{ 999, "0.9s" }, { 1000, "1.0s" }, { 1613, "1.6s" },
		{ 9999, "9.9s" }, { 10000, "10s" }, { 10999, "10s" },
		{ 14321, "14s" }, { 119999, "119s" }, { 120000, "2m" },
		{ 179999, "2m" }, { 180000, "3m" }, { 7199999, "119m" },
		{ 7200000, "2h" }, { 10799999, "2h" }, { 10800000, "3h" },
		{ U32_MAX - 1, "1193h" }, { U64_MAX, "5124095576030h" },
	};
	char *buf = kunit_kzalloc(test, CTW_LINE, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ctw_text t = { .buf = buf };

		ctw_say_ms(&t, cases[i].ms);
		KUNIT_EXPECT_STREQ(test, buf, cases[i].text);
		KUNIT_EXPECT_EQ(test, t.len, strlen(cases[i].text));
	}
}

/* Percent are rounded down: 100 % is said of a full table only. */
static void report_percent(struct kunit *test)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_RAISED,
					   CTWATCH_LEVEL_CRITICAL);

	r->verdict.count = 65535;
	expect_line(test, r,
		    "netns 4026531840: critical: conntrack table 99% full (65535/65536), +8123/s, full in 1.6s; sources: unknown (no insertions seen)");
	r->verdict.count = U32_MAX;
	r->verdict.max = U32_MAX;
	expect_line(test, r,
		    "netns 4026531840: critical: conntrack table 100% full (4294967295/4294967295), +8123/s, full in 1.6s; sources: unknown (no insertions seen)");
	r->verdict.max = 1;
	expect_line(test, r,
		    "netns 4026531840: critical: conntrack table 429496729500% full (4294967295/1), +8123/s, full in 1.6s; sources: unknown (no insertions seen)");
}

/* Length */

static struct ctw_key longest_key(u32 i)
{
	struct ctw_key key = key_v6(0xffffffffffffffffULL);

	memset(&key.addr, 0xee - i, sizeof(key.addr));
	key.zone = 65535 - i;
	return key;
}

/* The longest that real facts can make: three names have to leave half of it
 * to the others, or there is no word of them.
 */
static struct ctw_report *longest(struct kunit *test, bool diffuse)
{
	struct ctw_report *r = report_make(test, CTW_EVENT_LASTS,
					   CTWATCH_LEVEL_CRITICAL);
	u32 i;

	r->inum = U32_MAX;
	r->ipv6_prefix = 127;
	r->suppressed = U32_MAX;
	r->verdict.count = U32_MAX;
	r->verdict.max = U32_MAX - 1;
	r->verdict.growth = S32_MIN;
	r->verdict.time_to_full = U32_MAX - 1;
	r->verdict.new_drop = U64_MAX;
	r->verdict.new_early_drop = U64_MAX;
	r->verdict.interval = 87600ULL * 3600 * MSEC_PER_SEC;
	for (i = 0; i < CTW_NAMES; i++) {
		add_name(r, longest_key(i), 33,
			 CTW_KIND_SCTP_HEARTBEAT_SENT, 100);
		r->drops.keys[i] = longest_key(i);
		r->drops.share[i] = 100;
	}
	r->drops.n = CTW_NAMES;
	r->drops.total = U64_MAX;
	if (diffuse)
		set_diffuse(r, key_v6(0xfffffffffffff000ULL), 48, 49);
	/* ten years */
	r->naming.window = 87600ULL * 3600 * MSEC_PER_SEC;
	return r;
}

static void report_longest(struct kunit *test)
{
	static const char end[] = ", 4294967295 messages suppressed";
	char *buf = kunit_kzalloc(test, CTW_LINE, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < 4; i++) {
		struct ctw_report *r = longest(test, i & 1);

		if (i & 2)
			r->verdict.level = CTWATCH_LEVEL_FULL;
		ctw_report_level(buf, r);
		/* there would have been room for another */
		KUNIT_EXPECT_LT(test, strlen(buf), CTW_LINE - 1);
		KUNIT_EXPECT_STREQ(test, buf + strlen(buf) - strlen(end), end);
	}
}

/* Three holders leave half of it to others just as well. */
static void report_longest_holders(struct kunit *test)
{
	static const char end[] = ", 4294967295 messages suppressed";
	char *buf = kunit_kzalloc(test, CTW_LINE, GFP_KERNEL);
	u32 i, j, state = 0;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i <= CTWATCH_STATE_OTHER; i++)
		if (strlen(ctw_state_name(i)) > strlen(ctw_state_name(state)))
			state = i;
	/* a longer name of a protocol has no state of its own */
	KUNIT_EXPECT_EQ(test, state, CTWATCH_STATE_SHUTDOWN_ACK_SENT);
	for (i = 0; i < 4; i++) {
		struct ctw_report *r = longest(test, false);

		if (i & 2)
			r->verdict.level = CTWATCH_LEVEL_FULL;
		r->holders.known = true;
		r->holders.facts.seen = U32_MAX;
		r->holders.src_len[1] = 127;
		for (j = 0; j < CTW_TOP; j++)
			add_holder(r, longest_key(j), 33, IPPROTO_SCTP, state,
				   100);
		if (i & 1)
			hold_diffuse(r, longest_key(5), 48, 49);
		ctw_report_level(buf, r);
		/* there would have been room for another */
		KUNIT_EXPECT_LT(test, strlen(buf), CTW_LINE - 1);
		KUNIT_EXPECT_STREQ(test, buf + strlen(buf) - strlen(end), end);
	}
}

/* Were a line longer, it would end at its end, and nothing behind be touched;
 * the words it still has are those of the whole.
 */
static void report_truncation(struct kunit *test)
{
	char *buf = kunit_kzalloc(test, CTW_LINE + 16, GFP_KERNEL);
	struct ctw_text t = { .buf = buf };
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memset(buf, 'x', CTW_LINE + 16);
	for (i = 0; i < 200; i++) {
		ctw_say(&t, "%s", "0123456789");
		KUNIT_ASSERT_LT(test, t.len, CTW_LINE);
		KUNIT_ASSERT_EQ(test, t.len, min(10 * (i + 1), CTW_LINE - 1U));
		KUNIT_ASSERT_EQ(test, buf[t.len], 0);
	}
	for (i = 0; i < CTW_LINE - 1; i++)
		KUNIT_ASSERT_EQ(test, buf[i], '0' + i % 10);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf + CTW_LINE, 'x', 16));
}

/* Tracking */

static void report_tracking(struct kunit *test)
{
	static const struct {
		u32 inum, families, count, max, growth;
		const char *line;
	} cases[] = {
		{ INUM, CTWATCH_TRACKING_IPV4, 0, 65536, 0,
		  "netns 4026531840: connection tracking started (ipv4), conntrack table max 65536" },
		{ INUM, CTWATCH_TRACKING_IPV6, 1, 65536, 0,
		  "netns 4026531840: connection tracking started (ipv6), conntrack table max 65536, 1 entry already" },
		{ INUM, CTWATCH_TRACKING_IPV4 | CTWATCH_TRACKING_IPV6, 532, 65536, 0,
		  "netns 4026531840: connection tracking started (ipv4, ipv6), conntrack table max 65536, 532 entries already" },
		{ 1, CTWATCH_TRACKING_IPV4, 0, 0, 0,
		  "netns 1: connection tracking started (ipv4), conntrack table without limit" },
		{ INUM, CTWATCH_TRACKING_IPV4, 532, 65536, 1000,
		  "netns 4026531840: connection tracking started (ipv4), conntrack table max 65536, 532 entries already, +1000/s, full in 65s" },
		{ INUM, CTWATCH_TRACKING_IPV4, 532, 0, 1000,
		  "netns 4026531840: connection tracking started (ipv4), conntrack table without limit, 532 entries already, +1000/s" },
		{ INUM, CTWATCH_TRACKING_IPV4, 70000, 65536, 1,
		  "netns 4026531840: connection tracking started (ipv4), conntrack table max 65536, 70000 entries already, +1/s" },
		{ U32_MAX, CTWATCH_TRACKING_IPV6, 0, U32_MAX, 0,
		  "netns 4294967295: connection tracking started (ipv6), conntrack table max 4294967295" },
	};
	char *buf = kunit_kzalloc(test, CTW_LINE, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(buf, 'x', CTW_LINE);
		ctw_report_tracking(buf, cases[i].inum, cases[i].families,
				    cases[i].count, cases[i].max,
				    cases[i].growth);
		KUNIT_EXPECT_STREQ(test, buf, cases[i].line);
	}
}

static struct kunit_case report_tests[] = {
	KUNIT_CASE(report_warning),
	KUNIT_CASE(report_one_source),
	KUNIT_CASE(report_three_sources),
	KUNIT_CASE(report_kinds),
	KUNIT_CASE(report_ipv6),
	KUNIT_CASE(report_prefixes),
	KUNIT_CASE(report_prefixes_alike),
	KUNIT_CASE(report_zone),
	KUNIT_CASE(report_diffuse),
	KUNIT_CASE(report_diffuse_ipv6),
	KUNIT_CASE(report_diffuse_and_named),
	KUNIT_CASE(report_diffuse_unknown),
	KUNIT_CASE(report_unknown),
	KUNIT_CASE(report_growth),
	KUNIT_CASE(report_eased),
	KUNIT_CASE(report_no_limit),
	KUNIT_CASE(report_full),
	KUNIT_CASE(report_full_dropped),
	KUNIT_CASE(report_full_counts),
	KUNIT_CASE(report_cleared),
	KUNIT_CASE(report_suppressed),
	KUNIT_CASE(report_holders),
	KUNIT_CASE(report_holders_one_and_three),
	KUNIT_CASE(report_holders_diffuse),
	KUNIT_CASE(report_holders_mixed),
	KUNIT_CASE(report_holders_addresses),
	KUNIT_CASE(report_holders_zone),
	KUNIT_CASE(report_holders_kinds),
	KUNIT_CASE(report_holders_unknown),
	KUNIT_CASE(report_holders_full),
	KUNIT_CASE(report_times),
	KUNIT_CASE(report_percent),
	KUNIT_CASE(report_longest),
	KUNIT_CASE(report_longest_holders),
	KUNIT_CASE(report_truncation),
	KUNIT_CASE(report_tracking),
	{ }
};

static struct kunit_suite report_suite = {
	.name = "ctwatch_report",
	.test_cases = report_tests,
};

kunit_test_suites(&report_suite);
