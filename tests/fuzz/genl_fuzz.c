// SPDX-License-Identifier: GPL-2.0
/*
 * Hostile requests to the family ctwatch, from several processes at once, each
 * with a role; what they get is judged, and so is what is left when they are
 * gone. See usage().
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "answers.h"
#include "grammar.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define HANG_SECONDS	60
#define NOBODY		65534
#define RECEIVE_MAX	(256 << 10)
#define CROWD		1000	/* sockets of the role that holds many */
#define KEPT		32	/* datagrams that the log shows */
#define KEPT_BYTES	2048	/* of each */
/* Of the kernel's memory after the run: caches and what others use. */
#define GROWTH_MAX_KB	(12 << 10)

/* Roles */

struct role {
	const char *name;
	struct taste taste;
	unsigned int sockets;
	unsigned int leave_percent;	/* of dumps, unread */
	enum { HOST, WATCHED, VICTIM } netns;
	bool drops_rights;
	bool own_netns;		/* in a user namespace */
};

/*	any status source census config set reset level tracking */
#define ALL		{ { 6, 30, 30, 30, 25, 45, 15, 1, 1 }, 30 }
#define SETS		{ { 2, 5, 2, 2, 10, 100, 30, 1, 1 }, 10 }
#define DUMPS		{ { 2, 40, 60, 60, 40, 2, 2, 1, 1 }, 90 }

static const struct role roles[] = {
	{ "host", ALL, 16, 10, HOST, false, false },
	{ "owner", ALL, 8, 10, WATCHED, false, false },
	{ "setter", SETS, 4, 2, WATCHED, false, false },
	{ "crowd", DUMPS, CROWD, 40, WATCHED, false, false },
	{ "nobody", ALL, 16, 10, VICTIM, true, false },
	{ "stranger", ALL, 16, 10, VICTIM, true, true },
};
#define ROLES ARRAY_SIZE(roles)

/* What a process shares with the parent. */

struct kept {
	uint64_t number;
	uint32_t len;
	uint8_t bytes[KEPT_BYTES];
};

struct shared {
	volatile uint64_t progress;
	volatile bool stop;
	struct counts counts;
	char failure[FAILURE_SIZE];
	struct kept kept[KEPT];
};

static struct {
	uint64_t seed;
	uint64_t messages;	/* of all, 0: no limit */
	unsigned int seconds;
	const char *log;
	const char *watched;
	const char *victim;
	int only;		/* one role, -1: all */
	uint64_t skip;		/* datagrams made but not sent */
	bool reload;		/* the module comes and goes */
} opt = { .seed = 1, .only = -1 };

static struct shared *shared;

/* Netlink */

struct family {
	uint16_t id;
	uint32_t group;		/* of events */
};

static int open_netlink(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&kernel,
			       sizeof(kernel))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The first attribute of @type in @len bytes, and its size; NULL if none. */
static const uint8_t *attr_of(const uint8_t *p, size_t len, uint16_t type,
			      size_t *size)
{
	struct nlattr a;
	size_t at;

	for (at = 0; at + sizeof(a) <= len; at += NLA_ALIGN(a.nla_len)) {
		memcpy(&a, p + at, sizeof(a));
		if (a.nla_len < sizeof(a) || a.nla_len > len - at)
			break;
		*size = a.nla_len - sizeof(a);
		if ((a.nla_type & NLA_TYPE_MASK) == type)
			return p + at + sizeof(a);
	}
	return NULL;
}

