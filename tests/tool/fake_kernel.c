// SPDX-License-Identifier: GPL-2.0
/*
 * Answers ctmodctl in the place of the module: linked over the functions that
 * open the socket, it takes what is sent and hands back whole datagrams, so
 * that everything else is the real tool and the real libnl.
 *
 * FAKE names what is unusual this time, FAKE_LOG a file that gets a line for
 * each request, FAKE_EVENTS the events to send, by their first letters. The
 * others are told where they are read.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/array.h"
#include "message.h"
#include "model/names.h"
#include "netlink/client.h"
#include "netlink/host.h"
#include "netlink/netns.h"
#include "netlink/release.h"

#define FAMILY_ID 33
#define OWN_NETNS UINT32_C(4026531840)
#define OTHER_NETNS UINT32_C(4026532567)
#define MAX_DATAGRAMS 64

struct datagram {
	unsigned char *bytes;
	size_t len;
};

static struct datagram queue[MAX_DATAGRAMS];
static size_t queued, taken;
static const struct nlmsghdr *request;
static int dumps;

static bool fake_is(const char *name)
{
	const char *fake = getenv("FAKE");

	return fake && !strcmp(fake, name);
}

/* Add to the last datagram if @more, as the kernel packs a dump. */
static void queue_message(struct nl_msg *msg, int type, int flags, bool more)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	size_t len = NLMSG_ALIGN(nlh->nlmsg_len);
	struct datagram *d;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = request ? request->nlmsg_seq : 0;
	nlh->nlmsg_pid = request ? request->nlmsg_pid : 0;
	if (!more || !queued)
		queued++;
	d = &queue[queued - 1];
	d->bytes = realloc(d->bytes, d->len + len);
	memcpy(d->bytes + d->len, nlh, nlh->nlmsg_len);
	memset(d->bytes + d->len + nlh->nlmsg_len, 0, len - nlh->nlmsg_len);
	d->len += len;
	nlmsg_free(msg);
}

static void queue_error(int error, const char *text, uint32_t offset)
{
	struct nl_msg *msg = nlmsg_alloc();
	int flags = NLM_F_CAPPED;

	nlmsg_put(msg, 0, 0, NLMSG_ERROR, 0, 0);
	nlmsg_append(msg, &error, sizeof(error), 0);
	nlmsg_append(msg, (void *)request, sizeof(*request), 0);
	if (text) {
		nla_put_string(msg, NLMSGERR_ATTR_MSG, text);
		flags |= NLM_F_ACK_TLVS;
	}
	if (offset)
		nla_put_u32(msg, NLMSGERR_ATTR_OFFS, offset);
	queue_message(msg, NLMSG_ERROR, flags, false);
}

/* Only the end of a dump says that its data went away in the middle. */
static int done_flags(void)
{
	return NLM_F_MULTI |
	       (fake_is("cut-short-once") && dumps == 1 ? NLM_F_DUMP_INTR : 0);
}

static void queue_done(int error, const char *text)
{
	struct nl_msg *msg = nlmsg_alloc();
	int flags = done_flags();

	nlmsg_put(msg, 0, 0, NLMSG_DONE, 0, 0);
	nlmsg_append(msg, &error, sizeof(error), 0);
	if (text) {
		nla_put_string(msg, NLMSGERR_ATTR_MSG, text);
		flags |= NLM_F_ACK_TLVS;
	}
	queue_message(msg, NLMSG_DONE, flags, false);
}

static bool is_dump(void)
{
	return (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}

/* Flags of a dump's messages: the first dump, or each, is interrupted. */
static int dump_flags(void)
{
	bool interrupted = fake_is("interrupted-always") ||
			   (fake_is("interrupted-once") && dumps == 1);

	return NLM_F_MULTI | (interrupted ? NLM_F_DUMP_INTR : 0);
}

static const struct given other = {
	.netns = OTHER_NETNS,
	.level = CTWATCH_LEVEL_OK,
	.entries = 1234,
	.growth = -12,
	.attempts = 2000,
};

/* Numbers and attributes that only a newer module has. */
static void put_later(struct nl_msg *msg)
{
	struct nlattr *kind = nla_nest_start(msg, CTWATCH_A_KIND);

	nla_put_u8(msg, CTWATCH_A_KIND_PROTOCOL, 200);
	nla_put_u32(msg, CTWATCH_A_KIND_STATE, 77);
	put_u64(msg, SET_KIND, CTWATCH_A_KIND_COUNT, 500);
	nla_put_string(msg, 40, "later");
	nla_nest_end(msg, kind);
	nla_put_string(msg, 200, "later");
}

static struct nl_msg *status_message(const struct given *given)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_STATUS_GET);
	struct given now = *given;

	now.version = getenv("FAKE_RELEASE");
	if (fake_is("newer-module"))
		now.level = 9;
	put_status(msg, &now);
	if (fake_is("newer-module"))
		put_later(msg);
	return msg;
}

