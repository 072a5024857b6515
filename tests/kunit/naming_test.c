// SPDX-License-Identifier: GPL-2.0
/* Who is named in a line, and above all who is not. */

#include <kunit/test.h>
#include <linux/netfilter.h>
#include <linux/time64.h>

#include "flow.h"
#include "helpers.h"

#define IP(a, b, c, d) ((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static void insert(struct flow *f, struct ctw_key key, u32 kind, u32 n)
{
	while (n--)
		flow_insert(f, key, kind);
}

/* n sources with one insertion each, in 172.16.0.0/12 and so in one /8. */
static void insert_crowd(struct flow *f, u32 n)
{
	while (n--)
		flow_insert(f, key_v4(IP(172, 16, 0, 0) + n * 256),
			    CTW_KIND_UDP);
}

static struct ctw_naming *name(struct flow *f)
{
	struct ctw_naming *out = kunit_kzalloc(f->test, sizeof(*out),
					       GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(f->test, out);
	/* what was there before must not shine through */
	memset(out, 0xa5, sizeof(*out));
	flow_fold(f);
	ctw_tally_name(&f->t, f->now, out);
	return out;
}

static void expect_name(struct kunit *test, const struct ctw_naming *out,
			u32 i, struct ctw_key key, u32 share, u32 kind,
			u32 kind_share)
{
	const struct ctw_name *n = &out->names[i];

	KUNIT_ASSERT_LT(test, i, out->n);
	KUNIT_EXPECT_TRUE_MSG(test, ctw_key_equal(&n->source.key, &key),
			      "name %u", i);
	KUNIT_EXPECT_EQ_MSG(test, n->share, share, "name %u", i);
	KUNIT_EXPECT_EQ_MSG(test, n->kind, kind, "name %u", i);
	KUNIT_EXPECT_EQ_MSG(test, n->kind_share, kind_share, "name %u", i);
}

static void naming_nobody(struct kunit *test)
{
	struct ctw_naming *out = name(flow_make(test, 64));

	KUNIT_EXPECT_EQ(test, out->insertions, 0);
	KUNIT_EXPECT_EQ(test, out->n, 0);
	KUNIT_EXPECT_FALSE(test, out->diffuse);
	KUNIT_EXPECT_EQ(test, out->prefix.family, 0);
	KUNIT_EXPECT_EQ(test, out->window, 0);
}

static void naming_one_heavy(struct kunit *test)
{
	struct flow *f = flow_make(test, 256);
	struct ctw_naming *out;

	insert(f, key_v4(IP(192, 168, 1, 38)), CTW_KIND_TCP_SYN_SENT, 882);
	insert(f, key_v4(IP(192, 168, 1, 38)), CTW_KIND_UDP, 18);
	insert_crowd(f, 100);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 1000);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	KUNIT_EXPECT_FALSE(test, out->diffuse);
	KUNIT_EXPECT_EQ(test, out->prefix.family, 0);
	expect_name(test, out, 0, key_v4(IP(192, 168, 1, 38)), 90,
		    CTW_KIND_TCP_SYN_SENT, 98);
	KUNIT_EXPECT_EQ(test, out->names[0].source.count, 900);
	KUNIT_EXPECT_EQ(test, out->names[0].source.error, 0);
	KUNIT_EXPECT_EQ(test, out->names[0].source.recent, 900);
	KUNIT_EXPECT_EQ(test, out->names[0].source.by[CTW_KIND_UDP], 18);
}

static void naming_three_heavy(struct kunit *test)
{
	struct flow *f = flow_make(test, 256);
	struct ctw_naming *out;

	insert(f, key_v4(3), CTW_KIND_UDP, 150);
	insert(f, key_v6(1), CTW_KIND_TCP_SYN_SENT, 500);
	insert(f, key_v4(2), CTW_KIND_ICMP, 250);
	insert_crowd(f, 100);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->n, 3);
	KUNIT_EXPECT_FALSE(test, out->diffuse);
	expect_name(test, out, 0, key_v6(1), 50, CTW_KIND_TCP_SYN_SENT, 100);
	expect_name(test, out, 1, key_v4(2), 25, CTW_KIND_ICMP, 100);
	expect_name(test, out, 2, key_v4(3), 15, CTW_KIND_UDP, 100);
}

