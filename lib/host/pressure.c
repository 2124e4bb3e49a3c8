// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "host/must_hold.h"
#include "host/pressure.h"
#include "host/setting.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define CGROUPS		"/sys/fs/cgroup"

static const char *missing_slab = "CONFIG_FAILSLAB";
static const char *missing_cgroup = "memory cgroup";

static struct pressure asked;
static bool felt;
static u32 left;		/* slab allocations until the first that fails */

/* Of the thread @owner: a child must open its own. */
static struct {
	pid_t owner;
	int fail_nth;
	int make_it_fail;
} task;

static char cgroup[64];
static pid_t cgroup_member;
static int limit_fd;
static u64 times_limited;

/*
 * With probability 100 and the filter, all allocations of a task fail while its
 * make-it-fail is set; fail-nth, where it is not 0, comes before that (should_fail_ex()).
 * So the two together mean: from the n-th on.  Nobody else notices.
 */
const char *pressure_prepare_slab(void)
{
	static const struct {
		const char *path;
		const char *value;
	} setting[] = {
		{ FAILSLAB "task-filter", "Y" },
		{ FAILSLAB "verbose", "0" },
		{ FAILSLAB "cache-filter", "N" },
		{ FAILSLAB "ignore-gfp-wait", "N" },
		{ FAILSLAB "interval", "1" },
		{ FAILSLAB "space", "0" },
		{ FAILSLAB "times", "-1" },
		{ FAILSLAB "probability", "100" },
	};
	size_t i;

	if (access("/proc/thread-self/fail-nth", W_OK) ||
	    access("/proc/thread-self/make-it-fail", W_OK))
		return missing_slab;
	for (i = 0; i < ARRAY_SIZE(setting); i++) {
		if (setting_change(setting[i].path, setting[i].value))
			return missing_slab;
	}
	missing_slab = NULL;
	return NULL;
}

const char *pressure_missing_slab(void)
{
	return missing_slab;
}

static bool has_word(const char *path, const char *word)
{
	char line[256];

	return !setting_read(path, line, sizeof(line)) && strstr(line, word);
}

/* A mount of our own, whatever this system has mounted: the VM has nothing. */
static bool mount_cgroups(void)
{
	return !unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", CGROUPS, "cgroup2", 0, NULL);
}

const char *pressure_prepare_cgroup(void)
{
	if (!mount_cgroups())
		return missing_cgroup;
	setting_guard();
	if (!has_word(CGROUPS "/cgroup.controllers", "memory"))
		return missing_cgroup;
	if (!has_word(CGROUPS "/cgroup.subtree_control", "memory") &&
	    setting_change_back(CGROUPS "/cgroup.subtree_control", "+memory", "-memory"))
		return missing_cgroup;

	snprintf(cgroup, sizeof(cgroup), CGROUPS "/lpage-%d", getpid());
	if (!setting_make_folder(cgroup))
		missing_cgroup = NULL;
	return missing_cgroup;
}

const char *pressure_missing_cgroup(void)
{
	return missing_cgroup;
}

static void write_number(int fd, long long value)
{
	char text[24];
	ssize_t len = snprintf(text, sizeof(text), "%lld", value);
	ssize_t r = pwrite(fd, text, len, 0);

	MUST_HOLD(r == len, "Cannot have allocations fail");
}

static u32 read_number(int fd)
{
	char text[24] = "";
	ssize_t r = pread(fd, text, sizeof(text) - 1, 0);

	MUST_HOLD(r > 0, "Cannot tell whether an allocation failed");
	return strtoul(text, NULL, 10);
}

static void open_task(void)
{
	if (task.owner == gettid())
		return;

	task.owner = gettid();
	task.fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	task.make_it_fail = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	TEST_ASSERT(task.fail_nth >= 0 && task.make_it_fail >= 0, "No failing allocations");
}

static void cgroup_write(const char *file, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", cgroup, file);
	TEST_ASSERT(!setting_write(path, value), "Cannot write %s to %s", value, path);
}

/* The number behind @key in @file of the cgroup, or all of the file without a key. */
static u64 cgroup_number(const char *file, const char *key)
{
	char path[128], text[512] = "", *at = text;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", cgroup, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	TEST_ASSERT(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0, "Cannot read %s", path);
	close(fd);
	if (key) {
		at = strstr(text, key);
		TEST_ASSERT(at, "No %s in %s", key, path);
		at += strlen(key);
	}
	return strtoull(at, NULL, 10);
}

/* Where nobody may be killed, a charge beyond the limit fails (try_charge_memcg()). */
static void join_cgroup(void)
{
	char path[128];

	if (cgroup_member == getpid())
		return;

	TEST_ASSERT(!setting_write("/proc/self/oom_score_adj", "-1000"),
		    "Cannot be kept from the OOM killer");
	cgroup_write("cgroup.procs", "0");
	snprintf(path, sizeof(path), "%s/memory.max", cgroup);
	limit_fd = open(path, O_WRONLY | O_CLOEXEC);
	TEST_ASSERT(limit_fd >= 0, "Cannot open %s", path);
	cgroup_member = getpid();
}

u64 pressure_charged_page_tables(void)
{
	TEST_ASSERT(!missing_cgroup, "The memory cgroup is not prepared");
	join_cgroup();
	return cgroup_number("memory.stat", "\nsec_pagetables ");
}

/* CPUs have charged pages in advance: this makes them give those back. */
static u64 charged_now(void)
{
	cgroup_write("memory.high", "0");
	cgroup_write("memory.high", "max");
	return cgroup_number("memory.current", NULL);
}

u64 pressure_charged(void)
{
	TEST_ASSERT(!missing_cgroup, "The memory cgroup is not prepared");
	join_cgroup();
	return charged_now();
}

/* By a file that is open already: under the limit there may be no memory to open it. */
static void set_limit(u64 room)
{
	char text[24] = "max";
	ssize_t r;

	if (room)
		snprintf(text, sizeof(text), "%llu", (unsigned long long)(charged_now() + room));
	r = pwrite(limit_fd, text, strlen(text), 0);
	MUST_HOLD(r > 0, "Cannot write %s to memory.max", text);
}

void pressure_ask(const struct pressure *pressure)
{
	char times[24];

	asked = *pressure;
	felt = false;
	if (asked.first) {
		TEST_ASSERT(!missing_slab, "Failing allocations are not prepared");
		open_task();
		left = asked.first;
		snprintf(times, sizeof(times), "%d", asked.times ? (int)asked.times : -1);
		TEST_ASSERT(!setting_write(FAILSLAB "times", times), "No failing allocations");
	}
	if (asked.room) {
		TEST_ASSERT(!missing_cgroup, "The memory cgroup is not prepared");
		join_cgroup();
		times_limited = cgroup_number("memory.events", "\nmax ");
	}
}

bool pressure_is_asked(void)
{
	return pressure_is_any(&asked);
}

void pressure_begin(void)
{
	int error = errno;

	if (asked.room)
		set_limit(asked.room);
	if (asked.first) {
		write_number(task.make_it_fail, 1);
		if (left)
			write_number(task.fail_nth, left);
	}
	errno = error;
}

void pressure_end(void)
{
	int error = errno;

	if (asked.first) {
		write_number(task.make_it_fail, 0);
		left = read_number(task.fail_nth);
		write_number(task.fail_nth, 0);
		felt |= !left;
	}
	if (asked.room) {
		set_limit(0);
		felt |= cgroup_number("memory.events", "\nmax ") != times_limited;
	}
	errno = error;
}

void pressure_release(void)
{
	asked = (struct pressure) { };
}

bool pressure_was_felt(void)
{
	return felt;
}
