// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <linux/falloc.h>
#include <linux/kvm.h>

#include "kvm/known_bug.h"
#include "run/contention_access.h"

/* How the known bug STALE_MMIO shows: see is_stale_mmio() in lib/run/step_touch.c. */
static bool may_be_stale_mmio(const struct contention_state *state, enum page_side side, bool still,
			      const struct guest_access *got)
{
	return state->what->memslots && known_bug_expected(STALE_MMIO) &&
	       (side == SIDE_PRIVATE || !still) && got->end == ACCESS_MEMORY_FAULT && !got->flags;
}

/*
 * May an access to @page, which was on @side when it began, and @still is, have ended as it
 * did?
 */
static bool may_end(struct worker *worker, u64 page, enum page_side side, bool still,
		    const struct guest_access *got)
{
	bool was_there = contention_slot_was_there(worker, page);

	if (got->end == ACCESS_DONE)
		return true;
	if (got->gpa != contention_page_gpa(page))
		return false;
	if (may_be_stale_mmio(worker->state, side, still, got))
		return true;
	if (got->end == ACCESS_MMIO)
		return !was_there && (!still || side == SIDE_SHARED);
	if (got->end != ACCESS_MEMORY_FAULT || got->size != GFN_BYTES)
		return false;

	return !still || (!was_there && side == SIDE_PRIVATE &&
			  got->flags == KVM_MEMORY_EXIT_FLAG_PRIVATE);
}

static bool expect_end(struct worker *worker, u64 page, enum page_side side, bool still,
		       const struct guest_access *got)
{
	if (may_end(worker, page, side, still, got))
		return true;

	contention_fail(worker->state, page,
			"Wanted no exit of a %s page%s, got %s, flags 0x%llx",
			side == SIDE_PRIVATE ? "private" : "shared", still ? "" : " that changes",
			access_end_name(got->end), (unsigned long long)got->flags);
	return false;
}

static bool expect_read(struct worker *worker, u64 page, const struct owned_page_view *view,
			const struct guest_access *got)
{
	const struct owned_page *owned = &worker->state->page[page];
	bool still = owned_page_is_still(owned, view);

	if (!expect_end(worker, page, view->side, still, got))
		return false;
	if (got->end != ACCESS_DONE || owned_page_may_read(owned, page, view, got->value))
		return true;

	contention_fail(worker->state, page, "Wanted the guest to read 0x%llx%s, got 0x%llx",
			(unsigned long long)view->content,
			still ? "" : " or what it was changed to",
			(unsigned long long)got->value);
	return false;
}

/* Let vCPU @vcpu access @npages at once; results and views are the worker's. */
static void access_pages(struct worker *worker, unsigned int vcpu, enum access access, u64 page,
			 u64 npages, u64 tag)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = access,
		.gpa = contention_page_gpa(page),
		.npages = npages,
		.tag = tag,
	};

	contention_look(worker, page, npages);
	vm_driver_guest(worker->state->run->vmd, vcpu, &request, worker->result);
}

bool contention_read_pages(struct worker *worker, unsigned int vcpu, u64 page, u64 npages)
{
	u64 i;

	access_pages(worker, vcpu, ACCESS_READ, page, npages, 0);
	for (i = 0; i < npages; i++) {
		if (!expect_read(worker, page + i, &worker->view[i], &worker->result[i]))
			return false;
	}
	return true;
}

struct run_of_pages contention_same_side(const struct contention_state *state,
					 struct run_of_pages pages)
{
	u64 i;

	for (i = 1; i < pages.npages; i++) {
		if (state->page[pages.page + i].side != state->page[pages.page].side)
			break;
	}
	pages.npages = i;
	return pages;
}

bool contention_write_pages(struct worker *worker, const struct run_of_pages *pages)
{
	struct contention_state *state = worker->state;
	enum page_side side = state->page[pages->page].side;
	u64 generation = contention_new_generation(state);
	u64 tag = owned_page_tag(pages->page, side, generation);
	bool right = true;
	u64 i;

	contention_begin_change(state, pages);
	access_pages(worker, worker->owner, ACCESS_WRITE, pages->page, pages->npages, tag);
	for (i = 0; i < pages->npages && right; i++) {
		const struct guest_access *got = &worker->result[i];

		/* Nobody but the owner changes a page, so that it stays what it is. */
		right = expect_end(worker, pages->page + i, side, true, got);
		if (got->end == ACCESS_DONE)
			owned_page_set(&state->page[pages->page + i], side, tag + i, generation);
	}
	contention_end_change(state, pages);
	return right;
}

