// SPDX-License-Identifier: GPL-2.0
/* The parameters of the module. */

#include <linux/module.h>

#include "lib/params.h"

unsigned int ctw_param_sources = 4096;
module_param_named(sources, ctw_param_sources, uint, 0444);
MODULE_PARM_DESC(sources,
		 "Sources counted in each netns, 64 to 65536 (default 4096)");

unsigned int ctw_param_groups = 65536;
module_param_named(groups, ctw_param_groups, uint, 0444);
MODULE_PARM_DESC(groups,
		 "Groups a census tells apart, 256 to 1048576 (default 65536)");

bool ctw_param_log_all_netns = true;
module_param_named(log_all_netns, ctw_param_log_all_netns, bool, 0644);
MODULE_PARM_DESC(log_all_netns,
		 "Write lines of every netns to the kernel log, not only of the initial one (default Y)");

struct ctw_config ctw_param_config = CTW_CONFIG_DEFAULT;

#define CTW_PARAM(key, desc)						\
	module_param_named(key, ctw_param_config.key, uint, 0444);	\
	MODULE_PARM_DESC(key, desc)

CTW_PARAM(notice, "Default threshold of level notice, per cent (default 60)");
CTW_PARAM(warning, "Default threshold of level warning, per cent (default 80)");
CTW_PARAM(critical, "Default threshold of level critical, per cent (default 90)");
CTW_PARAM(hysteresis, "Default: a level ends so many points below its threshold (default 5)");
CTW_PARAM(predict_time, "Default: full within so many seconds is a warning, 0 is off (default 60)");
CTW_PARAM(predict_min, "Default: no prediction below this per cent (default 40)");
CTW_PARAM(repeat, "Default seconds between lines while a level lasts, 0 is never (default 60)");
CTW_PARAM(log, "Default: 1 writes lines to the kernel log, 0 only sends events (default 1)");
CTW_PARAM(ipv4_prefix, "Default length of the prefix that is one IPv4 source (default 32)");
CTW_PARAM(ipv6_prefix, "Default length of the prefix that is one IPv6 source (default 64)");

/**
 * ctw_params_check() - do the parameters make sense
 *
 * Return: NULL, or a constant string that says what to do.
 */
const char *ctw_params_check(void)
{
	const char *reason = ctw_config_check(&ctw_param_config);

	if (!reason && (ctw_param_sources < CTW_SOURCES_MIN ||
			ctw_param_sources > CTW_SOURCES_MAX))
		reason = "sources must be 64 to 65536";
	if (!reason && (ctw_param_groups < CTW_GROUPS_MIN ||
			ctw_param_groups > CTW_GROUPS_MAX))
		reason = "groups must be 256 to 1048576";
	return reason;
}