static void answer_status(void)
{
	if (is_dump()) {
		queue_message(status_message(&warning), FAMILY_ID,
			      dump_flags(), false);
		queue_message(status_message(&other), FAMILY_ID,
			      dump_flags(), true);
		queue_done(0, NULL);
		return;
	}
	if (fake_is("no-entries"))
		spoilt = (struct spoilt){ SET_CTWATCH, CTWATCH_A_ENTRIES,
					  SPOIL_MISSING };
	if (fake_is("older-module"))
		spoilt = (struct spoilt){ SET_CTWATCH, CTWATCH_A_UNATTRIBUTED,
					  SPOIL_MISSING };
	queue_message(status_message(&warning), FAMILY_ID, 0, false);
	queue_error(0, NULL, 0);
}

/* The sources of one namespace in two messages, of the other in one. */
static void answer_sources(bool all)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_SOURCE_GET);

	if (!fake_is("no-sources")) {
		put_sources(msg, OWN_NETNS);
		queue_message(msg, FAMILY_ID, dump_flags(), false);
		msg = message_new(CTWATCH_CMD_SOURCE_GET);
		put_u32(msg, SET_CTWATCH, CTWATCH_A_NETNS, OWN_NETNS);
		put_plain_source(msg, 9, 1000);
		queue_message(msg, FAMILY_ID, dump_flags(), false);
		msg = message_new(CTWATCH_CMD_SOURCE_GET);
	}
	if (all) {
		put_u32(msg, SET_CTWATCH, CTWATCH_A_NETNS, OTHER_NETNS);
		put_plain_source(msg, 8, 1000);
		queue_message(msg, FAMILY_ID, dump_flags(), true);
	} else {
		nlmsg_free(msg);
	}
	if (fake_is("dump-fails"))
		queue_done(-EAGAIN, "the sources were reset, ask again");
	else
		queue_done(0, NULL);
}

static uint32_t asked(int attr)
{
	struct nlattr *a = nlmsg_find_attr((struct nlmsghdr *)request,
					   GENL_HDRLEN, attr);

	return a ? nla_get_u32(a) : 0;
}

static bool asked_peak(void)
{
	return nlmsg_find_attr((struct nlmsghdr *)request, GENL_HDRLEN,
			       CTWATCH_A_QUERY_PEAK);
}

static void census_message(uint32_t by)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_CENSUS_GET);

	put_query(msg, asked(CTWATCH_A_QUERY_NETNS) ? OWN_NETNS : 0, by);
	if (asked_peak())
		put(msg, SET_QUERY, CTWATCH_A_QUERY_PEAK, "", 0);
	queue_message(msg, FAMILY_ID, dump_flags(), false);
}

static void group_message(uint32_t by, int number)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_CENSUS_GET);

	put_group(msg, by, number);
	queue_message(msg, FAMILY_ID, dump_flags(), number & 1);
}

/* The rest is in "other", whatever "top" left out. */
static void answer_census(void)
{
	uint32_t top = asked(CTWATCH_A_QUERY_TOP);
	uint32_t by = asked(CTWATCH_A_QUERY_BY);
	int i;

	if (asked_peak() && fake_is("no-peak")) {
		queue_error(-ENODATA, "no peak since the last reset", 0);
		return;
	}
	if (asked_peak() && fake_is("no-peak-no-words")) {
		queue_error(-ENODATA, NULL, 0);
		return;
	}
	if (fake_is("no-facts"))
		spoilt = (struct spoilt){ SET_CENSUS, CTWATCH_A_CENSUS_SEEN,
					  SPOIL_MISSING };
	if (fake_is("no-answer")) {
		queue_done(0, NULL);
		return;
	}
	if (!fake_is("groups-only"))
		census_message(by);
	for (i = 0; i < GIVEN_GROUPS && !fake_is("no-groups"); i++) {
		if (i && done_flags() != NLM_F_MULTI)
			break;
		if (!top || i < (int)top || i == GIVEN_GROUPS - 1)
			group_message(by, i);
	}
	if (fake_is("census-fails") ||
	    (fake_is("census-fails-later") && dumps > 3))
		queue_done(-EAGAIN, "the table changed its size too often, ask again");
	else
		queue_done(0, NULL);
}

