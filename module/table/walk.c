// SPDX-License-Identifier: GPL-2.0
/* A walk of conntrack's hash table, which is one for all namespaces.
 *
 * Under RCU, in steps: packets never wait for it. Entries are
 * SLAB_TYPESAFE_BY_RCU: one may be freed and become another while it is read.
 * So a chain that ends in another bucket than it began in is followed again,
 * and an entry counts only if it was the same before and after it was copied.
 * Both directions of an entry are in the table; the reply counts, because an
 * entry that nf_ct_resolve_clash_harder() inserted has only that.
 *
 * An entry that is in the table while its bucket is visited is met once, unless
 * the table is resized; then the walk starts over.
 *
 * Most of the time goes into waiting for memory. Many chains are followed at a
 * time, each one step in turn, and what the next step needs is prefetched.
 */

#include <linux/bottom_half.h>
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/prefetch.h>
#include <linux/rculist_nulls.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "lib/kinds.h"
#include "table/walk.h"

/* Chains at a time. Enough to keep memory busy, and what their steps prefetch
 * still fits the second cache: with 64, 128 and 256 a million entries took 72,
 * 62 and 61 ns each to follow, User Mode Linux on an EPYC.
 */
#define CTW_LANES		256
/* Buckets at a time, for tables that are nearly empty. */
#define CTW_STEP_BUCKETS	4096
/* Entries at a time; more room is made for a chain that is longer. */
#define CTW_STEP_ENTRIES	2048
/* Give up when the table is resized again and again. */
#define CTW_RESIZES_MAX		64

#define CTW_NONE		U32_MAX

/* A chain: the node to look at next, and the last entry found in it. */
struct ctw_lane {
	struct hlist_nulls_node *node;
	u32 bucket;
	u32 last;
};

/* An entry, and the one found before it in the same chain. */
struct ctw_found {
	struct nf_conn *ct;
	u32 before;
};

/* The table and its size belong together while a lock of a bucket is held, for
 * a resize holds them all. It is held for these two loads only, once in some
 * thousand buckets, and another one each time.
 */
static void ctw_walk_table(const struct ctw_walk *w,
			   struct hlist_nulls_head **hash, u32 *size)
{
	spinlock_t *lock = &nf_conntrack_locks[w->bucket % CONNTRACK_LOCKS];

	local_bh_disable();
	nf_conntrack_lock(lock);
	__acquire(lock);	/* its declaration does not tell sparse */
	*hash = nf_conntrack_hash;
	*size = nf_conntrack_htable_size;
	spin_unlock(lock);
	local_bh_enable();
}

/* Is it the table we began with? If not, or at the start, begin with this one.
 * It is freed after a grace period, so it stays for this step.
 */
static bool ctw_walk_same_table(struct ctw_walk *w)
{
	struct hlist_nulls_head *hash;
	bool same;
	u32 size;

	ctw_walk_table(w, &hash, &size);
	same = !w->started || (hash == w->hash && size == w->size);
	if (!w->started || !same) {
		w->hash = hash;
		w->size = size;
		w->bucket = 0;
		w->started = true;
	}
	return same;
}

static struct hlist_nulls_node *ctw_first(const struct ctw_walk *w, u32 bucket)
{
	return rcu_dereference_raw(hlist_nulls_first_rcu(&w->hash[bucket]));
}

/* A node, and the end of its tuple, where the direction is. */
static void ctw_prefetch_node(const struct hlist_nulls_node *node)
{
	const struct nf_conntrack_tuple_hash *h =
		hlist_nulls_entry(node, struct nf_conntrack_tuple_hash, hnnode);

	prefetch(h);
	prefetch(&h->tuple.dst.dir);
}

/* Nodes that are not empty, beginning with the next bucket. Returns the bucket
 * after the last that was looked at.
 */
static u32 ctw_walk_fill(struct ctw_walk *w)
{
	u32 end = min(w->size - w->bucket, (u32)CTW_STEP_BUCKETS) + w->bucket;
	struct hlist_nulls_node *node;
	u32 b;

	w->n_lanes = 0;
	for (b = w->bucket; b < end && w->n_lanes < w->want; b++) {
		node = ctw_first(w, b);
		if (is_a_nulls(node))
			continue;
		ctw_prefetch_node(node);
		w->lanes[w->n_lanes++] = (struct ctw_lane) {
			.node = node,
			.bucket = b,
			.last = CTW_NONE,
		};
	}
	return b;
}

