// SPDX-License-Identifier: GPL-2.0
/* Who asks about which namespace, and the messages that answer. */

#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <linux/ctwatch.h>

#include "netlink/netlink.h"
#include "netns/net.h"

/* Here, because every message names it; family.c has its operations. */
struct genl_family ctw_family __ro_after_init = {
	.name = CTWATCH_FAMILY_NAME,
	.version = CTWATCH_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
};

/**
 * ctw_sees_all() - does the host's administrator ask
 * @skb: the request
 *
 * Return: whether it comes from the initial netns, with rights there. A
 * container with CAP_NET_ADMIN, even in the initial user namespace, has not.
 */
bool ctw_sees_all(struct sk_buff *skb)
{
	return net_eq(sock_net(NETLINK_CB(skb).sk), &init_net) &&
	       netlink_capable(skb, CAP_NET_ADMIN);
}

static bool ctw_sees(struct sk_buff *skb, const struct ctw_net *cn)
{
	return net_eq(cn->net, sock_net(NETLINK_CB(skb).sk)) ||
	       ctw_sees_all(skb);
}

/**
 * ctw_wanted() - the namespace that a request is about
 * @skb: the request
 * @inum: the one it names, NULL for its own
 * @extack: for words
 *
 * Another one's existence is not told to those who may not see it.
 *
 * Context: under ctw_lock.
 * Return: the namespace, or an error with words for it.
 */
struct ctw_net *ctw_wanted(struct sk_buff *skb, const struct nlattr *inum,
			   struct netlink_ext_ack *extack)
{
	struct ctw_net *cn;

	lockdep_assert_held(&ctw_lock);
	if (!inum)
		return ctw_net(sock_net(NETLINK_CB(skb).sk));
	cn = ctw_net_by_inum(nla_get_u32(inum));
	if (cn && ctw_sees(skb, cn))
		return cn;
	if (!ctw_sees_all(skb)) {
		NL_SET_ERR_MSG_ATTR(extack, inum,
				    "another netns: ask from within it, or from the initial netns with CAP_NET_ADMIN");
		return ERR_PTR(-EPERM);
	}
	NL_SET_ERR_MSG_ATTR(extack, inum,
			    "no such netns: give the inode number that lsns -t net or ls -Li /run/netns shows");
	return ERR_PTR(-ENOENT);
}

/**
 * ctw_reply() - answer about one namespace
 * @info: the request
 * @cn: the namespace
 * @fill: what writes the attributes
 *
 * Context: process, may sleep; under ctw_lock.
 * Return: 0 or a negative error.
 */
int ctw_reply(struct genl_info *info, struct ctw_net *cn, ctw_fill_t fill)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *hdr;

	if (!msg)
		return -ENOMEM;
	hdr = genlmsg_put_reply(msg, info, &ctw_family, 0, info->genlhdr->cmd);
	if (!hdr || fill(msg, cn)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/* Dumps */

/**
 * ctw_dump_refuse() - refuse a dump at its start
 * @cb: the dump
 * @error: negative error
 * @words: words for it
 *
 * Some kernels (6.1) give start() nowhere to put words: there the first call
 * for messages fails instead, which has them.
 *
 * Return: what start() has to return.
 */
int ctw_dump_refuse(struct netlink_callback *cb, int error,
		    const struct netlink_ext_ack *words)
{
	if (cb->extack) {
		*cb->extack = *words;
		return error;
	}
	cb->args[CTW_ARG_ERROR] = error;
	cb->args[CTW_ARG_WORDS] = (long)words->_msg;
	return 0;
}

/**
 * ctw_dump_refused() - was a dump refused at its start
 * @cb: the dump
 *
 * Return: 0, or the error that the call for messages has to return.
 */
int ctw_dump_refused(struct netlink_callback *cb)
{
	if (cb->args[CTW_ARG_ERROR] && cb->extack)
		cb->extack->_msg = (const char *)cb->args[CTW_ARG_WORDS];
	return cb->args[CTW_ARG_ERROR];
}

/**
 * ctw_dump_begin() - begin a dump about one namespace, or all the caller may see
 * @cb: the dump
 * @inum: the namespace that it names, NULL for all
 * @size: bytes of what the dump remembers, a &struct ctw_dump at its start
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: 0 or a negative error, with words for it. ctw_dump_done() is due.
 */
int ctw_dump_begin(struct netlink_callback *cb, const struct nlattr *inum,
		   size_t size)
{
	struct ctw_dump *d = kzalloc(size, GFP_KERNEL);
	struct netlink_ext_ack words = { };
	struct ctw_net *cn;
	int ret = 0;

	if (!d)
		return -ENOMEM;
	mutex_lock(&ctw_lock);
	cn = ctw_wanted(cb->skb, inum, &words);
	if (IS_ERR(cn))
		ret = PTR_ERR(cn);
	else if (inum)
		d->only = cn->id;
	mutex_unlock(&ctw_lock);
	if (!ret) {
		cb->args[CTW_ARG_OWN] = (long)d;
		return 0;
	}
	kfree(d);
	return ctw_dump_refuse(cb, ret, &words);
}

/**
 * ctw_dump_done() - the end of a dump
 * @cb: the dump
 *
 * Return: 0.
 */
int ctw_dump_done(struct netlink_callback *cb)
{
	kfree((struct ctw_dump *)cb->args[CTW_ARG_OWN]);
	return 0;
}

/**
 * ctw_dump_next() - the next namespace of a dump that its caller may see
 * @d: where the dump is
 * @cb: the dump
 *
 * Context: under ctw_lock.
 * Return: the namespace, NULL after the last. To go on, add 1 to @d->id.
 */
struct ctw_net *ctw_dump_next(struct ctw_dump *d, struct netlink_callback *cb)
{
	struct ctw_net *cn;

	while ((cn = ctw_net_next(&d->id))) {
		if ((!d->only || d->only == cn->id) && ctw_sees(cb->skb, cn))
			return cn;
		d->id++;
	}
	return NULL;
}

/**
 * ctw_dump_put() - begin a message of a dump
 * @skb: where to
 * @cb: the dump
 * @cmd: operation
 *
 * Return: its header, NULL when there is no room.
 */
void *ctw_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &ctw_family, NLM_F_MULTI, cmd);
}

/**
 * ctw_dump_each() - the next messages of a dump, one for each namespace
 * @skb: where to
 * @cb: the dump
 * @cmd: operation
 * @fill: what writes the attributes
 *
 * Context: process, may sleep; takes ctw_lock.
 * Return: bytes, 0 at the end, or a negative error.
 */
int ctw_dump_each(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		  ctw_fill_t fill)
{
	struct ctw_dump *d = (struct ctw_dump *)cb->args[CTW_ARG_OWN];
	struct ctw_net *cn;
	void *hdr;

	if (!d)
		return ctw_dump_refused(cb);
	mutex_lock(&ctw_lock);
	while ((cn = ctw_dump_next(d, cb))) {
		hdr = ctw_dump_put(skb, cb, cmd);
		if (!hdr)
			break;
		if (fill(skb, cn)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		d->id++;
	}
	mutex_unlock(&ctw_lock);
	return skb->len;
}
