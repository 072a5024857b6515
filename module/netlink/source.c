// SPDX-License-Identifier: GPL-2.0
/* source-get: who inserted, and whose packets were dropped. */

#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <net/genetlink.h>
#include <linux/ctwatch.h>

#include "compat/genetlink.h"
#include "netlink/netlink.h"
#include "netns/net.h"
#include "packet/fresh.h"

/**
 * struct ctw_source_dump - where a dump of sources is
 * @dump: at which namespace
 * @rows: snapshot of the one under way, or NULL
 * @n: rows of it
 * @pos: next row
 * @inum: its inode number
 * @config: its prefix lengths are those of the snapshot
 */
struct ctw_source_dump {
	struct ctw_dump dump;
	struct ctw_source *rows;
	u32 n;
	u32 pos;
	u32 inum;
	struct ctw_config config;
};

/**
 * ctw_source_len() - the length of a prefix that is one source
 * @c: settings
 * @key: the source
 *
 * Return: bits.
 */
u8 ctw_source_len(const struct ctw_config *c, const struct ctw_key *key)
{
	return key->family == NFPROTO_IPV4 ? c->ipv4_prefix : c->ipv6_prefix;
}

/**
 * ctw_put_source() - what a source inserted
 * @skb: where to
 * @c: settings of its namespace
 * @s: the source
 *
 * Return: 0 or -EMSGSIZE.
 */
int ctw_put_source(struct sk_buff *skb, const struct ctw_config *c,
		   const struct ctw_source *s)
{
	struct nlattr *nest = nla_nest_start(skb, CTWATCH_A_SOURCE);

	if (!nest ||
	    ctw_put_address(skb, CTWATCH_A_SOURCE_FAMILY,
			    CTWATCH_A_SOURCE_ADDRESS, s->key.family,
			    &s->key.addr) ||
	    nla_put_u8(skb, CTWATCH_A_SOURCE_PREFIX_LEN,
		       ctw_source_len(c, &s->key)) ||
	    nla_put_u16(skb, CTWATCH_A_SOURCE_ZONE, s->key.zone) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_SOURCE_COUNT, s->count,
			      CTWATCH_A_SOURCE_PAD) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_SOURCE_ERROR, s->error,
			      CTWATCH_A_SOURCE_PAD) ||
	    nla_put_u32(skb, CTWATCH_A_SOURCE_RATE, s->rate) ||
	    nla_put_u32(skb, CTWATCH_A_SOURCE_RECENT, s->recent) ||
	    nla_put_u64_64bit(skb, CTWATCH_A_SOURCE_DROP, s->drop,
			      CTWATCH_A_SOURCE_PAD) ||
	    ctw_put_kinds(skb, CTWATCH_A_SOURCE_KIND, s->by))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * ctw_source_dump_start() - begin a dump of sources
 * @cb: the dump
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it.
 */
int ctw_source_dump_start(struct netlink_callback *cb)
{
	ctw_fresh();
	return ctw_dump_begin(cb, ctw_dump_attrs(cb)[CTWATCH_A_NETNS],
			      sizeof(struct ctw_source_dump));
}

/* A namespace at a time: its sources are copied whole, so what is dumped of it
 * is of one moment, and memory is bounded by one table.
 */
static int ctw_source_load(struct ctw_source_dump *d,
			   struct netlink_callback *cb)
{
	struct ctw_net *cn;
	int ret = -ENOENT;

	kvfree(d->rows);
	d->rows = NULL;
	d->n = 0;
	d->pos = 0;
	mutex_lock(&ctw_lock);
	cn = ctw_dump_next(&d->dump, cb);
	if (cn) {
		d->rows = ctw_tally_snapshot(&cn->tally, ktime_get_ns(), &d->n);
		d->inum = ctw_net_inum(cn);
		d->config = cn->config;
		d->dump.id++;
		ret = !d->rows && (cn->tally.groups.used || cn->tally.drops.used) ?
		      -ENOMEM : 0;
	}
	mutex_unlock(&ctw_lock);
	return ret;
}

static int ctw_source_put_row(struct sk_buff *skb, struct netlink_callback *cb,
			      const struct ctw_source_dump *d)
{
	void *hdr = ctw_dump_put(skb, cb, CTWATCH_CMD_SOURCE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, CTWATCH_A_NETNS, d->inum) ||
	    ctw_put_source(skb, &d->config, &d->rows[d->pos])) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * ctw_source_dump() - the next messages
 * @skb: where to
 * @cb: the dump
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: bytes, 0 at the end, or a negative error.
 */
int ctw_source_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ctw_source_dump *d = (void *)cb->args[CTW_ARG_OWN];
	int ret;

	if (!d)
		return ctw_dump_refused(cb);
	for (;;) {
		for (; d->pos < d->n; d->pos++)
			if (ctw_source_put_row(skb, cb, d))
				return skb->len;
		ret = ctw_source_load(d, cb);
		if (ret == -ENOENT)
			return skb->len;
		if (ret)
			return ret;
	}
}

/**
 * ctw_source_dump_done() - the end of a dump
 * @cb: the dump
 *
 * Return: 0.
 */
int ctw_source_dump_done(struct netlink_callback *cb)
{
	struct ctw_source_dump *d = (void *)cb->args[CTW_ARG_OWN];

	if (d)
		kvfree(d->rows);
	return ctw_dump_done(cb);
}
