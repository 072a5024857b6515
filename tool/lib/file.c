// SPDX-License-Identifier: GPL-2.0
/* Reads a file whole, and writes one so that nobody ever sees half of it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"

#define NEW_MODE 0644

static int cannot(const char *what, const char *path, struct why *why)
{
	return why_set(why, "cannot %s %s: %s", what, path, strerror(errno));
}

static int read_stream(FILE *stream, const char *path, char **text,
		       size_t *len, struct why *why)
{
	*text = malloc(FILE_MAX + 1);
	if (!*text)
		return why_set(why, "out of memory");
	*len = fread(*text, 1, FILE_MAX + 1, stream);
	if (ferror(stream))
		return cannot("read", path, why);
	if (*len > FILE_MAX)
		return why_set(why, "%s has more than %d bytes: this is no file of settings",
			       path, FILE_MAX);
	return 0;
}

/**
 * file_read - read a file
 * @path: its name, "-" for standard input
 * @text: what is in it, to be freed, also on failure
 * @len: bytes of it
 * @why: on failure, the reason
 *
 * Return: 0 or -1.
 */
int file_read(const char *path, char **text, size_t *len, struct why *why)
{
	FILE *stream;
	int ret;

	*text = NULL;
	if (!strcmp(path, "-"))
		return read_stream(stdin, "standard input", text, len, why);
	stream = fopen(path, "re");
	if (!stream)
		return cannot("read", path, why);
	ret = read_stream(stream, path, text, len, why);
	fclose(stream);
	return ret;
}

static int write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	for (; len; text += n, len -= n) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return -1;
	}
	return fsync(fd);
}

/* With owner and rights of the file that it replaces, if there is one. */
static int fill(int fd, const struct stat *old, const char *text, size_t len)
{
	int ret = write_all(fd, text, len);

	/* Who may not give files away keeps them: only root needs more. */
	if (!ret && old && fchown(fd, old->st_uid, old->st_gid) &&
	    errno != EPERM)
		ret = -1;
	if (!ret)
		ret = fchmod(fd, old ? old->st_mode & 07777 : NEW_MODE);
	/* Some file systems tell only now that there was no room. */
	return close(fd) || ret ? -1 : 0;
}

/* The new name is safe on the disk when the folder is; some have no such. */
static void sync_folder(const char *path)
{
	char folder[PATH_MAX];
	char *slash;
	int fd;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	snprintf(slash ? slash + 1 : folder, 2, ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int replace(const char *path, const struct stat *old, const char *text,
		   size_t len, struct why *why)
{
	char temporary[PATH_MAX];
	int fd;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >=
	    sizeof(temporary))
		return why_set(why, "the name %s is too long", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return cannot("write beside", path, why);
	if (fill(fd, old, text, len) || rename(temporary, path)) {
		cannot("write", path, why);
		unlink(temporary);
		return -1;
	}
	sync_folder(path);
	return 0;
}

/**
 * file_replace - write a file, whole or not at all
 * @path: its name; what a symbolic link names is replaced, not the link
 * @text: what is to be in it
 * @len: bytes of it
 * @why: on failure, the reason; the file is what it was
 *
 * Return: 0 or -1.
 */
int file_replace(const char *path, const char *text, size_t len,
		 struct why *why)
{
	char real[PATH_MAX];
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? replace(path, NULL, text, len, why) :
					 cannot("write", path, why);
	if (!realpath(path, real) || stat(real, &st))
		return cannot("write", path, why);
	if (!S_ISREG(st.st_mode))
		return why_set(why, "%s is no regular file: give another, or '-' for standard output",
			       path);
	return replace(real, &st, text, len, why);
}
