// SPDX-License-Identifier: GPL-2.0
/*
 * Prints events as the module sends them, until a signal or the module's end.
 */
#include <errno.h>
#include <inttypes.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include "input/command.h"
#include "lib/array.h"
#include "lib/signals.h"
#include "lib/text.h"
#include "netlink/parse.h"
#include "netlink/release.h"
#include "output/json.h"
#include "output/render.h"

struct monitor {
	struct job *job;
	uint32_t netns;		/* whose events to show, unless -A */
	uint32_t number;	/* of the last event, 0 before the first */
	bool unloaded;
};

static volatile sig_atomic_t stopped;

/* Of the socket, bytes. */
static uint64_t buffer = EVENT_BUFFER;

/* Where the kernel's numbers end; it takes less than its least for its least. */
#define BUFFER_MAX (INT32_MAX / 2)

static int option(int option __attribute__((unused)), const char *value)
{
	if (text_number(value, BUFFER_MAX, &buffer) && buffer)
		return 0;
	return usage_error("'%s' is no size of a buffer: give bytes, 1 to %d",
			   value, BUFFER_MAX);
}

static void on_signal(int signal __attribute__((unused)))
{
	stopped = 1;
}

static const int caught[] = { SIGINT, SIGTERM };

static struct timespec now(void)
{
	struct timespec when;

	clock_gettime(CLOCK_REALTIME, &when);
	return when;
}

static void print_event(struct job *job, const struct status *event,
			uint8_t operation)
{
	struct timespec when = now();

	if (job->json)
		json_print(job->out, json_event(event, operation, &when),
			   job->pretty);
	else
		render_event(job->out, event, operation, &when, job->color);
	fflush(job->out);
}

/* The socket overran, or a gap shows how many events that cost. */
static void print_overrun(struct job *job, uint32_t missed)
{
	struct timespec when = now();

	if (job->json)
		json_print(job->out, json_overrun(&when, missed), job->pretty);
	else if (missed)
		warn("%" PRIu32 " events were missed", missed);
	else
		warn("events came faster than they were read: some may be missing");
	fflush(job->out);
}

/* The module numbers what it sends to a namespace; old ones do not. */
static void check_number(struct monitor *monitor, uint32_t number)
{
	uint32_t missed = number - monitor->number - 1;

	if (number && monitor->number && missed)
		print_overrun(monitor->job, missed);
	monitor->number = number;
}

/* One event that cannot be read must not hide those that follow. */
static void take_event(struct monitor *monitor, const struct nlmsghdr *nlh)
{
	struct status event;
	struct why why;

	check_number(monitor, nlh->nlmsg_seq);
	if (parse_event(nlh, &event, &why)) {
		why_prefix(&why, "cannot read an event: ");
		release_blame(&why);
		warn("%s", why.text);
		return;
	}
	if (monitor->job->ctx.all_netns || event.netns == monitor->netns)
		print_event(monitor->job, &event, parse_operation(nlh));
	status_free(&event);
}

static int on_message(struct nl_msg *msg, void *arg)
{
	const struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct monitor *monitor = arg;
	int family = monitor->job->ctx.client.family;

	if (nlh->nlmsg_type == family)
		take_event(monitor, nlh);
	else if (parse_family_gone(nlh, family))
		monitor->unloaded = true;
	return NL_OK;
}

/* Return: 0 to go on, -1 to give up. */
static int receive(struct monitor *monitor, struct why *why)
{
	int err = nl_recvmsgs_default(monitor->job->ctx.client.sock);

	if (monitor->unloaded)
		return why_set(why, "the ctwatch module was unloaded: run 'modprobe ctwatch', then monitor again");
	if (err == -NLE_NOMEM)	/* ENOBUFS */
		print_overrun(monitor->job, 0);
	else if (err < 0 && err != -NLE_AGAIN && err != -NLE_INTR)
		return why_set(why, "cannot receive events: %s",
			       nl_geterror(err));
	if (ferror(monitor->job->out))
		return why_set(why, "cannot write: %s", strerror(errno));
	return 0;
}

static int loop(struct monitor *monitor, const sigset_t *waiting,
		struct why *why)
{
	struct pollfd fd = {
		.fd = nl_socket_get_fd(monitor->job->ctx.client.sock),
		.events = POLLIN,
	};
	int n;

	for (;;) {
		n = ppoll(&fd, 1, NULL, waiting);
		if (stopped)
			return 0;
		if (n < 0 && errno != EINTR)
			return why_set(why, "poll: %s", strerror(errno));
		if (n > 0 && receive(monitor, why))
			return -1;
	}
}

/* Events reach the sockets of their namespace: go there if we can. */
static int choose_netns(struct monitor *monitor, struct why *why)
{
	struct context *ctx = &monitor->job->ctx;

	if (context_find_netns(ctx, why))
		return -1;
	if (ctx->netns_arg && !*ctx->netns.path) {
		monitor->netns = ctx->netns.inode;
		return 0;
	}
	if (ctx->netns_arg && netns_enter(&ctx->netns, why))
		return -1;
	return netns_own(&monitor->netns, why);
}

static int subscribe(struct monitor *monitor, struct why *why)
{
	struct client *client = &monitor->job->ctx.client;

	if (client_connect(client, why) ||
	    client_subscribe(client, buffer, why))
		return -1;
	nl_socket_modify_cb(client->sock, NL_CB_VALID, NL_CB_CUSTOM,
			    on_message, monitor);
	return 0;
}

static int run(struct job *job)
{
	struct monitor monitor = { .job = job };
	sigset_t waiting;
	struct why why;

	signals_catch(caught, ARRAY_SIZE(caught), on_signal, &waiting);
	if (choose_netns(&monitor, &why) || subscribe(&monitor, &why) ||
	    loop(&monitor, &waiting, &why))
		return fail(&why);
	return EXIT_DONE;
}

static const struct option long_options[] = {
	{ "buffer-size", required_argument, NULL, 'b' },
	{}
};

static const char options[] =
"  -b, --buffer-size BYTES\n"
"                     of the socket, as of conntrack(8); default 4194304. Whoever\n"
"                     reads too slowly for it is told how much was missed\n";

const struct command cmd_monitor = {
	.name = "monitor",
	.arguments = "[-b BYTES]",
	.doc = "warnings as they come, one in a line, until interrupted",
	.about =
"Each line is what the kernel log has, with the time. Says when events came\n"
"faster than they were read, and ends when the module is unloaded.\n",
	.options = options,
	.short_options = "b:",
	.long_options = long_options,
	.option = option,
	.run = run,
};
