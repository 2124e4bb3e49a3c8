// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <sys/mman.h>

#include "run/scenario_run.h"
#include "suite/case_child.h"
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
	result->left_out = run->left_out;
	result->failed = failure;
	if (failure)
		snprintf(result->message, sizeof(result->message), "%s", failure);
	free(failure);
	scenario_run_free(run);
}

struct task {
	const struct scenario *scenario;
	const char *name;
	struct child_result *shared;
};

static void run_task(void *arg)
{
	const struct task *task = arg;

	run_steps(task->scenario, task->name, task->shared);
}

/* The child did not end by its own choice, but so, and at its last step. */
static void tell_end(const struct scenario *scenario, const char *name, const char *end,
		     struct child_result *result)
{
	size_t nr = result->nr_steps;

	result->failed = true;
	snprintf(result->message, sizeof(result->message),
		 "Wanted an end at gpa 0x%llx (%s, step %zu), got %s",
		 nr ? (unsigned long long)scenario->step[nr - 1].gpa : 0, name, nr, end);
}

void scenario_child_run(const struct scenario *scenario, const char *name, unsigned int seconds,
			struct child_result *result)
{
	struct child_result *shared = case_child_share(sizeof(*shared));
	struct task task = { scenario, name, shared };
	char end[64];
	bool ended = case_child_run(run_task, &task, seconds, end, sizeof(end));

	*result = *shared;
	munmap(shared, sizeof(*shared));
	if (!ended)
		tell_end(scenario, name, end, result);
}

void scenario_child_random(struct scenario *scenario, u64 seed,
			   const struct generator_limits *limits, const char *name,
			   unsigned int seconds, struct child_result *result)
{
	generator_scenario(scenario, seed, limits);
	scenario_child_run(scenario, name, seconds, result);
}
