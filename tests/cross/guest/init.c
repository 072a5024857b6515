// SPDX-License-Identifier: GPL-2.0
/* The first and only program of a guest that has nothing else: runs the KUnit
 * tests, loads ctwatch, makes connections, asks who made them, unloads. TAP on
 * the second serial port; the first is the console, with the kernel's log.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"

#define CPUS		2
#define HERE4		"127.0.0.1"
#define HERE6		"::1"
/* Sources; of IPv6 the /64 counts */
#define SOURCE4		"127.1.2.3"
#define SOURCE6		"fd01:203:405:607::9"
#define SOURCE6_NET	"fd01:203:405:607::"
#define PORT		4242	/* its bytes differ */
#define MAX		200	/* entries of the table */
#define MINE		5	/* connections of each source, from each CPU */
#define FLOOD		185	/* critical, not full */

static FILE *out;
static unsigned int tests;
static struct answer answer;

/* What is told */

static bool tap(bool ok, const char *fmt, ...)
{
	va_list args;

	fprintf(out, "%sok %u - ", ok ? "" : "not ", ++tests);
	va_start(args, fmt);
	vfprintf(out, fmt, args);
	va_end(args);
	fputc('\n', out);
	return ok;
}

static void tap_equal(const char *name, uint64_t got, uint64_t want)
{
	if (!tap(got == want, "%s", name))
		fprintf(out, "# %llu, not %llu\n", (unsigned long long)got,
			(unsigned long long)want);
}

static void tap_error(const char *name, int error)
{
	if (!tap(!error, "%s", name))
		fprintf(out, "# %s\n", strerror(error));
}

static void log_mark(const char *text)
{
	int fd = open("/dev/kmsg", O_WRONLY);

	dprintf(fd, "%s\n", text);
	close(fd);
}

static bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	close(fd);
	return ok;
}

static long file_number(const char *path)
{
	FILE *f = fopen(path, "r");
	long n = -1;

	if (f && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

/* Modules */

static int module_load(const char *path)
{
	int fd = open(path, O_RDONLY), error = 0;

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		error = errno;
	close(fd);
	return error;
}

static int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

/* Loads and stores that the processor cannot do, and the kernel does one by one
 * in a trap: slow, and on other processors an oops. Of the kernel and of us.
 */
static long unaligned(void)
{
	return file_number("/sys/kernel/debug/mips/unaligned_instructions");
}

static void read_unaligned(void)
{
	static const uint32_t words[2];
	uint32_t word;

	/* the compiler knows better */
	asm volatile("lw %0, 1(%1)" : "=r" (word) : "r" (words) : "memory");
}

/* Connections */

static struct sockaddr_in ipv4(const char *addr, uint16_t port)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
				  .sin_port = htons(port) };

	inet_pton(AF_INET, addr, &sa.sin_addr);
	return sa;
}

static struct sockaddr_in6 ipv6(const char *addr, uint16_t port)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6,
				   .sin6_port = htons(port) };

	inet_pton(AF_INET6, addr, &sa.sin6_addr);
	return sa;
}

/* The loopback interface; all of 127.0.0.0/8 is there by itself. */
static bool loopback_up(void)
{
	struct ifreq up = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	struct in6_ifreq addr = {
		.ifr6_addr = ipv6(SOURCE6, 0).sin6_addr,
		.ifr6_prefixlen = 128,
		.ifr6_ifindex = if_nametoindex("lo"),
	};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool ok = fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &up) &&
		  !ioctl(fd, SIOCSIFADDR, &addr);

	close(fd);
	return ok;
}

/* A port that takes what comes, so that nobody answers "unreachable". */
static bool serve(int family, const void *sa, socklen_t len)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	return fd >= 0 && !bind(fd, sa, len);
}

/* One datagram from a port of its own. */
static bool connect_once(int family, const void *from, const void *to,
			 socklen_t len)
{
	int fd = socket(family, SOCK_DGRAM, 0);
	bool ok = fd >= 0 && !bind(fd, from, len) && !connect(fd, to, len) &&
		  send(fd, "", 1, 0) == 1;

	close(fd);
	return ok;
}

static bool connections4(const char *source, unsigned int n)
{
	struct sockaddr_in from = ipv4(source, 0), to = ipv4(HERE4, PORT);
	bool ok = true;

	while (n--)
		ok &= connect_once(AF_INET, &from, &to, sizeof(to));
	return ok;
}

static bool connections6(unsigned int n)
{
	struct sockaddr_in6 from = ipv6(SOURCE6, 0), to = ipv6(HERE6, PORT);
	bool ok = true;

	while (n--)
		ok &= connect_once(AF_INET6, &from, &to, sizeof(to));
	return ok;
}

static void on_cpu(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		exit(2);
}

/* From all CPUs at the same time: each has counters of its own. */
static bool connections_of_all(void)
{
	unsigned int cpu;
	bool ok = true;
	int status;

	for (cpu = 0; cpu < CPUS; cpu++) {
		if (fork())
			continue;
		on_cpu(cpu);
		exit(!(connections4(SOURCE4, MINE) && connections6(MINE)));
	}
	for (cpu = 0; cpu < CPUS; cpu++)
		ok &= wait(&status) > 0 && !status;
	return ok;
}

