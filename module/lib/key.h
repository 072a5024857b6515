/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_KEY_H
#define CTW_KEY_H

#include <linux/build_bug.h>
#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct ctw_key - who inserted, and in windows also what
 * @addr: source address with the host part cleared; IPv4 in the first word
 * @net: id of the &struct ctw_net, 0 in tables that belong to one netns
 * @zone: conntrack zone of the original direction
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @kind: &enum ctw_kind_id, 0 where kinds are counted apart
 *
 * Hashed and compared as bytes, so it has no padding and every byte is set.
 */
struct ctw_key {
	union {
		struct in6_addr addr;
		u64 addr64[2];
	};
	u32 net;
	u16 zone;
	u8 family;
	u8 kind;
};

static_assert(sizeof(struct ctw_key) == 24);

static inline bool ctw_key_equal(const struct ctw_key *a,
				 const struct ctw_key *b)
{
	const u64 *x = (const u64 *)a, *y = (const u64 *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]));
}

#endif
