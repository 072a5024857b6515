// SPDX-License-Identifier: GPL-2.0
/*
 * One socket: finds the family, sends a request, takes the answer whole, and
 * says in words what was refused.
 */
#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "model/names.h"
#include "netlink/client.h"
#include "netlink/host.h"
#include "netlink/parse.h"
#include "netlink/release.h"

/* A dump may be interrupted by changes each time; then say so and go on. */
#define DUMP_TRIES 8

struct call {
	const struct reply *reply;
	struct why *why;
	struct extack extack;
	bool done;
	bool failed;
};

static int netlink_error(const char *what, int err, struct why *why)
{
	if (err == -NLE_PERM)
		return why_set(why, "not permitted: run as root (needs CAP_NET_ADMIN)");
	return why_set(why, "%s: %s", what, nl_geterror(err));
}

static int family_absent(struct why *why)
{
	struct utsname uts;

	uname(&uts);
	return host_explain_absence("", uts.release, why);
}

/*
 * Find the family in a dump of all: a lookup by name makes the kernel load the
 * module if it can, and looking must not change the host.
 */
static int resolve_family(struct client *client, struct why *why)
{
	struct genl_family *family;
	struct nl_cache *cache;
	int err = genl_ctrl_alloc_cache(client->sock, &cache);

	if (err < 0)
		return netlink_error("generic netlink families", err, why);
	family = genl_ctrl_search_by_name(cache, CTWATCH_FAMILY_NAME);
	if (family) {
		client->family = genl_family_get_id(family);
		err = release_check_family(genl_family_get_version(family),
					   why);
		genl_family_put(family);
	} else {
		err = family_absent(why);
	}
	nl_cache_free(cache);
	return err;
}

/* Old kernels lack these options, and work without. */
static void set_options(struct nl_sock *sock)
{
	int fd = nl_socket_get_fd(sock);
	int on = 1;

	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
}

/**
 * client_connect - open a socket and find the module
 * @client: filled; client_close() it, also on failure
 * @why: on failure, the reason and what to do
 *
 * Return: 0 or -1.
 */
int client_connect(struct client *client, struct why *why)
{
	int err;

	*client = (struct client){ .sock = nl_socket_alloc() };
	if (!client->sock)
		return why_set(why, "out of memory");
	err = genl_connect(client->sock);
	if (err < 0)
		return netlink_error("cannot open a generic netlink socket",
				     err, why);
	set_options(client->sock);
	return resolve_family(client, why);
}

/**
 * client_close - close the socket
 * @client: may be zeroed or not connected
 */
void client_close(struct client *client)
{
	if (client->sock)
		nl_socket_free(client->sock);
	client->sock = NULL;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct call *call = arg;

	if (call->failed || !call->reply)
		return NL_SKIP;
	if (call->reply->message(call->reply->arg, nlh, call->why)) {
		why_prefix(call->why, "cannot read the answer of the module: ");
		release_blame(call->why);
		/* Read on: the rest must not answer the next request. */
		call->failed = true;
	}
	return NL_SKIP;
}

static int on_ack(struct nl_msg *msg __attribute__((unused)), void *arg)
{
	((struct call *)arg)->done = true;
	return NL_STOP;
}

static int on_dump_end(struct nl_msg *msg, void *arg)
{
	struct call *call = arg;

	parse_extack(nlmsg_hdr(msg), &call->extack);
	call->done = true;
	/* Not NL_STOP: libnl still has to report an interrupted dump. */
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from __attribute__((unused)),
		    struct nlmsgerr *e, void *arg)
{
	struct call *call = arg;

	/* libnl hands out the payload; the header is right before it. */
	parse_extack((struct nlmsghdr *)((char *)e - NLMSG_HDRLEN),
		     &call->extack);
	call->done = true;
	return NL_STOP;
}

static struct nl_cb *new_callbacks(struct client *client, struct call *call)
{
	struct nl_cb *own = nl_socket_get_cb(client->sock);
	struct nl_cb *cb = nl_cb_clone(own);

	nl_cb_put(own);
	if (!cb)
		return NULL;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, call);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, call);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_dump_end, call);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, call);
	return cb;
}

static struct nl_msg *new_message(struct client *client,
				  const struct request *request)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, client->family, 0,
			 request->dump ? NLM_F_DUMP : 0, request->operation,
			 CTWATCH_FAMILY_VERSION))
		goto full;
	if (nlmsg_append(msg, (void *)request->attrs, request->len, 0))
		goto full;
	return msg;
full:
	nlmsg_free(msg);
	return NULL;
}

/* The kernel's words for an attribute that the module has no policy for. */
static bool is_unknown_attribute(const struct extack *extack)
{
	return extack->error == EINVAL &&
	       (!strcmp(extack->text, "Unknown attribute type") ||
		!strcmp(extack->text, "Unsupported attribute"));
}