/* A well-formed request; the attributes of its answer. Return: errno */
static int ask(uint16_t type, uint8_t cmd, uint16_t attr, const void *value,
	       size_t n, uint8_t *reply, size_t *len)
{
	uint8_t buf[8192] = { };
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	struct genlmsghdr *genl = (struct genlmsghdr *)(buf + NLMSG_HDRLEN);
	size_t headers = NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlattr a = { .nla_len = NLA_HDRLEN + n, .nla_type = attr };
	struct timeval patience = { .tv_sec = 10 };
	ssize_t got;
	int fd = open_netlink(), error = 0;

	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	nlh->nlmsg_len = headers;
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl->cmd = cmd;
	genl->version = 1;
	if (value) {
		memcpy(buf + headers, &a, sizeof(a));
		memcpy(buf + headers + NLA_HDRLEN, value, n);
		nlh->nlmsg_len += NLA_HDRLEN + NLA_ALIGN(n);
	}
	got = send(fd, buf, nlh->nlmsg_len, 0);
	if (got > 0)
		got = recv(fd, buf, sizeof(buf), 0);
	close(fd);
	if (got < (ssize_t)headers)
		return got < 0 ? errno : EPROTO;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		memcpy(&error, buf + NLMSG_HDRLEN, sizeof(error));
		return -error;
	}
	*len = nlh->nlmsg_len - headers;
	memcpy(reply, buf + headers, *len);
	return 0;
}

static uint32_t group_of(const uint8_t *reply, size_t len)
{
	const uint8_t *groups, *id;
	uint32_t group = 0;
	size_t n;

	groups = attr_of(reply, len, CTRL_ATTR_MCAST_GROUPS, &n);
	groups = groups ? attr_of(groups, n, 1, &n) : NULL;
	id = groups ? attr_of(groups, n, CTRL_ATTR_MCAST_GRP_ID, &n) : NULL;
	if (id && n == sizeof(group))
		memcpy(&group, id, n);
	return group;
}

static int find_family(struct family *family)
{
	uint8_t reply[8192];
	const uint8_t *id;
	size_t len, n;
	int error;

	error = ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME,
		    CTWATCH_FAMILY_NAME, sizeof(CTWATCH_FAMILY_NAME), reply,
		    &len);
	if (error)
		return error;
	id = attr_of(reply, len, CTRL_ATTR_FAMILY_ID, &n);
	if (!id || n != sizeof(family->id))
		return EPROTO;
	memcpy(&family->id, id, n);
	family->group = group_of(reply, len);
	return 0;
}

/* Namespaces */

static uint32_t netns_inode(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		err(2, "%s", path);
	return st.st_ino;
}

static const char *netns_path(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	return path;
}

static void enter_netns(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(2, "cannot enter %s", path);
	close(fd);
}

static uint32_t own_netns(void)
{
	return netns_inode("/proc/self/ns/net");
}

/* One process */

struct sock {
	int fd;
	bool left;	/* something of earlier requests is in it */
};

struct worker {
	const struct role *role;
	struct shared *shared;
	struct rng rng;
	struct world world;
	struct family family;
	struct judge judge;
	struct sock socks[CROWD];
	uint32_t seq;
	struct shot shot;
	uint8_t buf[RECEIVE_MAX];
};

/* Drawn whether it is used or not, so that the numbers stay in step. */
struct plan {
	unsigned int sock;
	bool fresh;	/* a new socket */
	bool strict, cap_ack, extack, small, listen;
	enum { READ_ALL, READ_SOME, READ_NONE } reading;
	bool drain;	/* what earlier requests left */
	bool close;
	unsigned int some;
	size_t piece;	/* of a datagram that is read */
};

static struct plan make_plan(struct worker *w)
{
	struct rng *r = &w->rng;
	struct plan p = {
		.sock = rng_below(r, w->role->sockets),
		.fresh = rng_chance(r, 3),
		.strict = rng_chance(r, 30),
		.cap_ack = rng_chance(r, 60),
		.extack = rng_chance(r, 85),
		.small = rng_chance(r, 5),
		.listen = rng_chance(r, 10),
		.drain = rng_chance(r, 60),
		.close = rng_chance(r, 3),
		.some = 1 + rng_below(r, 3),
		.piece = rng_chance(r, 10) ? rng_below(r, 64) : RECEIVE_MAX,
	};
	bool left = rng_chance(r, w->role->leave_percent);
	bool some = rng_chance(r, 50);