/* Answers */

static uint32_t u32_of(struct attrs m, uint16_t type)
{
	uint32_t value;

	return attr_u32(m, type, &value) ? value : UINT32_MAX;
}

static uint64_t u64_of(struct attrs m, uint16_t type)
{
	uint64_t value;

	return attr_u64(m, type, &value) ? value : UINT64_MAX;
}

static bool has_address(struct attrs m, uint16_t type, int family,
			const char *text)
{
	uint8_t want[16];
	struct attrs a = attr(m, type, 0);

	inet_pton(family, text, want);
	return a.len == (family == AF_INET ? 4 : 16) &&
	       !memcmp(a.at, want, a.len);
}

static struct attrs status(void)
{
	int error = ask(CTWATCH_CMD_STATUS_GET, false, NULL, &answer);

	if (error || answer.n != 1) {
		fprintf(out, "# status-get: %s, %u messages\n", strerror(error),
			answer.n);
		return (struct attrs){ NULL, 0 };
	}
	return answer.message[0];
}

/* Until a u32 of the status is there, some seconds at most. */
static bool within(unsigned int seconds, uint16_t type, uint32_t want)
{
	unsigned int tenths;

	for (tenths = 0; tenths < seconds * 10; tenths++) {
		if (u32_of(status(), type) == want)
			return true;
		usleep(100000);
	}
	return false;
}

static void check_status(void)
{
	struct attrs m = status(), kind = attr(m, CTWATCH_A_KIND, 0);
	const unsigned int n = 2 * CPUS * MINE;
	uint8_t protocol;

	tap_equal("entries", u32_of(m, CTWATCH_A_ENTRIES), n);
	tap_equal("limit", u32_of(m, CTWATCH_A_MAX_ENTRIES), MAX);
	tap_equal("level", u32_of(m, CTWATCH_A_LEVEL), CTWATCH_LEVEL_OK);
	tap_equal("insertions", u64_of(m, CTWATCH_A_ATTEMPTS), n);
	tap_equal("drops", u64_of(m, CTWATCH_A_DROP), 0);
	tap_equal("sources", u32_of(m, CTWATCH_A_SOURCES), 2);
	tap_equal("unattributed", u64_of(m, CTWATCH_A_UNATTRIBUTED), 0);
	tap(u64_of(m, CTWATCH_A_SINCE) < 600000, "since when, in ms");
	tap(attr(m, CTWATCH_A_MODULE_VERSION, 0).len > 1, "version");
	tap(attr_u8(kind, CTWATCH_A_KIND_PROTOCOL, &protocol) &&
	    protocol == IPPROTO_UDP &&
	    u32_of(kind, CTWATCH_A_KIND_STATE) == CTWATCH_STATE_UNREPLIED &&
	    u64_of(kind, CTWATCH_A_KIND_COUNT) == n,
	    "all are UDP, unreplied");
}

/* A source of the answer, by its address; empty when it is not there. */
static struct attrs source_of(int family, const char *address)
{
	struct attrs source;
	uint8_t told;
	unsigned int i;

	for (i = 0; i < answer.n; i++) {
		source = attr(answer.message[i], CTWATCH_A_SOURCE, 0);
		if (attr_u8(source, CTWATCH_A_SOURCE_FAMILY, &told) &&
		    told == family &&
		    has_address(source, CTWATCH_A_SOURCE_ADDRESS, family,
				address))
			return source;
	}
	return (struct attrs){ NULL, 0 };
}

static void check_source(int family, const char *address, uint8_t len)
{
	struct attrs source = source_of(family, address);
	uint8_t told;

	tap(attr_u8(source, CTWATCH_A_SOURCE_PREFIX_LEN, &told) && told == len,
	    "%s/%u is a source", address, len);
	tap(u64_of(source, CTWATCH_A_SOURCE_COUNT) == CPUS * MINE &&
	    u64_of(source, CTWATCH_A_SOURCE_ERROR) == 0,
	    "%s made %u connections", address, CPUS * MINE);
}

static void check_sources(void)
{
	tap_error("source-get", ask(CTWATCH_CMD_SOURCE_GET, true, NULL,
				    &answer));
	check_source(AF_INET, SOURCE4, 32);
	check_source(AF_INET6, SOURCE6_NET, 64);
}

