// SPDX-License-Identifier: GPL-2.0
/*
 * All of a file of settings, or nothing: looks at every namespace first, then
 * sets one after the other, and puts back what was there if one is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "input/conffile.h"
#include "input/config_io.h"
#include "lib/array.h"
#include "lib/file.h"
#include "model/config.h"
#include "netlink/fetch.h"

/* A namespace of the file: what to set, and what was set before. */
struct target {
	const struct conf_netns *conf;
	uint32_t inode;		/* unless it is the caller's own */
	struct config before;
};

struct targets {
	const char *path;
	struct target *v;
	size_t n;
};

static const char *name_of(const struct target *target)
{
	return target->conf->config.label;
}

/* Requests are about this one from now on. */
static void choose(struct context *ctx, const struct target *target)
{
	ctx->netns_arg = name_of(target);
	ctx->netns.inode = target->inode;
}

static int at_line(const struct targets *targets, unsigned int line,
		   struct why *why)
{
	why_prefix(why, "%s:%u: ", targets->path, line);
	return -1;
}

static void add_target(struct targets *targets, const struct conf_netns *conf,
		       uint32_t inode)
{
	targets->v = array_grow(targets->v, targets->n, sizeof(*targets->v));
	targets->v[targets->n++] = (struct target){
		.conf = conf,
		.inode = inode,
	};
}

static int find_named(struct targets *targets, const struct conf_netns *conf,
		      bool skip_missing, struct why *why)
{
	const char *name = conf->config.label;
	struct netns netns;
	int found = netns_find_name(NETNS_DIR, name, &netns, why);

	if (found > 0) {
		add_target(targets, conf, netns.inode);
		return 0;
	}
	if (!found)
		why_set(why, "no network namespace '%s' in 'ip netns list'",
			name);
	at_line(targets, conf->line, why);
	if (skip_missing) {
		warn("%s: skipped", why->text);
		return 0;
	}
	why_suffix(why, "; --skip-missing goes on without it");
	return -1;
}

static int find_all(struct targets *targets, const struct conffile *file,
		    bool skip_missing, struct why *why)
{
	size_t i;

	if (file->v[0].config.has)
		add_target(targets, &file->v[0], 0);
	for (i = 1; i < file->n; i++)
		if (find_named(targets, &file->v[i], skip_missing, why))
			return -1;
	return 0;
}

/* Two names of one namespace: which settings would be meant? */
static int check_same(const struct targets *targets,
		      const struct target *target, struct why *why)
{
	uint32_t inode = target->before.value[CTWATCH_A_CONFIG_NETNS];
	const struct target *other;

	for (other = targets->v; other < target; other++)
		if (other->before.value[CTWATCH_A_CONFIG_NETNS] == inode)
			return why_set(why, "'%s' is the same network namespace as that of line %u: give it once",
				       name_of(target), other->conf->line);
	return 0;
}

static int read_before(struct context *ctx, struct target *target,
		       struct why *why)
{
	struct configs list = {};
	int ret;

	choose(ctx, target);
	ret = fetch_config(ctx, &list, why);
	if (!ret)
		target->before = list.v[0];
	configs_free(&list);
	target->before.label = NULL;
	return ret;
}

/* Return: 0 or -1; the line of what the module refused is in @why. */
static int set_one(struct context *ctx, const struct targets *targets,
		   const struct target *target, struct why *why)
{
	const struct conf_netns *conf = target->conf;
	struct request request = {};
	uint16_t refused;

	choose(ctx, target);
	request_add_set(&request, &config_set, conf->config.has, &conf->config);
	if (!change_config(ctx, &request, why))
		return 0;
	refused = ctx->client.refused;
	return at_line(targets, config_key_by_attr(refused) ?
		       conf->key_line[refused] : conf->line, why);
}

/* Those keys only that were changed: others may have changed meanwhile. */
static int put_back_one(struct context *ctx, const struct target *target,
			struct why *why)
{
	struct request request = {};

	choose(ctx, target);
	request_add_set(&request, &config_set, target->conf->config.has,
			&target->before);
	return change_config(ctx, &request, why);
}

/*
 * Put back what was set before @end, and add to the reason what became of it.
 * Return: -1.
 */
static int undo(struct context *ctx, const struct targets *targets,
		const struct target *end, struct why *why)
{
	const char *what = "nothing";
	struct target *target;
	struct why again;

	for (target = targets->v; target < end; target++) {
		if (!put_back_one(ctx, target, &again))
			continue;
		what = "nothing else";
		if (name_of(target))
			warn("network namespace '%s' stays changed: %s",
			     name_of(target), again.text);
		else
			warn("one's own network namespace stays changed: %s",
			     again.text);
	}
	why_suffix(why, "; %s was changed", what);
	return -1;
}

static int set_all(struct context *ctx, const struct targets *targets,
		   struct why *why)
{
	struct target *target, *end = targets->v + targets->n;

	for (target = targets->v; target < end; target++) {
		if (!read_before(ctx, target, why) &&
		    !check_same(targets, target, why))
			continue;
		at_line(targets, target->conf->line, why);
		return undo(ctx, targets, targets->v, why);
	}
	for (target = targets->v; target < end; target++)
		if (target->conf->config.has &&
		    set_one(ctx, targets, target, why))
			return undo(ctx, targets, target, why);
	return 0;
}

static int load(struct context *ctx, const struct conffile *file,
		const char *path, bool skip_missing, struct why *why)
{
	struct targets targets = { .path = path };
	int ret = find_all(&targets, file, skip_missing, why);

	if (!ret)
		ret = client_connect(&ctx->client, why);
	if (!ret)
		ret = set_all(ctx, &targets, why);
	free(targets.v);
	return ret;
}

/**
 * config_load - set what a file says, all of it or nothing
 * @ctx: not opened; without -n and -A
 * @path: the file, "-" for standard input
 * @skip_missing: go on without namespaces that do not exist
 * @why: on failure, line and reason
 *
 * Return: 0 or -1.
 */
int config_load(struct context *ctx, const char *path, bool skip_missing,
		struct why *why)
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	struct conffile file = {};
	size_t len;
	char *text;
	int ret = file_read(path, &text, &len, why);

	if (!ret)
		ret = conffile_parse(&file, name, text, len, why);
	if (!ret)
		ret = load(ctx, &file, name, skip_missing, why);
	free(text);
	conffile_free(&file);
	return ret;
}
