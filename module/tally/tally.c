// SPDX-License-Identifier: GPL-2.0
/* Insertions per source and kind of one netns, since the start, of late, and
 * a second. Pure logic; the windows of the packet path are window.c, who folds
 * them when is fold.c.
 */

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "tally/tally.h"

#define CTW_RATE_SHIFT	4
/* Weight of the past in a rate: a period's part halves in 2.4 periods. */
#define CTW_RATE_DECAY	4

static struct ctw_row *ctw_row(const struct ctw_tally *t, u32 i)
{
	return (struct ctw_row *)ctw_groups_row(&t->groups, i);
}

static u32 ctw_sum(const u32 by[CTW_KINDS])
{
	u32 i, sum = 0;

	for (i = 0; i < CTW_KINDS; i++)
		sum += by[i];
	return sum;
}

/* n insertions in ms, a second, in the unit of ctw_row.rate */
static u32 ctw_rate(u64 n, u32 ms)
{
	u64 rate = div_u64((n << CTW_RATE_SHIFT) * MSEC_PER_SEC, max(ms, 1U));

	return min_t(u64, rate, U32_MAX);
}

/* ms that a period took; the usual second when that is forgotten */
static u32 ctw_length(const struct ctw_tally *t, u32 period)
{
	return t->period - period > CTW_PERIODS ?
	       MSEC_PER_SEC : t->lengths[period % CTW_PERIODS];
}

static void ctw_row_age_slow(const struct ctw_tally *t, struct ctw_row *row)
{
	if (row->slow_period == t->slow_period)
		return;
	row->slow_prev = t->slow_period - row->slow_period == 1 ?
			 row->slow_cur : 0;
	row->slow_cur = 0;
	row->slow_period = t->slow_period;
}

/* Bring a row up to the present period. Rows that nobody touches cost nothing:
 * they age when they are next read.
 */
static void ctw_row_age(const struct ctw_tally *t, struct ctw_row *row)
{
	u32 gone = t->period - row->period, rate;

	ctw_row_age_slow(t, row);
	if (!gone)
		return;
	rate = ctw_rate(ctw_sum(row->cur), ctw_length(t, row->period));
	if (gone > CTW_PERIODS * CTW_RATE_DECAY)
		row->rate = 0;
	else if (row->fresh)
		row->rate = rate;
	else
		row->rate += ((s64)rate - row->rate) / CTW_RATE_DECAY;
	row->fresh = false;
	if (gone == 1)
		memcpy(row->prev, row->cur, sizeof(row->prev));
	else
		memset(row->prev, 0, sizeof(row->prev));
	memset(row->cur, 0, sizeof(row->cur));
	row->period = t->period;
	while (--gone && row->rate)
		row->rate -= DIV_ROUND_UP(row->rate, CTW_RATE_DECAY);
}

static struct ctw_drop_row *ctw_drop_row(const struct ctw_tally *t, u32 i)
{
	return (struct ctw_drop_row *)ctw_groups_row(&t->drops, i);
}

/* What is certain of a row of drops. */
static u64 ctw_drop_sure(const struct ctw_drop_row *row)
{
	u64 sure = row->g.count - row->g.error;

	return sure - min(sure, row->undone);
}

static void ctw_tally_fold_drop(struct ctw_tally *t, const struct ctw_key *key,
				const struct ctw_slot *slot)
{
	u32 sure = slot->count - slot->error;
	struct ctw_drop_row *row;
	struct ctw_group *g;
	bool made;

	/* what undoes a drop may come before it, from another window */
	g = ctw_groups_get(&t->drops, key, &made);
	if (!g)
		return;
	row = container_of(g, struct ctw_drop_row, g);
	if (slot->key.kind == CTW_KIND_UNDROP) {
		row->undone += sure;
		return;
	}
	ctw_groups_add(&t->drops, g, slot->count, slot->error);
}

/**
 * ctw_tally_fold() - take over one slot of a window
 * @t: the tally of the slot's netns
 * @slot: the slot
 *
 * Context: process, may sleep.
 */
void ctw_tally_fold(struct ctw_tally *t, const struct ctw_slot *slot)
{
	struct ctw_key key = slot->key;
	u32 sure = slot->count - slot->error;
	struct ctw_group *g;
	struct ctw_row *row;
	bool made;

	key.net = 0;
	key.kind = 0;
	if (slot->key.kind >= CTW_KINDS) {
		ctw_tally_fold_drop(t, &key, slot);
		return;
	}
	g = ctw_groups_get(&t->groups, &key, &made);
	if (!g) {
		/* no memory: any source may be the one that lost them */
		t->missed += slot->count;
		return;
	}
	row = container_of(g, struct ctw_row, g);
	if (made) {
		row->fresh = true;
		row->period = t->period;
		row->slow_period = t->slow_period;
	}
	ctw_row_age(t, row);
	row->by[slot->key.kind] += sure;
	row->cur[slot->key.kind] += sure;
	row->slow_cur += sure;
	ctw_groups_add(&t->groups, g, slot->count, slot->error);
}