static bool ctw_has_state(u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP ||
	       protocol == IPPROTO_DCCP;
}

static bool ctw_has_ports(u8 protocol)
{
	return ctw_has_state(protocol) || protocol == IPPROTO_UDP ||
	       protocol == IPPROTO_UDPLITE;
}

static void ctw_walk_found(struct ctw_walk *w, struct ctw_lane *lane,
			   const struct nf_conntrack_tuple_hash *h)
{
	struct nf_conn *ct = nf_ct_tuplehash_to_ctrack(h);
	u32 i;

	/* It was freed and came back at the head of the same chain. */
	for (i = lane->last; i != CTW_NONE; i = w->found[i].before)
		if (w->found[i].ct == ct)
			return;
	if (w->n_found == w->max_found) {
		w->overflow = true;
		return;
	}
	prefetch(ct);
	prefetch(&ct->status);
	/* far behind, and not all have one */
	if (ctw_has_state(h->tuple.dst.protonum))
		prefetch(&ct->proto.tcp.state);
	w->found[w->n_found] = (struct ctw_found) {
		.ct = ct,
		.before = lane->last,
	};
	lane->last = w->n_found++;
}

/* The chain led into another one: what was found in it may be of that. */
static bool ctw_lane_restart(struct ctw_walk *w, struct ctw_lane *lane)
{
	u32 i;

	for (i = lane->last; i != CTW_NONE; i = w->found[i].before)
		w->found[i].ct = NULL;
	lane->last = CTW_NONE;
	lane->node = ctw_first(w, lane->bucket);
	return !is_a_nulls(lane->node);
}

/* One step along a chain. Returns whether it goes on. */
static bool ctw_lane_step(struct ctw_walk *w, struct ctw_lane *lane)
{
	struct nf_conntrack_tuple_hash *h =
		hlist_nulls_entry(lane->node, struct nf_conntrack_tuple_hash,
				  hnnode);
	struct hlist_nulls_node *next;

	if (NF_CT_DIRECTION(h) == IP_CT_DIR_REPLY)
		ctw_walk_found(w, lane, h);
	next = rcu_dereference_raw(hlist_nulls_next_rcu(lane->node));
	if (!is_a_nulls(next)) {
		ctw_prefetch_node(next);
		lane->node = next;
		return true;
	}
	return get_nulls_value(next) != lane->bucket &&
	       ctw_lane_restart(w, lane);
}

static void ctw_walk_follow(struct ctw_walk *w)
{
	u32 n = w->n_lanes, i;

	w->n_found = 0;
	w->overflow = false;
	while (n && !w->overflow) {
		for (i = 0; i < n;) {
			if (ctw_lane_step(w, &w->lanes[i]))
				i++;
			else
				w->lanes[i] = w->lanes[--n];
		}
	}
}

static void ctw_entry_tuple(struct ctw_entry *e,
			    const struct nf_conntrack_tuple *t)
{
	e->src.in6 = t->src.u3.in6;
	e->dst.in6 = t->dst.u3.in6;
	e->family = t->src.l3num;
	e->protocol = t->dst.protonum;
	e->sport = 0;
	e->dport = 0;
	e->flags = 0;
	if (ctw_has_ports(e->protocol)) {
		e->sport = ntohs(t->src.u.all);
		e->dport = ntohs(t->dst.u.all);
		e->flags = CTW_ENTRY_PORTS;
	}
}

static void ctw_entry_state(struct ctw_entry *e, const struct nf_conn *ct,
			    unsigned long status)
{
	e->net = nf_ct_net(ct);
	e->zone = nf_ct_zone_id(nf_ct_zone(ct), IP_CT_DIR_ORIGINAL);
	e->mark = 0;
#if IS_ENABLED(CONFIG_NF_CONNTRACK_MARK)
	e->mark = READ_ONCE(ct->mark);
#endif
	e->state = ctw_state_of(ct, e->protocol, status);
	if (status & IPS_ASSURED)
		e->flags |= CTW_ENTRY_ASSURED;
	if (!(status & IPS_SEEN_REPLY))
		e->flags |= CTW_ENTRY_UNREPLIED;
	if (status & IPS_NAT_CLASH)
		e->flags |= CTW_ENTRY_NAT_CLASH;
	if (nf_ct_is_expired(ct))
		e->flags |= CTW_ENTRY_EXPIRED;
}

