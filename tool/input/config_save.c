// SPDX-License-Identifier: GPL-2.0
/*
 * Settings of the caller's namespace, and of those that differ from the
 * defaults, as a file that config_load() reads.
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "input/conffile.h"
#include "input/config_io.h"
#include "lib/file.h"
#include "model/config.h"
#include "netlink/fetch.h"
#include "netlink/host.h"

static bool differs(const struct config *a, const struct config *b)
{
	const struct config_key *key;

	for (key = config_keys; key->name; key++)
		if (HAS(a, key->attr) &&
		    a->value[key->attr] != b->value[key->attr])
			return true;
	return false;
}

/* The label was made printable: then it may be no name any more. */
static bool can_be_saved(const struct config *config)
{
	struct netns netns;
	struct why why;

	return config->label && conffile_can_name(config->label) &&
	       netns_find_name(NETNS_DIR, config->label, &netns, &why) > 0 &&
	       netns.inode == config->value[CTWATCH_A_CONFIG_NETNS];
}

/* Of all namespaces, leave those for which the file needs a section. */
static void keep_sections(struct configs *all, const struct config *own,
			  const struct config *standard)
{
	uint32_t inode = own->value[CTWATCH_A_CONFIG_NETNS];
	struct config *config;
	size_t i, kept = 0;

	for (i = 0; i < all->n; i++) {
		config = &all->v[i];
		if (config->value[CTWATCH_A_CONFIG_NETNS] != inode &&
		    differs(config, standard)) {
			if (can_be_saved(config)) {
				all->v[kept++] = *config;
				continue;
			}
			warn("the settings of network namespace %" PRIu32 " are not saved: it has no name of 'ip netns list'",
			     config->value[CTWATCH_A_CONFIG_NETNS]);
		}
		free(config->label);
	}
	all->n = kept;
}

static int write_file(FILE *out, const char *path, const struct config *own,
		      const struct configs *named, struct why *why)
{
	FILE *stream;
	size_t len;
	char *text;
	int ret;

	if (!strcmp(path, "-")) {
		conffile_print(out, own, named);
		return 0;
	}
	stream = open_memstream(&text, &len);
	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	conffile_print(stream, own, named);
	if (fclose(stream))
		errx(EXIT_FAILED, "out of memory");
	ret = file_replace(path, text, len, why);
	free(text);
	return ret;
}

/**
 * config_save - write settings to a file that config_load() reads
 * @ctx: not opened; without -n and -A
 * @out: standard output
 * @path: the file, "-" for standard output
 * @why: on failure, the reason
 *
 * The caller's own namespace, and those that differ from the defaults.
 *
 * Return: 0 or -1.
 */
int config_save(struct context *ctx, FILE *out, const char *path,
		struct why *why)
{
	struct configs own = {}, all = {};
	struct config standard;
	int ret = client_connect(&ctx->client, why);

	if (!ret)
		ret = fetch_config(ctx, &own, why);
	ctx->all_netns = true;
	if (!ret)
		ret = fetch_config(ctx, &all, why);
	if (!ret)
		ret = host_module_parameters(MODULE_PARAMETERS, &standard, why);
	if (!ret) {
		keep_sections(&all, &own.v[0], &standard);
		ret = write_file(out, path, &own.v[0], &all, why);
	}
	configs_free(&own);
	configs_free(&all);
	return ret;
}
