// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include <linux/kernel.h>
#include <linux/kvm.h>

#include "host/pressure.h"
#include "kvm/known_bug.h"
#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/run_report.h"
#include "run/run_step.h"

/*
 * Give the shared side of a page that is about to be touched a tag that nothing else
 * has, so that it can be told from whatever the guest may see there by mistake.
 */
static void tag_shared_page(struct scenario_run *run, u64 gfn)
{
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	u64 page;
	u8 *hva;

	if (!slot || model_slot_is_gmem_only(slot))
		return;

	hva = scenario_run_hva(run, slot, gfn);
	hva[GUEST_CODE_OFFSET] = GUEST_CODE;
	if (run->bare)
		return;

	page = model_slot_shared_page(slot, gfn);
	if (page_tags_get(&run->model->tags, slot->shared_object, page))
		return;

	*(u64 *)hva = run->next_tag;
	page_tags_set(&run->model->tags, slot->shared_object, page, run->next_tag++);
}

/* What the host sees must be what was last written to the shared side. */
static bool expect_shared_tag(struct scenario_run *run, const struct model_slot *slot, u64 gfn)
{
	u64 wanted = page_tags_get(&run->model->tags, slot->shared_object,
				   model_slot_shared_page(slot, gfn));

	if (model_slot_is_gmem_only(slot))
		return true;

	return run_expect_number(run, gfn << GFN_SHIFT, "shared memory to hold tag", wanted,
				 *(u64 *)scenario_run_hva(run, slot, gfn));
}

static void see_mmio(struct scenario_run *run, u64 gfn)
{
	attr_map_set(run->mmio_seen, gfn, gfn + 1, true);
}

/*
 * True if this is how the known bug STALE_MMIO shows itself: a private page that was
 * MMIO before is still, cannot be executed, or is said to be accessed as shared.
 */
static bool is_stale_mmio(const struct scenario_run *run, u64 gfn, const struct guest_access *got)
{
	return attr_map_is_private(run->model->attrs, gfn) &&
	       attr_map_is_private(run->mmio_seen, gfn) &&
	       (got->end == ACCESS_MMIO || got->end == ACCESS_INTERNAL_ERROR ||
		(got->end == ACCESS_MEMORY_FAULT && !got->flags)) &&
	       known_bug_expected(STALE_MMIO);
}

static bool expect_exit(struct scenario_run *run, u64 gpa, enum access access,
			enum access_end wanted, const struct guest_access *got)
{
	if (wanted != got->end) {
		run_report(run, gpa, access_end_name(wanted), access_end_name(got->end));
		return false;
	}

	switch (wanted) {
	case ACCESS_MEMORY_FAULT:
		return run_expect_number(run, gpa, "memory fault at gpa", gpa, got->gpa) &&
		       run_expect_number(run, gpa, "memory fault of size", GFN_BYTES, got->size) &&
		       run_expect_number(run, gpa, "memory fault with flags",
					 KVM_MEMORY_EXIT_FLAG_PRIVATE, got->flags);
	case ACCESS_MMIO:
		return run_expect_number(run, gpa, "MMIO at gpa", gpa, got->gpa) &&
		       run_expect_number(run, gpa, "MMIO of size", sizeof(u64), got->size) &&
		       run_expect_number(run, gpa, "MMIO write", access == ACCESS_WRITE,
					 got->is_write);
	default:
		return true;
	}
}

/* One page was touched: @tag is what was written, if it was a write. */
static bool expect_access(struct scenario_run *run, u64 gfn, enum access access, u64 tag,
			  const struct guest_access *got)
{
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	u64 gpa = gfn << GFN_SHIFT;
	enum access_end end;

	if (run->tolerant && is_stale_mmio(run, gfn, got)) {
		run->nr_tolerated++;
		return true;
	}
	if (got->end == ACCESS_MMIO)
		see_mmio(run, gfn);

	end = mapping_model_access(run->model, gfn, access);
	run->model->outcome.ends[end]++;
	if (!expect_exit(run, gpa, access, end, got))
		return false;

	if (end == ACCESS_DONE && access == ACCESS_WRITE)
		mapping_model_set_tag(run->model, slot, gfn, tag);

	return end != ACCESS_DONE || access != ACCESS_READ ||
	       run_expect_number(run, gpa, "the guest to read tag",
				 mapping_model_tag(run->model, slot, gfn), got->value);
}

/* Only now that all accesses are known: of two to the same page of the host the last one counts. */
static bool expect_shared_tags(struct scenario_run *run, u64 gfn, u64 end)
{
	const struct model_slot *slot;
	bool good = true;

	for (; good && gfn < end; gfn++) {
		slot = mapping_model_slot_at(run->model, gfn);
		good = !slot || expect_shared_tag(run, slot, gfn);
	}
	return good;
}

static bool touch_batch(struct scenario_run *run, enum access access, u64 gfn, u64 npages)
{
	static struct guest_access result[GUEST_BATCH_PAGES];
	struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = access,
		.gpa = gfn << GFN_SHIFT,
		.npages = npages,
		.store_code = mapping_model_guest_stores_code(run->model, gfn),
	};
	u64 i;

	for (i = 0; i < npages && (!run->bare || access == ACCESS_EXECUTE); i++)
		tag_shared_page(run, gfn + i);

	request.tag = run->next_tag;
	run->next_tag += npages;
	vm_driver_guest(run->vmd, 0, &request, result);

	if (run->bare)
		return true;

	for (i = 0; i < npages; i++) {
		run->outcome.ends[result[i].end]++;
		if (!expect_access(run, gfn + i, access, request.tag + i, &result[i]))
			return false;
	}
	return expect_shared_tags(run, gfn, gfn + npages);
}

bool run_touch(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step_gfn(step);
	u64 end = gfn + step_pages(step);
	/* Pages to be executed are private or shared, and prepared accordingly, one by one. */
	bool single = step->access == ACCESS_EXECUTE || pressure_is_asked();
	u64 batch = single ? 1 : GUEST_BATCH_PAGES;

	memset(run->outcome.ends, 0, sizeof(run->outcome.ends));
	memset(run->model->outcome.ends, 0, sizeof(run->model->outcome.ends));
	for (; gfn < end; gfn += batch) {
		if (!touch_batch(run, step->access, gfn, min(batch, end - gfn)))
			return false;
	}
	return !run->failure;
}

bool run_prefault(struct scenario_run *run, const struct step *step)
{
	u64 wanted_stop = 0, stopped, size = step->size;
	int r = vm_driver_prefault(run->vmd, step->gpa, step->size, &stopped);
	int wanted;

	if (run->bare)
		return true;

	/* What came before the page that there was no memory for is mapped. */
	if (r == ENOMEM && pressure_was_felt()) {
		run->refused = true;
		r = 0;
		size = stopped - step->gpa;
	}
	if (!size)
		return true;

	wanted = mapping_model_prefault(run->model, step_gfn(step),
					size >> GFN_SHIFT, &wanted_stop);
	/* KVM has noted that there is nothing, for the guest to find. */
	if (r == ENOENT)
		see_mmio(run, stopped >> GFN_SHIFT);
	return run_expect_errno(run, step->gpa, wanted, r) &&
	       (!r || run_expect_number(run, step->gpa, "pre-faulting to stop at gpa",
					wanted_stop << GFN_SHIFT, stopped));
}
