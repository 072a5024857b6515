// SPDX-License-Identifier: GPL-2.0
/*
 * One function a question: asks for the namespaces that are meant, collects
 * the messages of the answer and adds the names of namespaces.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/array.h"
#include "model/config.h"
#include "netlink/fetch.h"
#include "netlink/parse.h"

/* Without -n and -A: the namespace of the socket, which needs no attribute. */
static struct request new_request(const struct context *ctx, uint8_t operation,
				  uint16_t netns_attr)
{
	struct request request = {
		.operation = operation,
		.dump = ctx->all_netns,
	};

	if (ctx->netns_arg)
		request_add(&request, netns_attr, ctx->netns.inode);
	return request;
}

static void restart_statuses(void *arg)
{
	statuses_free(arg);
}

static void restart_configs(void *arg)
{
	configs_free(arg);
}

static void add_status(struct statuses *list, const struct status *status)
{
	list->v = array_grow(list->v, list->n, sizeof(*list->v));
	list->v[list->n++] = *status;
}

static int on_status(void *arg, const struct nlmsghdr *nlh, struct why *why)
{
	struct status status;

	if (parse_status(nlh, &status, why))
		return -1;
	add_status(arg, &status);
	return 0;
}

static int on_config(void *arg, const struct nlmsghdr *nlh, struct why *why)
{
	struct configs *list = arg;
	struct config config;

	if (parse_config(nlh, &config, why))
		return -1;
	list->v = array_grow(list->v, list->n, sizeof(*list->v));
	list->v[list->n++] = config;
	return 0;
}

/* When they have all come: what has gone meanwhile has no name any more. */
static void label_statuses(struct statuses *list)
{
	struct netns_names names = {};
	size_t i;

	netns_names_read(NETNS_DIR, &names);
	for (i = 0; i < list->n; i++)
		list->v[i].label = netns_label(&names, list->v[i].netns);
	netns_names_free(&names);
}

static void label_configs(struct configs *list)
{
	struct netns_names names = {};
	size_t i;

	netns_names_read(NETNS_DIR, &names);
	for (i = 0; i < list->n; i++)
		list->v[i].label =
			netns_label(&names,
				    list->v[i].value[CTWATCH_A_CONFIG_NETNS]);
	netns_names_free(&names);
}

static struct status *find_netns(const struct statuses *list, uint32_t netns)
{
	size_t i;

	for (i = list->n; i-- > 0;)
		if (list->v[i].netns == netns)
			return &list->v[i];
	return NULL;
}

/* Move all of @from behind those of @to. */
static void move_sources(struct sources *to, struct sources *from)
{
	size_t i;

	for (i = 0; i < from->n; i++) {
		to->v = array_grow(to->v, to->n, sizeof(*to->v));
		to->v[to->n++] = from->v[i];
	}
	from->n = 0;
	sources_free(from);
}

/* A namespace comes in as many messages as its sources need. */
static int on_sources(void *arg, const struct nlmsghdr *nlh, struct why *why)
{
	struct statuses *list = arg;
	struct status status, *seen;

	if (parse_sources(nlh, &status, why))
		return -1;
	seen = find_netns(list, status.netns);
	if (!seen) {
		add_status(list, &status);
		return 0;
	}
	move_sources(&seen->sources, &status.sources);
	status_free(&status);
	return 0;
}

/* Without -A there must be one answer. */
static int check_count(const struct context *ctx, size_t n, struct why *why)
{
	if (!ctx->all_netns && n != 1)
		return why_set(why, "the module gave %zu answers, not one", n);
	return 0;
}

static int get_status(struct context *ctx, struct statuses *list,
		      struct why *why)
{
	struct request request = new_request(ctx, CTWATCH_CMD_STATUS_GET,
					     CTWATCH_A_NETNS);
	const struct reply reply = { on_status, restart_statuses, list };

	if (client_call(&ctx->client, &request, &reply, why))
		return -1;
	return check_count(ctx, list->n, why);
}

/**
 * fetch_status - fullness and totals
 * @ctx: opened; says which namespaces
 * @list: empty; filled, statuses_free() it
 * @why: on failure, the reason
 *
 * Return: 0 or -1.
 */
int fetch_status(struct context *ctx, struct statuses *list, struct why *why)
{
	if (get_status(ctx, list, why))
		return -1;
	label_statuses(list);
	return 0;
}

/* A namespace without sources is in the totals only. */
static void add_attempts(struct statuses *list, const struct statuses *totals)
{
	struct status *status;
	size_t i;

	for (i = 0; i < totals->n; i++) {
		struct status none = {
			.has = BIT(CTWATCH_A_NETNS),
			.netns = totals->v[i].netns,
		};

		if (!find_netns(list, none.netns))
			add_status(list, &none);
		status = find_netns(list, none.netns);
		status->attempts = totals->v[i].attempts;
		status->has |= BIT(CTWATCH_A_ATTEMPTS);
	}
}

/* A dump that names no namespace is about all of them. */
static int dump_netns(const struct context *ctx, uint32_t *netns,
		      struct why *why)
{
	*netns = ctx->netns.inode;
	return ctx->netns_arg ? 0 : netns_own(netns, why);
}

static int dump_sources(struct context *ctx, struct statuses *list,
			struct why *why)
{
	struct request request = {
		.operation = CTWATCH_CMD_SOURCE_GET,
		.dump = true,
	};
	const struct reply reply = { on_sources, restart_statuses, list };
	uint32_t netns;

