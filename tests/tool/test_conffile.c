// SPDX-License-Identifier: GPL-2.0
/* The file of settings: what is read, what is refused, and both ways. */
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/conffile.h"
#include "lib/file.h"
#include "model/config.h"
#include "netlink/host.h"
#include "tap.h"

typedef uint32_t u32;
#define _LINUX_TYPES_H
#include "../../module/lib/config.h"

static int parse(struct conffile *file, const char *text, struct why *why)
{
	return conffile_parse(file, "f", text, strlen(text), why);
}

static bool has_only(const struct conf_netns *netns, uint64_t attrs)
{
	return netns->config.has == attrs;
}

static void test_good(void)
{
	static const char text[] =
		"\xef\xbb\xbf# comment\r\n"
		"; another\n"
		"\n"
		"warning = 75\t; thresholds\r\n"
		"critical=95\n"
		"  \t notice  =\t50   ;;\n"
		"[netns router] ; the first\n"
		" log=0\n"
		"\t[ netns   a b;c ]\n"
		"[netns empty]#\n"
		"repeat = 0000\n"
		"predict-time = 86400";
	struct conffile file;
	struct why why;

	ok(!parse(&file, text, &why) && file.n == 4, "a file");
	ok(!file.v[0].config.label && file.v[0].line == 4 &&
	   has_only(&file.v[0], BIT(CTWATCH_A_CONFIG_NOTICE) |
				BIT(CTWATCH_A_CONFIG_WARNING) |
				BIT(CTWATCH_A_CONFIG_CRITICAL)) &&
	   file.v[0].config.value[CTWATCH_A_CONFIG_NOTICE] == 50 &&
	   file.v[0].config.value[CTWATCH_A_CONFIG_WARNING] == 75 &&
	   file.v[0].config.value[CTWATCH_A_CONFIG_CRITICAL] == 95,
	   "keys before any section");
	ok(file.v[0].key_line[CTWATCH_A_CONFIG_CRITICAL] == 5 &&
	   file.v[0].key_line[CTWATCH_A_CONFIG_NOTICE] == 6, "their lines");
	same_text(file.v[1].config.label, "router", "a namespace");
	ok(file.v[1].line == 7 &&
	   has_only(&file.v[1], BIT(CTWATCH_A_CONFIG_LOG)) &&
	   !file.v[1].config.value[CTWATCH_A_CONFIG_LOG], "its key");
	same_text(file.v[2].config.label, "a b;c", "a strange name");
	ok(has_only(&file.v[2], 0) && file.v[2].line == 9, "without keys");
	ok(file.v[3].config.value[CTWATCH_A_CONFIG_PREDICT_TIME] == 86400 &&
	   HAS(&file.v[3].config, CTWATCH_A_CONFIG_REPEAT) &&
	   file.v[3].key_line[CTWATCH_A_CONFIG_PREDICT_TIME] == 12,
	   "a last line without an end");
	conffile_free(&file);
	ok(!parse(&file, "", &why) && file.n == 1 && !file.v[0].config.has,
	   "an empty file");
	conffile_free(&file);
}

/* inih would cut the name after 49 bytes: two namespaces would be one. */
static void test_long_names(void)
{
	char text[2 * 255 + 64], name[256], comment[600];
	struct conffile file;
	struct why why;

	memset(name, 'n', 255);
	name[255] = '\0';
	snprintf(text, sizeof(text), "[netns %s]\nlog=1\n[netns %.254s]\nlog=0\n",
		 name, name);
	ok(!parse(&file, text, &why) && file.n == 3, "long names");
	same_text(file.v[1].config.label, name, "the longest, whole");
	ok(strlen(file.v[2].config.label) == 254, "the other is another");
	conffile_free(&file);
	memset(comment, '#', sizeof(comment) - 1);
	comment[sizeof(comment) - 1] = '\0';
	ok(!parse(&file, comment, &why), "a long comment");
	conffile_free(&file);
}

#define KEYS "notice, warning, critical, hysteresis, predict-time, predict-min, repeat, log, ipv4-prefix, ipv6-prefix"

