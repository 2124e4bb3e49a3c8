// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_util.h"

#include "host/slow_machine.h"
#include "run/scenario_run.h"
#include "suite/scenario_child.h"
#include "suite/suite.h"

static void run_steps(const struct scenario *scenario, const char *name,
		      struct child_result *result)
{
	struct scenario_run *run = scenario_run_start(name, suite_traits());
	char *failure;
	size_t i;

	run->tolerant = true;
	for (i = 0; i < scenario->nr; i++) {
		result->nr_steps = i + 1;
		if (!scenario_run_step(run, &scenario->step[i]))
			break;
	}

	failure = scenario_run_end(run);
	result->nr_tolerated = run->nr_tolerated;
	result->failed = failure;
	if (failure)
		snprintf(result->message, sizeof(result->message), "%s", failure);
	free(failure);
	scenario_run_free(run);
}

/* What happened instead of an end of the child, in @text. */
static void describe_end(int status, unsigned int seconds, char *text, size_t size)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		snprintf(text, size, "none within %u seconds", seconds);
	else if (WIFSIGNALED(status))
		snprintf(text, size, "signal %d", WTERMSIG(status));
	else
		snprintf(text, size, "exit status %d from an assertion of libkvm",
			 WEXITSTATUS(status));
}

/* How the child ended, if not by its own choice, and at which step. */
static void judge(int status, unsigned int seconds, const struct scenario *scenario,
		  const char *name, struct child_result *result)
{
	size_t nr = result->nr_steps;
	char end[64];

	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;

	describe_end(status, seconds, end, sizeof(end));
	result->failed = true;
	snprintf(result->message, sizeof(result->message),
		 "Wanted an end at gpa 0x%llx (%s, step %zu), got %s",
		 nr ? (unsigned long long)scenario->step[nr - 1].gpa : 0, name, nr, end);
}

void scenario_child_run(const struct scenario *scenario, const char *name, unsigned int seconds,
			struct child_result *result)
{
	unsigned int limit = slow_machine_seconds(seconds);
	struct child_result *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;
	pid_t child;

	TEST_ASSERT(shared != MAP_FAILED, "out of memory");
	fflush(NULL);
	child = fork();
	if (!child) {
		alarm(limit);
		run_steps(scenario, name, shared);
		_exit(0);
	}
	TEST_ASSERT(child > 0 && waitpid(child, &status, 0) == child, "Cannot fork");

	*result = *shared;
	munmap(shared, sizeof(*shared));
	judge(status, limit, scenario, name, result);
}

void scenario_child_random(struct scenario *scenario, u64 seed,
			   const struct generator_limits *limits, const char *name,
			   unsigned int seconds, struct child_result *result)
{
	generator_scenario(scenario, seed, limits);
	scenario_child_run(scenario, name, seconds, result);
}
