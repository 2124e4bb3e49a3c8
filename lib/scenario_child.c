// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_util.h"

#include "scenario_child.h"
#include "scenario_run.h"
#include "slow_machine.h"
#include "suite.h"

static void run_steps(const struct scenario *scenario, const char *name,
		      struct child_result *result)
{
	struct scenario_run *run = scenario_run_start(name, suite_traits());
	size_t i;

	run->tolerant = true;
	for (i = 0; i < scenario->nr; i++) {
		result->nr_steps = i + 1;
		if (!scenario_run_step(run, &scenario->step[i]))
			break;
	}

	result->nr_tolerated = run->nr_tolerated;
	result->failed = run->failure;
	if (run->failure)
		snprintf(result->message, sizeof(result->message), "%s", run->failure);
	scenario_run_free(run);
}

/* How the child ended, if not by its own choice. */
static void judge(int status, unsigned int seconds, struct child_result *result)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;

	result->failed = true;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		snprintf(result->message, sizeof(result->message),
			 "Wanted an end within %u seconds, got none", seconds);
	else if (WIFSIGNALED(status))
		snprintf(result->message, sizeof(result->message),
			 "Wanted an end, got signal %d", WTERMSIG(status));
	else
		snprintf(result->message, sizeof(result->message),
			 "Wanted an end, got exit status %d from an assertion of libkvm",
			 WEXITSTATUS(status));
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
	judge(status, limit, result);
}

void scenario_child_random(struct scenario *scenario, u64 seed,
			   const struct generator_limits *limits, const char *name,
			   unsigned int seconds, struct child_result *result)
{
	struct generator generator;
	struct step step;

	/* The generator asks only its own model: generate all, then run. */
	scenario->nr = 0;
	generator_init(&generator, seed, limits);
	while (generator_next(&generator, &step))
		scenario_add(scenario, &step);
	generator_free(&generator);

	scenario_child_run(scenario, name, seconds, result);
}