static void test_bad(void)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "warn=5", "f:1: unknown key 'warn', valid are " KEYS },
		{ "\n\nnetns=5", "f:3: unknown key 'netns', valid are " KEYS },
		{ "=5", "f:1: unknown key '', valid are " KEYS },
		{ "Warning=5", "f:1: unknown key 'Warning', valid are " KEYS },
		{ "warning=", "f:1: '' is no value for warning: give a whole number from 1 to 100" },
		{ "warning= ; 80", "f:1: '' is no value for warning: give a whole number from 1 to 100" },
		{ "warning=80%", "f:1: '80%' is no value for warning: give a whole number from 1 to 100" },
		{ "warning=80;x", "f:1: '80;x' is no value for warning: give a whole number from 1 to 100" },
		{ "warning=80 # x", "f:1: '80 # x' is no value for warning: give a whole number from 1 to 100" },
		{ "warning=0", "f:1: '0' is no value for warning: give a whole number from 1 to 100" },
		{ "warning=101", "f:1: '101' is no value for warning: give a whole number from 1 to 100" },
		{ "warning=4294967376", "f:1: '4294967376' is no value for warning: give a whole number from 1 to 100" },
		{ "predict-time=86401", "f:1: '86401' is no value for predict-time: give a whole number from 0 to 86400" },
		{ "log=0\nlog=0", "f:2: 'log' is set twice, first in line 1: give it once" },
		{ "log=0\n  log=0", "f:2: 'log' is set twice, first in line 1: give it once" },
		{ "log=0\n  1", "f:2: the line has no '=': give KEY = VALUE, [netns NAME] or # and a comment" },
		{ "log\nwarn=1", "f:1: the line has no '=': give KEY = VALUE, [netns NAME] or # and a comment" },
		{ "warn=1\nlog", "f:1: unknown key 'warn', valid are " KEYS },
		{ "log\n[x]", "f:1: the line has no '=': give KEY = VALUE, [netns NAME] or # and a comment" },
		{ "[x]\nlog", "f:1: unknown section [x], valid is [netns NAME]" },
		{ "[netnsx]", "f:1: unknown section [netnsx], valid is [netns NAME]" },
		{ "[]", "f:1: unknown section [], valid is [netns NAME]" },
		{ "[netn s]", "f:1: unknown section [netn s], valid is [netns NAME]" },
		{ "[netns]", "f:1: the section names no network namespace: give [netns NAME] with a name of 'ip netns list'" },
		{ "[ netns ]", "f:1: the section names no network namespace: give [netns NAME] with a name of 'ip netns list'" },
		{ "[netns a", "f:1: the section has no ']': give [netns NAME]" },
		{ "[netns a] log=1", "f:1: 'log=1' after the section: give it a line of its own" },
		{ "[netns a]\n[netns b]\n[netns  a ]", "f:3: section [netns a] is given twice, first in line 1: give it once" },
		{ "[netns a]\n[]\nlog", "f:2: unknown section [], valid is [netns NAME]" },
	};
	struct conffile file;
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why = (struct why){};
		ok(parse(&file, bad[i].text, &why), "refused: %zu", i);
		same_text(why.text, bad[i].why, bad[i].text);
		conffile_free(&file);
	}
}

/* Of @len bytes with their newline, the value after many zeros. */
static void make_line(char *line, size_t len)
{
	memset(line, '0', len);
	memcpy(line, "log=", 4);
	strcpy(line + len - 2, "1\n");
}

/* Never cut: what is left of a cut line would be another line. */
static void test_long_lines(void)
{
	int taken = 0, refused = 0, wrong = 0, most = 0;
	struct conffile file;
	char line[1100];
	struct why why;
	size_t len;

	for (len = 10; len < 1000; len++) {
		make_line(line, len);
		why = (struct why){};
		if (!parse(&file, line, &why))
			taken += file.v[0].config.value[CTWATCH_A_CONFIG_LOG];
		else if (sscanf(why.text, "f:1: the line is too long: at most %d bytes",
				&most) == 1)
			refused++;
		else
			wrong++;
		conffile_free(&file);
	}
	/* The shortest has 9 bytes and its newline. */
	ok(most >= 190 && taken == most - 8 && refused == 990 - taken &&
	   !wrong, "long lines: %d taken, %d refused, %d otherwise, at most %d",
	   taken, refused, wrong, most);
}

static void test_zero_byte(void)
{
	static const char text[] = "log=1\nlog\0=1";
	struct conffile file;
	struct why why;

	ok(conffile_parse(&file, "f", text, sizeof(text) - 1, &why), "a zero");
	same_text(why.text, "f:2: the line has a zero byte: this is no text",
		  "is told");
	conffile_free(&file);
}