/*
 * Settings of each namespace. FAKE_CONFIG is a file that keeps them from one
 * run to the next: a line for each, inode number and values; the first is the
 * caller's own.
 */
struct settings {
	uint32_t netns;
	uint32_t values[GIVEN_SETTINGS];
};

#define MAX_SETTINGS 8

static struct settings settings[MAX_SETTINGS] = {
	{ OWN_NETNS, { 60, 80, 90, 5, 60, 40, 60, 1, 32, 64 } },
	{ OTHER_NETNS, { 60, 80, 90, 5, 60, 40, 60, 1, 32, 64 } },
};
static size_t n_settings = 2;

static void read_settings(void)
{
	const char *path = getenv("FAKE_CONFIG");
	FILE *f = path ? fopen(path, "r") : NULL;
	struct settings *s = settings;
	int i;

	if (!f)
		return;
	for (; s < settings + MAX_SETTINGS; s++) {
		if (fscanf(f, "%u", &s->netns) != 1)
			break;
		for (i = 0; i < GIVEN_SETTINGS; i++)
			if (fscanf(f, "%u", &s->values[i]) != 1)
				abort();
	}
	n_settings = s - settings;
	fclose(f);
}

static void write_settings(void)
{
	const char *path = getenv("FAKE_CONFIG");
	FILE *f = path ? fopen(path, "w") : NULL;
	const struct settings *s;
	int i;

	if (!f)
		return;
	for (s = settings; s < settings + n_settings; s++) {
		fprintf(f, "%u", s->netns);
		for (i = 0; i < GIVEN_SETTINGS; i++)
			fprintf(f, " %u", s->values[i]);
		fputc('\n', f);
	}
	fclose(f);
}

/* Those of the namespace that is asked about; NULL after a refusal. */
static struct settings *asked_settings(void)
{
	uint32_t netns = asked(CTWATCH_A_CONFIG_NETNS);
	struct settings *s;

	for (s = settings; s < settings + n_settings; s++)
		if (!netns || s->netns == netns)
			return s;
	queue_error(-ENOENT, "no such netns: give the inode number that lsns -t net or ls -Li /run/netns shows",
		    0);
	return NULL;
}

static void config_message(const struct settings *s, bool more)
{
	struct nl_msg *msg = message_new(CTWATCH_CMD_CONFIG_GET);

	put_settings(msg, s->netns, s->values);
	queue_message(msg, FAMILY_ID, is_dump() ? NLM_F_MULTI : 0, more);
}

static void answer_config(void)
{
	const struct settings *s;

	read_settings();
	if (!is_dump()) {
		s = asked_settings();
		if (!s)
			return;
		config_message(s, false);
		queue_error(0, NULL, 0);
		return;
	}
	/* Whoever may see no other namespace gets his own. */
	for (s = settings; s < settings + n_settings; s++)
		if (s == settings || !fake_is("container"))
			config_message(s, s != settings);
	queue_done(0, NULL);
}

/* As the module's ctw_config_check() has it. */
static const char *check_settings(const uint32_t *values)
{
	if (values[0] >= values[1] || values[1] >= values[2])
		return "thresholds must rise: notice < warning < critical";
	if (values[3] >= values[0])
		return "hysteresis must be at most 50 and less than notice";
	return NULL;
}

