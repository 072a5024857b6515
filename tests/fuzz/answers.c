// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "answers.h"

#define GENL_HEADERS	(NLMSG_HDRLEN + GENL_HDRLEN)

void judge_fail(struct judge *j, const char *fmt, ...)
{
	va_list args;

	if (*j->failure)
		return;
	va_start(args, fmt);
	vsnprintf(j->failure, FAILURE_SIZE, fmt, args);
	va_end(args);
}

/* The first attribute of this type, or NULL; @at is where they begin. */
static const uint8_t *find_attr(const uint8_t *m, uint32_t len, uint32_t at,
				uint16_t type, uint32_t *size)
{
	struct nlattr a;

	while (at + sizeof(a) <= len) {
		memcpy(&a, m + at, sizeof(a));
		if (a.nla_len < sizeof(a) || a.nla_len > len - at)
			return NULL;
		if ((a.nla_type & NLA_TYPE_MASK) == type) {
			*size = a.nla_len - sizeof(a);
			return m + at + sizeof(a);
		}
		at += NLA_ALIGN(a.nla_len);
	}
	return NULL;
}

static void count_words(struct counts *c, const char *text, uint32_t n)
{
	struct words *w;

	for (w = c->words; w < c->words + WORDS_MAX; w++) {
		if (!w->n)
			snprintf(w->text, sizeof(w->text), "%.*s", (int)n,
				 text);
		if (!*w->text || strncmp(w->text, text, sizeof(w->text) - 1))
			continue;
		w->n++;
		return;
	}
}

/* Where the kernel's words begin: behind the error, and of NLMSG_ERROR behind
 * the request.
 */
static void take_words(struct judge *j, const struct nlmsghdr *nlh,
		       const uint8_t *m)
{
	uint32_t at = NLMSG_HDRLEN + sizeof(int), request = NLMSG_HDRLEN, n;
	const uint8_t *text;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			memcpy(&request, m + at, sizeof(request));
		at += NLMSG_ALIGN(request);
	}
	if (at > nlh->nlmsg_len)
		return;
	text = find_attr(m, nlh->nlmsg_len, at, NLMSGERR_ATTR_MSG, &n);
	if (text && !memchr(text, 0, n))
		judge_fail(j, "the kernel's words have no end");
	else if (text)
		count_words(j->counts, (const char *)text, n);
}

static struct asked *find_asked(struct shot *shot, uint32_t seq)
{
	unsigned int i;

	for (i = 0; shot && i < shot->n_asked; i++)
		if (shot->asked[i].seq == seq && !shot->asked[i].answered)
			return &shot->asked[i];
	return NULL;
}

static bool needs_rights(uint8_t cmd)
{
	return cmd == CTWATCH_CMD_SOURCE_GET ||
	       cmd == CTWATCH_CMD_CENSUS_GET ||
	       cmd == CTWATCH_CMD_CONFIG_SET || cmd == CTWATCH_CMD_RESET;
}

/* While the module is being unloaded there is no family. */
static bool no_family(int error)
{
	return error == ENOENT;
}

static void judge_verdict(struct judge *j, const struct asked *a, int error)
{
	if (!error)
		j->counts->done[a->cmd]++;
	if (j->rights.only && a->netns && a->netns != j->rights.only && !error)
		judge_fail(j, "operation %u on the netns %u was done, which is another's",
			   a->cmd, a->netns);
	if (j->rights.changes || !needs_rights(a->cmd))
		return;
	if (!error)
		judge_fail(j, "operation %u was done without rights", a->cmd);
	else if (a->proper && error != EPERM && !no_family(error))
		judge_fail(j, "operation %u without rights: error %d, not EPERM",
			   a->cmd, error);
}

static void take_error(struct judge *j, struct shot *shot,
		       const struct nlmsghdr *nlh, const uint8_t *m)
{
	struct asked *a = find_asked(shot, nlh->nlmsg_seq);
	int error = 0;

	memcpy(&error, m + NLMSG_HDRLEN, sizeof(error));
	if (error > 0 || error <= -ERRNO_MAX) {
		judge_fail(j, "%d is no error", error);
		return;
	}
	if (nlh->nlmsg_type == NLMSG_ERROR)
		j->counts->errors[-error]++;
	else if (error)
		j->counts->dumps_failed++;
	else
		j->counts->dumps_ended++;
	take_words(j, nlh, m);
	if (!a)
		return;
	a->answered = true;
	/* what is no request is acknowledged and not looked at */
	if (a->type == j->family && a->flags & NLM_F_REQUEST && a->cmd <= CTWATCH_CMD_MAX)
		judge_verdict(j, a, -error);
}

