/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_COMPAT_DCCP_H
#define CTW_COMPAT_DCCP_H

#include <linux/kernel.h>
#include <net/netfilter/nf_conntrack.h>
#include <linux/ctwatch.h>

/* The state of a DCCP entry, where the kernel still tracks them; since 7.2
 * DCCP is a protocol like others. Returns whether there is one.
 */
static inline bool ctw_ct_dccp_state(const struct nf_conn *ct,
				     enum ctwatch_state *state)
{
#ifdef CTW_HAVE_CT_DCCP
	static const u8 states[] = {
		[CT_DCCP_NONE] = CTWATCH_STATE_NONE,
		[CT_DCCP_REQUEST] = CTWATCH_STATE_REQUEST,
		[CT_DCCP_RESPOND] = CTWATCH_STATE_RESPOND,
		[CT_DCCP_PARTOPEN] = CTWATCH_STATE_PARTOPEN,
		[CT_DCCP_OPEN] = CTWATCH_STATE_OPEN,
		[CT_DCCP_CLOSEREQ] = CTWATCH_STATE_CLOSEREQ,
		[CT_DCCP_CLOSING] = CTWATCH_STATE_CLOSING,
		[CT_DCCP_TIMEWAIT] = CTWATCH_STATE_TIME_WAIT,
	};
	u8 raw = READ_ONCE(ct->proto.dccp.state);

	*state = raw < ARRAY_SIZE(states) ? states[raw] : CTWATCH_STATE_OTHER;
	return true;
#else
	return false;
#endif
}

#endif
