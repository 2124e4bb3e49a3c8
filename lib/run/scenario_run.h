/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out the steps of a scenario on a VM and, after each of them, compares what KVM
 * did with what the mapping model says: leaves, exits, errno and contents.
 */
#ifndef LPAGE_SCENARIO_RUN_H
#define LPAGE_SCENARIO_RUN_H

#include "run/run_state.h"

/* A VM without memslots. @name must live as long as the run. */
struct scenario_run *scenario_run_start(const char *name, const struct kernel_traits *traits);
void scenario_run_free(struct scenario_run *run);

/* The same with @nr_vcpus vCPUs; the steps themselves use the first one only. */
struct scenario_run *scenario_run_start_vcpus(const char *name, const struct kernel_traits *traits,
					      unsigned int nr_vcpus);

/*
 * Carry out @step, which scenario_check() allows; one that needs what an earlier step was
 * refused is left out.  Returns true if KVM did what the model
 * says.  Otherwise run->failure says "Wanted <x> at gpa 0x... (<case>), got <y>", with
 * the level map around the place and the steps that led there; the run is then over.
 */
bool scenario_run_step(struct scenario_run *run, const struct step *step);

/*
 * Carry out @step and no more, to see what that takes: nothing is compared but errno, and
 * the model is left behind.  The caller must bring it on, with scenario_model_step().
 * The same run cannot be used for scenario_run_step() any more.
 */
bool scenario_run_bare(struct scenario_run *run, const struct step *step);

/*
 * Zap all leaves without KVM's touching what it knows of mixed hugepages, then pre-fault
 * every page whose level can tell something: the counts of leaves are then a reading of
 * all that KVM knows.  Returns true if they are what the model says.
 */
bool scenario_run_read_out(struct scenario_run *run);

/* What went wrong, for the caller to free, or NULL. */
char *scenario_run_take_failure(struct scenario_run *run);

/*
 * The same, after the end of the VM: if nothing went wrong before, what the kernel complains of
 * then.  All that is left to do with @run is scenario_run_free().
 */
char *scenario_run_end(struct scenario_run *run);

/*
 * Run all of @scenario; with @read_out, read out what KVM knows after every step that
 * changes memslots or attributes.  Returns NULL if all went well, else the failure, for
 * the caller to free.  *@left_out becomes a constant reason why leaves that are written down were
 * not looked at, or NULL.
 */
char *scenario_run_all(const struct scenario *scenario, const char *name,
		       const struct kernel_traits *traits, bool read_out, const char **left_out);

#endif /* LPAGE_SCENARIO_RUN_H */