/* By the guest's hypercall, or by the host itself; @before: pages before, in no memslot. */
static int set_attributes(struct worker *worker, const struct run_of_pages *pages,
			  enum page_side side, u64 before)
{
	const struct guest_request request = {
		.op = GUEST_CONVERT,
		.gpa = contention_page_gpa(pages->page),
		.npages = pages->npages,
		.private = side == SIDE_PRIVATE,
	};
	struct vm_driver *vmd = worker->state->run->vmd;

	if (worker->owner != HOST && contention_random(worker, 2))
		return vm_driver_guest(vmd, worker->owner, &request, NULL);

	return vm_driver_convert(vmd, request.gpa - (before << GFN_SHIFT),
				 (request.npages + before) << GFN_SHIFT, request.private);
}

static int convert_to(struct worker *worker, const struct run_of_pages *pages,
		      enum page_side side, u64 before)
{
	struct contention_state *state = worker->state;
	int r;
	u64 i;

	contention_begin_change(state, pages);
	r = set_attributes(worker, pages, side, before);
	for (i = 0; i < pages->npages; i++)
		__atomic_store_n(&state->page[pages->page + i].side, side, __ATOMIC_SEQ_CST);
	contention_end_change(state, pages);
	return r;
}

/*
 * With the known bug STALE_MMIO, a write to a page that was made private while it had no
 * memslot may be emulated, and lands in shared memory if the memslot comes back just then.
 * So there no page is made private as long as a memslot is away.
 */
bool contention_convert_pages(struct worker *worker, const struct run_of_pages *pages, u64 before)
{
	struct contention_state *state = worker->state;
	/* Most of the time all of a hugepage should be shared: then it may be one leaf. */
	enum page_side side = contention_random(worker, 3) ? SIDE_SHARED : SIDE_PRIVATE;
	bool waits = side == SIDE_PRIVATE && known_bug_expected(STALE_MMIO);
	int r;

	if (waits && pthread_rwlock_tryrdlock(&state->replacing)) {
		side = SIDE_SHARED;
		waits = false;
	}
	r = convert_to(worker, pages, side, before);
	if (waits)
		pthread_rwlock_unlock(&state->replacing);
	if (!r)
		return true;

	contention_fail(state, pages->page, "Wanted to convert %llu pages, got %s",
			(unsigned long long)pages->npages, strerror(r));
	return false;
}

bool contention_punch_pages(struct worker *worker, const struct run_of_pages *pages)
{
	struct contention_state *state = worker->state;
	unsigned int slot = contention_slot_of(state, pages->page);
	u64 generation, i;
	int r;

	contention_begin_change(state, pages);
	r = fallocate(contention_memory_of(state->run, slot)->gmem_fd,
		      FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      (pages->page - contention_slot_page(state, slot)) << GFN_SHIFT,
		      pages->npages << GFN_SHIFT);
	generation = contention_new_generation(state);
	for (i = 0; i < pages->npages; i++)
		owned_page_set(&state->page[pages->page + i], SIDE_PRIVATE, 0, generation);
	contention_end_change(state, pages);
	if (!r)
		return true;

	contention_fail(state, pages->page, "Wanted a hole of %llu pages, got %s",
			(unsigned long long)pages->npages, strerror(errno));
	return false;
}

bool contention_may_prefault(const struct contention_state *state)
{
	return vm_driver_has_prefault() &&
	       !(state->what->memslots && known_bug_expected(PREFAULT_HANGS));
}

/*
 * KVM_PRE_FAULT_MEMORY settles the kind of the access before it takes note of invalidations
 * as well (kvm_arch_vcpu_pre_fault_memory()): EFAULT if that is wrong by then.
 */
bool contention_prefault_pages(struct worker *worker, u64 page, u64 npages)
{
	struct contention_state *state = worker->state;
	bool still = true;
	u64 stopped, i;
	int r;

	contention_look(worker, page, npages);
	r = vm_driver_prefault_by(state->run->vmd, worker->owner, contention_page_gpa(page),
				  npages << GFN_SHIFT, &stopped);
	i = (stopped >> GFN_SHIFT) - BASE_GFN - page;
	if (i < npages) {
		still = owned_page_is_still(&state->page[page + i], &worker->view[i]);
		if (!contention_slot_was_there(worker, page + i) &&
		    (r == ENOENT || r == EAGAIN || r == EFAULT))
			return true;
	}
	if (!r || (r == EFAULT && !still))
		return true;

	contention_fail(state, page + i, "Wanted to pre-fault a page%s, got %s",
			still ? "" : " that changes", strerror(r));
	return false;
}
