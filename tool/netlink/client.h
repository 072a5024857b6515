/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink socket: requests to the module and its answers. */
#ifndef CTMODCTL_CLIENT_H
#define CTMODCTL_CLIENT_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/error.h"
#include "model/model.h"
#include "netlink/request.h"

struct nl_sock;

struct client {
	struct nl_sock *sock;
	int family;
	/*
	 * After a refusal: its errno, else 0. EOPNOTSUPP is whatever the
	 * module does not know.
	 */
	int error;
	/* And the attribute of the request it was about, or 0. */
	uint16_t refused;
};

/* Who takes the answer. */
struct reply {
	/* One message. Return: 0, or -1 with @why to give up. */
	int (*message)(void *arg, const struct nlmsghdr *nlh, struct why *why);
	/* Forget what came: the kernel changed under a dump, it comes again. */
	void (*restart)(void *arg);
	void *arg;
};

int client_connect(struct client *client, struct why *why);
void client_close(struct client *client);

int client_call(struct client *client, const struct request *request,
		const struct reply *reply, struct why *why);

/* A burst of events must survive a slow terminal. */
#define EVENT_BUFFER (4 << 20)

int client_subscribe(struct client *client, int buffer, struct why *why);

#endif