/* By all that a key can hold; the table is walked and grouped. */
static void check_census(void)
{
	const uint32_t by = CTWATCH_GROUP_KEY_NETNS | CTWATCH_GROUP_KEY_SRC |
			    CTWATCH_GROUP_KEY_DPORT | CTWATCH_GROUP_KEY_STATE;
	const struct give give[] = {
		{ CTWATCH_A_QUERY_BY, sizeof(by), &by },
		{ 0 },
	};
	struct attrs census, group = { NULL, 0 };
	unsigned int i;
	uint16_t dport;

	tap_error("census-get", ask(CTWATCH_CMD_CENSUS_GET, true, give,
				    &answer));
	census = attr(answer.message[0], CTWATCH_A_QUERY_CENSUS, 0);
	tap_equal("entries that match", u32_of(census, CTWATCH_A_CENSUS_MATCHED),
		  2 * CPUS * MINE);
	tap_equal("groups", u32_of(census, CTWATCH_A_CENSUS_GROUPS), 2);
	for (i = 1; i < answer.n; i++) {
		group = attr(answer.message[i], CTWATCH_A_QUERY_GROUP, 0);
		if (has_address(group, CTWATCH_A_GROUP_SRC, AF_INET,
				SOURCE4))
			break;
	}
	tap_equal("entries of 127.1.2.3",
		  u32_of(group, CTWATCH_A_GROUP_ENTRIES), CPUS * MINE);
	tap(attr_u16(group, CTWATCH_A_GROUP_DPORT, &dport) && dport == PORT,
	    "and their port");
	tap_equal("and their netns", u32_of(group, CTWATCH_A_GROUP_NETNS),
		  u32_of(status(), CTWATCH_A_NETNS));
}

static void check_config(void)
{
	uint32_t bits = 24;
	const struct give give[] = {
		{ CTWATCH_A_CONFIG_IPV4_PREFIX, sizeof(bits), &bits },
		{ 0 },
	};

	tap_error("config-set", ask(CTWATCH_CMD_CONFIG_SET, false, give,
				    &answer));
	tap_error("config-get", ask(CTWATCH_CMD_CONFIG_GET, false, NULL,
				    &answer));
	tap_equal("a prefix that was set",
		  u32_of(answer.message[0], CTWATCH_A_CONFIG_IPV4_PREFIX), bits);
	connections4("127.4.5.6", MINE);
	connections4("127.4.5.99", MINE);
	tap_error("source-get", ask(CTWATCH_CMD_SOURCE_GET, true, NULL,
				    &answer));
	check_source(AF_INET, "127.4.5.0", 24);
}

/* The table gets high, by 127.4.5.0/24: that is what the kernel log has to name,
 * for the host to see.
 */
static void check_level(void)
{
	tap(connections4("127.4.5.6", FLOOD - u32_of(status(),
						     CTWATCH_A_ENTRIES)),
	    "a flood");
	tap(within(5, CTWATCH_A_LEVEL, CTWATCH_LEVEL_CRITICAL),
	    "its level is critical");
	/* the line may wait for the walk */
	sleep(1);
}

/* In a netns of its own, where tracking is on from the start. */
static void in_netns(void)
{
	struct sockaddr_in to4 = ipv4(HERE4, PORT);
	struct sockaddr_in6 to6 = ipv6(HERE6, PORT);

	tap(!unshare(CLONE_NEWNET) && loopback_up(), "a netns");
	tap(serve(AF_INET, &to4, sizeof(to4)) &&
	    serve(AF_INET6, &to6, sizeof(to6)), "somebody listens there");
	tap(within(5, CTWATCH_A_TRACKING,
		   CTWATCH_TRACKING_IPV4 | CTWATCH_TRACKING_IPV6),
	    "its tracking is seen");
	tap(connections_of_all(), "connections from %d CPUs", CPUS);
	check_status();
	check_sources();
	check_census();
	check_config();
	check_level();
}

static void run_kunit(void)
{
	log_mark("kunit begins");
	tap_error("the KUnit tests load", module_load("/ctwatch-kunit.ko"));
	log_mark("kunit ends");
	tap_error("and unload", module_unload("ctwatch_kunit"));
}

static void run_module(void)
{
	char max[16];
	int error = module_load("/ctwatch.ko"), home;

	tap_error("ctwatch loads", error);
	if (error)
		return;
	snprintf(max, sizeof(max), "%d", MAX);
	tap(file_write("/proc/sys/net/netfilter/nf_conntrack_max", max),
	    "a table of %d entries", MAX);
	home = open("/proc/self/ns/net", O_RDONLY);
	in_netns();
	tap(!setns(home, CLONE_NEWNET), "and back home");
	close(home);
	tap_error("ctwatch unloads", module_unload("ctwatch"));
	tap(access("/sys/module/ctwatch", F_OK), "and is gone");
}

static void prepare(void)
{
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	out = fopen("/dev/ttyS1", "w");
	if (!out)
		return;
	setvbuf(out, NULL, _IOLBF, 0);
	tap_equal("processors", sysconf(_SC_NPROCESSORS_ONLN), CPUS);
	tap(htons(1) == 1 && sizeof(long) == 4, "big-endian, of 32 bits");
}

int main(void)
{
	long before;

	prepare();
	if (out) {
		before = unaligned();
		read_unaligned();
		tap_equal("a word that is not aligned is noticed",
			  unaligned() - before, 1);
		run_kunit();
		run_module();
		tap_equal("no other was there", unaligned() - before, 1);
		fprintf(out, "1..%u\n", tests);
		fflush(out);
		fclose(out);
	}
	log_mark("end of tests");
	/* the board cannot switch itself off; QEMU ends at a reboot */
	sleep(1);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}
