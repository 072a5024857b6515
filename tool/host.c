// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"

/**
 * host_module_release - the release of the loaded module
 * @root: where /sys is, normally ""
 * @release: filled
 *
 * Return: false if it is not known.
 */
bool host_module_release(const char *root, struct text *release)
{
	char path[PATH_MAX];
	bool known;
	FILE *f;

	snprintf(path, sizeof(path), "%s/sys/module/ctwatch/version", root);
	f = fopen(path, "re");
	if (!f)
		return false;
	known = fgets(release->s, sizeof(release->s), f);
	fclose(f);
	if (known)
		release->s[strcspn(release->s, "\n")] = '\0';
	return known && *release->s;
}

/* True if modules.dep lists a file ctwatch.ko, compressed or not. */
static bool is_installed(const char *modules_dep, bool *known)
{
	FILE *f = fopen(modules_dep, "r");
	bool found = false;
	size_t room = 0;
	char *line = NULL;

	*known = f;
	if (!f)
		return false;
	while (!found && getline(&line, &room, f) > 0)
		found = strstr(line, "ctwatch.ko") &&
			strstr(line, "ctwatch.ko") < strchrnul(line, ':');
	free(line);
	fclose(f);
	return found;
}

/**
 * host_explain_absence - say what to do about a module that does not answer
 * @root: where /sys and /lib are, normally ""
 * @release: kernel release
 * @why: filled
 *
 * Return: -1.
 */
int host_explain_absence(const char *root, const char *release,
			 struct why *why)
{
	char path[PATH_MAX];
	bool known;

	snprintf(path, sizeof(path), "%s/sys/module/ctwatch", root);
	if (!access(path, F_OK))
		return why_set(why, "the ctwatch module is loaded but has no netlink family: see 'dmesg | grep ctwatch', then 'modprobe -r ctwatch' and 'modprobe ctwatch'");
	snprintf(path, sizeof(path), "%s/lib/modules/%s/modules.dep", root,
		 release);
	if (!is_installed(path, &known) && known)
		return why_set(why, "the ctwatch module is not installed for kernel %s: build and install it, then run 'modprobe ctwatch'",
			       release);
	return why_set(why, "the ctwatch module is not loaded: run 'modprobe ctwatch'");
}