/**
 * ctw_tally_total() - take over the exact totals of one CPU
 * @t: the tally
 * @by: insertions by kind since the last fold
 */
void ctw_tally_total(struct ctw_tally *t, const u32 by[CTW_KINDS])
{
	u32 i;

	for (i = 0; i < CTW_KINDS; i++) {
		t->by[i] += by[i];
		t->total += by[i];
		t->cur += by[i];
		t->slow_cur += by[i];
	}
}

/**
 * ctw_tally_missed() - a window may have counted sources too low
 * @t: the tally
 * @missed: each kind of a source by so many at most, see ctw_window_missed()
 * @by: insertions by kind that the window saw, all sources
 */
void ctw_tally_missed(struct ctw_tally *t, u32 missed, const u32 by[CTW_KINDS])
{
	u32 i;

	for (i = 0; i < CTW_KINDS; i++)
		t->missed += min(missed, by[i]);
}

/**
 * ctw_tally_period() - begin a new period
 * @t: the tally
 * @now: ns
 */
void ctw_tally_period(struct ctw_tally *t, u64 now)
{
	t->lengths[t->period % CTW_PERIODS] =
		min_t(u64, div_u64(now - t->start, NSEC_PER_MSEC), U32_MAX);
	t->period++;
	t->prev_start = t->start;
	t->start = now;
	t->prev = t->cur;
	t->cur = 0;
	if (now - t->slow_start < CTW_SLOW_NS)
		return;
	t->slow_period++;
	t->slow_prev_start = t->slow_start;
	t->slow_start = now;
	t->slow_prev = t->slow_cur;
	t->slow_cur = 0;
}

/**
 * ctw_tally_unattributed() - insertions no source accounts for
 * @t: the tally
 *
 * Return: all insertions less those that rows have for certain.
 */
u64 ctw_tally_unattributed(const struct ctw_tally *t)
{
	u64 sure = 0;
	u32 i;

	for (i = 0; i < t->groups.used; i++)
		sure += ctw_row(t, i)->g.count - ctw_row(t, i)->g.error;
	return t->total - min(sure, t->total);
}

static u64 ctw_drops_of(const struct ctw_tally *t, const struct ctw_key *key)
{
	struct ctw_group *g = ctw_groups_find(&t->drops, key);

	return g ? ctw_drop_sure(container_of(g, struct ctw_drop_row, g)) : 0;
}

static void ctw_source_from(const struct ctw_tally *t,
			    const struct ctw_row *row, u64 now,
			    struct ctw_source *s)
{
	u32 elapsed = max_t(u64, div_u64(now - t->start, NSEC_PER_MSEC), 1);

	s->key = row->key;
	/* What windows may have missed only ever raises the upper bound. */
	s->count = row->g.count + t->missed;
	s->error = row->g.error + t->missed;
	s->recent = ctw_sum(row->cur) + ctw_sum(row->prev);
	s->rate = row->fresh ? ctw_rate(ctw_sum(row->cur), elapsed) : row->rate;
	/* to the nearest */
	s->rate = (s->rate >> CTW_RATE_SHIFT) +
		  !!(s->rate & BIT(CTW_RATE_SHIFT - 1));
	memcpy(s->by, row->by, sizeof(s->by));
	s->drop = ctw_drops_of(t, &row->key);
}

