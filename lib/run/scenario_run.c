// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test_util.h"

#include "host/pressure.h"
#include "host/setting.h"
#include "kvm/kernel_log.h"
#include "kvm/known_bug.h"
#include "kvm/vm_driver.h"
#include "model/scenario_check.h"
#include "model/scenario_model.h"
#include "run/run_compare.h"
#include "run/run_dirty_log.h"
#include "run/run_huge.h"
#include "run/run_memory.h"
#include "run/run_report.h"
#include "run/run_step.h"
#include "run/scenario_run.h"
#include "run/step_node.h"

/* Tags of one scenario begin here, so that a small number in memory is never one. */
#define FIRST_TAG	0x7a90000000000001ull

/*
 * KVM_RUN was refused memory: whatever is mapped already is there, and nothing else.  There
 * is enough from here on, so that the access is made all the same.
 */
static bool no_memory(void *arg)
{
	struct scenario_run *run = arg;
	const struct step *step = run_last_step(run);

	if (!pressure_was_felt())
		return false;

	pressure_release();
	run->refused = true;
	if (!scenario_model_takes_memory(run->model, step))
		run_report(run, step->gpa, "success", strerror(ENOMEM));
	else if (!run->failure)
		run_expect_leaves(run, step);
	return true;
}

struct scenario_run *scenario_run_start_vcpus(const char *name, const struct kernel_traits *traits,
					      unsigned int nr_vcpus)
{
	struct scenario_run *run = calloc(1, sizeof(*run));

	TEST_ASSERT(run, "out of memory");
	run->name = name;
	/* A run before this one, in a child, may have been killed. */
	setting_restore();
	kernel_log_start();
	run->vmd = vm_driver_create(nr_vcpus);
	run->model = mapping_model_alloc(traits);
	run->mmio_seen = attr_map_alloc();
	run->next_tag = FIRST_TAG;
	vm_driver_on_no_memory(run->vmd, no_memory, run);
	return run;
}

struct scenario_run *scenario_run_start(const char *name, const struct kernel_traits *traits)
{
	return scenario_run_start_vcpus(name, traits, 1);
}

static bool was_under_pressure(const struct scenario_run *run)
{
	size_t i = 0;

	while (i < run->done.nr && !pressure_is_any(&run->done.step[i].pressure))
		i++;
	return i < run->done.nr;
}

/*
 * With the known bug BINDING_LOST a memslot whose binding could not be stored goes on to
 * point to its guest_memfd when that is closed, and the end of the VM follows the pointer.
 * No harm is done if the memslot goes first.
 */
static void delete_unbound_memslots(struct scenario_run *run)
{
	u32 id;

	if (!was_under_pressure(run) || !known_bug_expected(BINDING_LOST))
		return;

	/* libkvm's own leaves need not come back any more. */
	vm_driver_parallel(run->vmd, true);
	for (id = 1; id <= SCENARIO_MAX_SLOT; id++) {
		if (run->memory[id].size && run->memory[id].gmem_fd >= 0)
			vm_driver_set_memslot(run->vmd, id, 0, 0, NULL, -1, false);
	}
}

static void end_vm(struct scenario_run *run)
{
	char complaint[256], got[300];

	if (!run->vmd)
		return;

	delete_unbound_memslots(run);
	vm_driver_free(run->vmd);
	run->vmd = NULL;
	if (!kernel_log_complains(run->tolerant, complaint, sizeof(complaint)))
		return;

	snprintf(got, sizeof(got), "%s (as the VM ended)", complaint);
	run_report(run, run->done.nr ? run->done.step[run->done.nr - 1].gpa : SCENARIO_MIN_GPA,
		   "nothing in the kernel log", got);
}

void scenario_run_free(struct scenario_run *run)
{
	u32 id;

	end_vm(run);
	for (id = 0; id <= SCENARIO_MAX_SLOT; id++)
		run_memory_free(&run->memory[id]);
	mapping_model_free(run->model);
	attr_map_free(run->mmio_seen);
	scenario_free(&run->done);
	free(run->failure);
	free(run);
	setting_restore();
}

static bool expect_nx_splits(struct scenario_run *run, const struct step *step)
{
	return run_expect_number(run, step->gpa, "nx_lpage_splits",
				 page_tables_nr_tracked(run->model->tables),
				 vm_driver_nx_splits(run->vmd));
}

static bool expect_quiet_log(struct scenario_run *run, const struct step *step)
{
	char complaint[256];

	if (!kernel_log_complains(run->tolerant, complaint, sizeof(complaint)))
		return true;

	run_report(run, step->gpa, "nothing in the kernel log", complaint);
	return false;
}

#define ROW(id, name, weight, when, cost, traits)	\
	[STEP_##id] = run_##name,

static bool carry_out(struct scenario_run *run, const struct step *step)
{
	static bool (* const run_step[NR_STEP_OPS])(struct scenario_run *run,
						    const struct step *step) = {
		STEP_KINDS(ROW)
	};

	return run_step[step->op](run, step);
}

/* New memory, and what has moved to another node, may lack hugepages: that is up to the host. */
static bool may_lack_hugepages(const struct step *step)
{
	return step->op == STEP_MEMSLOT || step->op == STEP_MIGRATE || step->op == STEP_EVACUATE;
}

static bool expect_host(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = NULL;

	if (step->op == STEP_MEMSLOT && !run->refused)
		slot = mapping_model_slot(run->model, step->slot);
	return (may_lack_hugepages(step) ? run_huge_follow(run) : run_huge_expect(run)) &&
	       (!slot || run_node_expect_placed(run, slot));
}

static bool carry_out_under_pressure(struct scenario_run *run, const struct step *step)
{
	bool good;

	if (pressure_is_any(&step->pressure))
		pressure_ask(&step->pressure);
	good = carry_out(run, step);
	pressure_release();
	run->felt = pressure_was_felt();
	run->nr_refused += run->refused;
	return good;
}

bool scenario_run_step(struct scenario_run *run, const struct step *step)
{
	run->felt = false;
	run->refused = false;
	if (run->nr_refused && !step_is_possible(run->model, step))
		return true;

	scenario_add(&run->done, step);
	/* Between two steps it is the host's own affair what it does with its memory. */
	if (!run_huge_follow(run) || !carry_out_under_pressure(run, step))
		return false;

	if (!step_is(step->op, STEP_FOLLOWED) && !run->refused)
		scenario_model_step(run->model, step);
	return expect_host(run, step) && run_expect_leaves(run, step) &&
	       expect_nx_splits(run, step) && run_expect_logs(run) && expect_quiet_log(run, step);
}

bool scenario_run_bare(struct scenario_run *run, const struct step *step)
{
	run->bare = true;
	return carry_out(run, step);
}

char *scenario_run_take_failure(struct scenario_run *run)
{
	char *failure = run->failure;

	run->failure = NULL;
	return failure;
}

char *scenario_run_end(struct scenario_run *run)
{
	end_vm(run);
	return scenario_run_take_failure(run);
}