static bool change_settings(struct settings *s)
{
	struct nlattr *a;
	int rem;

	nlmsg_for_each_attr(a, (struct nlmsghdr *)request, GENL_HDRLEN, rem) {
		if (nla_type(a) == CTWATCH_A_CONFIG_NETNS)
			continue;
		/* As the kernel's policy does, perhaps of another release. */
		if (nla_type(a) <= CTWATCH_A_CONFIG_CRITICAL &&
		    (nla_get_u32(a) > (fake_is("narrow") ? 99 : 100) ||
		     !nla_get_u32(a))) {
			queue_error(-ERANGE, "integer out of range",
				    (char *)a - (char *)request);
			return false;
		}
		s->values[nla_type(a) - CTWATCH_A_CONFIG_NOTICE] =
			nla_get_u32(a);
	}
	return true;
}

static void answer_config_set(void)
{
	static bool refused;
	struct settings *s, changed;
	const char *reason;

	read_settings();
	s = asked_settings();
	if (!s)
		return;
	if (refused && fake_is("stuck")) {
		queue_error(-EPERM, NULL, 0);
		return;
	}
	changed = *s;
	refused = true;
	if (!change_settings(&changed))
		return;
	reason = check_settings(changed.values);
	if (reason) {
		queue_error(-EINVAL, reason, 0);
		return;
	}
	refused = false;
	*s = changed;
	write_settings();
	queue_error(0, NULL, 0);
}

static uint32_t own_inode(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) ? 0 : st.st_ino;
}

/* Numbers by their size, IPv4 addresses too; what has another byte by byte. */
static void log_value(FILE *log, struct nlattr *a)
{
	unsigned char *bytes = nla_data(a);
	int i;

	if (nla_len(a) == 4 && nla_get_u32(a) == own_inode())
		fputs("own", log);
	else if (nla_len(a) == 4)
		fprintf(log, "%u", nla_get_u32(a));
	else if (nla_len(a) == 2)
		fprintf(log, "%u", nla_get_u16(a));
	else if (nla_len(a) == 1)
		fprintf(log, "%u", nla_get_u8(a));
	else
		for (i = 0; i < nla_len(a); i++)
			fprintf(log, "%02x", bytes[i]);
}

static void log_attrs(FILE *log, struct nlattr *head, int len)
{
	struct nlattr *a;
	int rem;

	nla_for_each_attr(a, head, len, rem) {
		fprintf(log, " %d=", nla_type(a));
		if (a->nla_type & NLA_F_NESTED) {
			fputs("{", log);
			log_attrs(log, nla_data(a), nla_len(a));
			fputs(" }", log);
		} else {
			log_value(log, a);
		}
	}
}

static void log_request(int command)
{
	const char *path = getenv("FAKE_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;

	if (!log)
		return;
	fprintf(log, "%s %s", operation_name(command), is_dump() ? "dump" : "do");
	log_attrs(log, nlmsg_attrdata((struct nlmsghdr *)request, GENL_HDRLEN),
		  nlmsg_attrlen((struct nlmsghdr *)request, GENL_HDRLEN));
	fputc('\n', log);
	fclose(log);
}

/* As the kernel does with what is behind the end of the module's policy. */
static bool refuse_attribute(void)
{
	struct nlattr *a, *last = NULL;
	int rem;

	nlmsg_for_each_attr(a, (struct nlmsghdr *)request, GENL_HDRLEN, rem)
		last = a;
	if (!last)
		return false;
	queue_error(-EINVAL, "Unknown attribute type",
		    (char *)last - (char *)request);
	return true;
}

/* Refusals, mostly whatever is asked. Return: true if refused. */
static bool refuse(int command)
{
	if (command == CTWATCH_CMD_CENSUS_GET && fake_is("no-rights"))
		queue_error(-EPERM, NULL, 0);
	else if (command == CTWATCH_CMD_CENSUS_GET && fake_is("no-census"))
		queue_error(-EOPNOTSUPP, NULL, 0);
	else if (command != CTWATCH_CMD_STATUS_GET && fake_is("older-module"))
		return refuse_attribute();
	else if (fake_is("odd"))
		queue_error(-EINVAL, NULL, 0);
	else if (fake_is("busy"))
		queue_error(-EBUSY, NULL, 0);
	else if (fake_is("not-permitted"))
		queue_error(-EPERM, NULL, 0);
	else if (fake_is("unknown-operation"))
		queue_error(-EOPNOTSUPP, NULL, 0);
	else if (fake_is("no-such-netns"))
		queue_error(-ENOENT, "no network namespace\033 with this inode number",
			    0);
	else if (fake_is("vanished"))
		queue_error(-ENOENT, NULL, 0);
	else
		return false;
	return true;
}

static void answer(int command)
{
	if (refuse(command))
		return;
	switch (command) {
	case CTWATCH_CMD_STATUS_GET:
		answer_status();
		break;
	case CTWATCH_CMD_SOURCE_GET:
		answer_sources(!nlmsg_find_attr((struct nlmsghdr *)request,
						GENL_HDRLEN, CTWATCH_A_NETNS));
		break;
	case CTWATCH_CMD_CENSUS_GET:
		answer_census();
		break;
	case CTWATCH_CMD_CONFIG_GET:
		answer_config();
		break;
	case CTWATCH_CMD_CONFIG_SET:
		answer_config_set();
		break;
	default:
		queue_error(0, NULL, 0);
	}
}

static int fake_send(struct nl_sock *sock, struct nl_msg *msg)
{
	struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(msg));

	(void)sock;
	/* Whoever asks again and again does not fill the queue. */
	if (taken == queued) {
		memset(queue, 0, sizeof(queue));
		taken = queued = 0;
	}
	request = nlmsg_hdr(msg);
	dumps += is_dump();
	log_request(genl->cmd);
	answer(genl->cmd);
	request = NULL;
	return nlmsg_hdr(msg)->nlmsg_len;
}

