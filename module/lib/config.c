// SPDX-License-Identifier: GPL-2.0
/* What makes sense as settings. Pure logic. */

#include <linux/kernel.h>
#include <linux/minmax.h>

#include "lib/config.h"

static bool ctw_percent_ok(u32 v)
{
	return v >= 1 && v <= CTW_PERCENT_MAX;
}

/**
 * ctw_config_check() - do these settings make sense
 * @c: the settings, all of them
 *
 * Return: NULL, or a constant string that says what to do.
 */
const char *ctw_config_check(const struct ctw_config *c)
{
	if (!ctw_percent_ok(c->notice) || !ctw_percent_ok(c->warning) ||
	    !ctw_percent_ok(c->critical))
		return "notice, warning and critical must be 1 to 100 per cent";
	if (c->notice >= c->warning || c->warning >= c->critical)
		return "thresholds must rise: notice < warning < critical";
	if (c->hysteresis > CTW_HYSTERESIS_MAX || c->hysteresis >= c->notice)
		return "hysteresis must be at most 50 and less than notice";
	if (c->predict_time > CTW_SECONDS_MAX)
		return "predict-time must be at most 86400 seconds (0 switches it off)";
	if (c->predict_min > CTW_PERCENT_MAX)
		return "predict-min must be at most 100 per cent";
	if (c->repeat > CTW_SECONDS_MAX)
		return "repeat must be at most 86400 seconds (0 is never)";
	if (c->log > 1)
		return "log must be 0 or 1";
	if (c->ipv4_prefix < 1 || c->ipv4_prefix > CTW_IPV4_BITS)
		return "ipv4-prefix must be 1 to 32";
	if (c->ipv6_prefix < 1 || c->ipv6_prefix > CTW_IPV6_BITS)
		return "ipv6-prefix must be 1 to 128";
	return NULL;
}
