// SPDX-License-Identifier: GPL-2.0-only
/* Step by step: which hugepages are mixed, and what every tracker believes about that. */
#include <stdio.h>

#include "lpage.h"
#include "scenario/scenario_text.h"
#include "tracker_registry.h"
#include "tracker_vm.h"

/* More runs of mixed hugepages than these are counted, not listed. */
#define MAX_RUNS	4

struct witnesses {
	struct tracker_vm vm[TRACKERS_MAX];
	size_t nr;
	bool all_right;
};

/* Neighbouring mixed hugepages of one level, collected one by one. */
struct runs {
	u64 start;
	u64 end;
	unsigned int nr;
};

static void print_run(struct runs *runs, enum level level)
{
	char start[SIZE_TEXT_MAX], end[SIZE_TEXT_MAX];

	if (runs->start == runs->end || runs->nr++ >= MAX_RUNS)
		return;

	format_size(runs->start << GFN_SHIFT, start);
	format_size(runs->end << GFN_SHIFT, end);
	if (runs->end - runs->start == level_pages(level))
		printf(" %s", start);
	else
		printf(" %s..%s", start, end);
}

static void add_hugepage(struct runs *runs, u64 gfn, enum level level)
{
	if (gfn != runs->end) {
		print_run(runs, level);
		runs->start = gfn;
	}
	runs->end = gfn + level_pages(level);
}

/* @believed: what the tracker says; otherwise what is true. */
static void print_level(struct tracker_vm *vm, enum level level, bool believed)
{
	struct runs runs = { };
	struct tracker_slot *slot;
	u64 gfn;

	printf("  %s:", level_name(level));
	for (slot = vm->tracker->slots; slot; slot = slot->next) {
		for (gfn = tracker_first(slot, level); tracker_covers(slot, gfn, level);
		     gfn += level_pages(level)) {
			if (believed ? tracker_is_mixed(vm->tracker, slot, gfn, level) :
				       attr_map_is_mixed(vm->attrs, gfn, level))
				add_hugepage(&runs, gfn, level);
		}
	}
	print_run(&runs, level);
	if (!runs.nr)
		printf(" none");
	else if (runs.nr > MAX_RUNS)
		printf(" and %u more", runs.nr - MAX_RUNS);
}

static void print_levels(struct tracker_vm *vm, bool believed)
{
	enum level level;

	for (level = LEVEL_2M; level < NR_LEVELS; level++)
		print_level(vm, level, believed);
}

static void print_witness(struct witnesses *witnesses, struct tracker_vm *vm, u64 examined)
{
	struct tracker_diff diff;

	printf("  %-18s %9llu", vm->tracker->ops->name,
	       (unsigned long long)(vm->tracker->examined - examined));
	print_levels(vm, true);
	if (!tracker_vm_is_right(vm, &diff)) {
		witnesses->all_right = false;
		printf("   <-- ");
		tracker_diff_print(&diff, stdout);
	}
	printf("\n");
}

static void explain_step(struct witnesses *witnesses, const struct step *step, size_t number)
{
	size_t i;

	printf("\nstep %zu: ", number);
	step_print(step, stdout);
	printf("\n");
	if (!step_is(step->op, STEP_CHANGES_LEVELS)) {
		printf("  no memslot and no attribute changes\n");
		return;
	}

	for (i = 0; i < witnesses->nr; i++) {
		struct tracker_vm *vm = &witnesses->vm[i];
		u64 examined = vm->tracker->examined;

		tracker_vm_step(vm, step);
		if (!i) {
			printf("  %-18s %9s", "definition", "examined");
			print_levels(vm, false);
			printf("\n");
		}
		print_witness(witnesses, vm, examined);
	}
}

static void call_witnesses(struct witnesses *witnesses, const struct tracker_ops *only)
{
	const struct tracker_ops *ops;
	size_t i;

	for (i = 0; (ops = tracker_nth(i)); i++) {
		if (!only || ops == only)
			tracker_vm_init(&witnesses->vm[witnesses->nr++], ops);
	}
}

enum verdict command_explain(const struct options *options)
{
	struct witnesses witnesses = { .all_right = true };
	struct scenario scenario = { };
	size_t i;

	if (!load_scenario(&scenario, options->file[0]))
		return VERDICT_UNUSABLE;

	printf("Mixed hugepages after each step; examined: entries looked at in this step.\n");
	call_witnesses(&witnesses, options->tracker);
	for (i = 0; i < scenario.nr; i++)
		explain_step(&witnesses, &scenario.step[i], i + 1);

	for (i = 0; i < witnesses.nr; i++)
		tracker_vm_free(&witnesses.vm[i]);
	scenario_free(&scenario);
	return witnesses.all_right ? VERDICT_RIGHT : VERDICT_WRONG;
}
