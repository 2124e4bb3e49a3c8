// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/falloc.h>
#include <linux/kernel.h>

#include "host/host_huge.h"
#include "host/must_hold.h"
#include "model/scenario_model.h"
#include "run/run_compare.h"
#include "run/run_huge.h"
#include "run/run_memory.h"
#include "run/run_step.h"

bool run_dontneed(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot_at(run->model, step_gfn(step));
	void *hva = scenario_run_hva(run, slot, step_gfn(step));
	int r = madvise(hva, step->size, MADV_DONTNEED);

	if (!r)
		r = run_memory_populate_again(&run->memory[slot->id], hva, step->size);
	return run_expect_errno(run, step->gpa, 0, r ? errno : 0);
}

/* Punch a hole in the file behind @hva, which repeats itself if its kind does so. */
static int punch_backing(const struct backing_view *view, void *hva, u64 size)
{
	const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	u64 repeats = backing_kind_pages(view->kind) << GFN_SHIFT;
	u64 offset = hva - view->base;
	u64 first = size;
	int r;

	if (repeats) {
		offset %= repeats;
		first = min(size, repeats - offset);
	}
	r = fallocate(view->fd, mode, offset, first);
	return r || first == size ? r : fallocate(view->fd, mode, 0, size - first);
}

bool run_discard(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot_at(run->model, step_gfn(step));
	const struct run_memory *memory = &run->memory[slot->id];
	void *hva = scenario_run_hva(run, slot, step_gfn(step));
	int r = punch_backing(&memory->view, hva, step->size);

	if (!r)
		r = run_memory_populate_again(memory, hva, step->size);
	return run_expect_errno(run, step->gpa, 0, r ? errno : 0);
}

/*
 * After fork() the host maps anonymous memory read-only until it is written.  Whether that write
 * copies a page, and so takes its leaf, or finds that nobody else has it any more is up to the
 * host: let it happen here and now, where there is no leaf left to lose.
 */
static bool make_all_writable(struct scenario_run *run)
{
	const struct model_slot *slot;

	for (slot = run->model->slots; slot; slot = slot->next) {
		if (backing_kind_is_anonymous(slot->backing) &&
		    !run_memory_make_writable(run, slot))
			return false;
	}
	return true;
}

bool run_fork(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step_gfn(step);
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	u64 *hva = scenario_run_hva(run, slot, gfn);
	u64 tag = run->next_tag++;
	pid_t child = fork();
	int status;

	if (!child) {
		*hva = tag;
		_exit(0);
	}
	MUST_HOLD(child > 0 && waitpid(child, &status, 0) == child, "Cannot fork");
	MUST_HOLD(!status, "Wanted a child that writes at gpa 0x%llx, got status 0x%x",
		  (unsigned long long)step->gpa, status);

	if (!run->bare)
		scenario_model_fork(run->model, gfn, tag);
	return make_all_writable(run);
}

bool run_split(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step_gfn(step);
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	void *hva = scenario_run_hva(run, slot, gfn);
	int r = host_huge_split(hva, step->size, step->split);

	if (!r && run_memory_populate_again(&run->memory[slot->id], hva, step->size))
		r = errno;
	return run_expect_errno(run, step->gpa, 0, r);
}

/*
 * A collapse may fail for reasons of the host's own, and it is not known then what has been
 * announced.  So announce all of it, and let the model learn from the page tables what is
 * huge.
 */
bool run_collapse(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step_gfn(step);
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	void *hva = scenario_run_hva(run, slot, gfn);
	int r = host_huge_collapse(hva, step->size);

	if (!r) {
		scenario_model_collapse(run->model, gfn, step_pages(step));
		return true;
	}
	if (r != EAGAIN && r != EBUSY && r != ENOMEM)
		return run_expect_errno(run, step->gpa, 0, r);

	run->lacks_hugepages = true;
	r = host_huge_announce(hva, step->size);
	if (!r && run_memory_populate_again(&run->memory[slot->id], hva, step->size))
		r = errno;
	mapping_model_zap(run->model, gfn, gfn + step_pages(step));
	return run_expect_errno(run, step->gpa, 0, r) && run_huge_follow(run);
}
