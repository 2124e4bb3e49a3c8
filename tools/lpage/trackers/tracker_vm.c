// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include "test_util.h"

#include "scenario/scenario_text.h"
#include "tracker_store.h"
#include "tracker_vm.h"

void tracker_vm_init(struct tracker_vm *vm, const struct tracker_ops *ops)
{
	vm->compared = 0;
	vm->attrs = attr_map_alloc();
	vm->store = tracker_store(vm->attrs);
	vm->tracker = tracker_alloc(ops, &vm->store);
}

void tracker_vm_free(struct tracker_vm *vm)
{
	tracker_free(vm->tracker);
	attr_map_free(vm->attrs);
}

/* KVM makes new metadata for a memslot that moves: for a tracker it is a new one. */
static void move_slot(struct tracker_vm *vm, u32 id, u64 gfn)
{
	struct tracker_slot *slot = tracker_slot(vm->tracker, id);
	u64 npages;

	TEST_ASSERT(slot, "No memslot %u to move", id);
	npages = slot->npages;
	tracker_remove_slot(vm->tracker, id);
	tracker_add_slot(vm->tracker, id, gfn, npages);
}

void tracker_vm_step(struct tracker_vm *vm, const struct step *step)
{
	u64 start = step->gpa >> GFN_SHIFT;
	u64 npages = step->size >> GFN_SHIFT;

	switch (step->op) {
	case STEP_MEMSLOT:
		tracker_add_slot(vm->tracker, step->slot, start, npages);
		break;
	case STEP_DELETE:
		tracker_remove_slot(vm->tracker, step->slot);
		break;
	case STEP_MOVE:
		move_slot(vm, step->slot, start);
		break;
	case STEP_CONVERT:
		attr_map_set(vm->attrs, start, start + npages, step->private);
		tracker_update(vm->tracker, start, start + npages, step->private);
		break;
	default:
		break;
	}
}

static bool level_is_right(struct tracker_vm *vm, struct tracker_slot *slot, u64 start, u64 end,
			   enum level level, struct tracker_diff *diff)
{
	u64 gfn = max(tracker_first(slot, level), level_round(start, level));

	for (; gfn < end && tracker_covers(slot, gfn, level); gfn += level_pages(level)) {
		bool mixed = attr_map_is_mixed(vm->attrs, gfn, level);

		vm->compared++;
		if (tracker_is_mixed(vm->tracker, slot, gfn, level) == mixed)
			continue;

		*diff = (struct tracker_diff) {
			.wrong = TRACKER_WRONG_FLAG,
			.slot = slot->id,
			.gfn = gfn,
			.level = level,
			.mixed = mixed,
		};
		return false;
	}
	return true;
}

bool tracker_vm_slot_is_right(struct tracker_vm *vm, struct tracker_slot *slot, u64 start,
			      u64 end, struct tracker_diff *diff)
{
	enum level level;

	diff->wrong = TRACKER_RIGHT;
	for (level = LEVEL_2M; level < NR_LEVELS; level++) {
		if (!level_is_right(vm, slot, start, end, level, diff))
			return false;
	}
	return true;
}

bool tracker_vm_is_right(struct tracker_vm *vm, struct tracker_diff *diff)
{
	struct tracker_slot *slot;

	*diff = (struct tracker_diff) { .wrong = TRACKER_STRAY_INFO };
	if (vm->tracker->stray_infos)
		return false;

	for (slot = vm->tracker->slots; slot; slot = slot->next) {
		if (!tracker_vm_slot_is_right(vm, slot, 0, GFN_END, diff))
			return false;
	}

	diff->wrong = vm->tracker->stray_attrs ? TRACKER_STRAY_ATTR : TRACKER_RIGHT;
	return diff->wrong == TRACKER_RIGHT;
}

void tracker_diff_print(const struct tracker_diff *diff, FILE *out)
{
	char gpa[SIZE_TEXT_MAX];

	switch (diff->wrong) {
	case TRACKER_WRONG_FLAG:
		fprintf(out, "takes the %s hugepage at %s of memslot %u to be %s",
			level_name(diff->level), format_size(diff->gfn << GFN_SHIFT, gpa),
			diff->slot, diff->mixed ? "uniform: it is mixed" : "mixed: it is uniform");
		break;
	case TRACKER_STRAY_INFO:
		fputs("reads lpage_info outside the memslot's array", out);
		break;
	case TRACKER_STRAY_ATTR:
		fputs("looks at attributes outside the memslot", out);
		break;
	default:
		fputs("is right", out);
		break;
	}
}

size_t tracker_vm_run(const struct tracker_ops *ops, const struct scenario *scenario,
		      struct tracker_diff *diff)
{
	struct tracker_diff now;
	struct tracker_vm vm;
	size_t i, step = 0;

	diff->wrong = TRACKER_RIGHT;
	tracker_vm_init(&vm, ops);
	for (i = 0; i < scenario->nr; i++) {
		tracker_vm_step(&vm, &scenario->step[i]);
		if (tracker_vm_is_right(&vm, &now) || now.wrong <= diff->wrong)
			continue;
		*diff = now;
		step = i + 1;
	}
	tracker_vm_free(&vm);
	return step;
}
