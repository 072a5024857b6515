/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_PREFIX_H
#define CTW_PREFIX_H

#include <linux/types.h>

#include "lib/key.h"

/**
 * struct ctw_weight - a key and its weight, for the prefix roll-up
 * @key: a source
 * @weight: how much of the whole it is
 */
struct ctw_weight {
	struct ctw_key key;
	u64 weight;
};

/**
 * struct ctw_prefix - a prefix and its weight
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @len: length of the prefix
 * @addr: network address
 * @weight: sum of the weights within
 */
struct ctw_prefix {
	u8 family;
	u8 len;
	struct in6_addr addr;
	u64 weight;
};

void ctw_largest_prefix(struct ctw_weight *w, u32 n, struct ctw_prefix *out);
void ctw_mask_addr(struct in6_addr *addr, u8 len);

#endif