	p.reading = !left ? READ_ALL : some ? READ_SOME : READ_NONE;
	if (opt.reload)
		p.close = true;
	return p;
}

static void close_sock(struct sock *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->left = false;
}

static void option(int fd, int name)
{
	int one = 1;

	setsockopt(fd, SOL_NETLINK, name, &one, sizeof(one));
}

static void listen_to_events(struct worker *w, struct sock *s)
{
	uint32_t group = w->family.group;

	if (setsockopt(s->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		w->shared->counts.events_refused++;
}

static bool open_sock(struct worker *w, struct sock *s, const struct plan *p)
{
	int size = p->small ? 1 : 4 << 20;

	s->fd = open_netlink();
	if (s->fd < 0)
		return false;
	w->shared->counts.opened++;
	if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size)))
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (p->strict)
		option(s->fd, NETLINK_GET_STRICT_CHK);
	if (p->cap_ack)
		option(s->fd, NETLINK_CAP_ACK);
	if (p->extack)
		option(s->fd, NETLINK_EXT_ACK);
	if (p->listen)
		listen_to_events(w, s);
	return true;
}

/* Read what there is; an unread piece of a datagram is lost, as for anybody.
 * @shot: NULL if the answers are not only to the last one
 * Return: whether all was seen.
 */
static bool read_answers(struct worker *w, struct sock *s, struct shot *shot,
			 unsigned int datagrams, size_t piece)
{
	bool all = true;
	ssize_t n;

	for (; datagrams; datagrams--) {
		n = recv(s->fd, w->buf, piece, MSG_DONTWAIT | MSG_TRUNC);
		w->shared->progress++;
		if (n < 0 && errno == ENOBUFS) {
			w->shared->counts.overruns++;
			all = false;
		} else if (n < 0) {
			return all && errno == EAGAIN;
		} else if ((size_t)n > piece) {
			all = false;
		} else {
			judge_answers(&w->judge, shot, w->buf, n);
		}
	}
	return false;
}

static void keep(struct worker *w, const struct shot *shot)
{
	uint64_t number = w->shared->counts.datagrams;
	struct kept *k = &w->shared->kept[number % KEPT];

	k->number = number;
	k->len = shot->len;
	memcpy(k->bytes, shot->bytes,
	       shot->len < KEPT_BYTES ? shot->len : KEPT_BYTES);
}

static void count_shot(struct counts *c, const struct shot *shot,
		       uint16_t family)
{
	unsigned int i;

	c->datagrams++;
	c->messages += shot->messages;
	for (i = 0; i < shot->n_asked; i++) {
		const struct asked *a = &shot->asked[i];

		c->reached += a->type == family && a->flags & NLM_F_REQUEST;
		if (a->proper)
			c->proper[a->cmd]++;
	}
}

/* The family may be another now, or not there. */
static void follow_family(struct worker *w)
{
	if (find_family(&w->family)) {
		w->shared->counts.gone++;
		usleep(20000);
		return;
	}
	w->world.family = w->family.id;
	w->judge.family = w->family.id;
}

static void fire(struct worker *w, struct sock *s, const struct plan *p)
{
	bool judged, all;

	if (s->left && p->drain)
		s->left = !read_answers(w, s, NULL, UINT32_MAX, RECEIVE_MAX);
	judged = !s->left;
	/* larger than a socket takes: nothing was asked */
	if (send(s->fd, w->shot.bytes, w->shot.len, MSG_DONTWAIT) < 0)
		w->shot.n_asked = 0;
	if (p->reading == READ_ALL) {
		all = read_answers(w, s, judged ? &w->shot : NULL,
				   UINT32_MAX, RECEIVE_MAX);
		s->left = false;
		if (all && judged)
			judge_missing(&w->judge, &w->shot);
		return;
	}
	s->left = true;
	if (p->reading == READ_SOME)
		read_answers(w, s, judged ? &w->shot : NULL, p->some,
			     p->piece);
}