/* Whatever is in it: no crash, and a reason for each that is refused. */
static void test_garbage(void)
{
	static const char *const parts[] = {
		"[", "]", "netns ", "=", "log", "warning", " ", "\n", "\n",
		"1", "80", ";", "#", ":", "\t", "\r", "\xef\xbb\xbf", "\xff",
		"a", "\n[netns b]\n", "\nlog=1\n", "\nlog=0\n",
	};
	int taken = 0, refused = 0, silent = 0;
	unsigned int seed = 1, i, j;
	struct conffile file;
	char text[256];
	struct why why;

	for (i = 0; i < 20000; i++) {
		*text = '\0';
		for (j = 0; j < i % 24; j++)
			strcat(text, parts[rand_r(&seed) %
				     (sizeof(parts) / sizeof(parts[0]))]);
		why = (struct why){};
		if (!parse(&file, text, &why))
			taken++;
		else if (!strncmp(why.text, "f:", 2))
			refused++;
		else
			silent++;
		conffile_free(&file);
	}
	ok(taken > 1000 && refused > 1000 && !silent,
	   "garbage: %d taken, %d refused, %d without a reason", taken,
	   refused, silent);
}

static void make_config(struct config *config, char *name, uint32_t seed)
{
	const struct config_key *key;

	*config = (struct config){ .label = name };
	for (key = config_keys; key->name; key++) {
		config->has |= BIT(key->attr);
		config->value[key->attr] = key->min +
			seed * key->attr % (key->max - key->min + 1);
	}
}

static bool same_config(const struct config *a, const struct config *b)
{
	return a->has == b->has &&
	       !memcmp(a->value, b->value, sizeof(a->value));
}

/* What is printed is read again, and what it says is the same. */
static void test_both_ways(void)
{
	char first[] = "qrouter-01234567-89ab-cdef-0123-456789abcdef-long";
	char second[] = "a [b;c # d";
	struct configs named = { .n = 2 };
	struct config own, both[2];
	struct conffile file;
	struct why why;
	size_t len, i;
	char *text;
	FILE *f;

	make_config(&own, NULL, 7);
	make_config(&both[0], first, 0);
	make_config(&both[1], second, UINT32_MAX);
	both[1].has &= ~BIT(CTWATCH_A_CONFIG_LOG);
	both[1].value[CTWATCH_A_CONFIG_LOG] = 0;
	named.v = both;
	f = open_memstream(&text, &len);
	conffile_print(f, &own, &named);
	fclose(f);
	ok(!conffile_parse(&file, "f", text, len, &why) && file.n == 3,
	   "what is printed can be read");
	ok(same_config(&file.v[0].config, &own), "one's own");
	for (i = 0; i < 2; i++) {
		ok(same_config(&file.v[i + 1].config, &both[i]),
		   "settings of a name");
		same_text(file.v[i + 1].config.label, both[i].label,
			  "the name");
	}
	ok(strstr(text, "ctwatch.conf(5)") &&
	   strstr(text, "'ctmodctl config --load'"), "it says what it is");
	conffile_free(&file);
	free(text);
}

static void test_names(void)
{
	ok(conffile_can_name("a") && conffile_can_name("a b") &&
	   conffile_can_name("[x") && conffile_can_name(";"), "good names");
	ok(!conffile_can_name("") && !conffile_can_name("a]") &&
	   !conffile_can_name(" a") && !conffile_can_name("a\t") &&
	   !conffile_can_name("a\nb"), "names that would become others");
}

/* Printed in the help: the module has the say. */
static void test_defaults(void)
{
	static const struct ctw_config module = CTW_CONFIG_DEFAULT;
	const u32 *value = (const u32 *)&module;
	const struct config_key *key;

	for (key = config_keys; key->name; key++)
		ok(key->standard == value[key - config_keys],
		   "the default of %s", key->name);
	ok(key - config_keys == sizeof(module) / sizeof(u32), "all of them");
}

static void write_parameter(const char *dir, const char *name,
			    const char *value)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	fputs(value, f);
	fclose(f);
}

static void test_parameters(const char *dir)
{
	static const char *const names[] = {
		"notice", "warning", "critical", "hysteresis", "predict_time",
		"predict_min", "repeat", "log", "ipv4_prefix", "ipv6_prefix",
	};
	struct config config;
	char value[16];
	struct why why;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		snprintf(value, sizeof(value), "%u\n", 11 + i);
		write_parameter(dir, names[i], value);
	}
	ok(!host_module_parameters(dir, &config, &why) &&
	   config.value[CTWATCH_A_CONFIG_NOTICE] == 11 &&
	   config.value[CTWATCH_A_CONFIG_PREDICT_TIME] == 15 &&
	   config.value[CTWATCH_A_CONFIG_IPV6_PREFIX] == 20,
	   "the module's parameters");
	write_parameter(dir, "log", "Y\n");
	ok(host_module_parameters(dir, &config, &why), "%s", why.text);
	ok(host_module_parameters("/nonexistent", &config, &why),
	   "no parameters");
	same_text(why.text, "cannot read the default of notice in /nonexistent/notice",
		  "are told");
}

