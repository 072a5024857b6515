// SPDX-License-Identifier: GPL-2.0
/* What who asks wants of the tallies: that they be of this moment, or begin
 * anew.
 */

#include "netns/net.h"
#include "packet/fold.h"
#include "packet/fresh.h"

/**
 * ctw_fresh() - bring all tallies up to this moment
 *
 * Context: process, may sleep; takes ctw_lock.
 */
void ctw_fresh(void)
{
	ctw_fold();
}

/**
 * ctw_fresh_start() - zero counters, sources and peak
 * @id: the namespace, which may have gone
 *
 * What was inserted before the call does not count after it.
 *
 * Context: process, may sleep; takes ctw_lock.
 */
void ctw_fresh_start(u32 id)
{
	struct ctw_net *cn;

	ctw_fold();
	mutex_lock(&ctw_lock);
	cn = ctw_net_by_id(id);
	if (cn)
		ctw_net_reset(cn);
	mutex_unlock(&ctw_lock);
}

/**
 * ctw_fresh_masks() - the same after ctw_net_set_config() changed a prefix
 * @id: the namespace, which may have gone
 *
 * Sources of two lengths do not mix: forget those of the old one. Of the two
 * folds the first waits for insertions that read the old mask, the second
 * takes out what they left.
 *
 * Context: process, may sleep; takes ctw_lock.
 */
void ctw_fresh_masks(u32 id)
{
	ctw_fold();
	ctw_fresh_start(id);
}
