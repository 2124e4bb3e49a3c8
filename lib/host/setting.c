// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "host/setting.h"

#define MAX_CHANGES	32

/* How to undo one change: write @before to @path or, if that is a folder, remove it. */
struct change {
	char path[120];
	char before[40];
	bool is_folder;
	bool for_now;
	bool done;		/* and not undone yet */
};

/* Shared with the guards and with all children of the program. */
static struct change *change;
static pid_t owner;
static pid_t forker;		/* the parent of a process that has just been forked */
static bool forks_guard;

int setting_write(const char *path, const char *value)
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

int setting_read(const char *path, char *value, int size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;
	int r = 0;

	if (fd < 0)
		return errno;
	len = read(fd, value, size - 1);
	if (len < 0)
		r = errno;
	close(fd);
	value[max(len, (ssize_t)0)] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return r;
}

static void undo(const struct change *undone)
{
	if (undone->is_folder)
		rmdir(undone->path);
	else
		setting_write(undone->path, undone->before);
}

/* The one that was first changed comes last: a later one may depend on it. */
static void undo_some(bool only_for_now)
{
	int i;

	for (i = MAX_CHANGES - 1; i >= 0; i--) {
		if (!change[i].done || (only_for_now && !change[i].for_now))
			continue;
		undo(&change[i]);
		change[i].done = false;
	}
}

void setting_restore(void)
{
	if (change)
		undo_some(true);
}

static void at_exit(void)
{
	/* Children inherit this, too. */
	if (getpid() == owner)
		undo_some(false);
}

/*
 * One program at a time may have changed settings: another one, which would take what this
 * one has written for what was there before, waits until all is given back.  Where there is no
 * KVM nothing is changed.  Returns what is to be kept open until then, or -1.
 */
static int take_turn(void)
{
	int fd = open("/dev/kvm", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || !flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	printf("# Waiting for another program of this suite, which has changed settings\n");
	fflush(stdout);
	while (flock(fd, LOCK_EX) && errno == EINTR)
		;
	return fd;
}

static void before_fork(void)
{
	forker = getpid();
}

/* A test that outlives the program goes on changing settings, and keeps the guard from its work. */
static void end_with_parent(void)
{
	if (forks_guard)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != forker)
		raise(SIGKILL);
}

/*
 * Nobody ever writes to the pipe: it ends when the last process that could is gone.  What is
 * left then is noted as done all the same: one guard may not reach what another one does.
 */
static void wait_for_the_end(int life, int turn)
{
	sigset_t all;
	char byte;
	int i;

	/* A session of its own is not killed together with the program's. */
	setsid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);

	/* Hold nothing open that others wait for the end of. */
	dup2(life, 0);
	if (turn >= 0)
		dup2(turn, 1);
	syscall(SYS_close_range, turn >= 0 ? 2 : 1, ~0u, 0);
	while (read(0, &byte, 1) < 0 && errno == EINTR)
		;
	for (i = MAX_CHANGES - 1; i >= 0; i--) {
		if (change[i].done)
			undo(&change[i]);
	}
	_exit(0);
}

static void start_guard(int turn)
{
	int life[2];
	pid_t guard;

	TEST_ASSERT(!pipe2(life, O_CLOEXEC), "Cannot guard settings");
	fflush(NULL);
	forks_guard = true;
	guard = fork();
	forks_guard = false;
	TEST_ASSERT(guard >= 0, "Cannot fork");
	if (!guard) {
		close(life[1]);
		wait_for_the_end(life[0], turn);
	}
	close(life[0]);
}

static void guard_first(void)
{
	int turn = take_turn();

	change = mmap(NULL, MAX_CHANGES * sizeof(*change), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	owner = getpid();
	TEST_ASSERT(change != MAP_FAILED && !atexit(at_exit) &&
		    !pthread_atfork(before_fork, NULL, end_with_parent), "Cannot guard settings");
	start_guard(turn);
	if (turn >= 0)
		close(turn);
}

void setting_guard(void)
{
	if (change)
		start_guard(-1);
	else
		guard_first();
}

bool setting_can_change(const char *path)
{
	return !access(path, R_OK | W_OK);
}

/* The entry for @path, a new one if need be; NULL if there is no room. */
static struct change *find_change(const char *path, bool for_now)
{
	int i;

	if (strlen(path) >= sizeof(change->path))
		return NULL;

	for (i = 0; i < MAX_CHANGES; i++) {
		if (!change[i].path[0]) {
			strcpy(change[i].path, path);
			change[i].for_now = for_now;
		}
		if (!strcmp(change[i].path, path) && change[i].for_now == for_now)
			return &change[i];
	}
	return NULL;
}

/* Returns 0 or ENOSPC. First of all: a guard may be needed at any time from then on. */
static int note_change(const char *path, const char *back, bool for_now)
{
	struct change *entry = find_change(path, for_now);

	if (!entry || strlen(back) >= sizeof(entry->before))
		return ENOSPC;

	if (!entry->done)
		strcpy(entry->before, back);
	entry->done = true;
	return 0;
}

static int change_file(const char *path, const char *value, const char *back, bool for_now)
{
	int r = note_change(path, back, for_now);

	return r ? r : setting_write(path, value);
}

static int change_and_note(const char *path, const char *value, bool for_now)
{
	char before[sizeof(change->before)];
	int r = setting_read(path, before, sizeof(before));

	return r ? r : change_file(path, value, before, for_now);
}

int setting_change(const char *path, const char *value)
{
	return change_and_note(path, value, false);
}

int setting_change_for_now(const char *path, const char *value)
{
	return change_and_note(path, value, true);
}

int setting_change_back(const char *path, const char *value, const char *back)
{
	return change_file(path, value, back, false);
}

int setting_undo_by(const char *path, const char *value)
{
	const struct change *entry = find_change(path, true);

	if (entry && entry->done && strcmp(entry->before, value))
		return EBUSY;
	return note_change(path, value, true);
}

int setting_make_folder(const char *path)
{
	struct change *entry = find_change(path, false);

	if (!entry)
		return ENOSPC;

	entry->is_folder = true;
	entry->done = true;
	return mkdir(path, 0755) ? errno : 0;
}