/* Whatever the order in which they come, the three most are named. */
static void naming_three_of_five(struct kunit *test)
{
	static const u32 counts[] = { 100, 200, 300, 150, 250 };
	u32 shift, i;

	for (shift = 0; shift < ARRAY_SIZE(counts); shift++) {
		struct flow *f = flow_make(test, 64);
		struct ctw_naming *out;

		for (i = 0; i < ARRAY_SIZE(counts); i++) {
			u32 n = counts[(i + shift) % ARRAY_SIZE(counts)];

			insert(f, key_v4(n), CTW_KIND_UDP, n);
		}
		out = name(f);
		KUNIT_EXPECT_EQ(test, out->n, 3);
		expect_name(test, out, 0, key_v4(300), 30, CTW_KIND_UDP, 100);
		expect_name(test, out, 1, key_v4(250), 25, CTW_KIND_UDP, 100);
		expect_name(test, out, 2, key_v4(200), 20, CTW_KIND_UDP, 100);
		KUNIT_EXPECT_FALSE(test, out->diffuse);
	}
}

/* Three per cent earn a name, a hair less does not. */
static void naming_least_share(struct kunit *test)
{
	struct flow *f = flow_make(test, 2048);
	struct ctw_naming *out;

	insert(f, key_v4(1), CTW_KIND_UDP, 30);
	insert(f, key_v4(2), CTW_KIND_UDP, 29);
	insert_crowd(f, 941);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 1000);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	expect_name(test, out, 0, key_v4(1), 3, CTW_KIND_UDP, 100);
	KUNIT_EXPECT_TRUE(test, out->diffuse);
}

/* Named for half of it: not diffuse. One insertion less: diffuse. */
static void naming_half(struct kunit *test)
{
	struct flow *f = flow_make(test, 512);
	struct ctw_naming *out;

	insert(f, key_v4(1), CTW_KIND_UDP, 100);
	insert_crowd(f, 100);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	KUNIT_EXPECT_FALSE(test, out->diffuse);
	insert(f, key_v4(IP(10, 1, 1, 1)), CTW_KIND_UDP, 1);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	expect_name(test, out, 0, key_v4(1), 49, CTW_KIND_UDP, 100);
	KUNIT_EXPECT_TRUE(test, out->diffuse);
	/* 100 of the 101 others are in one /8; 51 % are others */
	KUNIT_EXPECT_EQ(test, out->prefix.family, NFPROTO_IPV4);
	KUNIT_EXPECT_EQ(test, out->prefix.len, 16);
	KUNIT_EXPECT_EQ(test, out->prefix.weight, 100);
	KUNIT_EXPECT_EQ(test, out->prefix_share, 99 * 51 / 100);
}

/* Nobody has more than one: nobody is named, and the prefix says where from. */
static void naming_diffuse(struct kunit *test)
{
	struct flow *f = flow_make(test, 2048);
	struct in6_addr want = key_v4(IP(10, 1, 0, 0)).addr;
	struct ctw_naming *out;
	u32 i;

	for (i = 0; i < 970; i++)
		flow_insert(f, key_v4(IP(10, 1, 0, 0) + i * 60),
			    CTW_KIND_UDP);
	for (i = 0; i < 30; i++)
		flow_insert(f, key_v4(IP(20 + i, 1, 0, 0)), CTW_KIND_UDP);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->n, 0);
	KUNIT_EXPECT_TRUE(test, out->diffuse);
	KUNIT_EXPECT_EQ(test, out->prefix.family, NFPROTO_IPV4);
	KUNIT_EXPECT_EQ(test, out->prefix.len, 16);
	KUNIT_EXPECT_MEMEQ(test, &out->prefix.addr, &want, sizeof(want));
	KUNIT_EXPECT_EQ(test, out->prefix_share, 97);
}