static void from_kernel(struct sockaddr_nl *from)
{
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
}

static int fake_receive(struct nl_sock *sock, struct sockaddr_nl *from,
			unsigned char **bytes, struct ucred **creds)
{
	struct datagram *d = &queue[taken];

	(void)sock;
	(void)creds;
	if (taken == queued)
		return -NLE_AGAIN;
	taken++;
	from_kernel(from);
	*bytes = d->bytes;
	return d->len;
}

static struct nl_sock *fake_socket(int (*receive)(struct nl_sock *,
						  struct sockaddr_nl *,
						  unsigned char **,
						  struct ucred **))
{
	struct nl_sock *sock = nl_socket_alloc();
	struct nl_cb *cb = nl_socket_get_cb(sock);

	nl_cb_overwrite_send(cb, fake_send);
	nl_cb_overwrite_recv(cb, receive);
	nl_cb_put(cb);
	return sock;
}

int __wrap_client_connect(struct client *client, struct why *why);
int __wrap_client_subscribe(struct client *client, int buffer,
			    struct why *why);
int __wrap_nl_socket_get_fd(const struct nl_sock *sock);

int __wrap_client_connect(struct client *client, struct why *why)
{
	*client = (struct client){
		.sock = fake_socket(fake_receive),
		.family = FAMILY_ID,
	};
	if (fake_is("older-family"))
		return release_check_family(CTWATCH_FAMILY_VERSION - 1, why);
	if (fake_is("newer-family"))
		return release_check_family(CTWATCH_FAMILY_VERSION + 1, why);
	return 0;
}

/* FAKE_RELEASE: of the module, in its answers and in sysfs. */
bool __wrap_host_module_release(const char *root, struct text *release);

bool __wrap_host_module_release(const char *root, struct text *release)
{
	const char *fake = getenv("FAKE_RELEASE");

	(void)root;
	snprintf(release->s, sizeof(release->s), "%s", fake ? fake : "");
	return fake;
}

/* Events: a byte in the pipe for each, so that poll() sees them. */
static int event_pipe[2];

/* Numbered, but 'm' comes after seven that the socket lost. */
static struct nl_msg *event_message(char letter)
{
	static uint32_t number;
	struct given given = warning;
	struct nl_msg *msg;

	number += letter == 'm' ? 8 : 1;

	given.netns = letter == 'f' ? OTHER_NETNS : own_inode();
	if (letter == 'f')
		given.text = "netns 4026532567: notice: foreign";
	if (letter == 't')
		given.text = "netns 4026531840: connection tracking started (ipv4), conntrack table max 65536";
	if (letter == 'b')
		spoilt = (struct spoilt){ SET_CTWATCH, CTWATCH_A_TEXT,
					  SPOIL_MISSING };
	msg = message_new(letter == 't' ? CTWATCH_CMD_TRACKING_NTF :
			  letter == 'n' ? 200 : CTWATCH_CMD_LEVEL_NTF);
	if (letter == 'n') {
		put_u32(msg, SET_CTWATCH, CTWATCH_A_NETNS, given.netns);
		nla_put_string(msg, 200, "later");
	} else if (letter == 't') {
		put_status(msg, &given);
		nla_put_string(msg, CTWATCH_A_TEXT, given.text);
	} else {
		put_event(msg, &given);
	}
	spoilt = (struct spoilt){};
	nlmsg_hdr(msg)->nlmsg_type = FAMILY_ID;
	nlmsg_hdr(msg)->nlmsg_seq = number;
	return msg;
}