static bool file_is(const char *path, const char *want)
{
	struct why why;
	char *text;
	size_t len;
	bool same = !file_read(path, &text, &len, &why) &&
		    len == strlen(want) && !memcmp(text, want, len);

	free(text);
	return same;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_mode;
}

static unsigned int count_files(const char *dir)
{
	char command[PATH_MAX + 16];
	unsigned int n = 0;
	FILE *f;

	snprintf(command, sizeof(command), "ls -A '%s' | wc -l", dir);
	f = popen(command, "r");
	if (fscanf(f, "%u", &n) != 1)
		n = 0;
	pclose(f);
	return n;
}

static void test_replace(const char *dir)
{
	char path[PATH_MAX], link[PATH_MAX], folder[PATH_MAX];
	unsigned int files;
	struct why why;

	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(link, sizeof(link), "%s/link", dir);
	snprintf(folder, sizeof(folder), "%s/folder", dir);
	umask(077);
	ok(!file_replace(path, "one", 3, &why) && file_is(path, "one") &&
	   mode_of(path) == (S_IFREG | 0644), "a new file, for all to read");
	chmod(path, 0640);
	files = count_files(dir);
	ok(!file_replace(path, "two", 3, &why) && file_is(path, "two") &&
	   mode_of(path) == (S_IFREG | 0640), "another in its place, as it was");
	ok(!symlink("file", link) && !file_replace(link, "three", 5, &why) &&
	   file_is(path, "three") && S_ISLNK(mode_of(link)),
	   "through a symbolic link");
	ok(!unlink(path) && file_replace(link, "four", 4, &why), "%s",
	   why.text);
	ok(S_ISLNK(mode_of(link)), "a link to nothing stays one");
	ok(!mkdir(folder, 0755) && file_replace(folder, "x", 1, &why) &&
	   strstr(why.text, "is no regular file: give another"), "%s",
	   why.text);
	ok(file_replace("/dev/null", "x", 1, &why) &&
	   S_ISCHR(mode_of("/dev/null")), "a device stays one");
	ok(count_files(dir) == files + 1, "nothing is left over");
	rmdir(folder);
	unlink(link);
}

/* A disk that is full, as far as this process can tell. */
static void test_no_room(const char *dir)
{
	const struct rlimit none = { 0, RLIM_INFINITY };
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	char path[PATH_MAX];
	unsigned int files;
	struct why why;
	int ret;

	snprintf(path, sizeof(path), "%s/full", dir);
	ok(!file_replace(path, "one", 3, &why), "a file");
	files = count_files(dir);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	ret = file_replace(path, "two", 3, &why);
	/* Results may go to a file too. */
	setrlimit(RLIMIT_FSIZE, &all);
	ok(ret, "no room for another");
	ok(strstr(why.text, "cannot write ") && file_is(path, "one") &&
	   count_files(dir) == files, "the file is what it was, alone: %s",
	   why.text);
}

static void test_read(const char *dir)
{
	char path[PATH_MAX], *text;
	struct why why;
	size_t len;

	snprintf(path, sizeof(path), "%s/large", dir);
	ok(!file_replace(path, "x", 1, &why) && !truncate(path, FILE_MAX) &&
	   !file_read(path, &text, &len, &why) && len == FILE_MAX,
	   "the largest file");
	free(text);
	ok(!truncate(path, FILE_MAX + 1) &&
	   file_read(path, &text, &len, &why) &&
	   strstr(why.text, "has more than 1048576 bytes"), "%s", why.text);
	free(text);
	ok(file_read("/nonexistent", &text, &len, &why), "no file");
	free(text);
	same_text(why.text, "cannot read /nonexistent: No such file or directory",
		  "is told");
	ok(file_read(dir, &text, &len, &why), "%s", why.text);
	free(text);
}

int main(void)
{
	char dir[] = "/tmp/ctmodctl-test-XXXXXX", command[64];

	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	test_good();
	test_long_names();
	test_bad();
	test_long_lines();
	test_zero_byte();
	test_garbage();
	test_both_ways();
	test_names();
	test_defaults();
	test_parameters(dir);
	test_replace(dir);
	test_no_room(dir);
	test_read(dir);
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	ok(!system(command), "cleaned up");
	return tap_done();
}
