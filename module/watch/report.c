// SPDX-License-Identifier: GPL-2.0
/* The words: one event, one line, a fixed grammar. Numbers are rounded for
 * people here; the netlink event has them exactly. Pure logic.
 */

#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/netfilter.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/ctwatch.h>

#include "watch/report.h"

struct ctw_text {
	char *buf;
	size_t len;
};

static __printf(2, 3) void ctw_say(struct ctw_text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	t->len += vscnprintf(t->buf + t->len, CTW_LINE - t->len, fmt, args);
	va_end(args);
}

/* 0.4s 9.9s 10s 119s 2m 119m 2h */
static void ctw_say_ms(struct ctw_text *t, u64 ms)
{
	u64 s = div_u64(ms, MSEC_PER_SEC);

	if (s < 10)
		ctw_say(t, "%llu.%llus", s, div_u64(ms, 100) - s * 10);
	else if (s < 120)
		ctw_say(t, "%llus", s);
	else if (s < 120 * 60)
		ctw_say(t, "%llum", div_u64(s, 60));
	else
		ctw_say(t, "%lluh", div_u64(s, 3600));
}

static void ctw_say_addr(struct ctw_text *t, u8 family,
			 const struct in6_addr *addr, u32 len)
{
	if (family == NFPROTO_IPV4)
		ctw_say(t, "%pI4", addr);
	else
		ctw_say(t, "%pI6c", addr);
	if (len != (family == NFPROTO_IPV4 ? CTW_IPV4_BITS : CTW_IPV6_BITS))
		ctw_say(t, "/%u", len);
}

/* What a source inserted. A state at insertion says something only when it is
 * not the first one of its protocol: that every TCP connection began as
 * SYN_SENT would read like a SYN flood.
 */
static void ctw_say_kind(struct ctw_text *t, const struct ctw_kind *kind)
{
	ctw_say(t, "%s", ctw_proto_name(kind->protocol));
	if (!ctw_state_is_first(kind->state))
		ctw_say(t, " %s", ctw_state_name(kind->state));
}

static void ctw_say_key(struct ctw_text *t, const struct ctw_report *r,
			const struct ctw_key *key)
{
	ctw_say_addr(t, key->family, &key->addr,
		     key->family == NFPROTO_IPV4 ? r->ipv4_prefix :
						   r->ipv6_prefix);
	if (key->zone)
		ctw_say(t, " zone %u", key->zone);
}

static void ctw_say_name(struct ctw_text *t, const struct ctw_report *r,
			 const struct ctw_name *name)
{
	ctw_say_key(t, r, &name->source.key);
	ctw_say(t, " %u%% (", name->share);
	ctw_say_kind(t, &ctw_kinds[name->kind]);
	ctw_say(t, " %u%%)", name->kind_share);
}

static void ctw_say_diffuse(struct ctw_text *t, const struct ctw_prefix *p,
			    u32 share)
{
	ctw_say(t, "diffuse");
	if (!p->family)
		return;
	ctw_say(t, " (largest ");
	ctw_say_addr(t, p->family, &p->addr, p->len);
	ctw_say(t, " %u%%)", share);
}

/* Who inserts. */
static void ctw_say_inserters(struct ctw_text *t, const struct ctw_report *r)
{
	const struct ctw_naming *n = &r->naming;
	u32 i;

	if (!n->insertions) {
		ctw_say(t, "; sources: unknown (no insertions seen)");
		return;
	}
	ctw_say(t, "; %ssources by insertions in ", n->n ? "top " : "");
	ctw_say_ms(t, n->window);
	ctw_say(t, ": ");
	for (i = 0; i < n->n; i++) {
		ctw_say(t, "%s", i ? ", " : "");
		ctw_say_name(t, r, &n->names[i]);
	}
	if (n->diffuse) {
		ctw_say(t, "%s", n->n ? ", others " : "");
		ctw_say_diffuse(t, &n->prefix, n->prefix_share);
	}
}

/* The states of TCP go without its name: nearly all is TCP. */
static void ctw_say_holder(struct ctw_text *t, const struct ctw_holders *h,
			   const struct ctw_holder *holder)
{
	const struct ctw_entry *who = &holder->who;

	ctw_say_addr(t, who->family, &who->src.in6,
		     h->src_len[who->family == NFPROTO_IPV6]);
	if (who->zone)
		ctw_say(t, " zone %u", who->zone);
	ctw_say(t, " %u%% (", holder->share);
	if (who->protocol != IPPROTO_TCP)
		ctw_say(t, "%s ", ctw_proto_name(who->protocol));
	ctw_say(t, "%s %u%%)", ctw_state_name(who->state), holder->most_share);
}

/* Who holds the table. */
static void ctw_say_holders(struct ctw_text *t, const struct ctw_holders *h)
{
	u32 i;

	if (!h->facts.seen) {
		ctw_say(t, "; sources: unknown (no entries seen)");
		return;
	}
	ctw_say(t, "; %ssources: ", h->n ? "top " : "");
	for (i = 0; i < h->n; i++) {
		ctw_say(t, "%s", i ? ", " : "");
		ctw_say_holder(t, h, &h->v[i]);
	}
	if (h->diffuse) {
		ctw_say(t, "%s", h->n ? ", others " : "");
		ctw_say_diffuse(t, &h->prefix, h->prefix_share);
	}
}

static void ctw_say_sources(struct ctw_text *t, const struct ctw_report *r)
{
	if (r->holders.known)
		ctw_say_holders(t, &r->holders);
	else
		ctw_say_inserters(t, r);
}