/* The sources named do not count for the prefix of the others. */
static void naming_prefix_of_others(struct kunit *test)
{
	struct flow *f = flow_make(test, 2048);
	struct in6_addr want = key_v6(0x20010db8000a0000ULL).addr;
	struct ctw_naming *out;
	u32 i;

	insert(f, key_v4(IP(10, 1, 2, 3)), CTW_KIND_TCP_SYN_SENT, 400);
	for (i = 0; i < 500; i++)
		flow_insert(f, key_v6(0x20010db8000a0000ULL + i * 128),
			    CTW_KIND_UDP);
	for (i = 0; i < 100; i++)
		flow_insert(f, key_v4(IP(20 + i, 1, 0, 0)), CTW_KIND_UDP);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	KUNIT_EXPECT_TRUE(test, out->diffuse);
	KUNIT_EXPECT_EQ(test, out->prefix.family, NFPROTO_IPV6);
	KUNIT_EXPECT_EQ(test, out->prefix.len, 48);
	KUNIT_EXPECT_MEMEQ(test, &out->prefix.addr, &want, sizeof(want));
	/* 500 of 600 others, and those are 60 % */
	KUNIT_EXPECT_EQ(test, out->prefix_share, 83 * 60 / 100);
}

/* Insertions, but no source known (no memory for rows): diffuse, no prefix. */
static void naming_unknown(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	u32 by[CTW_KINDS] = { 1000 };
	struct ctw_naming *out;

	ctw_tally_total(&f->t, by);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 1000);
	KUNIT_EXPECT_EQ(test, out->n, 0);
	KUNIT_EXPECT_TRUE(test, out->diffuse);
	KUNIT_EXPECT_EQ(test, out->prefix.family, 0);
	KUNIT_EXPECT_EQ(test, out->prefix_share, 0);
}

/* A source of a 20th inside a flood of a million others, in two periods of
 * half a million: named with its share, and nobody else. Its count is exact,
 * unless others in both its sets of a window came faster in the first
 * fiftieth of a period (nil).
 */
static void naming_heavy_in_flood(struct kunit *test)
{
	struct flow *f = flow_make(test, 4096);
	struct ctw_key heavy = key_v6(0x20010db800000001ULL);
	struct ctw_naming *out;
	u32 i;

	for (i = 0; i < 1000000; i++) {
		if (i == 500000)
			flow_period(f, 1000);
		if (i % 20)
			flow_insert(f, key_flood(i), CTW_KIND_TCP_SYN_SENT);
		else
			flow_insert(f, heavy, CTW_KIND_UDP);
	}
	f->now += 500ULL * NSEC_PER_MSEC;
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 1000000);
	KUNIT_EXPECT_EQ(test, out->window, 1500);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	expect_name(test, out, 0, heavy, 5, CTW_KIND_UDP, 100);
	KUNIT_EXPECT_TRUE(test, out->diffuse);
	KUNIT_EXPECT_GE(test, out->names[0].source.count, 50000);
	KUNIT_EXPECT_EQ(test, out->names[0].source.recent, 50000);
}

/* A flood from everywhere names nobody, in no period: an innocent that the
 * flood happens to hit has no share for certain. Three of five come from one
 * /8, and the sample says so: 4,096 rows, so ten standard deviations are 8 %.
 */
static void naming_pure_flood(struct kunit *test)
{
	struct flow *f = flow_make(test, 4096);
	struct in6_addr want = key_v4(IP(10, 0, 0, 0)).addr;
	struct rng r = { .state = 6 };
	struct ctw_naming *out;
	u32 i;

	for (i = 1; i <= 1000000; i++) {
		u32 addr = rng_next(&r);

		if (rng_below(&r, 5) < 3)
			addr = IP(10, 0, 0, 0) | addr >> 8;
		flow_insert(f, key_v4(addr), CTW_KIND_TCP_SYN_SENT);
		if (i % 250000)
			continue;
		out = name(f);
		KUNIT_EXPECT_EQ(test, out->n, 0);
		KUNIT_EXPECT_TRUE(test, out->diffuse);
		KUNIT_EXPECT_EQ(test, out->prefix.len, 8);
		KUNIT_EXPECT_MEMEQ(test, &out->prefix.addr, &want,
				   sizeof(want));
		KUNIT_EXPECT_GE(test, out->prefix_share, 52);
		KUNIT_EXPECT_LE(test, out->prefix_share, 68);
		flow_period(f, 1000);
	}
}

/* Few insertions in the last two periods say little: a longer span has to
 * speak, here half a minute.
 */
