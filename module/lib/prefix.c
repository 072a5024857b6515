// SPDX-License-Identifier: GPL-2.0
/* Prefixes of addresses, and the one that says most about many. Pure logic. */

#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "lib/prefix.h"

/**
 * ctw_mask_addr() - clear the host part of an address
 * @addr: the address, IPv4 in the first word
 * @len: length of the prefix, 0 to 128
 */
void ctw_mask_addr(struct in6_addr *addr, u8 len)
{
	u32 i = len / 8;

	if (i >= sizeof(addr->s6_addr))
		return;
	addr->s6_addr[i] &= ~(0xff >> (len % 8));
	memset(&addr->s6_addr[i + 1], 0, sizeof(addr->s6_addr) - i - 1);
}

static int ctw_weight_cmp(const void *a, const void *b)
{
	const struct ctw_weight *x = a, *y = b;

	if (x->key.family != y->key.family)
		return x->key.family < y->key.family ? -1 : 1;
	return memcmp(&x->key.addr, &y->key.addr, sizeof(x->key.addr));
}

static bool ctw_same_prefix(const struct ctw_key *a, const struct ctw_key *b,
			    u8 len)
{
	struct in6_addr x = a->addr, y = b->addr;

	ctw_mask_addr(&x, len);
	ctw_mask_addr(&y, len);
	return a->family == b->family && !memcmp(&x, &y, sizeof(x));
}

/* Largest sum over neighbours of one prefix; w is sorted by address. */
static void ctw_largest_run(const struct ctw_weight *w, u32 n, u8 family,
			    u8 len, struct ctw_prefix *out)
{
	u32 first = 0, i;
	u64 sum = 0;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < n; i++) {
		if (w[i].key.family != family)
			continue;
		if (!sum || !ctw_same_prefix(&w[first].key, &w[i].key, len)) {
			first = i;
			sum = 0;
		}
		sum += w[i].weight;
		if (sum <= out->weight)
			continue;
		out->weight = sum;
		out->family = family;
		out->len = len;
		out->addr = w[first].key.addr;
		ctw_mask_addr(&out->addr, len);
	}
}

/**
 * ctw_largest_prefix() - the prefix that says most about many sources
 * @w: sources and their weights; sorted on return
 * @n: how many
 * @out: the longest of the usual prefixes that holds at least half of the
 *	weight; the heaviest of the shortest when none does
 *
 * Steps: IPv4 /24, /16, /8; IPv6 /56, /48, /32.
 *
 * Context: process; bounded by @n log @n.
 */
void ctw_largest_prefix(struct ctw_weight *w, u32 n, struct ctw_prefix *out)
{
	static const struct {
		u8 family, len;
	} steps[] = {
		{ NFPROTO_IPV6, 56 }, { NFPROTO_IPV4, 24 },
		{ NFPROTO_IPV6, 48 }, { NFPROTO_IPV4, 16 },
		{ NFPROTO_IPV6, 32 }, { NFPROTO_IPV4, 8 },
	};
	struct ctw_prefix run, shortest = { };
	u64 total = 0;
	u32 i;

	sort(w, n, sizeof(*w), ctw_weight_cmp, NULL);
	for (i = 0; i < n; i++)
		total += w[i].weight;
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		ctw_largest_run(w, n, steps[i].family, steps[i].len, &run);
		if (run.weight && run.weight * 2 >= total) {
			*out = run;
			return;
		}
		if (i >= ARRAY_SIZE(steps) - 2 &&
		    run.weight > shortest.weight)
			shortest = run;
	}
	*out = shortest;
}
