// SPDX-License-Identifier: GPL-2.0
/*
 * What the tool makes of replies and files that are not what they should be.
 *
 * The first byte of an input says which parser takes the rest. libFuzzer calls
 * LLVMFuzzerTestOneInput(); without it random.c does, and both begin with
 * seeds.c. Sanitizers see the crashes; here is what else has to hold.
 */
#include <err.h>
#include <linux/genetlink.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/conffile.h"
#include "netlink/parse.h"
#include "output/json.h"
#include "output/render.h"
#include "parse_fuzz.h"

const char *const parser_names[PARSERS] = {
	"status", "sources", "event", "config", "query", "extack",
	"controller", "conffile",
};

static FILE *nowhere;

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "parse_fuzz: %s\n", what);
	abort();
}

/* A refusal says why, and leaves nothing. */
static bool taken(int ret, const struct why *why, uint64_t has)
{
	must(!ret || *why->text, "refused without a reason");
	must(!ret || !has, "refused, and something is left");
	return !ret;
}

static void print_status(struct status *status)
{
	const struct timespec when = { 1763758680, 123456789 };
	struct statuses list = { .v = status, .n = 1 };

	render_status(nowhere, status, true);
	render_sources(nowhere, &list, true);
	json_print(nowhere, json_statuses(&list, UINT64_MAX, true), false);
	if (!status->text)
		return;
	render_event(nowhere, status, CTWATCH_CMD_LEVEL_NTF, &when, true);
	json_print(nowhere, json_event(status, CTWATCH_CMD_LEVEL_NTF, &when),
		   false);
}

static bool try_status(enum parser parser, const struct nlmsghdr *nlh,
		       bool print)
{
	struct status status;
	struct why why = { };
	int ret;

	if (parser == PARSE_STATUS)
		ret = parse_status(nlh, &status, &why);
	else if (parser == PARSE_SOURCES)
		ret = parse_sources(nlh, &status, &why);
	else
		ret = parse_event(nlh, &status, &why);
	if (!ret && print)
		print_status(&status);
	taken(ret, &why, status.has);
	status_free(&status);
	return !ret;
}

static bool try_config(const struct nlmsghdr *nlh, bool print)
{
	struct config config;
	struct why why = { };
	int ret = parse_config(nlh, &config, &why);

	if (!taken(ret, &why, 0))
		return false;
	if (print) {
		render_config(nowhere, &config, UINT64_MAX);
		json_print(nowhere, json_config(&config, UINT64_MAX), false);
	}
	return true;
}

static bool try_query(const struct nlmsghdr *nlh, bool print)
{
	struct query query;
	struct why why = { };
	int ret = parse_query(nlh, &query, &why);

	if (!ret && print) {
		render_census(nowhere, &query, true);
		json_print(nowhere, json_query(&query), false);
	}
	taken(ret, &why, query.has);
	query_free(&query);
	return !ret;
}

static bool try_extack(const struct nlmsghdr *nlh)
{
	struct extack extack;
	const char *c;

	parse_extack(nlh, &extack);
	must(extack.error >= 0 && extack.error <= 4095, "no error number");
	must(memchr(extack.text, 0, sizeof(extack.text)), "text without end");
	for (c = extack.text; *c; c++)
		must((unsigned char)*c >= ' ', "the text moves the cursor");
	return extack.error || *extack.text;
}

static bool try_message(enum parser parser, const uint8_t *data, size_t size,
			bool print)
{
	struct nlmsghdr *nlh;
	bool ret = false;

	if (size < sizeof(*nlh) || size > UINT16_MAX)
		return false;
	/* no byte to spare, so that any step beyond is seen */
	nlh = malloc(size);
	if (!nlh)
		err(2, "malloc");
	memcpy(nlh, data, size);
	nlh->nlmsg_len = size;
	if (parser <= PARSE_EVENT)
		ret = try_status(parser, nlh, print);
	else if (parser == PARSE_CONFIG)
		ret = try_config(nlh, print);
	else if (parser == PARSE_QUERY)
		ret = try_query(nlh, print);
	else if (parser == PARSE_EXTACK)
		ret = try_extack(nlh);
	else
		ret = parse_family_gone(nlh, 33) || parse_operation(nlh) >= 0;
	free(nlh);
	return ret;
}

/* What is written is read back the same. */
static void read_back(const struct conffile *file)
{
	struct configs named = { .n = file->n - 1 };
	struct conffile again;
	struct why why = { };
	char *text = NULL;
	size_t len, i;
	FILE *out = open_memstream(&text, &len);

	named.v = calloc(file->n, sizeof(*named.v));
	if (!out || !named.v)
		err(2, "out of memory");
	for (i = 1; i < file->n; i++) {
		must(conffile_can_name(file->v[i].config.label),
		     "a name that cannot be written");
		named.v[i - 1] = file->v[i].config;
	}
	conffile_print(out, &file->v[0].config, &named);
	fclose(out);
	must(!conffile_parse(&again, "again", text, len, &why),
	     "what was written is refused");
	must(again.n == file->n, "what was written has other sections");
	for (i = 0; i < file->n; i++)
		must(again.v[i].config.has == file->v[i].config.has &&
		     !memcmp(again.v[i].config.value,
			     file->v[i].config.value,
			     sizeof(file->v[i].config.value)),
		     "what was written says something else");
	conffile_free(&again);
	free(named.v);
	free(text);
}

static bool try_conffile(const uint8_t *data, size_t size)
{
	struct conffile file;
	struct why why = { };
	char *text = malloc(size ? size : 1);
	int ret;

	if (!text)
		err(2, "malloc");
	memcpy(text, data, size);
	ret = conffile_parse(&file, "file", text, size, &why);
	if (taken(ret, &why, 0))
		read_back(&file);
	conffile_free(&file);
	free(text);
	return !ret;
}

/**
 * parse_input - one input to its parser
 * @data: the parser and what it gets
 * @size: bytes of it
 * @print: print what it took
 *
 * Return: whether it was taken.
 */
bool parse_input(const uint8_t *data, size_t size, bool print)
{
	enum parser parser;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (!nowhere)
		err(2, "/dev/null");
	if (!size)
		return false;
	parser = data[0] % PARSERS;
	if (parser == PARSE_CONFFILE)
		return try_conffile(data + 1, size - 1);
	return try_message(parser, data + 1, size - 1, print);
}
