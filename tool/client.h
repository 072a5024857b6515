/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink socket: requests to the module and its answers. */
#ifndef CTMODCTL_CLIENT_H
#define CTMODCTL_CLIENT_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "model.h"

struct nl_sock;

struct client {
	struct nl_sock *sock;
	int family;
	/* After a refusal: attribute of the request it was about, or 0. */
	uint16_t refused;
};

/* All the module takes are numbers of 32 bits. */
struct request {
	uint8_t command;
	bool dump;
	size_t n;
	struct {
		uint16_t type;
		uint32_t value;
	} attr[CTWATCH_A_CONFIG_MAX + 1];
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

void request_add(struct request *request, uint16_t type, uint32_t value);
int client_call(struct client *client, const struct request *request,
		const struct reply *reply, struct why *why);

int client_subscribe(struct client *client, struct why *why);

int client_explain_absence(const char *root, const char *release,
			   struct why *why);

#endif