/* Is it still the entry that was copied? */
static bool ctw_entry_same(const struct ctw_entry *e, const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *t =
		&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;

	return READ_ONCE(ct->status) & IPS_CONFIRMED &&
	       nf_ct_net(ct) == e->net &&
	       ipv6_addr_equal(&e->src.in6, &t->src.u3.in6) &&
	       ipv6_addr_equal(&e->dst.in6, &t->dst.u3.in6) &&
	       t->src.l3num == e->family && t->dst.protonum == e->protocol &&
	       (!(e->flags & CTW_ENTRY_PORTS) ||
		(t->src.u.all == htons(e->sport) &&
		 t->dst.u.all == htons(e->dport)));
}

/* Copies an entry. What is being inserted at this moment is not confirmed yet,
 * or was a moment ago; neither counts.
 */
static bool ctw_entry_read(struct ctw_entry *e, const struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);

	if (!(status & IPS_CONFIRMED))
		return false;
	smp_rmb(); /* a new owner clears the status before it sets the rest */
	ctw_entry_tuple(e, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple);
	ctw_entry_state(e, ct, status);
	smp_rmb(); /* all was copied before it is compared */
	return ctw_entry_same(e, ct);
}

static u32 ctw_walk_read(struct ctw_walk *w)
{
	u32 i, n = 0;

	for (i = 0; i < w->n_found; i++)
		if (w->found[i].ct &&
		    ctw_entry_read(&w->entries[n], w->found[i].ct))
			n++;
	return n;
}

static int ctw_walk_room(struct ctw_walk *w, u32 max)
{
	struct ctw_found *found =
		kvmalloc_array(max, sizeof(*found), GFP_KERNEL);
	struct ctw_entry *entries =
		kvmalloc_array(max, sizeof(*entries), GFP_KERNEL);

	if (!found || !entries) {
		kvfree(found);
		kvfree(entries);
		return -ENOMEM;
	}
	kvfree(w->found);
	kvfree(w->entries);
	w->found = found;
	w->entries = entries;
	w->max_found = max;
	return 0;
}

/**
 * ctw_walk_begin() - prepare for a walk
 * @w: the walk
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM; ctw_walk_end() is due in any case.
 */
int ctw_walk_begin(struct ctw_walk *w)
{
	memset(w, 0, sizeof(*w));
	w->want = CTW_LANES;
	w->lanes = kmalloc_array(CTW_LANES, sizeof(*w->lanes), GFP_KERNEL);
	if (!w->lanes)
		return -ENOMEM;
	return ctw_walk_room(w, CTW_STEP_ENTRIES);
}

/**
 * ctw_walk_end() - give the memory of a walk back
 * @w: the walk
 */
void ctw_walk_end(struct ctw_walk *w)
{
	kfree(w->lanes);
	kvfree(w->found);
	kvfree(w->entries);
}

/* Fewer chains at a time, or room for the one that is so long. */
static int ctw_walk_overflow(struct ctw_walk *w)
{
	if (w->want == 1)
		return ctw_walk_room(w, 2 * w->max_found);
	w->want /= 2;
	return 0;
}

/**
 * ctw_walk_next() - the next entries
 * @w: the walk, not yet done
 * @n: how many there are in @w->entries, on return; there may be none
 *
 * Context: process, may sleep.
 * Return: 0; -EAGAIN when the table was resized, the walk starts over, and what
 * it brought so far is void; -EBUSY when that happened too often; -ENOMEM.
 */
int ctw_walk_next(struct ctw_walk *w, u32 *n)
{
	u32 end = 0;
	bool same;

	*n = 0;
	rcu_read_lock();
	same = ctw_walk_same_table(w);
	if (same) {
		end = ctw_walk_fill(w);
		ctw_walk_follow(w);
		if (!w->overflow)
			*n = ctw_walk_read(w);
		/* what the next step would find out, for the last one */
		if (end == w->size)
			same = ctw_walk_same_table(w);
	}
	rcu_read_unlock();
	if (!same) {
		/* the last step may have read entries before it knew */
		*n = 0;
		return ++w->resizes > CTW_RESIZES_MAX ? -EBUSY : -EAGAIN;
	}
	if (w->overflow)
		return ctw_walk_overflow(w);
	w->bucket = end;
	if (w->want < CTW_LANES && w->n_found * 4 < w->max_found)
		w->want *= 2;
	return 0;
}
