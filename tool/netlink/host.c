// SPDX-License-Identifier: GPL-2.0
/* Looks for the module in files: /sys, modules.dep, DKMS. */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "netlink/host.h"

#define SECURE_BOOT \
	"/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* The path of a file of the host. By value, as struct text. */
struct path {
	char s[PATH_MAX];
};

static struct path path_of(const char *root, const char *name)
{
	struct path path;

	snprintf(path.s, sizeof(path.s), "%s%s", root, name);
	return path;
}

/* The start of a file, as a string. Return: bytes of it, 0 without. */
static size_t read_start(const char *root, const char *name, char *buf,
			 size_t size)
{
	FILE *f = fopen(path_of(root, name).s, "re");
	size_t len = 0;

	if (f) {
		len = fread(buf, 1, size - 1, f);
		fclose(f);
	}
	buf[len] = '\0';
	return len;
}

/**
 * host_module_release - the release of the loaded module
 * @root: where /sys is, normally ""
 * @release: filled
 *
 * Return: false if it is not known.
 */
bool host_module_release(const char *root, struct text *release)
{
	read_start(root, "/sys/module/ctwatch/version", release->s,
		   sizeof(release->s));
	release->s[strcspn(release->s, "\n")] = '\0';
	return *release->s;
}

/* The parameter of a setting, with _ for -. */
static int read_parameter(const char *dir, const struct config_key *key,
			  uint32_t *value, struct why *why)
{
	char path[PATH_MAX], line[32] = "";
	uint64_t number;
	char *c;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, key->name);
	for (c = path + strlen(dir); *c; c++)
		*c = *c == '-' ? '_' : *c;
	f = fopen(path, "re");
	if (f) {
		if (fgets(line, sizeof(line), f))
			line[strcspn(line, "\n")] = '\0';
		fclose(f);
	}
	if (!text_number(line, UINT32_MAX, &number))
		return why_set(why, "cannot read the default of %s in %s",
			       key->name, path);
	*value = number;
	return 0;
}

/**
 * host_module_parameters - the settings that a namespace starts with
 * @dir: where they are, MODULE_PARAMETERS
 * @config: filled
 * @why: on failure, the reason
 *
 * Return: 0 or -1.
 */
int host_module_parameters(const char *dir, struct config *config,
			   struct why *why)
{
	const struct config_key *key;

	*config = (struct config){};
	for (key = config_keys; key->name; key++) {
		if (read_parameter(dir, key, &config->value[key->attr],
				   why))
			return -1;
		config->has |= BIT(key->attr);
	}
	return 0;
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

/* DKMS has the source, so it could build the module for this kernel. */
static bool dkms_knows(const char *root)
{
	bool found;
	glob_t sources;

	if (!access(path_of(root, "/var/lib/dkms/ctwatch").s, F_OK))
		return true;
	found = !glob(path_of(root, "/usr/src/ctwatch-*").s, 0, NULL, &sources);
	globfree(&sources);
	return found;
}

/* Does the kernel take only modules that are signed with a key it trusts? */
static bool wants_signature(const char *root)
{
	char buf[64];
	size_t len;

	read_start(root, "/sys/module/module/parameters/sig_enforce", buf,
		   sizeof(buf));
	if (*buf == 'Y')
		return true;
	len = read_start(root, "/sys/kernel/security/lockdown", buf,
			 sizeof(buf));
	if (len && !strstr(buf, "[none]"))
		return true;
	/* Four bytes of attributes, then the value. */
	len = read_start(root, SECURE_BOOT, buf, sizeof(buf));
	return len && buf[len - 1] == 1;
}

/**
 * host_explain_absence - say what to do about a module that does not answer
 * @root: where /sys, /lib, /usr and /var are, normally ""
 * @release: kernel release
 * @why: filled
 *
 * Return: -1.
 */
int host_explain_absence(const char *root, const char *release,
			 struct why *why)
{
	struct path path;
	bool known;

	if (!access(path_of(root, "/sys/module/ctwatch").s, F_OK))
		return why_set(why, "the ctwatch module is loaded but has no netlink family: see 'dmesg | grep ctwatch', then 'rmmod ctwatch' and 'modprobe ctwatch'");
	snprintf(path.s, sizeof(path.s), "%s/lib/modules/%s/modules.dep", root,
		 release);
	if (!is_installed(path.s, &known) && known)
		return why_set(why, dkms_knows(root) ?
			       "the ctwatch module is not built for kernel %1$s: install its headers (linux-headers-%1$s), run 'dkms autoinstall', then 'modprobe ctwatch'" :
			       "the ctwatch module is not installed for kernel %s: build and install it, then run 'modprobe ctwatch'",
			       release);
	return why_set(why, "the ctwatch module is not loaded: run 'modprobe ctwatch'%s",
		       known && wants_signature(root) ?
		       "; if that says 'Key was rejected by service' the key that signed it is not enrolled: run 'mokutil --import /var/lib/dkms/mok.pub', reboot and enroll it" :
		       "");
}