static bool has_dump(const struct shot *shot, uint16_t family)
{
	unsigned int i;

	for (i = 0; i < shot->n_asked; i++)
		if (asked_is_dump(&shot->asked[i], family))
			return true;
	return false;
}

/* The module cannot go while a dump is under way: twice a second there is none
 * for a moment. Other requests are sent all the time.
 */
static void leave_room(const struct worker *w)
{
	struct timespec t;

	if (!has_dump(&w->shot, w->family.id))
		return;
	for (;;) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		if (t.tv_nsec % 500000000 > 150000000)
			return;
		usleep(10000);
	}
}

static void one_shot(struct worker *w)
{
	struct plan p = make_plan(w);
	struct sock *s = &w->socks[p.sock];
	struct counts *c = &w->shared->counts;

	shot_make(&w->shot, &w->rng, &w->world, &w->role->taste, &w->seq);
	if (c->datagrams < opt.skip) {
		c->datagrams++;
		return;
	}
	if (opt.reload)
		leave_room(w);
	keep(w, &w->shot);
	count_shot(c, &w->shot, w->family.id);
	if (p.fresh)
		close_sock(s);
	if (s->fd < 0 && !open_sock(w, s, &p)) {
		judge_fail(&w->judge, "no socket: %s", strerror(errno));
		return;
	}
	fire(w, s, &p);
	if (p.close) {
		c->dumps_left += s->left;
		close_sock(s);
	}
	w->shared->progress++;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(2, "%s", path);
	close(fd);
}

static void drop_rights(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		err(2, "cannot drop rights");
}

/* Its root, with every right over a network nobody else has. */
static void own_namespaces(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		err(2, "cannot make a user namespace");
	/* a process that changed its user may not write its own files */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 65534 1");
	write_file("/proc/self/gid_map", "0 65534 1");
}

static void take_role(struct worker *w)
{
	const struct role *role = w->role;

	w->judge.rights = (struct rights){ true, true, 0 };
	if (role->netns == WATCHED && opt.watched)
		enter_netns(netns_path(opt.watched));
	if (role->netns == VICTIM && opt.victim)
		enter_netns(netns_path(opt.victim));
	if (role->drops_rights)
		drop_rights();
	if (role->own_netns)
		own_namespaces();
	w->world.netns[w->world.n_netns++] = own_netns();
	if (role->netns != HOST)
		w->judge.rights.only = own_netns();
	if (!role->drops_rights)
		return;
	w->judge.rights.addresses = false;
	w->judge.rights.changes = role->own_netns;
	w->world.netns[w->world.n_netns++] = w->world.taboo;
	w->world.taboo = 0;
}

static void work(struct worker *w)
{
	struct counts *c = &w->shared->counts;
	unsigned int i;

	for (i = 0; i < CROWD; i++)
		w->socks[i].fd = -1;
	take_role(w);
	while (!w->world.family && !w->shared->stop) {
		follow_family(w);
		w->shared->progress++;
	}
	while (!w->shared->stop && !*w->judge.failure) {
		one_shot(w);
		if (opt.reload && c->datagrams % 16 == 0)
			follow_family(w);
	}
	for (i = 0; i < CROWD; i++) {
		c->dumps_left += w->socks[i].left;
		close_sock(&w->socks[i]);
	}
}

/* The parent */

static pid_t start_worker(unsigned int number, const struct world *world)
{
	struct worker *w;
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid)
		return pid;
	w = calloc(1, sizeof(*w));
	if (!w)
		err(2, "out of memory");
	w->role = &roles[number];
	w->shared = &shared[number];
	w->rng.state = opt.seed * 1000003 + number * 7919;
	w->world = *world;
	w->judge.counts = &w->shared->counts;
	w->judge.failure = w->shared->failure;
	work(w);
	_exit(*w->judge.failure ? 1 : 0);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int failures;