static int ctw_source_cmp(const void *a, const void *b)
{
	const struct ctw_source *x = a, *y = b;

	if (x->recent != y->recent)
		return x->recent > y->recent ? -1 : 1;
	if (x->rate != y->rate)
		return x->rate > y->rate ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (x->drop != y->drop)
		return x->drop > y->drop ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/**
 * ctw_tally_snapshot() - all sources, the busiest of late first
 * @t: the tally
 * @now: ns
 * @n: number of sources on return
 *
 * Context: process, may sleep.
 * Return: an array to be freed with kvfree(), NULL when there is no memory or
 * no source.
 */
struct ctw_source *ctw_tally_snapshot(struct ctw_tally *t, u64 now, u32 *n)
{
	u32 most = t->groups.used + t->drops.used, i;
	struct ctw_source *s;

	*n = 0;
	if (!most)
		return NULL;
	s = kvcalloc(most, sizeof(*s), GFP_KERNEL);
	if (!s)
		return NULL;
	for (i = 0; i < t->groups.used; i++) {
		ctw_row_age(t, ctw_row(t, i));
		ctw_source_from(t, ctw_row(t, i), now, &s[(*n)++]);
	}
	/* Some never got a connection through. */
	for (i = 0; i < t->drops.used; i++) {
		const struct ctw_drop_row *row = ctw_drop_row(t, i);

		if (ctw_groups_find(&t->groups, &row->key))
			continue;
		s[*n].key = row->key;
		s[*n].count = t->missed;
		s[*n].error = t->missed;
		s[(*n)++].drop = ctw_drop_sure(row);
	}
	sort(s, *n, sizeof(*s), ctw_source_cmp, NULL);
	return s;
}

/* Naming */

/* Over what time a line counts: the shortest that has enough to say. */
enum ctw_span {
	CTW_SPAN_FAST,
	CTW_SPAN_SLOW,
	CTW_SPAN_ALL,
};

static enum ctw_span ctw_span_of(const struct ctw_tally *t)
{
	if (t->cur + t->prev >= CTW_NAME_INSERTIONS)
		return CTW_SPAN_FAST;
	if (t->slow_cur + t->slow_prev >= CTW_NAME_INSERTIONS)
		return CTW_SPAN_SLOW;
	return CTW_SPAN_ALL;
}

static void ctw_span_begin(const struct ctw_tally *t, enum ctw_span span,
			   u64 now, struct ctw_naming *out)
{
	u64 start = t->since;

	out->insertions = t->total;
	if (span == CTW_SPAN_FAST) {
		out->insertions = t->cur + t->prev;
		start = t->prev_start;
	} else if (span == CTW_SPAN_SLOW) {
		out->insertions = t->slow_cur + t->slow_prev;
		start = t->slow_prev_start;
	}
	out->window = div_u64(now - start, NSEC_PER_MSEC);
}

/* Weight of a row. */
static u64 ctw_row_weight(const struct ctw_row *row, enum ctw_span span)
{
	switch (span) {
	case CTW_SPAN_FAST:
		return (u64)ctw_sum(row->cur) + ctw_sum(row->prev);
	case CTW_SPAN_SLOW:
		return (u64)row->slow_cur + row->slow_prev;
	default:
		return row->g.count - row->g.error;
	}
}

/* Weight of a kind within a row: of late, else since the start. */
static u64 ctw_kind_weight(const struct ctw_row *row, enum ctw_span span,
			   u32 kind)
{
	return span == CTW_SPAN_FAST ? (u64)row->cur[kind] + row->prev[kind] :
				       row->by[kind];
}

static void ctw_name_from(const struct ctw_tally *t, const struct ctw_row *row,
			  enum ctw_span span, u64 weight, u64 now,
			  struct ctw_naming *out)
{
	struct ctw_name *name = &out->names[out->n++];
	u64 kinds = 0;
	u32 i;

	ctw_source_from(t, row, now, &name->source);
	for (i = 0; i < CTW_KINDS; i++) {
		kinds += ctw_kind_weight(row, span, i);
		if (ctw_kind_weight(row, span, i) >
		    ctw_kind_weight(row, span, name->kind))
			name->kind = i;
	}
	name->share = ctw_percent(weight, out->insertions);
	name->kind_share =
		ctw_percent(ctw_kind_weight(row, span, name->kind), kinds);
}

static bool ctw_is_named(const struct ctw_naming *out,
			 const struct ctw_key *key)
{
	u32 i;

	for (i = 0; i < out->n; i++)
		if (ctw_key_equal(&out->names[i].source.key, key))
			return true;
	return false;
}

/* The largest prefix of the sources without a name. A flood leaves no more
 * than a sample of itself in the table, so the share is that of the sample.
 */
static void ctw_name_prefix(const struct ctw_tally *t, enum ctw_span span,
			    u64 named, struct ctw_naming *out)
{
	struct ctw_weight *w;
	u64 total = 0;
	u32 i, n = 0;

	w = kvmalloc_array(t->groups.used, sizeof(*w), GFP_KERNEL);
	if (!w)
		return;
	for (i = 0; i < t->groups.used; i++) {
		const struct ctw_row *row = ctw_row(t, i);
		u64 weight = ctw_row_weight(row, span);

		if (!weight || ctw_is_named(out, &row->key))
			continue;
		w[n].key = row->key;
		w[n++].weight = weight;
		total += weight;
	}
	if (total) {
		ctw_largest_prefix(w, n, &out->prefix);
		out->prefix_share = ctw_percent(out->prefix.weight, total) *
			(100 - ctw_percent(named, out->insertions)) / 100;
	}
	kvfree(w);
}

/**
 * ctw_tally_name() - who inserts most
 * @t: the tally
 * @now: ns
 * @out: the answer
 *
 * Names a source only for what it inserted for certain, so that a flood of
 * spoofed sources never names an innocent.
 *
 * Context: process, may sleep; bounded by the rows.
 */
void ctw_tally_name(struct ctw_tally *t, u64 now, struct ctw_naming *out)
{
	enum ctw_span span = ctw_span_of(t);
	struct ctw_top top = { };
	u64 named = 0;
	u32 i;

	memset(out, 0, sizeof(*out));
	ctw_span_begin(t, span, now, out);
	for (i = 0; i < t->groups.used; i++) {
		ctw_row_age(t, ctw_row(t, i));
		ctw_top_add(&top, i, ctw_row_weight(ctw_row(t, i), span));
	}
	ctw_top_cut(&top, out->insertions, CTW_NAME_PERCENT);
	for (i = 0; i < top.n; i++) {
		ctw_name_from(t, ctw_row(t, top.index[i]), span, top.weight[i],
			      now, out);
		named += top.weight[i];
	}
	out->diffuse = named * 2 < out->insertions;
	if (out->diffuse)
		ctw_name_prefix(t, span, named, out);
}

static u64 ctw_drop_fresh(const struct ctw_drop_row *row)
{
	u64 sure = ctw_drop_sure(row);

	return sure - min(sure, row->told);
}

/**
 * ctw_tally_name_drops() - whose packets were dropped since the last line
 * @t: the tally
 * @out: the answer
 */
void ctw_tally_name_drops(const struct ctw_tally *t,
			  struct ctw_drop_naming *out)
{
	struct ctw_top top = { };
	u32 i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < t->drops.used; i++) {
		u64 fresh = ctw_drop_fresh(ctw_drop_row(t, i));

		out->total += fresh;
		ctw_top_add(&top, i, fresh);
	}
	ctw_top_cut(&top, out->total, CTW_NAME_PERCENT);
	out->n = top.n;
	for (i = 0; i < top.n; i++) {
		out->keys[i] = ctw_drop_row(t, top.index[i])->key;
		out->drop[i] = top.weight[i];
		out->share[i] = ctw_percent(top.weight[i], out->total);
	}
}