static bool group_has_address(const uint8_t *m, uint32_t len)
{
	const uint8_t *group;
	uint32_t n, unused;

	group = find_attr(m, len, GENL_HEADERS, CTWATCH_A_QUERY_GROUP, &n);
	return group &&
	       (find_attr(group, n, 0, CTWATCH_A_GROUP_SRC, &unused) ||
		find_attr(group, n, 0, CTWATCH_A_GROUP_DST, &unused));
}

static bool has_address(const uint8_t *m, uint32_t len, uint8_t cmd)
{
	static const uint16_t with[] = {
		CTWATCH_A_SOURCE, CTWATCH_A_DIFFUSE, CTWATCH_A_DROPPED,
		CTWATCH_A_CENSUS, CTWATCH_A_TEXT,
	};
	uint32_t unused;
	size_t i;

	if (cmd == CTWATCH_CMD_CENSUS_GET)
		return group_has_address(m, len);
	if (cmd == CTWATCH_CMD_CONFIG_GET)
		return false;
	for (i = 0; i < sizeof(with) / sizeof(*with); i++)
		if (find_attr(m, len, GENL_HEADERS, with[i], &unused))
			return true;
	return false;
}

/* All attribute sets of answers have the netns. */
static uint32_t netns_of(const uint8_t *m, uint32_t len, uint8_t cmd)
{
	uint16_t type = cmd == CTWATCH_CMD_CONFIG_GET ? CTWATCH_A_CONFIG_NETNS :
			cmd == CTWATCH_CMD_CENSUS_GET ? CTWATCH_A_QUERY_NETNS :
							CTWATCH_A_NETNS;
	const uint8_t *netns;
	uint32_t size, value = 0;

	netns = find_attr(m, len, GENL_HEADERS, type, &size);
	if (netns && size == sizeof(value))
		memcpy(&value, netns, sizeof(value));
	return value;
}

static void take_reply(struct judge *j, const struct nlmsghdr *nlh,
		       const uint8_t *m)
{
	struct genlmsghdr genl;
	uint32_t netns;

	memcpy(&genl, m + NLMSG_HDRLEN, sizeof(genl));
	if (!genl.cmd || genl.cmd > CTWATCH_CMD_MAX) {
		judge_fail(j, "a message of the operation %u", genl.cmd);
		return;
	}
	j->counts->replies[genl.cmd]++;
	if (!j->rights.addresses && has_address(m, nlh->nlmsg_len, genl.cmd))
		judge_fail(j, "an address without rights, operation %u",
			   genl.cmd);
	if (!j->rights.changes && needs_rights(genl.cmd))
		judge_fail(j, "an answer without rights, operation %u",
			   genl.cmd);
	netns = netns_of(m, nlh->nlmsg_len, genl.cmd);
	if (j->rights.only && netns && netns != j->rights.only)
		judge_fail(j, "an answer about the netns %u, which is another's",
			   netns);
}

void judge_answers(struct judge *j, struct shot *shot, const uint8_t *bytes,
		   size_t len)
{
	struct nlmsghdr nlh;
	size_t at = 0;

	j->counts->bytes += len;
	while (len - at >= sizeof(nlh)) {
		memcpy(&nlh, bytes + at, sizeof(nlh));
		if (nlh.nlmsg_len < GENL_HEADERS || nlh.nlmsg_len > len - at) {
			judge_fail(j, "an answer of %u bytes in %zu",
				   nlh.nlmsg_len, len - at);
			return;
		}
		if (nlh.nlmsg_type == NLMSG_ERROR ||
		    nlh.nlmsg_type == NLMSG_DONE)
			take_error(j, shot, &nlh, bytes + at);
		else if (nlh.nlmsg_type == j->family)
			take_reply(j, &nlh, bytes + at);
		at += NLMSG_ALIGN(nlh.nlmsg_len);
		if (at > len)
			at = len;
	}
}

void judge_missing(struct judge *j, const struct shot *shot)
{
	const struct asked *a;

	for (a = shot->asked; a < shot->asked + shot->n_asked; a++)
		if (asked_wants_answer(a, j->family) && !a->answered)
			judge_fail(j, "no answer: seq %u, type %u, flags %#x, operation %u",
				   a->seq, a->type, a->flags, a->cmd);
}

void counts_add(struct counts *sum, const struct counts *counts)
{
	const uint64_t *from = (const uint64_t *)counts;
	uint64_t *to = (uint64_t *)sum;
	const struct words *w;
	struct words *t;
	size_t i;

	for (i = 0; i < offsetof(struct counts, words) / sizeof(*to); i++)
		to[i] += from[i];
	for (w = counts->words; w < counts->words + WORDS_MAX && w->n; w++) {
		for (t = sum->words; t < sum->words + WORDS_MAX; t++)
			if (!t->n || !strcmp(t->text, w->text))
				break;
		if (t == sum->words + WORDS_MAX)
			return;
		memcpy(t->text, w->text, sizeof(t->text));
		t->n += w->n;
	}
}
