// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test_util.h"

#include "settings.h"

#define MAX_SETTINGS	8

struct setting {
	char path[96];
	char before[32];
	bool changed;
};

/* Shared with the guard and with all children of the program. */
static struct setting *setting;

static int write_file(const char *path, const char *value)
{
	size_t len = strlen(value);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return errno;
	if (write(fd, value, len) != (ssize_t)len)
		r = errno;
	close(fd);
	return r;
}

static int read_file(const char *path, char *value, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return errno;
	len = read(fd, value, size - 1);
	close(fd);
	if (len < 0)
		return errno;

	value[len] = '\0';
	return 0;
}

void settings_restore(void)
{
	int i;

	/* In reverse: the last one changed may depend on those before it. */
	for (i = MAX_SETTINGS - 1; setting && i >= 0; i--) {
		if (!setting[i].changed)
			continue;
		write_file(setting[i].path, setting[i].before);
		setting[i].changed = false;
	}
}

/* Nobody ever writes to the pipe: it ends when the last process that could is gone. */
static void wait_for_the_end(int life)
{
	sigset_t all;
	char byte;

	/* A session of its own is not killed together with the program's. */
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);

	/* Hold nothing open that others wait for the end of. */
	dup2(life, 0);
	syscall(SYS_close_range, 1, ~0u, 0);
	while (read(0, &byte, 1) < 0 && errno == EINTR)
		;
	settings_restore();
	_exit(0);
}

void settings_guard(void)
{
	int life[2];
	pid_t guard;

	if (setting)
		return;

	setting = mmap(NULL, MAX_SETTINGS * sizeof(*setting), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	TEST_ASSERT(setting != MAP_FAILED && !pipe2(life, O_CLOEXEC), "Cannot guard settings");
	fflush(NULL);
	guard = fork();
	TEST_ASSERT(guard >= 0, "Cannot fork");
	if (!guard) {
		close(life[1]);
		wait_for_the_end(life[0]);
	}
	close(life[0]);
}

bool settings_can_change(const char *path)
{
	return !access(path, R_OK | W_OK);
}

/* The entry for @path, a new one if need be; NULL if there is no room. */
static struct setting *find(const char *path)
{
	int i;

	for (i = 0; i < MAX_SETTINGS; i++) {
		if (!setting[i].path[0])
			snprintf(setting[i].path, sizeof(setting[i].path), "%s", path);
		if (!strcmp(setting[i].path, path))
			return &setting[i];
	}
	return NULL;
}

int settings_change(const char *path, const char *value)
{
	struct setting *entry = find(path);
	int r = 0;

	if (!entry)
		return ENOSPC;

	if (!entry->changed)
		r = read_file(path, entry->before, sizeof(entry->before));
	if (r)
		return r;

	/* First of all: the guard may be needed at any time from the write on. */
	entry->changed = true;
	return write_file(path, value);
}
