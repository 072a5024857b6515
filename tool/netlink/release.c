// SPDX-License-Identifier: GPL-2.0
/* What to say when tool and module are of different releases. */
#include <string.h>

#include <linux/ctwatch.h>

#include "netlink/host.h"
#include "netlink/release.h"

/* Not modprobe -r: it would take an idle nf_conntrack along, and its limits. */
#define UPDATE_MODULE "update the module, then 'rmmod ctwatch && modprobe ctwatch'"
#define UPDATE_TOOL "update ctmodctl"

/* "the loaded ctwatch module", with its release if that is known. */
static struct why loaded_module(void)
{
	struct why name;
	struct text release;

	if (host_module_release("", &release))
		why_set(&name, "the loaded ctwatch module (%s)", release.s);
	else
		why_set(&name, "the loaded ctwatch module");
	return name;
}

/**
 * release_check_family - can we talk to this module at all
 * @version: of its generic netlink family
 * @why: on failure, what to update
 *
 * Return: 0 or -1.
 */
int release_check_family(unsigned int version, struct why *why)
{
	if (version == CTWATCH_FAMILY_VERSION)
		return 0;
	return why_set(why, "%s speaks version %u of its protocol, this ctmodctl (" CTWATCH_VERSION ") only version %u: %s",
		       loaded_module().text, version, CTWATCH_FAMILY_VERSION,
		       version > CTWATCH_FAMILY_VERSION ? UPDATE_TOOL :
							  UPDATE_MODULE);
}

/**
 * release_lacks - the module does not know what it was asked
 * @what: an operation, or an attribute of one
 * @why: filled: it is older, so what to update
 *
 * Return: -1.
 */
int release_lacks(const char *what, struct why *why)
{
	return why_set(why, "%s does not know %s, which ctmodctl (" CTWATCH_VERSION ") asks for: " UPDATE_MODULE,
		       loaded_module().text, what);
}

/**
 * release_differs - is the module of another release than the tool
 * @module: its release
 * @why: if so, what to update
 *
 * Return: true if it is.
 */
bool release_differs(const char *module, struct why *why)
{
	int order = strverscmp(module, CTWATCH_VERSION);

	if (order)
		why_set(why, "the loaded ctwatch module (%s) is %s than ctmodctl (" CTWATCH_VERSION "): %s",
			module, order < 0 ? "older" : "newer",
			order < 0 ? UPDATE_MODULE : UPDATE_TOOL);
	return order;
}

/**
 * release_blame - if tool and module differ, that may be the reason
 * @why: what went wrong between the two; added to
 */
void release_blame(struct why *why)
{
	struct text release;
	struct why advice;

	if (host_module_release("", &release) &&
	    release_differs(release.s, &advice))
		why_suffix(why, "; %s", advice.text);
}
