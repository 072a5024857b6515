/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_CONFIG_H
#define CTW_CONFIG_H

#include <linux/types.h>

/* Ranges; ctwatch.yaml's checks are the same. */
#define CTW_PERCENT_MAX		100
#define CTW_HYSTERESIS_MAX	50
#define CTW_SECONDS_MAX		86400
#define CTW_IPV4_BITS		32
#define CTW_IPV6_BITS		128

/**
 * struct ctw_config - settings of a netns
 * @notice: threshold, per cent of the maximum
 * @warning: threshold, per cent of the maximum
 * @critical: threshold, per cent of the maximum
 * @hysteresis: a level ends so many points below its threshold
 * @predict_time: seconds; full sooner counts as warning; 0: no prediction
 * @predict_min: no prediction below this per cent of the maximum
 * @repeat: seconds between lines while a level lasts; 0: never
 * @log: whether lines go to the kernel log
 * @ipv4_prefix: length of the prefix that is one IPv4 source
 * @ipv6_prefix: length of the prefix that is one IPv6 source
 */
struct ctw_config {
	u32 notice;
	u32 warning;
	u32 critical;
	u32 hysteresis;
	u32 predict_time;
	u32 predict_min;
	u32 repeat;
	u32 log;
	u32 ipv4_prefix;
	u32 ipv6_prefix;
};

#define CTW_CONFIG_DEFAULT {		\
	.notice = 60,			\
	.warning = 80,			\
	.critical = 90,			\
	.hysteresis = 5,		\
	.predict_time = 60,		\
	.predict_min = 40,		\
	.repeat = 60,			\
	.log = 1,			\
	.ipv4_prefix = 32,		\
	.ipv6_prefix = 64,		\
}

const char *ctw_config_check(const struct ctw_config *c);

#endif