static void naming_few(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct ctw_naming *out;

	insert(f, key_v4(1), CTW_KIND_TCP_SYN_SENT, 900);
	flow_period(f, 1000);
	flow_period(f, 2000);
	flow_period(f, 3000);
	insert(f, key_v4(2), CTW_KIND_UDP, 63);
	f->now += 500ULL * NSEC_PER_MSEC;
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 963);
	KUNIT_EXPECT_EQ(test, out->window, 6500);
	KUNIT_EXPECT_EQ(test, out->n, 2);
	expect_name(test, out, 0, key_v4(1), 93, CTW_KIND_TCP_SYN_SENT, 100);
	expect_name(test, out, 1, key_v4(2), 6, CTW_KIND_UDP, 100);
	/* one more is enough for the last two periods to speak */
	insert(f, key_v4(2), CTW_KIND_UDP, 1);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 64);
	KUNIT_EXPECT_EQ(test, out->window, 3500);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	expect_name(test, out, 0, key_v4(2), 100, CTW_KIND_UDP, 100);
}

/* Spans that say too little give way to longer ones: two periods, two slow
 * periods of half a minute, all since the start.
 */
static void spans(struct kunit *test, u32 later, bool enough)
{
	struct flow *f = flow_make(test, 64);
	struct ctw_naming *out;

	insert(f, key_v4(1), CTW_KIND_TCP_SYN_SENT, 900);
	flow_period(f, 1000);
	flow_period(f, 31000);
	insert(f, key_v4(2), CTW_KIND_UDP, later);
	flow_period(f, 10000);
	flow_period(f, 10000);
	/* 52 s: both slow periods, from the start */
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 900 + later);
	KUNIT_EXPECT_EQ(test, out->window, 52000);
	KUNIT_EXPECT_EQ(test, out->n, 2);
	flow_period(f, 12000);
	/* 64 s: the first slow period is no more in it */
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, enough ? later : 900 + later);
	KUNIT_EXPECT_EQ(test, out->window, enough ? 32000 : 64000);
	KUNIT_EXPECT_EQ(test, out->n, enough ? 1 : 2);
	expect_name(test, out, out->n - 1, key_v4(2), enough ? 100 : 6,
		    CTW_KIND_UDP, 100);
	flow_period(f, 32000);
	/* 96 s: nor the second, so all */
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 900 + later);
	KUNIT_EXPECT_EQ(test, out->window, 96000);
	expect_name(test, out, 0, key_v4(1), 93, CTW_KIND_TCP_SYN_SENT, 100);
}

static void naming_spans(struct kunit *test)
{
	spans(test, 64, true);
	spans(test, 63, false);
}

/* A row that nobody looked at for two slow periods is out of the span. */
static void naming_slow_rows_age(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct ctw_naming *out;

	insert(f, key_v4(1), CTW_KIND_UDP, 900);
	flow_period(f, 32000);
	flow_period(f, 32000);
	insert(f, key_v4(2), CTW_KIND_UDP, 100);
	flow_period(f, 1000);
	flow_period(f, 1000);
	flow_period(f, 1000);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 100);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	expect_name(test, out, 0, key_v4(2), 100, CTW_KIND_UDP, 100);
}

/* Below half a minute a slow period does not end, however many ticks. */
static void naming_slow_period(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	u32 i;

	for (i = 1; i <= 200; i++) {
		flow_period(f, 999);
		KUNIT_ASSERT_EQ(test, f->t.slow_period, i / 33);
	}
}

/* After a flood each of four rows has a quarter of all as its count, and one of
 * it for certain: nobody is named, although few came since.
 */
static void naming_few_after_flood(struct kunit *test)
{
	struct flow *f = flow_make(test, 4);
	struct ctw_naming *out;
	u32 i;

	for (i = 0; i < 100000; i++)
		flow_insert(f, key_flood(i), CTW_KIND_UDP);
	flow_period(f, 1000);
	for (i = 0; i < 5; i++) {
		flow_period(f, 31000);
		flow_insert(f, key_flood(200000 + i), CTW_KIND_UDP);
		out = name(f);
		/* the flood, or all since the start: it makes no difference */
		KUNIT_EXPECT_EQ(test, out->insertions, 100001 + i);
		KUNIT_EXPECT_EQ(test, out->n, 0);
		KUNIT_EXPECT_TRUE(test, out->diffuse);
	}
}

