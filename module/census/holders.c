// SPDX-License-Identifier: GPL-2.0
/* Who holds the table, in a few words. Pure logic on a census. */

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "census/holders.h"

/* The protocol and the state that most entries of a source have. */
static void ctw_holder_most(const struct ctw_census *c,
			    const struct ctw_plan *by_source,
			    const u64 *key, struct ctw_holder *h)
{
	u64 other[CTW_GROUP_WORDS];
	struct ctw_entry e;
	u32 i;

	for (i = 0; i < c->groups.used; i++) {
		const struct ctw_census_row *row = ctw_census_row(c, i);

		if (row->n.entries <= h->most)
			continue;
		ctw_plan_entry(&c->plan, row->key, &e);
		ctw_plan_key(by_source, &e, 0, other);
		if (memcmp(key, other, by_source->key_size))
			continue;
		h->most = row->n.entries;
		h->who.protocol = e.protocol;
		h->who.state = e.state;
	}
	h->most_share = ctw_percent(h->most, h->n.entries);
}

static void ctw_holders_add(const struct ctw_census *c,
			    const struct ctw_census *sources,
			    const struct ctw_census_row *row,
			    struct ctw_holders *out)
{
	struct ctw_holder *h = &out->v[out->n++];

	ctw_plan_entry(&sources->plan, row->key, &h->who);
	h->n = row->n;
	h->share = ctw_percent(row->n.entries, c->all.entries);
	ctw_holder_most(c, &sources->plan, row->key, h);
}

/* The largest prefix of those without a name. */
static void ctw_holders_prefix(const struct ctw_census *sources,
			       struct ctw_holders *out)
{
	u32 first = out->n, n = sources->groups.used - first, i;
	struct ctw_weight *w;
	struct ctw_entry e;

	w = kvcalloc(max(n, 1U), sizeof(*w), GFP_KERNEL);
	if (!w)
		return;
	for (i = 0; i < n; i++) {
		const struct ctw_census_row *row =
			ctw_census_ranked(sources, first + i);

		ctw_plan_entry(&sources->plan, row->key, &e);
		w[i].key.addr = e.src.in6;
		w[i].key.family = e.family;
		w[i].weight = row->n.entries;
	}
	ctw_largest_prefix(w, n, &out->prefix);
	out->prefix_share = ctw_percent(out->prefix.weight,
					sources->all.entries);
	kvfree(w);
}

static void ctw_holders_pick(const struct ctw_census *c,
			     const struct ctw_census *sources,
			     struct ctw_holders *out)
{
	u64 all = c->all.entries, named = 0;
	u32 i;

	for (i = 0; i < min_t(u32, sources->groups.used, CTW_TOP); i++) {
		const struct ctw_census_row *row =
			ctw_census_ranked(sources, i);

		if ((u64)row->n.entries * 100 < all * CTW_NAME_PERCENT)
			break;
		ctw_holders_add(c, sources, row, out);
		named += row->n.entries;
	}
	out->diffuse = named * 2 < all;
	if (out->diffuse)
		ctw_holders_prefix(sources, out);
}

/**
 * ctw_holders_name() - who holds most
 * @c: a census by CTW_HOLDERS_BY, complete, without a filter
 * @out: the answer; not known when there is no memory
 *
 * Context: process, may sleep; bounded by the rows.
 */
void ctw_holders_name(const struct ctw_census *c, struct ctw_holders *out)
{
	struct ctw_query q = c->plan.query;
	struct ctw_census *sources;

	memset(out, 0, sizeof(*out));
	q.by = CTWATCH_GROUP_KEY_SRC | CTWATCH_GROUP_KEY_ZONE;
	sources = ctw_census_regroup(c, &q, c->groups.max);
	if (!sources)
		return;
	/* there was no memory for all the rows */
	if (sources->beyond.entries != c->beyond.entries) {
		ctw_census_free(sources);
		return;
	}
	out->known = true;
	out->facts = c->facts;
	out->sources = sources->known;
	out->sources_max = c->groups.max;
	out->beyond = sources->beyond.entries;
	memcpy(out->src_len, q.by_src, sizeof(out->src_len));
	ctw_holders_pick(c, sources, out);
	ctw_census_free(sources);
}
