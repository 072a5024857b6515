// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ask.h"

#define HEADERS		(NLMSG_HDRLEN + GENL_HDRLEN)
#define PATIENCE	20	/* seconds */

struct attrs attr(struct attrs in, uint16_t type, unsigned int nth)
{
	struct nlattr a;
	size_t step;

	while (in.len >= sizeof(a)) {
		memcpy(&a, in.at, sizeof(a));
		if (a.nla_len < sizeof(a) || a.nla_len > in.len)
			break;
		if ((a.nla_type & NLA_TYPE_MASK) == type && !nth--)
			return (struct attrs){ in.at + NLA_HDRLEN,
					       a.nla_len - NLA_HDRLEN };
		step = NLA_ALIGN(a.nla_len);
		if (step > in.len)
			break;
		in.at += step;
		in.len -= step;
	}
	return (struct attrs){ NULL, 0 };
}

static bool attr_copy(struct attrs in, uint16_t type, void *value, size_t size)
{
	struct attrs a = attr(in, type, 0);

	memset(value, 0, size);
	if (a.len != size)
		return false;
	memcpy(value, a.at, size);
	return true;
}

bool attr_u8(struct attrs in, uint16_t type, uint8_t *value)
{
	return attr_copy(in, type, value, sizeof(*value));
}

bool attr_u16(struct attrs in, uint16_t type, uint16_t *value)
{
	return attr_copy(in, type, value, sizeof(*value));
}

bool attr_u32(struct attrs in, uint16_t type, uint32_t *value)
{
	return attr_copy(in, type, value, sizeof(*value));
}

bool attr_u64(struct attrs in, uint16_t type, uint64_t *value)
{
	return attr_copy(in, type, value, sizeof(*value)) &&
	       (uintptr_t)attr(in, type, 0).at % sizeof(*value) == 0;
}

static size_t put(uint8_t *buf, size_t len, const struct give *g)
{
	struct nlattr a = { .nla_len = NLA_HDRLEN + g->len,
			    .nla_type = g->type };

	memcpy(buf + len, &a, sizeof(a));
	memcpy(buf + len + NLA_HDRLEN, g->value, g->len);
	return len + NLA_ALIGN(a.nla_len);
}

static int send_request(int fd, uint16_t type, uint8_t cmd, uint16_t flags,
			const struct give *give)
{
	uint8_t buf[1024] __attribute__((aligned(8))) = { 0 };
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	struct genlmsghdr *genl = (struct genlmsghdr *)(buf + NLMSG_HDRLEN);
	size_t len = HEADERS;

	for (; give && give->type; give++)
		len = put(buf, len, give);
	*nlh = (struct nlmsghdr){ .nlmsg_len = len, .nlmsg_type = type,
				  .nlmsg_flags = NLM_F_REQUEST | flags };
	*genl = (struct genlmsghdr){ .cmd = cmd, .version = 1 };
	return send(fd, buf, len, 0) == (ssize_t)len ? 0 : errno;
}

/* The messages of a datagram, which is at the end of @answer. Return: whether
 * more is to come; @error is what the kernel says of the request.
 */
static bool read_datagram(struct answer *answer, uint8_t *buf, size_t len,
			  int *error)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

	for (; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE) {
			memcpy(error, NLMSG_DATA(nlh), sizeof(*error));
			*error = *error < 0 ? -*error : 0;
			return false;
		}
		if (answer->n == ANSWER_MESSAGES) {
			*error = E2BIG;
			return false;
		}
		answer->message[answer->n++] = (struct attrs){
			(uint8_t *)nlh + HEADERS, nlh->nlmsg_len - HEADERS };
	}
	return true;
}

/* A request with NLM_F_ACK or a dump, so the answer has an end. */
static int exchange(uint16_t type, uint8_t cmd, uint16_t flags,
		    const struct give *give, struct answer *answer)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC), error;
	size_t used = 0;
	ssize_t n;

	answer->n = 0;
	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	error = send_request(fd, type, cmd, flags, give);
	while (!error) {
		n = recv(fd, answer->bytes + used, sizeof(answer->bytes) - used,
			 MSG_TRUNC);
		if (n < 0 || (size_t)n > sizeof(answer->bytes) - used)
			error = n < 0 ? errno : E2BIG;
		else if (!read_datagram(answer, answer->bytes + used, n,
					&error))
			break;
		used += (n + 7) & ~7;
	}
	close(fd);
	return error;
}

static int find_family(uint16_t *id)
{
	static struct answer answer;
	const struct give name[] = {
		{ CTRL_ATTR_FAMILY_NAME, sizeof(CTWATCH_FAMILY_NAME),
		  CTWATCH_FAMILY_NAME },
		{ 0 },
	};
	int error = exchange(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK, name,
			     &answer);

	if (error)
		return error;
	return answer.n == 1 &&
	       attr_u16(answer.message[0], CTRL_ATTR_FAMILY_ID, id) ?
	       0 : EPROTO;
}

int ask(uint8_t cmd, bool dump, const struct give *give, struct answer *answer)
{
	uint16_t id;
	int error = find_family(&id);

	return error ?: exchange(id, cmd, dump ? NLM_F_DUMP : NLM_F_ACK, give,
				 answer);
}
