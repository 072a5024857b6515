/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_HOLDERS_H
#define CTW_HOLDERS_H

#include "census/census.h"
#include "lib/prefix.h"
#include "lib/top.h"

/* What a census has to group by for ctw_holders_name(). */
#define CTW_HOLDERS_BY	(CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_ZONE | \
			 CTWATCH_GROUP_KEY_PROTOCOL | CTWATCH_GROUP_KEY_STATE)

/**
 * struct ctw_holder - a source in a line
 * @who: its address, family and zone; protocol and state are those that most
 *	of its entries have
 * @n: its entries
 * @share: their share of all, per cent
 * @most: those of its entries that have that protocol and state
 * @most_share: share of those, per cent
 */
struct ctw_holder {
	struct ctw_entry who;
	struct ctw_counts n;
	u32 share;
	u32 most;
	u32 most_share;
};

/**
 * struct ctw_holders - who holds the table
 * @known: there was a census; else all else is zero
 * @facts: of the walk
 * @sources: number of sources by zone
 * @sources_max: most sources told apart
 * @beyond: entries whose source is not known, there were too many
 * @src_len: length of a source, IPv4 and IPv6
 * @n: sources named
 * @v: the sources, most entries first
 * @diffuse: the sources named hold less than half
 * @prefix: then the largest prefix of the others; family 0 if unknown
 * @prefix_share: its share of all, per cent
 */
struct ctw_holders {
	bool known;
	struct ctw_census_facts facts;
	u32 sources;
	u32 sources_max;
	u32 beyond;
	u8 src_len[2];
	u32 n;
	struct ctw_holder v[CTW_TOP];
	bool diffuse;
	struct ctw_prefix prefix;
	u32 prefix_share;
};

void ctw_holders_name(const struct ctw_census *c, struct ctw_holders *out);

#endif