static int lacks_attribute(const struct request *request, uint32_t offset,
			   struct why *why)
{
	const struct field *field = request_field_at(request, offset);
	struct why what;

	why_set(&what, "%s%s%s of %s", field ? "'" : "",
		field ? field->name : "an attribute", field ? "'" : "",
		operation_name(request->operation));
	return release_lacks(what.text, why);
}

/* The kernel's own words if it has any, else what its error number means. */
static int refused(struct client *client, const struct request *request,
		   const struct extack *extack, struct why *why)
{
	client->error = extack->error;
	client->refused = request_attr_at(request, extack->offset);
	if (is_unknown_attribute(extack)) {
		/* An operation that it has not as we mean it. */
		client->error = EOPNOTSUPP;
		return lacks_attribute(request, extack->offset, why);
	}
	if (*extack->text)
		return why_set(why, "%s", extack->text);
	switch (extack->error) {
	case EPERM:
	case EACCES:
		return why_set(why, "not permitted: run as root (needs CAP_NET_ADMIN)");
	case EOPNOTSUPP:
		return release_lacks(operation_name(request->operation), why);
	case EBUSY:
		return why_set(why, "the connection tracking table is being resized: try again");
	case ENODATA:
		return why_set(why, "no peak yet: since the start or the last reset the table has not been above notice");
	case ENOENT:
		return why_set(why, "the ctwatch module knows no such network namespace, or was unloaded just now");
	default:
		why_set(why, "%s: %s", operation_name(request->operation),
			strerror(extack->error));
		release_blame(why);
		return -1;
	}
}

/* Until the answer is complete. Return: 0 or a libnl error. */
static int receive(struct client *client, struct nl_cb *cb, struct call *call)
{
	int err = 0;

	while (!call->done && err >= 0)
		err = nl_recvmsgs(client->sock, cb);
	return call->extack.error ? 0 : err;
}

static int call_once(struct client *client, const struct request *request,
		     struct call *call)
{
	struct nl_cb *cb = new_callbacks(client, call);
	struct nl_msg *msg = new_message(client, request);
	int err = -NLE_NOMEM;

	if (cb && msg)
		err = nl_send_auto(client->sock, msg);
	if (err >= 0)
		err = receive(client, cb, call);
	nlmsg_free(msg);
	nl_cb_put(cb);
	return err;
}

/**
 * client_call - send a request and take the answer
 * @client: connected
 * @request: the request
 * @reply: who takes the messages of the answer; NULL if there are none
 * @why: on failure, the reason and what to do
 *
 * A dump during which the kernel's data changed is asked for again. If it
 * always does, the last answer stands and a warning says so.
 *
 * Return: 0 or -1.
 */
int client_call(struct client *client, const struct request *request,
		const struct reply *reply, struct why *why)
{
	struct call call;
	int tries, err;

	client->error = 0;
	client->refused = 0;
	for (tries = 1; ; tries++) {
		call = (struct call){ .reply = reply, .why = why };
		err = call_once(client, request, &call);
		if (err != -NLE_DUMP_INTR || tries == DUMP_TRIES)
			break;
		reply->restart(reply->arg);
	}
	if (call.extack.error)
		return refused(client, request, &call.extack, why);
	if (call.failed)
		return -1;
	if (err == -NLE_DUMP_INTR)
		warn("the answer changed while it was read and may be inconsistent");
	else if (err < 0)
		return netlink_error(operation_name(request->operation), err,
				     why);
	return 0;
}

static int join(struct client *client, const char *family, const char *group,
		struct why *why)
{
	int id = genl_ctrl_resolve_grp(client->sock, family, group);
	int err = id;

	if (id >= 0)
		err = nl_socket_add_membership(client->sock, id);
	if (err >= 0)
		return 0;
	if (err == -NLE_OBJ_NOTFOUND)
		return release_lacks("events", why);
	return netlink_error("cannot listen to events", err, why);
}

static void set_buffer(struct nl_sock *sock, int size)
{
	int fd = nl_socket_get_fd(sock);

	/* Beyond net.core.rmem_max only with CAP_NET_ADMIN. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

/**
 * client_subscribe - turn the socket into one for events
 * @client: connected; no requests after this
 * @buffer: bytes of the socket's buffer
 * @why: on failure, the reason and what to do
 *
 * The controller's group comes along: it tells when the module is unloaded.
 *
 * Return: 0 or -1.
 */
int client_subscribe(struct client *client, int buffer, struct why *why)
{
	set_buffer(client->sock, buffer);
	if (join(client, "nlctrl", "notify", why) ||
	    join(client, CTWATCH_FAMILY_NAME, CTWATCH_MCGRP_EVENTS, why))
		return -1;
	nl_socket_disable_seq_check(client->sock);
	nl_socket_set_nonblocking(client->sock);
	return 0;
}
