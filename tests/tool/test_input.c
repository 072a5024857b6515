// SPDX-License-Identifier: GPL-2.0
/* What people type: numbers, settings, namespaces; and words for them. */
#include <errno.h>
#include <limits.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "config.h"
#include "netns.h"
#include "tap.h"
#include "text.h"

static void test_numbers(void)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "+1", "-1", "0x10", "1e3", "1.0", "ten", "1\n",
		"4294967296", "99999999999999999999", "18446744073709551616",
	};
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!text_number(bad[i], UINT32_MAX, &n), "no u32, number %zu",
		   i);
	ok(text_number("4294967295", UINT32_MAX, &n) && n == UINT32_MAX,
	   "the largest u32");
	ok(text_number("0", UINT32_MAX, &n) && n == 0, "zero");
	ok(text_number("007", 7, &n) && n == 7, "leading zeros");
	ok(text_number("18446744073709551615", UINT64_MAX, &n) &&
	   n == UINT64_MAX, "the largest u64");
	ok(!text_number("8", 7, &n) && !text_number("70", 7, &n),
	   "more than a small maximum");
}

static void test_words(void)
{
	same_text(text_share(0, 0).s, "-", "a share of nothing");
	same_text(text_share(0, 9).s, "0%", "no share");
	same_text(text_share(1, 1000).s, "<1%", "a small share");
	same_text(text_share(999, 1000).s, "99%", "not quite all");
	same_text(text_share(1000, 1000).s, "100%", "all");
	same_text(text_share(UINT64_MAX, UINT64_MAX).s, "100%",
		  "all of a large number");
	same_text(text_duration(0).s, "0.0s", "no time");
	same_text(text_duration(1699).s, "1.6s", "seconds and tenths");
	same_text(text_duration(59999).s, "59s", "seconds");
	same_text(text_duration(200000).s, "3m 20s", "minutes");
	same_text(text_duration(7380000).s, "2h 3m", "hours");
	same_text(text_duration(UINT64_MAX).s, "213503982334d 14h", "days");
	same_text(text_growth(INT32_MIN).s, "-2147483648/s", "shrinking fast");
	same_text(text_growth(0).s, "0/s", "steady");
}

static void test_settings(void)
{
	struct config_args args = {};
	struct why why;

	ok(!config_parse_arg("warning=80", &args, &why) &&
	   !config_parse_arg("predict-time=0", &args, &why) &&
	   !config_parse_arg("warning", &args, &why), "settings are taken");
	ok(args.request.n == 2 &&
	   args.request.attr[0].type == CTWATCH_A_CONFIG_WARNING &&
	   args.request.attr[0].value == 80 &&
	   args.request.attr[1].type == CTWATCH_A_CONFIG_PREDICT_TIME &&
	   args.request.attr[1].value == 0, "those to set, in their order");
	ok(args.show == BIT(CTWATCH_A_CONFIG_WARNING), "those to show");
	ok(config_parse_arg("warning=81", &args, &why), "set twice");
	same_text(why.text, "'warning' is set twice", "and said so");
	ok(config_parse_arg("warning", &args, &why), "shown twice");
	ok(!config_parse_arg("critical=4294967295", &args, &why),
	   "what is too large the kernel says");
}

static void test_bad_settings(void)
{
	static const char *const bad[] = {
		"", "=", "=5", "warn", "warnings", "netns", "netns=1",
		"Warning=5", "warning =5", "warning=", "warning=-1",
		"warning=80%", "warning= 80", "warning=0x50", "warning=80=80",
		"warning=4294967296", "warning=18446744073709551616",
	};
	struct config_args args;
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		args = (struct config_args){};
		ok(config_parse_arg(bad[i], &args, &why) && *why.text &&
		   !args.request.n && !args.set && !args.show,
		   "'%s': %s", bad[i], why.text);
	}
	config_parse_arg("warning=x", &args, &why);
	same_text(why.text, "'x' is no value for warning: give a whole number from 1 to 100",
		  "the range is named");
}

static uint32_t inode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_ino;
}

/* A folder of names: a namespace, one whose mount has gone, a broken one. */
static void make_names(const char *dir)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/blue", dir);
	if (symlink("/proc/self/ns/net", path))
		ok(false, "symlink: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/stale", dir);
	f = fopen(path, "w");
	if (f)
		fclose(f);
	snprintf(path, sizeof(path), "%s/123", dir);
	if (symlink("/proc/self/ns/net", path))
		ok(false, "symlink: %s", strerror(errno));
}

