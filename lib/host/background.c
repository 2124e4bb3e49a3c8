// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test_util.h"

#include "host/background.h"
#include "host/monotonic.h"
#include "host/slow_machine.h"

#define SLEEP_SECONDS	10

static void *run_call(void *arg)
{
	struct background *background = arg;

	__atomic_store_n(&background->tid, syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	background->result = background->call(background->arg);
	__atomic_store_n(&background->ended, true, __ATOMIC_SEQ_CST);
	return NULL;
}

void background_start(struct background *background, int (*call)(void *arg), void *arg)
{
	int r;

	*background = (struct background) { .call = call, .arg = arg };
	r = pthread_create(&background->thread, NULL, run_call, background);
	TEST_ASSERT(!r, "Cannot create a thread");
}

static bool has_ended(struct background *background)
{
	return __atomic_load_n(&background->ended, __ATOMIC_SEQ_CST);
}

bool background_ends_within(struct background *background, unsigned int ms)
{
	u64 end = monotonic_ms() + ms;

	while (!has_ended(background) && monotonic_ms() < end)
		usleep(1000);
	return has_ended(background);
}

/* The state of the thread as the scheduler has it, 'D' for one that no signal wakes. */
static char thread_state(struct background *background)
{
	pid_t tid = __atomic_load_n(&background->tid, __ATOMIC_SEQ_CST);
	char path[64], stat[128] = "";
	const char *end;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = tid ? fopen(path, "r") : NULL;
	if (!file)
		return '\0';

	/* After the name, which is in brackets. */
	end = fgets(stat, sizeof(stat), file) ? strrchr(stat, ')') : NULL;
	fclose(file);
	return end && end[1] ? end[2] : '\0';
}

bool background_sleeps(struct background *background)
{
	u64 end = monotonic_ms() + slow_machine_seconds(SLEEP_SECONDS) * 1000;

	while (!has_ended(background) && monotonic_ms() < end) {
		if (thread_state(background) == 'D')
			return true;
		usleep(1000);
	}
	return false;
}

static void do_nothing(int signal)
{
}

void background_interrupt(struct background *background)
{
	const struct sigaction action = { .sa_handler = do_nothing };

	TEST_ASSERT(!sigaction(SIGUSR1, &action, NULL), "Cannot handle a signal");
	pthread_kill(background->thread, SIGUSR1);
}

int background_join(struct background *background)
{
	pthread_join(background->thread, NULL);
	return background->result;
}