static void __attribute__((format(printf, 1, 2))) failed(const char *fmt, ...)
{
	va_list args;

	failures++;
	printf("# FAILED: ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void print_kept(FILE *out, unsigned int role)
{
	const struct kept *k;
	unsigned int i, j;
	uint64_t last = shared[role].counts.datagrams;

	for (i = KEPT; i; i--) {
		if (last < i)
			continue;
		k = &shared[role].kept[(last - i) % KEPT];
		fprintf(out, "# %s, datagram %llu, %u bytes:", roles[role].name,
			(unsigned long long)k->number, k->len);
		for (j = 0; j < k->len && j < KEPT_BYTES; j++)
			fprintf(out, "%s%02x", j % 4 ? "" : " ", k->bytes[j]);
		fputc('\n', out);
	}
}

static void write_log(void)
{
	FILE *out = fopen(opt.log, "w");
	unsigned int i;

	if (!out)
		err(2, "%s", opt.log);
	for (i = 0; i < ROLES; i++)
		print_kept(out, i);
	fclose(out);
}

static bool ended(pid_t *pid, unsigned int role, int flags)
{
	int status;

	if (*pid <= 0 || waitpid(*pid, &status, flags) != *pid)
		return *pid <= 0;
	*pid = 0;
	if (*shared[role].failure)
		failed("%s: %s", roles[role].name, shared[role].failure);
	else if (status)
		failed("%s: ended with status %#x", roles[role].name, status);
	return true;
}

static void print_stack(pid_t pid)
{
	char line[256];
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/stack", pid);
	f = fopen(line, "r");
	while (f && fgets(line, sizeof(line), f))
		printf("# %s", line);
	if (f)
		fclose(f);
}

static uint64_t sent(void)
{
	uint64_t n = 0;
	unsigned int i;

	for (i = 0; i < ROLES; i++)
		n += shared[i].counts.messages;
	return n;
}

/* One that is in the kernel all the time does not come back. */
static bool hangs(pid_t pid, unsigned int role, double at, uint64_t *seen,
		  double *since)
{
	if (shared[role].progress != *seen) {
		*seen = shared[role].progress;
		*since = at;
	}
	if (at - *since < HANG_SECONDS)
		return false;
	failed("%s: no answer for %u seconds after datagram %llu",
	       roles[role].name, HANG_SECONDS,
	       (unsigned long long)shared[role].counts.datagrams);
	print_stack(pid);
	kill(pid, SIGKILL);
	return true;
}

static bool enough(double seconds)
{
	return failures || (opt.seconds && seconds > opt.seconds) ||
	       (opt.messages && sent() >= opt.messages);
}

static void stop_all(void)
{
	unsigned int i;

	for (i = 0; i < ROLES; i++)
		shared[i].stop = true;
}

static void watch_over(pid_t *pids)
{
	double start = now(), told = start, since[ROLES];
	uint64_t seen[ROLES] = { };
	unsigned int i, left;

	for (i = 0; i < ROLES; i++)
		since[i] = start;
	do {
		usleep(100000);
		for (left = i = 0; i < ROLES; i++) {
			if (ended(&pids[i], i, WNOHANG))
				continue;
			left++;
			if (hangs(pids[i], i, now(), &seen[i], &since[i]))
				pids[i] = 0;
		}
		if (enough(now() - start))
			stop_all();
		if (now() - told >= 10) {
			told = now();
			printf("# %llu messages after %.0f s\n",
			       (unsigned long long)sent(), told - start);
			fflush(stdout);
		}
	} while (left);
	printf("# seed %llu: %llu messages in %.1f s, %.0f a second\n",
	       (unsigned long long)opt.seed, (unsigned long long)sent(),
	       now() - start, sent() / (now() - start));
}

static void run_all(const struct world *world)
{
	pid_t pids[ROLES] = { };
	unsigned int i;

	fflush(stdout);
	for (i = 0; i < ROLES; i++)
		if (opt.only < 0 || opt.only == (int)i)
			pids[i] = start_worker(i, world);
	watch_over(pids);
}

/* What is left of it */

static long meminfo(const char *name)
{
	char line[128], format[64];
	FILE *f = fopen("/proc/meminfo", "r");
	long kb = 0;

	snprintf(format, sizeof(format), "%s: %%ld", name);
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, format, &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

static long kernel_memory(void)
{
	return meminfo("SUnreclaim") + meminfo("VmallocUsed") +
	       meminfo("Percpu");
}

static long netlink_sockets(void)
{
	FILE *f = fopen("/proc/net/netlink", "r");
	char line[256];
	long n = 0;

	while (f && fgets(line, sizeof(line), f))
		n++;
	if (f)
		fclose(f);
	return n;
}

static void check_leaks(long memory, long sockets)
{
	double end = now() + 30;
	long grown, more;

	/* the last answers expire, sockets are freed behind RCU */
	do {
		usleep(200000);
		grown = kernel_memory() - memory;
		more = netlink_sockets() - sockets;
	} while ((grown > GROWTH_MAX_KB || more > 0) && now() < end);
	printf("# the kernel's memory has grown by %ld KB, netlink sockets by %ld\n",
	       grown, more);
	if (grown > GROWTH_MAX_KB)
		failed("the kernel's memory has grown by %ld KB", grown);
	if (more > 0)
		failed("%ld netlink sockets are left", more);
}

struct settings {
	uint32_t v[CTWATCH_A_CONFIG_MAX + 1];
	uint64_t since;
};

static int ask_settings(struct settings *s)
{
	struct family family;
	uint8_t reply[8192];
	const uint8_t *a;
	size_t len, n;
	int error, i;

	error = find_family(&family);
	if (!error)
		error = ask(family.id, CTWATCH_CMD_CONFIG_GET, 0, NULL, 0,
			    reply, &len);
	for (i = 1; !error && i <= CTWATCH_A_CONFIG_MAX; i++) {
		a = attr_of(reply, len, i, &n);
		if (!a || n != sizeof(s->v[i]))
			error = EPROTO;
		else
			memcpy(&s->v[i], a, n);
	}
	if (!error)
		error = ask(family.id, CTWATCH_CMD_STATUS_GET, 0, NULL, 0,
			    reply, &len);
	a = error ? NULL : attr_of(reply, len, CTWATCH_A_SINCE, &n);
	if (!a || n != sizeof(s->since))
		return error ?: EPROTO;
	memcpy(&s->since, a, n);
	return 0;
}

/* In a process of its own: it enters the namespace. */
static void read_settings(const char *name, struct settings *s)
{
	double end = now() + 10;
	int error;

	if (name)
		enter_netns(netns_path(name));
	/* the module may be away for a moment */
	while ((error = ask_settings(s)) && opt.reload && now() < end)
		usleep(50000);
	if (error)
		errx(1, "no settings and totals of %s: %s",
		     name ? name : "the host", strerror(error));
}

static struct settings settings_of(const char *name)
{
	struct settings *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct settings copy;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		read_settings(name, s);
		_exit(0);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		failed("%s does not answer a good request",
		       name ? name : "the host");
	copy = *s;
	munmap(s, sizeof(*s));
	return copy;
}

#define V(name)	(s.v[CTWATCH_A_CONFIG_##name])

static void check_settings(const char *name)
{
	struct settings s = settings_of(name);

	if (V(NOTICE) < 1 || V(NOTICE) >= V(WARNING) ||
	    V(WARNING) >= V(CRITICAL) || V(CRITICAL) > 100 ||
	    V(HYSTERESIS) >= V(NOTICE) || V(HYSTERESIS) > 50 ||
	    V(PREDICT_TIME) > 86400 || V(PREDICT_MIN) > 100 ||
	    V(REPEAT) > 86400 || V(LOG) > 1 || V(IPV4_PREFIX) < 1 ||
	    V(IPV4_PREFIX) > 32 || V(IPV6_PREFIX) < 1 ||
	    V(IPV6_PREFIX) > 128)
		failed("settings of %s make no sense", name ? name : "the host");
}

/* Nobody with rights there has touched it. */
static void check_victim(const struct settings *before, double seconds)
{
	struct settings after = settings_of(opt.victim);

	if (memcmp(before->v, after.v, sizeof(after.v)))
		failed("settings of %s were changed without rights",
		       opt.victim);
	/* milliseconds since a reset */
	if (!opt.reload && after.since < before->since + seconds * 900)
		failed("%s was reset without rights", opt.victim);
}

/* The report */

static const char *const op_names[] = {
	"other", "status-get", "source-get", "census-get", "config-get",
	"config-set", "reset", "level-ntf", "tracking-ntf",
};

static void print_words(const struct counts *c)
{
	const struct words *w;

	for (w = c->words; w < c->words + WORDS_MAX && w->n; w++)
		printf("# %10llu  \"%s\"\n", (unsigned long long)w->n,
		       w->text);
}

static void print_counts(const struct counts *c)
{
	unsigned int i;

	printf("# %llu datagrams, %llu messages reached the family\n",
	       (unsigned long long)c->datagrams,
	       (unsigned long long)c->reached);
	printf("# dumps: %llu read to the end, %llu failed on the way, %llu left; %llu overruns\n",
	       (unsigned long long)c->dumps_ended,
	       (unsigned long long)c->dumps_failed,
	       (unsigned long long)c->dumps_left,
	       (unsigned long long)c->overruns);
	printf("# sockets: %llu opened, %llu refused events; the family was gone %llu times\n",
	       (unsigned long long)c->opened,
	       (unsigned long long)c->events_refused,
	       (unsigned long long)c->gone);
	for (i = 1; i <= CTWATCH_CMD_MAX; i++)
		printf("# %-12s %9llu with good headers, %9llu done, %9llu messages back\n",
		       op_names[i], (unsigned long long)c->proper[i],
		       (unsigned long long)c->done[i],
		       (unsigned long long)c->replies[i]);
	for (i = 0; i < ERRNO_MAX; i++)
		if (c->errors[i])
			printf("# %10llu  %s\n",
			       (unsigned long long)c->errors[i],
			       i ? strerrorname_np(i) ?: "?" : "done");
	print_words(c);
}

/* Did it get anywhere? A fuzzer that is always refused proves nothing. */
static void check_depth(const struct counts *c)
{
	if (opt.only >= 0 || opt.reload)
		return;
	if (!c->done[CTWATCH_CMD_CONFIG_SET] || !c->done[CTWATCH_CMD_RESET] ||
	    !c->replies[CTWATCH_CMD_STATUS_GET] ||
	    !c->replies[CTWATCH_CMD_SOURCE_GET] ||
	    !c->replies[CTWATCH_CMD_CENSUS_GET] || !c->errors[EPERM] ||
	    !c->errors[EINVAL] || !c->dumps_ended)
		failed("it did not reach every operation");
}

static void report(void)
{
	static struct counts sum;
	unsigned int i;

	for (i = 0; i < ROLES; i++) {
		const struct counts *c = &shared[i].counts;

		printf("# %-8s %9llu messages, %8llu done, %8llu EPERM\n",
		       roles[i].name, (unsigned long long)c->messages,
		       (unsigned long long)c->errors[0],
		       (unsigned long long)c->errors[EPERM]);
		counts_add(&sum, c);
	}
	print_counts(&sum);
	check_depth(&sum);
	for (i = 0; i < ROLES; i++)
		if (*shared[i].failure)
			print_kept(stdout, i);
	if (opt.log)
		write_log();
}

/* Slabs, per-CPU caches and the like are filled by the first requests. */
static void warm_up(const struct world *world)
{
	uint64_t messages = opt.messages, seed = opt.seed;
	unsigned int seconds = opt.seconds;

	if (opt.only >= 0 || opt.reload)
		return;
	opt.messages = 3000;
	opt.seconds = 0;
	opt.seed = seed + 0x10000000;
	run_all(world);
	opt.messages = messages;
	opt.seconds = seconds;
	opt.seed = seed;
	if (!failures)
		memset(shared, 0, ROLES * sizeof(*shared));
}

static void learn_world(struct world *world)
{
	*world = (struct world){ .netns = { own_netns(), 1 }, .n_netns = 2 };
	if (opt.watched)
		world->netns[world->n_netns++] =
			netns_inode(netns_path(opt.watched));
	/* those without rights name it, who has rights does not */
	if (opt.victim)
		world->taboo = netns_inode(netns_path(opt.victim));
}

static void run(void)
{
	struct settings before = { };
	struct world world;
	long memory, sockets;
	double start;

	learn_world(&world);
	warm_up(&world);
	sleep(1);
	memory = kernel_memory();
	sockets = netlink_sockets();
	if (opt.victim)
		before = settings_of(opt.victim);
	start = now();
	if (!failures)
		run_all(&world);
	report();
	check_settings(NULL);
	if (opt.watched)
		check_settings(opt.watched);
	if (opt.victim)
		check_victim(&before, now() - start);
	check_leaks(memory, sockets);
}

static int usage(void)
{
	unsigned int i;

	fputs("usage: genl_fuzz [OPTION...]\n"
	      "\n"
	      "  --seed N          what the messages follow from (default 1)\n"
	      "  --messages N      so many of all processes together\n"
	      "  --seconds N       so long (default 10 when there is no --messages)\n"
	      "  --watched NETNS   its root asks about it (ip netns)\n"
	      "  --victim NETNS    asked about, changed by nobody with rights\n"
	      "  --reload          the module comes and goes meanwhile\n"
	      "  --log FILE        the last datagrams of each process\n"
	      "  --only ROLE       one process only\n"
	      "  --skip N          make N datagrams first that are not sent\n"
	      "\n"
	      "roles:", stderr);
	for (i = 0; i < ROLES; i++)
		fprintf(stderr, " %s", roles[i].name);
	fputc('\n', stderr);
	return 2;
}

static int role_number(const char *name)
{
	unsigned int i;

	for (i = 0; i < ROLES; i++)
		if (!strcmp(roles[i].name, name))
			return i;
	errx(2, "no role '%s'", name);
}

static bool options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "messages", required_argument, NULL, 'm' },
		{ "seconds", required_argument, NULL, 't' },
		{ "watched", required_argument, NULL, 'w' },
		{ "victim", required_argument, NULL, 'v' },
		{ "reload", no_argument, NULL, 'r' },
		{ "log", required_argument, NULL, 'l' },
		{ "only", required_argument, NULL, 'o' },
		{ "skip", required_argument, NULL, 'k' },
		{ }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 's': opt.seed = strtoull(optarg, NULL, 0); break;
		case 'm': opt.messages = strtoull(optarg, NULL, 0); break;
		case 't': opt.seconds = strtoul(optarg, NULL, 0); break;
		case 'w': opt.watched = optarg; break;
		case 'v': opt.victim = optarg; break;
		case 'r': opt.reload = true; break;
		case 'l': opt.log = optarg; break;
		case 'o': opt.only = role_number(optarg); break;
		case 'k': opt.skip = strtoull(optarg, NULL, 0); break;
		default: return false;
		}
	}
	if (!opt.messages && !opt.seconds)
		opt.seconds = 10;
	return optind == argc;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 4 * CROWD, 4 * CROWD };

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!options(argc, argv))
		return usage();
	setrlimit(RLIMIT_NOFILE, &files);
	shared = mmap(NULL, ROLES * sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(2, "mmap");
	run();
	return failures ? 1 : 0;
}