static void remove_names(const char *dir)
{
	static const char *const names[] = { "blue", "stale", "123" };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void test_namespaces(const char *dir)
{
	uint32_t own = inode_of("/proc/self/ns/net"), inode;
	struct netns netns;
	struct why why;
	char pid[16], *label;

	ok(!netns_own(&inode, &why) && inode == own && own, "one's own");
	ok(!netns_resolve(dir, "blue", &netns, &why) && netns.inode == own,
	   "by name");
	ok(*netns.path, "a name can be entered");
	ok(!netns_resolve(dir, "123", &netns, &why) && netns.inode == own,
	   "a name of digits goes before a PID and an inode");
	snprintf(pid, sizeof(pid), "%d", getpid());
	ok(!netns_resolve(dir, pid, &netns, &why) && netns.inode == own &&
	   *netns.path, "by PID");
	ok(!netns_resolve(dir, "4026531840", &netns, &why) &&
	   netns.inode == 4026531840 && !*netns.path, "by inode number");
	ok(!netns_resolve(dir, "2147483647", &netns, &why) &&
	   netns.inode == 2147483647 && !*netns.path,
	   "a number that is no PID is an inode number");
	label = netns_label(dir, own);
	ok(label && (!strcmp(label, "blue") || !strcmp(label, "123")),
	   "the name of an inode number");
	free(label);
	ok(!netns_label(dir, 1), "none of another");
	ok(!netns_label("/nonexistent", own), "none without a folder");
}

static void test_no_namespaces(const char *dir)
{
	static const char *const bad[] = {
		"red", "..", ".", "../blue", "4294967296", "0", "-1", "1x",
		"\033[2J", "stale",
	};
	struct netns netns;
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = (struct why){};
		ok(netns_resolve(dir, bad[i], &netns, &why) && *why.text,
		   "no namespace number %zu", i);
	}
	ok(strstr(why.text, "is no network namespace"),
	   "a file without its mount: %s", why.text);
}

/* /sys and /lib as they may be on a host without an answer. */
static void test_absence(const char *dir)
{
	char path[PATH_MAX], command[PATH_MAX + 64];
	struct why why;
	FILE *f;

	client_explain_absence(dir, "6.1", &why);
	same_text(why.text, "the ctwatch module is not loaded: run 'modprobe ctwatch'",
		  "nothing known of the kernel's modules");
	snprintf(command, sizeof(command), "mkdir -p '%s/lib/modules/6.1'",
		 dir);
	ok(!system(command), "%s", "a folder of modules");
	snprintf(path, sizeof(path), "%s/lib/modules/6.1/modules.dep", dir);
	f = fopen(path, "w");
	fputs("kernel/net/nf.ko.xz: kernel/ctwatch.ko\n", f);
	fclose(f);
	client_explain_absence(dir, "6.1", &why);
	same_text(why.text, "the ctwatch module is not installed for kernel 6.1: build and install it, then run 'modprobe ctwatch'",
		  "not installed");
	f = fopen(path, "a");
	fputs("updates/dkms/ctwatch.ko.xz: kernel/net/nf.ko.xz\n", f);
	fclose(f);
	client_explain_absence(dir, "6.1", &why);
	same_text(why.text, "the ctwatch module is not loaded: run 'modprobe ctwatch'",
		  "installed");
	snprintf(command, sizeof(command), "mkdir -p '%s/sys/module/ctwatch'",
		 dir);
	ok(!system(command), "%s", "a loaded module");
	client_explain_absence(dir, "6.1", &why);
	ok(strstr(why.text, "is loaded but has no netlink family") != NULL,
	   "%s", why.text);
	snprintf(command, sizeof(command), "rm -r '%s/sys' '%s/lib'", dir, dir);
	ok(!system(command), "%s", "cleaned up");
}

int main(void)
{
	char dir[] = "/tmp/ctmodctl-test-XXXXXX";

	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	test_numbers();
	test_words();
	test_settings();
	test_bad_settings();
	make_names(dir);
	test_namespaces(dir);
	test_no_namespaces(dir);
	test_absence(dir);
	remove_names(dir);
	return tap_done();
}
