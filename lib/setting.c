// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "setting.h"

#define MAX_CHANGES	32

/* How to undo one change: write @value to @path or, if there is none, remove the folder. */
struct change {
	char path[120];
	char value[40];
};

static struct change change[MAX_CHANGES];
static int nr_changes;
static pid_t owner, guard;
static int to_guard = -1;

bool setting_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(value);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, value, len) == len;
	close(fd);
	return done;
}

bool setting_read(const char *path, char *value, int size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read(fd, value, size - 1);
	close(fd);
	if (len < 0)
		return false;
	value[len] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return true;
}

static void undo(const struct change *undone)
{
	if (*undone->value)
		setting_write(undone->path, undone->value);
	else
		rmdir(undone->path);
}

static void undo_all(void)
{
	while (nr_changes)
		undo(&change[--nr_changes]);
}

/* Nobody writes any more when all that could are gone. */
static void watch(int from_owner)
{
	int fd;

	/* Whoever ends the program's session or process group does not mean this one. */
	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	/* Whoever reads what the program prints must see it end. */
	for (fd = 0; fd < 1024; fd++) {
		if (fd != from_owner)
			close(fd);
	}
	nr_changes = 0;
	while (nr_changes < MAX_CHANGES &&
	       read(from_owner, &change[nr_changes], sizeof(*change)) == sizeof(*change))
		nr_changes++;
	undo_all();
	_exit(0);
}

static void at_exit(void)
{
	/* Children inherit this, too. */
	if (getpid() != owner)
		return;

	undo_all();
	kill(guard, SIGKILL);
	waitpid(guard, NULL, 0);
}

static bool start_guard(void)
{
	int fds[2];

	if (owner)
		return owner == getpid();

	if (pipe2(fds, O_CLOEXEC))
		return false;
	fflush(NULL);
	guard = fork();
	if (guard < 0)
		return false;
	if (!guard) {
		close(fds[1]);
		watch(fds[0]);
	}
	close(fds[0]);
	to_guard = fds[1];
	owner = getpid();
	return !atexit(at_exit);
}

/* From now on, whatever happens, @path will be given @value (NULL: be removed). */
static bool promise(const char *path, const char *value)
{
	struct change *undone = &change[nr_changes];

	if (nr_changes == MAX_CHANGES || strlen(path) >= sizeof(undone->path) ||
	    (value && strlen(value) >= sizeof(undone->value)) || !start_guard())
		return false;

	*undone = (struct change) { };
	strcpy(undone->path, path);
	if (value)
		strcpy(undone->value, value);
	if (write(to_guard, undone, sizeof(*undone)) != sizeof(*undone))
		return false;
	nr_changes++;
	return true;
}

bool setting_change_back(const char *path, const char *value, const char *back)
{
	return promise(path, back) && setting_write(path, value);
}

bool setting_change(const char *path, const char *value)
{
	char before[sizeof(change->value)];

	return setting_read(path, before, sizeof(before)) && *before &&
	       setting_change_back(path, value, before);
}

bool setting_make_folder(const char *path)
{
	return promise(path, NULL) && !mkdir(path, 0755);
}