/* The kind of late, not the kind of ever. */
static void naming_kind_of_late(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct ctw_naming *out;

	insert(f, key_v4(1), CTW_KIND_TCP_SYN_SENT, 5000);
	flow_period(f, 1000);
	flow_period(f, 1000);
	insert(f, key_v4(1), CTW_KIND_GRE, 30);
	insert(f, key_v4(1), CTW_KIND_UDP, 20);
	flow_period(f, 1000);
	insert(f, key_v4(1), CTW_KIND_UDP, 25);
	insert(f, key_v4(1), CTW_KIND_ICMP, 25);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->insertions, 100);
	expect_name(test, out, 0, key_v4(1), 100, CTW_KIND_UDP, 45);
	KUNIT_EXPECT_EQ(test, out->names[0].source.count, 5100);
	KUNIT_EXPECT_EQ(test, out->names[0].source.by[CTW_KIND_TCP_SYN_SENT],
			5000);
}

/* One that was heavy two periods ago is not named. */
static void naming_past_is_past(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct ctw_naming *out;

	insert(f, key_v4(1), CTW_KIND_UDP, 100000);
	flow_period(f, 1000);
	flow_period(f, 1000);
	insert(f, key_v4(2), CTW_KIND_UDP, 100);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->n, 1);
	expect_name(test, out, 0, key_v4(2), 100, CTW_KIND_UDP, 100);
}

/* A new heavy source shows at once, however long others have counted. */
static void naming_new_heavy(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct ctw_naming *out;
	u32 i, n;

	for (i = 0; i < 200; i++) {
		for (n = 0; n < 64; n++)
			insert(f, key_v4(1000 + n), CTW_KIND_UDP, 20);
		flow_period(f, 1000);
	}
	for (n = 0; n < 64; n++)
		insert(f, key_v4(1000 + n), CTW_KIND_UDP, 20);
	insert(f, key_v4(7), CTW_KIND_TCP_SYN_SENT, 10000);
	out = name(f);
	/* 10,000 of 12,560, at least nearly */
	KUNIT_EXPECT_GE(test, out->n, 1);
	expect_name(test, out, 0, key_v4(7), 79, CTW_KIND_TCP_SYN_SENT, 100);
}

static void naming_zones(struct kunit *test)
{
	struct flow *f = flow_make(test, 64);
	struct ctw_key zoned = key_v4(1);
	struct ctw_naming *out;

	zoned.zone = 5;
	insert(f, key_v4(1), CTW_KIND_UDP, 40);
	insert(f, zoned, CTW_KIND_UDP, 60);
	out = name(f);
	KUNIT_EXPECT_EQ(test, out->n, 2);
	expect_name(test, out, 0, zoned, 60, CTW_KIND_UDP, 100);
	expect_name(test, out, 1, key_v4(1), 40, CTW_KIND_UDP, 100);
}

static struct kunit_case naming_tests[] = {
	KUNIT_CASE(naming_nobody),
	KUNIT_CASE(naming_one_heavy),
	KUNIT_CASE(naming_three_heavy),
	KUNIT_CASE(naming_three_of_five),
	KUNIT_CASE(naming_least_share),
	KUNIT_CASE(naming_half),
	KUNIT_CASE(naming_diffuse),
	KUNIT_CASE(naming_prefix_of_others),
	KUNIT_CASE(naming_unknown),
	KUNIT_CASE(naming_heavy_in_flood),
	KUNIT_CASE(naming_pure_flood),
	KUNIT_CASE(naming_few),
	KUNIT_CASE(naming_few_after_flood),
	KUNIT_CASE(naming_spans),
	KUNIT_CASE(naming_slow_rows_age),
	KUNIT_CASE(naming_slow_period),
	KUNIT_CASE(naming_kind_of_late),
	KUNIT_CASE(naming_past_is_past),
	KUNIT_CASE(naming_new_heavy),
	KUNIT_CASE(naming_zones),
	{ }
};

static struct kunit_suite naming_suite = {
	.name = "ctwatch_naming",
	.test_cases = naming_tests,
};

kunit_test_suites(&naming_suite);