static void ctw_say_table(struct ctw_text *t, const struct ctw_verdict *v)
{
	ctw_say(t, "conntrack table ");
	if (v->max)
		ctw_say(t, "%llu%% full (%u/%u)",
			div_u64((u64)v->count * 100, v->max), v->count, v->max);
	else
		ctw_say(t, "has no limit (%u entries)", v->count);
}

static const char *ctw_level_name(enum ctwatch_level level)
{
	static const char * const names[] = {
		[CTWATCH_LEVEL_OK] = "ok",
		[CTWATCH_LEVEL_NOTICE] = "notice",
		[CTWATCH_LEVEL_WARNING] = "warning",
		[CTWATCH_LEVEL_CRITICAL] = "critical",
		[CTWATCH_LEVEL_FULL] = "full",
	};

	return names[level];
}

/* Whose packets were dropped, as far as it is known. */
static void ctw_say_dropped(struct ctw_text *t, const struct ctw_report *r)
{
	const struct ctw_drop_naming *d = &r->drops;
	u32 i;

	ctw_say(t, "; dropped sources: ");
	for (i = 0; i < d->n; i++) {
		ctw_say(t, "%s", i ? ", " : "");
		ctw_say_key(t, r, &d->keys[i]);
		ctw_say(t, " %u%%", d->share[i]);
	}
	if (!d->n)
		ctw_say(t, "diffuse");
}

static void ctw_say_drop(struct ctw_text *t, u64 n)
{
	ctw_say(t, "%llu packet%s dropped", n, n == 1 ? "" : "s");
}

static void ctw_say_early_drop(struct ctw_text *t, u64 n)
{
	ctw_say(t, "%llu entr%s evicted early", n, n == 1 ? "y" : "ies");
}

static void ctw_say_full(struct ctw_text *t, const struct ctw_report *r)
{
	const struct ctw_verdict *v = &r->verdict;

	ctw_say(t, "full: ");
	ctw_say_drop(t, v->new_drop);
	ctw_say(t, ", ");
	ctw_say_early_drop(t, v->new_early_drop);
	ctw_say(t, " in ");
	ctw_say_ms(t, v->interval);
	ctw_say_sources(t, r);
	if (v->new_drop && r->drops.total)
		ctw_say_dropped(t, r);
}

static void ctw_say_high(struct ctw_text *t, const struct ctw_report *r)
{
	const struct ctw_verdict *v = &r->verdict;

	ctw_say(t, "%s: ", ctw_level_name(v->level));
	ctw_say_table(t, v);
	ctw_say(t, ", %+d/s", v->growth);
	if (v->time_to_full && v->time_to_full != U32_MAX) {
		ctw_say(t, ", full in ");
		ctw_say_ms(t, v->time_to_full);
	}
	ctw_say_sources(t, r);
}

static void ctw_say_cleared(struct ctw_text *t, const struct ctw_report *r)
{
	const struct ctw_verdict *v = &r->verdict;

	ctw_say(t, "cleared: ");
	ctw_say_table(t, v);
	ctw_say(t, " after ");
	ctw_say_ms(t, v->high_for);
	if (v->max) {
		ctw_say(t, ", peak %llu%% ",
			div_u64((u64)v->high_peak * 100, v->max));
		ctw_say_ms(t, v->high_peak_age);
		ctw_say(t, " ago");
	}
	if (v->high_drop) {
		ctw_say(t, ", ");
		ctw_say_drop(t, v->high_drop);
	}
	if (v->high_early_drop) {
		ctw_say(t, ", ");
		ctw_say_early_drop(t, v->high_early_drop);
	}
}

/**
 * ctw_report_level() - the line of a change of level, or of one that lasts
 * @buf: the line, without an end of line
 * @r: the facts
 */
void ctw_report_level(char buf[CTW_LINE], const struct ctw_report *r)
{
	struct ctw_text t = { .buf = buf };

	ctw_say(&t, "netns %u: ", r->inum);
	if (r->verdict.event == CTW_EVENT_CLEARED)
		ctw_say_cleared(&t, r);
	else if (r->verdict.level == CTWATCH_LEVEL_FULL)
		ctw_say_full(&t, r);
	else
		ctw_say_high(&t, r);
	if (r->suppressed)
		ctw_say(&t, ", %u message%s suppressed", r->suppressed,
			r->suppressed == 1 ? "" : "s");
}

/**
 * ctw_report_tracking() - the line of tracking that starts
 * @buf: the line, without an end of line
 * @inum: inode number of the netns
 * @families: in which it started, flags of &enum ctwatch_tracking
 * @count: entries that it has made by now, within a second
 * @max: limit of entries
 * @growth: entries a second since then
 */
void ctw_report_tracking(char buf[CTW_LINE], u32 inum, u32 families,
			 u32 count, u32 max, u32 growth)
{
	static const char * const names[] = {
		[CTWATCH_TRACKING_IPV4] = "ipv4",
		[CTWATCH_TRACKING_IPV6] = "ipv6",
		[CTWATCH_TRACKING_IPV4 | CTWATCH_TRACKING_IPV6] = "ipv4, ipv6",
	};
	struct ctw_text t = { .buf = buf };

	ctw_say(&t, "netns %u: connection tracking started (%s), ",
		inum, names[families]);
	if (max)
		ctw_say(&t, "conntrack table max %u", max);
	else
		ctw_say(&t, "conntrack table without limit");
	if (!count)
		return;
	ctw_say(&t, ", %u entr%s already", count, count == 1 ? "y" : "ies");
	if (!growth)
		return;
	ctw_say(&t, ", +%u/s", growth);
	if (max > count) {
		ctw_say(&t, ", full in ");
		ctw_say_ms(&t, div_u64((u64)(max - count) * MSEC_PER_SEC,
				       growth));
	}
}
