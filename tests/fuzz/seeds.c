// SPDX-License-Identifier: GPL-2.0
/* Good replies, as the module sends them, and good files. */
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include <linux/ctwatch.h>

#include "message.h"
#include "parse_fuzz.h"

#define ALL_KEYS	((CTWATCH_GROUP_KEY_ZONE << 1) - 1)
#define FAMILY_ID	33

static const char *const files[] = {
	"notice = 50 ; per cent\nwarning=70\n# all\ncritical = 85\n",
	"\xef\xbb\xbf[netns web]\nlog = 0\nrepeat = 3600\n\n[netns db] ; two\nipv4-prefix = 24\nipv6-prefix = 56\n",
	"hysteresis = 3\npredict-time = 0\npredict-min = 100\n[netns a b]\n",
};

#define N_FILES		(sizeof(files) / sizeof(*files))
#define N_MESSAGES	9

struct seed seeds[N_MESSAGES + N_FILES];
const unsigned int n_seeds = N_MESSAGES + N_FILES;

static unsigned int made;

static void add(enum parser parser, const void *bytes, size_t len)
{
	struct seed *s = &seeds[made++];

	if (made > n_seeds || len >= SEED_MAX)
		abort();
	s->bytes[0] = parser;
	memcpy(s->bytes + 1, bytes, len);
	s->len = len + 1;
}

static void add_message(enum parser parser, struct nl_msg *msg)
{
	add(parser, nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
	nlmsg_free(msg);
}

static void add_replies(void)
{
	struct nl_msg *msg;

	msg = message_new(CTWATCH_CMD_STATUS_GET);
	put_status(msg, &warning);
	add_message(PARSE_STATUS, msg);
	msg = message_new(CTWATCH_CMD_SOURCE_GET);
	put_sources(msg, warning.netns);
	add_message(PARSE_SOURCES, msg);
	msg = message_new(CTWATCH_CMD_LEVEL_NTF);
	put_event(msg, &warning);
	add_message(PARSE_EVENT, msg);
	msg = message_new(CTWATCH_CMD_CONFIG_GET);
	put_config(msg, warning.netns);
	add_message(PARSE_CONFIG, msg);
	msg = message_new(CTWATCH_CMD_CENSUS_GET);
	put_query(msg, warning.netns, ALL_KEYS);
	put_groups(msg, ALL_KEYS);
	add_message(PARSE_QUERY, msg);
}

static void add_error(int type, int flags, bool with_request)
{
	struct nlmsghdr request = { .nlmsg_len = sizeof(request) };
	struct nl_msg *msg = nlmsg_alloc();
	char body[24] = "request body";
	int error = -34;

	if (with_request)
		request.nlmsg_len += sizeof(body);
	nlmsg_put(msg, 0, 0, type, 0, flags | NLM_F_ACK_TLVS);
	nlmsg_append(msg, &error, sizeof(error), 0);
	if (type == NLMSG_ERROR)
		nlmsg_append(msg, &request, sizeof(request), 0);
	if (with_request)
		nlmsg_append(msg, body, sizeof(body), 0);
	nla_put_string(msg, NLMSGERR_ATTR_MSG, "thresholds must rise");
	nla_put_u32(msg, NLMSGERR_ATTR_OFFS, 20);
	add_message(PARSE_EXTACK, msg);
}

static void add_gone(void)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, 0, GENL_ID_CTRL, 0, 0, CTRL_CMD_DELFAMILY, 2);
	nla_put_u16(msg, CTRL_ATTR_FAMILY_ID, FAMILY_ID);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, CTWATCH_FAMILY_NAME);
	add_message(PARSE_CONTROLLER, msg);
}

/**
 * seeds_make - fill seeds[]
 */
void seeds_make(void)
{
	unsigned int i;

	if (made)
		return;
	add_replies();
	add_error(NLMSG_ERROR, 0, true);
	add_error(NLMSG_ERROR, NLM_F_CAPPED, false);
	add_error(NLMSG_DONE, NLM_F_MULTI, false);
	add_gone();
	for (i = 0; i < N_FILES; i++)
		add(PARSE_CONFFILE, files[i], strlen(files[i]));
}