/**
 * ctw_tally_told_drops() - a line has named them
 * @t: the tally
 */
void ctw_tally_told_drops(struct ctw_tally *t)
{
	u32 i;

	for (i = 0; i < t->drops.used; i++)
		ctw_drop_row(t, i)->told = ctw_drop_sure(ctw_drop_row(t, i));
}

/**
 * ctw_tally_dropped() - dropped packets whose source is known
 * @t: the tally
 *
 * Return: the sum over the sources.
 */
u64 ctw_tally_dropped(const struct ctw_tally *t)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < t->drops.used; i++)
		sum += ctw_drop_sure(ctw_drop_row(t, i));
	return sum;
}

/**
 * ctw_tally_bytes() - the bound of a tally's memory
 * @max: most sources
 *
 * Return: bytes.
 */
size_t ctw_tally_bytes(u32 max)
{
	return ctw_groups_bytes(sizeof(struct ctw_row), max) +
	       ctw_groups_bytes(sizeof(struct ctw_drop_row), max);
}

/**
 * ctw_tally_init() - an empty tally
 * @t: the tally
 * @max: most sources
 * @now: ns
 */
void ctw_tally_init(struct ctw_tally *t, u32 max, u64 now)
{
	memset(t, 0, sizeof(*t));
	ctw_groups_init(&t->groups, sizeof(struct ctw_row),
			offsetof(struct ctw_row, key), sizeof(struct ctw_key),
			max);
	ctw_groups_init(&t->drops, sizeof(struct ctw_drop_row),
			offsetof(struct ctw_drop_row, key),
			sizeof(struct ctw_key), max);
	t->since = now;
	t->start = now;
	t->prev_start = now;
	t->slow_start = now;
	t->slow_prev_start = now;
}

/**
 * ctw_tally_reset() - forget everything
 * @t: the tally
 * @now: ns
 */
void ctw_tally_reset(struct ctw_tally *t, u64 now)
{
	u32 max = t->groups.max;

	ctw_tally_free(t);
	ctw_tally_init(t, max, now);
}

/**
 * ctw_tally_free() - give the memory back
 * @t: the tally; ctw_tally_init() makes it usable again
 */
void ctw_tally_free(struct ctw_tally *t)
{
	ctw_groups_reset(&t->groups);
	ctw_groups_reset(&t->drops);
}