	if (!ctx->all_netns) {
		if (dump_netns(ctx, &netns, why))
			return -1;
		request_add(&request, CTWATCH_A_NETNS, netns);
	}
	return client_call(&ctx->client, &request, &reply, why);
}

/**
 * fetch_sources - sources, and the attempts of which they are a share
 * @ctx: opened; says which namespaces
 * @list: empty; filled, statuses_free() it. Only netns, attempts and sources
 *	are set; a namespace that went in between has no attempts.
 * @why: on failure, the reason
 *
 * Return: 0 or -1.
 */
int fetch_sources(struct context *ctx, struct statuses *list, struct why *why)
{
	struct statuses totals = {};
	int ret;

	/* The totals last: so no share exceeds 100%. */
	ret = dump_sources(ctx, list, why);
	if (!ret)
		ret = get_status(ctx, &totals, why);
	if (!ret) {
		add_attempts(list, &totals);
		label_statuses(list);
	}
	statuses_free(&totals);
	return ret;
}

static void restart_query(void *arg)
{
	query_free(arg);
}

static void move_groups(struct groups *to, struct groups *from)
{
	size_t i;

	for (i = 0; i < from->n; i++) {
		to->v = array_grow(to->v, to->n, sizeof(*to->v));
		to->v[to->n++] = from->v[i];
	}
	from->n = 0;
	groups_free(from);
}

/* The first message has the facts of the walk, the others are groups. */
static int on_query(void *arg, const struct nlmsghdr *nlh, struct why *why)
{
	struct query *answer = arg;
	struct query query;

	if (parse_query(nlh, &query, why))
		return -1;
	if (HAS(answer, CTWATCH_A_QUERY_CENSUS)) {
		move_groups(&answer->groups, &query.groups);
		query_free(&query);
		return 0;
	}
	*answer = query;
	if (!HAS(answer, CTWATCH_A_QUERY_CENSUS))
		return why_set(why, "attribute 'census' is missing");
	if (!HAS(answer, CTWATCH_A_QUERY_BY))
		return why_set(why, "attribute 'by' is missing");
	/* No groups are a list of none, not an unknown. */
	answer->has |= BIT(CTWATCH_A_QUERY_GROUP);
	return 0;
}

/* They all have a namespace, or none has: it is what they are grouped by. */
static void label_groups(struct groups *groups)
{
	struct netns_names names = {};
	struct group *group;

	if (!groups->n || !HAS(groups->v, CTWATCH_A_GROUP_NETNS))
		return;
	netns_names_read(NETNS_DIR, &names);
	for (group = groups->v; group < groups->v + groups->n; group++)
		group->label = netns_label(&names, group->netns);
	netns_names_free(&names);
}

static int dump_census(struct context *ctx, const struct query *ask,
		       struct query *answer, struct why *why)
{
	struct request request = {
		.operation = CTWATCH_CMD_CENSUS_GET,
		.dump = true,
	};
	const struct reply reply = { on_query, restart_query, answer };
	struct query query = *ask;

	if (!ctx->all_netns) {
		if (dump_netns(ctx, &query.netns, why))
			return -1;
		query.has |= BIT(CTWATCH_A_QUERY_NETNS);
	}
	request_add_set(&request, &query_set, query.has, &query);
	return client_call(&ctx->client, &request, &reply, why);
}

/**
 * fetch_census - who holds the table
 * @ctx: opened; says which namespaces
 * @ask: the question, without a namespace
 * @answer: empty; filled, query_free() it
 * @why: on failure, the reason; ctx->client.error is what the module said
 *
 * Return: 0 or -1.
 */
int fetch_census(struct context *ctx, const struct query *ask,
		 struct query *answer, struct why *why)
{
	if (dump_census(ctx, ask, answer, why))
		return -1;
	if (!HAS(answer, CTWATCH_A_QUERY_CENSUS))
		return why_set(why, "the module gave no answer to census-get");
	label_groups(&answer->groups);
	return 0;
}

/**
 * fetch_config - settings
 * @ctx: opened; says which namespaces
 * @list: empty; filled, configs_free() it
 * @why: on failure, the reason
 *
 * Return: 0 or -1.
 */
int fetch_config(struct context *ctx, struct configs *list, struct why *why)
{
	struct request request = new_request(ctx, CTWATCH_CMD_CONFIG_GET,
					     CTWATCH_A_CONFIG_NETNS);
	const struct reply reply = { on_config, restart_configs, list };

	if (client_call(&ctx->client, &request, &reply, why) ||
	    check_count(ctx, list->n, why))
		return -1;
	label_configs(list);
	return 0;
}

/**
 * change_config - change settings of one namespace, all given or none
 * @ctx: opened; says which namespace
 * @request: its attributes are the settings; the rest is filled
 * @why: on failure, the reason; ctx->client.refused is the setting it is about
 *
 * Return: 0 or -1.
 */
int change_config(struct context *ctx, struct request *request,
		  struct why *why)
{
	const struct config_key *key;

	request->operation = CTWATCH_CMD_CONFIG_SET;
	if (ctx->netns_arg)
		request_add(request, CTWATCH_A_CONFIG_NETNS, ctx->netns.inode);
	if (!client_call(&ctx->client, request, NULL, why))
		return 0;
	/* The kernel's "out of range" names no key: say which, and the range. */
	key = config_key_by_attr(ctx->client.refused);
	if (key && ctx->client.error == ERANGE)
		why_prefix(why, "%s (%" PRIu32 " to %" PRIu32 "): ", key->name,
			   key->min, key->max);
	return -1;
}
