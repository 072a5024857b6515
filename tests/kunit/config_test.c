// SPDX-License-Identifier: GPL-2.0
/* Settings: each bound, just inside and just outside. */

#include <kunit/test.h>

#include "lib/config.c"

static const char * const percent_hint =
	"notice, warning and critical must be 1 to 100 per cent";
static const char * const order_hint =
	"thresholds must rise: notice < warning < critical";
static const char * const hysteresis_hint =
	"hysteresis must be at most 50 and less than notice";
static const char * const time_hint =
	"predict-time must be at most 86400 seconds (0 switches it off)";
static const char * const min_hint =
	"predict-min must be at most 100 per cent";
static const char * const repeat_hint =
	"repeat must be at most 86400 seconds (0 is never)";
static const char * const log_hint = "log must be 0 or 1";
static const char * const ipv4_hint = "ipv4-prefix must be 1 to 32";
static const char * const ipv6_hint = "ipv6-prefix must be 1 to 128";

/* Defaults with one field changed: what the check says, NULL for nothing. */
struct config_case {
	size_t field;
	u32 value;
	const char * const *hint;
};

#define FIELD(name) offsetof(struct ctw_config, name)

static const struct config_case config_cases[] = {
	{ FIELD(notice), 0, &percent_hint },
	{ FIELD(notice), 6, NULL },
	{ FIELD(notice), 79, NULL },
	{ FIELD(notice), 80, &order_hint },
	{ FIELD(notice), 101, &percent_hint },
	{ FIELD(notice), U32_MAX, &percent_hint },
	{ FIELD(warning), 0, &percent_hint },
	{ FIELD(warning), 60, &order_hint },
	{ FIELD(warning), 61, NULL },
	{ FIELD(warning), 89, NULL },
	{ FIELD(warning), 90, &order_hint },
	{ FIELD(warning), 101, &percent_hint },
	{ FIELD(critical), 0, &percent_hint },
	{ FIELD(critical), 80, &order_hint },
	{ FIELD(critical), 81, NULL },
	{ FIELD(critical), 100, NULL },
	{ FIELD(critical), 101, &percent_hint },
	{ FIELD(hysteresis), 0, NULL },
	{ FIELD(hysteresis), 50, NULL },
	{ FIELD(hysteresis), 51, &hysteresis_hint },
	{ FIELD(hysteresis), U32_MAX, &hysteresis_hint },
	{ FIELD(notice), 5, &hysteresis_hint },
	{ FIELD(predict_time), 0, NULL },
	{ FIELD(predict_time), 86400, NULL },
	{ FIELD(predict_time), 86401, &time_hint },
	{ FIELD(predict_min), 0, NULL },
	{ FIELD(predict_min), 100, NULL },
	{ FIELD(predict_min), 101, &min_hint },
	{ FIELD(repeat), 0, NULL },
	{ FIELD(repeat), 86400, NULL },
	{ FIELD(repeat), 86401, &repeat_hint },
	{ FIELD(log), 0, NULL },
	{ FIELD(log), 1, NULL },
	{ FIELD(log), 2, &log_hint },
	{ FIELD(ipv4_prefix), 0, &ipv4_hint },
	{ FIELD(ipv4_prefix), 1, NULL },
	{ FIELD(ipv4_prefix), 32, NULL },
	{ FIELD(ipv4_prefix), 33, &ipv4_hint },
	{ FIELD(ipv6_prefix), 0, &ipv6_hint },
	{ FIELD(ipv6_prefix), 1, NULL },
	{ FIELD(ipv6_prefix), 128, NULL },
	{ FIELD(ipv6_prefix), 129, &ipv6_hint },
};

static void config_bounds(struct kunit *test)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(config_cases); i++) {
		const struct config_case *t = &config_cases[i];
		struct ctw_config c = CTW_CONFIG_DEFAULT;
		const char *said;

		*(u32 *)((char *)&c + t->field) = t->value;
		said = ctw_config_check(&c);
		KUNIT_EXPECT_EQ_MSG(test, !said, !t->hint, "case %u", i);
		if (said && t->hint)
			KUNIT_EXPECT_STREQ_MSG(test, said, *t->hint,
					       "case %u", i);
	}
}

static void config_defaults(struct kunit *test)
{
	struct ctw_config c = CTW_CONFIG_DEFAULT;

	KUNIT_EXPECT_NULL(test, ctw_config_check(&c));
	KUNIT_EXPECT_EQ(test, c.notice, 60);
	KUNIT_EXPECT_EQ(test, c.warning, 80);
	KUNIT_EXPECT_EQ(test, c.critical, 90);
	KUNIT_EXPECT_EQ(test, c.hysteresis, 5);
	KUNIT_EXPECT_EQ(test, c.predict_time, 60);
	KUNIT_EXPECT_EQ(test, c.predict_min, 40);
	KUNIT_EXPECT_EQ(test, c.repeat, 60);
	KUNIT_EXPECT_EQ(test, c.log, 1);
	KUNIT_EXPECT_EQ(test, c.ipv4_prefix, 32);
	KUNIT_EXPECT_EQ(test, c.ipv6_prefix, 64);
}

/* The lowest and the highest that go together. */
static void config_extremes(struct kunit *test)
{
	struct ctw_config low = {
		.notice = 1, .warning = 2, .critical = 3,
		.ipv4_prefix = 1, .ipv6_prefix = 1,
	};
	struct ctw_config high = {
		.notice = 98, .warning = 99, .critical = 100, .hysteresis = 50,
		.predict_time = 86400, .predict_min = 100, .repeat = 86400,
		.log = 1, .ipv4_prefix = 32, .ipv6_prefix = 128,
	};

	KUNIT_EXPECT_NULL(test, ctw_config_check(&low));
	KUNIT_EXPECT_NULL(test, ctw_config_check(&high));
	low.hysteresis = 1;
	KUNIT_EXPECT_STREQ(test, ctw_config_check(&low), hysteresis_hint);
}

static struct kunit_case config_tests[] = {
	KUNIT_CASE(config_bounds),
	KUNIT_CASE(config_defaults),
	KUNIT_CASE(config_extremes),
	{ }
};

static struct kunit_suite config_suite = {
	.name = "ctwatch_config",
	.test_cases = config_tests,
};

kunit_test_suites(&config_suite);
