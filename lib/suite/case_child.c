// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/must_hold.h"
#include "host/slow_machine.h"
#include "suite/case_child.h"

void *case_child_share(size_t size)
{
	void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	MUST_HOLD(shared != MAP_FAILED, "out of memory");
	return shared;
}

static void describe_end(int status, unsigned int limit, char *end, size_t size)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		snprintf(end, size, "none within %u seconds", limit);
	else if (WIFSIGNALED(status))
		snprintf(end, size, "signal %d", WTERMSIG(status));
	else
		snprintf(end, size, "exit status %d from an assertion of libkvm",
			 WEXITSTATUS(status));
}

bool case_child_run(void (*run)(void *arg), void *arg, unsigned int seconds, char *end,
		    size_t size)
{
	unsigned int limit = slow_machine_seconds(seconds);
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (!child) {
		alarm(limit);
		run(arg);
		_exit(0);
	}
	MUST_HOLD(child > 0 && waitpid(child, &status, 0) == child, "Cannot fork");
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;

	describe_end(status, limit, end, size);
	return false;
}
