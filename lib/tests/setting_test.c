// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/kernel.h>

#include "host/setting.h"
#include "unit.h"

/* So long the guard may take, which has nothing to do but to be scheduled. */
#define GUARD_MS	10000

static char folder[32], file[64], made[64];

static void set_up(void)
{
	FILE *stream;

	strcpy(folder, "/tmp/setting_test.XXXXXX");
	CHECK(mkdtemp(folder), "no folder %s", folder);
	snprintf(file, sizeof(file), "%s/file", folder);
	snprintf(made, sizeof(made), "%s/made", folder);
	stream = fopen(file, "w");
	CHECK(stream && fputs("before\n", stream) >= 0 && !fclose(stream), "cannot write %s", file);
}

static void tear_down(void)
{
	unlink(file);
	rmdir(folder);
}

static void change_all(void)
{
	char value[16];

	setting_guard();
	CHECK(!setting_make_folder(made), "no folder");
	CHECK(!setting_change(file, "during"), "no change");
	CHECK(!setting_change(file, "middle"), "no change of what was changed");
	CHECK(!setting_change_for_now(file, "fornow"), "no change for now");
	CHECK(!setting_read(file, value, sizeof(value)) && !strcmp(value, "fornow"), "%s", value);
	setting_restore();
	CHECK(!setting_read(file, value, sizeof(value)) && !strcmp(value, "middle"), "%s", value);
	CHECK(!setting_undo_by(file, "undone"), "no promise to undo");
	CHECK(setting_undo_by(file, "else") == EBUSY, "a promise to undo two things");
	CHECK(!setting_read(file, value, sizeof(value)) && !strcmp(value, "middle"), "%s", value);
	setting_restore();
	CHECK(!setting_read(file, value, sizeof(value)) && !strcmp(value, "undone"), "%s", value);
}

static bool is_restored(void)
{
	char value[16];

	return !setting_read(file, value, sizeof(value)) && !strcmp(value, "before") &&
	       access(made, F_OK);
}

/* As kselftest_harness.h does it: a test has a process group of its own. */
static void start_test(void)
{
	pid_t test = fork();

	CHECK(test >= 0, "no child");
	if (test)
		return;
	setpgid(0, 0);
	for (;;)
		pause();
}

/*
 * Change everything in a child that ends by @signal, or just so if that is 0; if @leaves_test,
 * it has a child that does not end.
 */
static void change_in_child(int signal, bool leaves_test)
{
	pid_t child;
	int ms;

	set_up();
	fflush(NULL);
	child = fork();
	if (!child) {
		change_all();
		if (leaves_test)
			start_test();
		if (signal)
			kill(getpid(), signal);
		exit(0);
	}
	CHECK(child > 0 && waitpid(child, NULL, 0) == child, "no child");
	for (ms = 0; ms < GUARD_MS && !is_restored(); ms++)
		usleep(1000);
	CHECK(is_restored(), "not restored");
	tear_down();
}

static void test_exit(void)
{
	change_in_child(0, false);
}

static void test_kill(void)
{
	change_in_child(SIGKILL, false);
}

static void test_left(void)
{
	change_in_child(SIGKILL, true);
}

static const struct unit_case cases[] = {
	{ "an exit restores what was changed", test_exit },
	{ "a kill restores what was changed", test_kill },
	{ "a test that is left when its program is killed ends with it", test_left },
};

int main(void)
{
	return unit_main(cases, ARRAY_SIZE(cases));
}