static struct nl_msg *gone_message(void)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, 0, GENL_ID_CTRL, 0, 0, CTRL_CMD_DELFAMILY, 2);
	nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, FAMILY_ID);
	return msg;
}

static int receive_event(struct nl_sock *sock, struct sockaddr_nl *from,
			 unsigned char **bytes, struct ucred **creds)
{
	struct nl_msg *msg;
	char letter;
	int len;

	(void)sock;
	(void)creds;
	if (read(event_pipe[0], &letter, 1) != 1)
		return -NLE_AGAIN;
	if (letter == 'o')
		return -NLE_NOMEM;
	msg = letter == 'g' ? gone_message() : event_message(letter);
	len = nlmsg_hdr(msg)->nlmsg_len;
	from_kernel(from);
	*bytes = malloc(len);
	memcpy(*bytes, nlmsg_hdr(msg), len);
	nlmsg_free(msg);
	return len;
}

int __wrap_client_subscribe(struct client *client, int buffer,
			    struct why *why)
{
	const char *events = getenv("FAKE_EVENTS");

	(void)why;
	if (fake_is("buffer") && buffer != 12345)
		abort();
	nl_socket_free(client->sock);
	client->sock = fake_socket(receive_event);
	nl_socket_disable_seq_check(client->sock);
	if (pipe(event_pipe) || !events ||
	    write(event_pipe[1], events, strlen(events)) < 0)
		abort();
	return 0;
}

int __wrap_nl_socket_get_fd(const struct nl_sock *sock)
{
	(void)sock;
	return event_pipe[0];
}

/* FAKE_NAMES: names of namespaces, as "blue=4026532567 red=4026532999 ". */
int __real_netns_find_name(const char *dir, const char *name,
			   struct netns *netns, struct why *why);
int __wrap_netns_find_name(const char *dir, const char *name,
			   struct netns *netns, struct why *why);
void __real_netns_names_read(const char *dir, struct netns_names *names);
void __wrap_netns_names_read(const char *dir, struct netns_names *names);

int __wrap_netns_find_name(const char *dir, const char *name,
			   struct netns *netns, struct why *why)
{
	const char *names = getenv("FAKE_NAMES");
	char word[64];

	if (!names)
		return __real_netns_find_name(dir, name, netns, why);
	if (!strcmp(name, "stale")) {
		why_set(why, "/run/netns/stale is no network namespace");
		return -1;
	}
	snprintf(word, sizeof(word), "%s=", name);
	names = strstr(names, word);
	if (!names)
		return 0;
	netns->inode = strtoul(names + strlen(word), NULL, 10);
	return 1;
}

void __wrap_netns_names_read(const char *dir, struct netns_names *names)
{
	const char *fake = getenv("FAKE_NAMES");
	struct netns_name name;
	size_t at;
	int used;

	if (!fake) {
		__real_netns_names_read(dir, names);
		return;
	}
	while (sscanf(fake, "%m[^=]=%u %n", &name.name, &name.inode, &used) == 2) {
		names->v = array_grow(names->v, names->n, sizeof(name));
		for (at = names->n++; at && names->v[at - 1].inode > name.inode; at--)
			names->v[at] = names->v[at - 1];
		names->v[at] = name;
		fake += used;
	}
}

/* FAKE_PARAMETERS: folder of the module's parameters. */
int __real_host_module_parameters(const char *dir, struct config *config,
				  struct why *why);
int __wrap_host_module_parameters(const char *dir, struct config *config,
				  struct why *why);

int __wrap_host_module_parameters(const char *dir, struct config *config,
				  struct why *why)
{
	const char *fake = getenv("FAKE_PARAMETERS");

	return __real_host_module_parameters(fake ? fake : dir, config, why);
}
