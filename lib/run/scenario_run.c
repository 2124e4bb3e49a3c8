// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/kvm.h>

#include "test_util.h"

#include "host/host_huge.h"
#include "host/host_node.h"
#include "host/pressure.h"
#include "host/setting.h"
#include "host/slow_machine.h"
#include "kvm/kernel_log.h"
#include "kvm/known_fault.h"
#include "kvm/vm_driver.h"
#include "model/scenario_check.h"
#include "model/scenario_model.h"
#include "run/run_nodes.h"
#include "run/run_report.h"
#include "run/scenario_run.h"

/* Tags of one scenario begin here, so that a small number in memory is never one. */
#define FIRST_TAG	0x7a90000000000001ull

/* How long KVM's thread may take to recover hugepages: it wakes up at once. */
#define NX_RECOVERY_SECONDS	5

static bool no_memory(void *arg);

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

static void memory_free(struct run_memory *memory)
{
	if (!memory->size)
		return;

	if (memory->gmem_fd >= 0)
		close(memory->gmem_fd);
	backing_unmap(&memory->view);
	memory->size = 0;
}

static bool was_under_pressure(const struct scenario_run *run)
{
	size_t i = 0;

	while (i < run->done.nr && !pressure_is_any(&run->done.step[i].pressure))
		i++;
	return i < run->done.nr;
}

/*
 * With the known fault BINDING_LOST a memslot whose binding could not be stored goes on to
 * point to its guest_memfd when that is closed, and the end of the VM follows the pointer.
 * No harm is done if the memslot goes first.
 */
static void delete_unbound_memslots(struct scenario_run *run)
{
	u32 id;

	if (!was_under_pressure(run) || !known_fault_expected(BINDING_LOST))
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
		memory_free(&run->memory[id]);
	mapping_model_free(run->model);
	attr_map_free(run->mmio_seen);
	scenario_free(&run->done);
	free(run->failure);
	free(run);
	setting_restore();
}

/* Fail unless two numbers that describe the end of a step are equal. */
static bool expect_number(struct scenario_run *run, u64 gpa, const char *what, u64 wanted, u64 got)
{
	char want_text[80], got_text[80];

	if (wanted == got)
		return true;

	snprintf(want_text, sizeof(want_text), "%s 0x%llx", what, (unsigned long long)wanted);
	snprintf(got_text, sizeof(got_text), "0x%llx", (unsigned long long)got);
	run_report(run, gpa, want_text, got_text);
	return false;
}

static bool expect_errno(struct scenario_run *run, u64 gpa, int wanted, int got)
{
	if (wanted == got)
		return true;

	run_report(run, gpa, wanted ? strerror(wanted) : "success",
		   got ? strerror(got) : "success");
	return false;
}

static bool leaves_agree(struct scenario_run *run)
{
	u64 leaves[NR_LEVELS];
	enum level level;

	vm_driver_leaves(run->vmd, leaves);
	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		if (leaves[level] != mapping_model_count(run->model, level))
			return false;
	}
	return true;
}

static void allocate(struct scenario_run *run, const struct step *step, struct run_memory *memory)
{
	if (step->backing == BACKING_GUEST_MEMFD) {
		memory->gmem_fd = vm_driver_create_gmem_only(run->vmd, step->size);
		backing_map_gmem(&memory->view, memory->gmem_fd, step->hva, step->size);
		return;
	}
	memory->gmem_fd = step->gmem ? vm_driver_create_gmem(run->vmd, step->size) : -1;
	if (run->placement)
		host_node_place(run->placement);
	backing_map(&memory->view, step->backing, step->hva, step->size);
	if (run->placement)
		host_node_place(PLACE_ANYWHERE);
}

/* What to do about 2M that the host maps in another way than the model thinks. */
typedef bool (*host_fn)(struct scenario_run *run, struct model_slot *slot, u64 gfn, bool huge);

static bool learn_host(struct scenario_run *run, struct model_slot *slot, u64 gfn, bool huge)
{
	scenario_model_host_changed(run->model, slot, gfn, huge);
	return true;
}

static bool refuse_host(struct scenario_run *run, struct model_slot *slot, u64 gfn, bool huge)
{
	run_report(run, gfn << GFN_SHIFT, huge ? "the host to map 4K" : "the host to map 2M",
		   huge ? "2M" : "4K");
	return false;
}

/* Compare what the model thinks that the host maps @slot with, with the host's page tables. */
static bool compare_host(struct scenario_run *run, struct model_slot *slot, host_fn on_difference)
{
	const struct backing_view *view = &run->memory[slot->id].view;
	size_t nr = view->mapped_size / level_bytes(LEVEL_2M);
	u64 gfn, end = slot->base_gfn + slot->npages;
	bool *huge = calloc(nr, sizeof(*huge));
	bool good;
	size_t i;

	TEST_ASSERT(huge, "out of memory");
	good = expect_errno(run, slot->base_gfn << GFN_SHIFT, 0,
			    host_huge_read(view->mapped, nr, huge));
	for (i = 0, gfn = slot->base_gfn; good && gfn < end; i++) {
		if (huge[i] != model_slot_host_huge(slot, gfn))
			good = on_difference(run, slot, gfn, huge[i]);
		gfn = model_slot_next_host(slot, gfn);
	}
	free(huge);
	return good;
}

static bool compare_hosts(struct scenario_run *run, host_fn on_difference)
{
	struct model_slot *slot;

	for (slot = run->model->slots; slot; slot = slot->next) {
		if (backing_kind_splits(slot->backing) && !compare_host(run, slot, on_difference))
			return false;
	}
	return true;
}

/* Compare the leaves that KVM has with those of the model. */
static bool expect_leaves(struct scenario_run *run, const struct step *step)
{
	if (leaves_agree(run))
		return true;

	run_report_leaves(run, step);
	return false;
}

static const struct step *last_step(const struct scenario_run *run)
{
	return &run->done.step[run->done.nr - 1];
}

/*
 * The step ended with errno @r.  Being refused for lack of memory is an answer, too, if an
 * allocation failed that the step may need; nothing has changed then.
 */
static bool expect_done(struct scenario_run *run, u64 gpa, int r)
{
	if (r == ENOMEM && pressure_was_felt() &&
	    scenario_model_takes_memory(run->model, last_step(run))) {
		run->refused = true;
		return true;
	}
	return expect_errno(run, gpa, 0, r);
}

/*
 * KVM_RUN was refused memory: whatever is mapped already is there, and nothing else.  There
 * is enough from here on, so that the access is made all the same.
 */
static bool no_memory(void *arg)
{
	struct scenario_run *run = arg;
	const struct step *step = last_step(run);

	if (!pressure_was_felt())
		return false;

	pressure_release();
	run->refused = true;
	if (!scenario_model_takes_memory(run->model, step))
		run_report(run, step->gpa, "success", strerror(ENOMEM));
	else if (!run->failure)
		expect_leaves(run, step);
	return true;
}

static bool run_memslot(struct scenario_run *run, const struct step *step)
{
	struct run_memory *memory = &run->memory[step->slot];
	int r;

	memory->size = step->size;
	allocate(run, step, memory);
	memory->hva = memory->view.base + step->hva;

	if (memory->gmem_fd == -ENOMEM)
		r = ENOMEM;
	else
		r = vm_driver_set_memslot(run->vmd, step->slot, step->gpa, step->size, memory->hva,
					  memory->gmem_fd, step->on);
	if (r)
		memory_free(memory);
	return expect_done(run, step->gpa, r);
}

static bool run_delete(struct scenario_run *run, const struct step *step)
{
	int r = vm_driver_set_memslot(run->vmd, step->slot, 0, 0, NULL, -1, false);

	if (!r)
		memory_free(&run->memory[step->slot]);
	return expect_done(run, 0, r);
}

/* Give memslot @slot another gpa or dirty logging. */
static bool change_memslot(struct scenario_run *run, const struct model_slot *slot, u64 gpa,
			   bool logged)
{
	struct run_memory *memory = &run->memory[slot->id];
	int r = vm_driver_set_memslot(run->vmd, slot->id, gpa, memory->size, memory->hva,
				      memory->gmem_fd, logged);

	return expect_done(run, gpa, r);
}

/* KVM may have zapped what it was about to move when it finds that there is no memory. */
static void follow_refused_move(struct scenario_run *run, const struct model_slot *slot)
{
	u64 end = slot->base_gfn + slot->npages;

	if (leaves_agree(run))
		return;
	if (run->model->traits.delete_zaps_all)
		mapping_model_zap(run->model, 0, SCENARIO_MAX_GPA >> GFN_SHIFT);
	else
		mapping_model_zap(run->model, slot->base_gfn, end);
}

/*
 * What the guest reads is not dirty where it may not write for now, and the host's memory may
 * be so after fork(): make all of it writable again.
 */
static bool make_host_memory_writable(struct scenario_run *run, const struct model_slot *slot)
{
	const struct run_memory *memory = &run->memory[slot->id];
	int r = madvise(memory->hva, memory->size, MADV_POPULATE_WRITE);

	return expect_errno(run, slot->base_gfn << GFN_SHIFT, 0, r ? errno : 0);
}

static bool run_move(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot(run->model, step->slot);
	bool good = change_memslot(run, slot, step->gpa, slot->logged);

	if (run->refused)
		follow_refused_move(run, slot);
	return good;
}

static bool run_log(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = mapping_model_slot(run->model, step->slot);

	return change_memslot(run, slot, slot->base_gfn << GFN_SHIFT, step->on) &&
	       make_host_memory_writable(run, slot);
}

static bool run_convert(struct scenario_run *run, const struct step *step)
{
	struct guest_request request = {
		.op = GUEST_CONVERT,
		.gpa = step->gpa,
		.npages = step->size >> GFN_SHIFT,
		.private = step->private,
	};
	int r;

	if (step->by_guest)
		r = vm_driver_guest(run->vmd, 0, &request, NULL);
	else
		r = vm_driver_convert(run->vmd, step->gpa, step->size, step->private);
	return expect_done(run, step->gpa, r);
}

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

	return expect_number(run, gfn << GFN_SHIFT, "shared memory to hold tag", wanted,
			     *(u64 *)scenario_run_hva(run, slot, gfn));
}

static void see_mmio(struct scenario_run *run, u64 gfn)
{
	attr_map_set(run->mmio_seen, gfn, gfn + 1, true);
}

/*
 * True if this is how the known fault STALE_MMIO shows itself: a private page that was
 * MMIO before is still, cannot be executed, or is said to be accessed as shared.
 */
static bool is_stale_mmio(const struct scenario_run *run, u64 gfn, const struct guest_access *got)
{
	return attr_map_is_private(run->model->attrs, gfn) &&
	       attr_map_is_private(run->mmio_seen, gfn) &&
	       (got->end == ACCESS_MMIO || got->end == ACCESS_INTERNAL_ERROR ||
		(got->end == ACCESS_MEMORY_FAULT && !got->flags)) &&
	       known_fault_expected(STALE_MMIO);
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
		return expect_number(run, gpa, "memory fault at gpa", gpa, got->gpa) &&
		       expect_number(run, gpa, "memory fault of size", GFN_BYTES, got->size) &&
		       expect_number(run, gpa, "memory fault with flags",
				     KVM_MEMORY_EXIT_FLAG_PRIVATE, got->flags);
	case ACCESS_MMIO:
		return expect_number(run, gpa, "MMIO at gpa", gpa, got->gpa) &&
		       expect_number(run, gpa, "MMIO of size", sizeof(u64), got->size) &&
		       expect_number(run, gpa, "MMIO write", access == ACCESS_WRITE, got->is_write);
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
	if (!expect_exit(run, gpa, access, end, got))
		return false;

	if (end == ACCESS_DONE && access == ACCESS_WRITE)
		mapping_model_set_tag(run->model, slot, gfn, tag);
	if (end == ACCESS_DONE && access == ACCESS_READ &&
	    !expect_number(run, gpa, "the guest to read tag",
			   mapping_model_tag(run->model, slot, gfn), got->value))
		return false;

	return !slot || expect_shared_tag(run, slot, gfn);
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

	for (i = 0; i < npages && !run->bare; i++) {
		if (!expect_access(run, gfn + i, access, request.tag + i, &result[i]))
			return false;
	}
	return true;
}

static bool run_touch(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	u64 end = gfn + (step->size >> GFN_SHIFT);
	/* Pages to be executed are private or shared, and prepared accordingly, one by one. */
	bool single = step->access == ACCESS_EXECUTE || pressure_is_asked();
	u64 batch = single ? 1 : GUEST_BATCH_PAGES;

	for (; gfn < end; gfn += batch) {
		if (!touch_batch(run, step->access, gfn, min(batch, end - gfn)))
			return false;
	}
	return !run->failure;
}

static bool run_prefault(struct scenario_run *run, const struct step *step)
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

	wanted = mapping_model_prefault(run->model, step->gpa >> GFN_SHIFT,
					size >> GFN_SHIFT, &wanted_stop);
	/* KVM has noted that there is nothing, for the guest to find. */
	if (r == ENOENT)
		see_mmio(run, stopped >> GFN_SHIFT);
	return expect_errno(run, step->gpa, wanted, r) &&
	       (!r || expect_number(run, step->gpa, "pre-faulting to stop at gpa",
				    wanted_stop << GFN_SHIFT, stopped));
}

static bool change_gmem(struct scenario_run *run, const struct step *step, int mode)
{
	const struct model_slot *slot = mapping_model_slot_at(run->model, step->gpa >> GFN_SHIFT);
	u64 offset = step->gpa - (slot->base_gfn << GFN_SHIFT);
	int r;

	pressure_begin();
	r = fallocate(run->memory[slot->id].gmem_fd, mode | FALLOC_FL_KEEP_SIZE, offset,
		      step->size);
	pressure_end();
	return expect_done(run, step->gpa, r ? errno : 0);
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

/*
 * Lost host memory comes back at once, so that guests never meet the host's zero page: also
 * around the range, where a hugepage that was split is lost from the host's page tables.
 */
static int populate_again(const struct run_memory *memory, void *hva, u64 size)
{
	u64 page = level_bytes(LEVEL_2M) - 1;
	void *start = hva, *end = hva + size;

	if (backing_kind_splits(memory->view.kind)) {
		start = (void *)((unsigned long)start & ~page);
		end = (void *)(((unsigned long)end + page) & ~page);
	}
	return madvise(start, end - start, MADV_POPULATE_WRITE);
}

static bool change_backing(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	const struct run_memory *memory = &run->memory[slot->id];
	void *hva = scenario_run_hva(run, slot, gfn);
	int r;

	if (step->op == STEP_DONTNEED)
		r = madvise(hva, step->size, MADV_DONTNEED);
	else
		r = punch_backing(&memory->view, hva, step->size);
	if (!r)
		r = populate_again(memory, hva, step->size);
	return expect_errno(run, step->gpa, 0, r ? errno : 0);
}

/*
 * After fork() the host maps anonymous memory read-only until it is written.  That matters where
 * a leaf that is mapped anew can change: while it is logged, and if it may be huge by then.
 */
static bool cares_for_writes(const struct model_slot *slot)
{
	return slot->logged || (backing_kind_is_anonymous(slot->backing) &&
				backing_kind_level(slot->backing) > LEVEL_4K);
}

static bool run_fork(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	u64 *hva = scenario_run_hva(run, slot, gfn);
	u64 tag = run->next_tag++;
	pid_t child = fork();

	if (!child) {
		*hva = tag;
		_exit(0);
	}
	TEST_ASSERT(child > 0 && waitpid(child, NULL, 0) == child, "Cannot fork");

	if (!run->bare)
		scenario_model_fork(run->model, gfn, tag);

	for (slot = run->model->slots; slot; slot = slot->next) {
		if (cares_for_writes(slot) && !make_host_memory_writable(run, slot))
			return false;
	}
	return true;
}

static bool run_protect(struct scenario_run *run, const struct step *step)
{
	return expect_errno(run, 0, 0, vm_driver_manual_protect(run->vmd, step->protect));
}

static bool test_bit(const u64 *bitmap, u64 nr)
{
	return bitmap[nr / 64] >> nr % 64 & 1;
}

/* A bit for each page of @slot, none set. */
static u64 *alloc_bitmap(const struct model_slot *slot)
{
	u64 *bitmap = calloc((slot->npages + 63) / 64, sizeof(*bitmap));

	TEST_ASSERT(bitmap, "out of memory");
	return bitmap;
}

static bool expect_bitmap(struct scenario_run *run, const struct model_slot *slot,
			  const u64 *bitmap)
{
	u64 page;

	for (page = 0; page < slot->npages; page++) {
		u64 gfn = slot->base_gfn + page;

		if (!expect_number(run, gfn << GFN_SHIFT, "dirty bit",
				   mapping_model_is_dirty(slot, gfn), test_bit(bitmap, page)))
			return false;
	}
	return true;
}

/* Get the dirty log of @slot, and compare it. */
static bool expect_log(struct scenario_run *run, const struct model_slot *slot)
{
	u64 *bitmap = alloc_bitmap(slot);
	int r = vm_driver_get_log(run->vmd, slot->id, bitmap);
	bool good = expect_errno(run, slot->base_gfn << GFN_SHIFT, 0, r) &&
		    (run->bare || expect_bitmap(run, slot, bitmap));

	free(bitmap);
	return good;
}

static bool run_dirty(struct scenario_run *run, const struct step *step)
{
	return expect_log(run, mapping_model_slot(run->model, step->slot));
}

/* Getting a log that is cleared by hand changes nothing, so it is done after every step. */
static bool expect_logs(struct scenario_run *run)
{
	const struct model_slot *slot;

	for (slot = run->model->slots; slot; slot = slot->next) {
		if (slot->logged && run->model->protect != PROTECT_AUTOMATIC &&
		    !expect_log(run, slot))
			return false;
	}
	return true;
}

/* KVM takes whole words of the bitmap, but only clears what is set in them. Returns the errno. */
static int clear_pages(struct scenario_run *run, const struct model_slot *slot, u64 page, u64 end)
{
	u64 first = page & ~63ull;
	u64 npages = min((end + 63) & ~(u64)63, slot->npages) - first;
	u64 *bitmap = alloc_bitmap(slot);
	int r;

	for (; page < end; page++)
		bitmap[page / 64] |= 1ull << page % 64;
	r = vm_driver_clear_log(run->vmd, slot->id, first, npages, bitmap + first / 64);
	free(bitmap);
	return r;
}

static bool any_dirty(const struct model_slot *slot, u64 page, u64 end)
{
	for (; page < end; page++) {
		if (mapping_model_is_dirty(slot, slot->base_gfn + page))
			return true;
	}
	return false;
}

/*
 * Of @slot's pages [@page, @end), which are to be cleared at once, the first that would stay
 * writable by the known fault CLEARED_PAGE_STAYS_WRITABLE; @end if there is none.
 */
static u64 stays_writable(const struct scenario_run *run, const struct model_slot *slot,
			  u64 page, u64 end)
{
	u64 start = page;

	if (run->model->protect != PROTECT_INITIALLY_SET ||
	    !known_fault_expected(CLEARED_PAGE_STAYS_WRITABLE))
		return end;

	for (page++; page < end; page++) {
		u64 gfn = slot->base_gfn + page;
		u64 word = page & ~63ull;

		if (gfn == level_round(gfn, LEVEL_2M) &&
		    mapping_model_leaf(run->model, gfn) == LEVEL_2M &&
		    any_dirty(slot, max(start, word), page) && any_dirty(slot, page, page + 1) &&
		    !any_dirty(slot, page + 1, min(end, word + 64)))
			break;
	}
	return page;
}

/* Where the known fault would show, each hugepage is cleared by a call of its own. */
static bool run_clear(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	u64 page = gfn - slot->base_gfn;
	u64 end = page + (step->size >> GFN_SHIFT);
	u64 next;
	int r = 0;

	for (; page < end && !r; page = next) {
		next = run->tolerant ? stays_writable(run, slot, page, end) : end;
		run->nr_tolerated += next < end;
		r = clear_pages(run, slot, page, next);
	}
	return expect_errno(run, step->gpa, 0, r);
}

static bool change_setting(struct scenario_run *run, const char *path, const char *value)
{
	return expect_errno(run, 0, 0, setting_change_for_now(path, value));
}

static bool run_eager_split(struct scenario_run *run, const struct step *step)
{
	return change_setting(run, EAGER_SPLIT_SETTING, step->on ? "Y" : "N");
}

/* Recovery is switched off, to be called for by its own step only. */
static bool run_nx_hugepages(struct scenario_run *run, const struct step *step)
{
	if (!change_setting(run, NX_RECOVERY_RATIO_SETTING, "0") ||
	    !change_setting(run, NX_SETTING, step->on ? "force" : "off"))
		return false;

	if (run->model->nx_hugepages != step->on)
		vm_driver_nx_changed(run->vmd);
	return true;
}

/* Let KVM's thread recover all, i.e. 1/1 of what it tracks, and give it the time. */
static bool run_nx_recover(struct scenario_run *run)
{
	unsigned int wait, limit = slow_machine_seconds(NX_RECOVERY_SECONDS) * 1000;

	if (!change_setting(run, NX_RECOVERY_PERIOD_SETTING, "1") ||
	    !change_setting(run, NX_RECOVERY_RATIO_SETTING, "1"))
		return false;

	mapping_model_recover_nx(run->model);
	for (wait = 0; wait < limit; wait++) {
		if (!vm_driver_nx_splits(run->vmd) && (run->bare || leaves_agree(run)))
			break;
		usleep(1000);
	}
	vm_driver_wait_for_recovery(run->vmd);
	return change_setting(run, NX_RECOVERY_RATIO_SETTING, "0");
}

static bool expect_nx_splits(struct scenario_run *run, const struct step *step)
{
	return expect_number(run, step->gpa, "nx_lpage_splits",
			     page_tables_nr_tracked(run->model->tables),
			     vm_driver_nx_splits(run->vmd));
}

static bool run_split(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	void *hva = scenario_run_hva(run, slot, gfn);
	int r = host_huge_split(hva, step->size, step->split);

	if (!r && populate_again(&run->memory[slot->id], hva, step->size))
		r = errno;
	return expect_errno(run, step->gpa, 0, r);
}

/*
 * A collapse may fail for reasons of the host's own, and it is not known then what has been
 * announced.  So announce all of it, and let the model learn from the page tables what is
 * huge.
 */
static bool run_collapse(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step->gpa >> GFN_SHIFT;
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	void *hva = scenario_run_hva(run, slot, gfn);
	int r = host_huge_collapse(hva, step->size);

	if (!r) {
		scenario_model_collapse(run->model, gfn, step->size >> GFN_SHIFT);
		return true;
	}
	if (r != EAGAIN && r != EBUSY && r != ENOMEM)
		return expect_errno(run, step->gpa, 0, r);

	r = host_huge_announce(hva, step->size);
	if (!r && populate_again(&run->memory[slot->id], hva, step->size))
		r = errno;
	mapping_model_zap(run->model, gfn, gfn + (step->size >> GFN_SHIFT));
	return expect_errno(run, step->gpa, 0, r) && compare_hosts(run, learn_host);
}

static bool run_place(struct scenario_run *run, const struct step *step)
{
	run->placement = step->placement;
	return true;
}

static bool expect_quiet_log(struct scenario_run *run, const struct step *step)
{
	char complaint[256];

	if (!kernel_log_complains(run->tolerant, complaint, sizeof(complaint)))
		return true;

	run_report(run, step->gpa, "nothing in the kernel log", complaint);
	return false;
}

static bool carry_out(struct scenario_run *run, const struct step *step)
{
	switch (step->op) {
	case STEP_MEMSLOT:
		return run_memslot(run, step);
	case STEP_DELETE:
		return run_delete(run, step);
	case STEP_MOVE:
		return run_move(run, step);
	case STEP_CONVERT:
		return run_convert(run, step);
	case STEP_TOUCH:
		return run_touch(run, step);
	case STEP_PREFAULT:
		return run_prefault(run, step);
	case STEP_PUNCH:
		return change_gmem(run, step, FALLOC_FL_PUNCH_HOLE);
	case STEP_ALLOCATE:
		return change_gmem(run, step, 0);
	case STEP_LOG:
		return run_log(run, step);
	case STEP_DONTNEED:
	case STEP_DISCARD:
		return change_backing(run, step);
	case STEP_FORK:
		return run_fork(run, step);
	case STEP_PROTECT:
		return run_protect(run, step);
	case STEP_DIRTY:
		return run_dirty(run, step);
	case STEP_CLEAR:
		return run_clear(run, step);
	case STEP_EAGER_SPLIT:
		return run_eager_split(run, step);
	case STEP_NX_HUGEPAGES:
		return run_nx_hugepages(run, step);
	case STEP_NX_RECOVER:
		return run_nx_recover(run);
	case STEP_SPLIT:
		return run_split(run, step);
	case STEP_COLLAPSE:
		return run_collapse(run, step);
	case STEP_PLACE:
		return run_place(run, step);
	case STEP_MIGRATE:
		return run_nodes_migrate(run, step);
	case STEP_EVACUATE:
		return run_nodes_evacuate(run, step);
	default:
		TEST_FAIL("No such step: %d", step->op);
	}
	return false;
}

/* Steps during which the model follows page by page; all others it takes whole. */
static bool follows_model(enum step_op op)
{
	return op == STEP_TOUCH || op == STEP_PREFAULT || op == STEP_FORK ||
	       op == STEP_NX_RECOVER || op == STEP_COLLAPSE || op == STEP_MIGRATE ||
	       op == STEP_EVACUATE;
}

/* New memory may lack hugepages: whether there are enough is up to the host. */
static bool expect_host(struct scenario_run *run, const struct step *step)
{
	const struct model_slot *slot = NULL;

	if (step->op == STEP_MEMSLOT && !run->refused)
		slot = mapping_model_slot(run->model, step->slot);
	return compare_hosts(run, step->op == STEP_MEMSLOT ? learn_host : refuse_host) &&
	       (!slot || run_nodes_expect_placed(run, slot));
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
	if (!compare_hosts(run, learn_host) || !carry_out_under_pressure(run, step))
		return false;

	if (!follows_model(step->op) && !run->refused)
		scenario_model_step(run->model, step);
	return expect_host(run, step) && expect_leaves(run, step) &&
	       expect_nx_splits(run, step) && expect_logs(run) && expect_quiet_log(run, step);
}

bool scenario_run_bare(struct scenario_run *run, const struct step *step)
{
	run->bare = true;
	return carry_out(run, step);
}

/*
 * Zap the leaves of a memslot from below, where KVM cannot see what is mixed.  Memory that
 * would not come back as it is stays in place.
 */
static bool zap_from_below(struct scenario_run *run, struct model_slot *slot)
{
	struct run_memory *memory = &run->memory[slot->id];
	struct backing_view *view = &memory->view;
	int r;

	if (backing_kind_splits(slot->backing) || backing_kind_is_anonymous(slot->backing))
		r = host_huge_announce(view->mapped, view->mapped_size);
	else
		r = madvise(view->mapped, view->mapped_size, MADV_DONTNEED);
	if (!r)
		r = madvise(memory->hva, memory->size, MADV_POPULATE_WRITE);
	mapping_model_zap(run->model, slot->base_gfn, slot->base_gfn + slot->npages);
	return expect_errno(run, slot->base_gfn << GFN_SHIFT, 0, r ? errno : 0);
}

/*
 * The end of the run of pages from @gfn on that tell something, or do not, like @gfn
 * itself: a private page whose guest_memfd has small pages only is always mapped 4K.
 */
static u64 run_end(const struct scenario_run *run, const struct model_slot *slot, u64 gfn,
		   bool *tells)
{
	const struct mapping_model *model = run->model;
	u64 end = slot->base_gfn + slot->npages;
	bool private = attr_map_is_private(model->attrs, gfn);

	*tells = !private || (slot->gmem && model->traits.gmem_level > LEVEL_4K);
	return attr_map_find(model->attrs, gfn, end, !private);
}

static bool map_slot(struct scenario_run *run, const struct model_slot *slot)
{
	u64 end = slot->base_gfn + slot->npages;
	u64 gfn, next;
	bool tells;

	for (gfn = slot->base_gfn; gfn < end; gfn = next) {
		struct step step = {
			.op = vm_driver_has_prefault() ? STEP_PREFAULT : STEP_TOUCH,
			.gpa = gfn << GFN_SHIFT,
		};

		next = run_end(run, slot, gfn, &tells);
		step.size = (next - gfn) << GFN_SHIFT;
		if (tells && !scenario_run_step(run, &step))
			return false;
	}
	return true;
}

bool scenario_run_read_out(struct scenario_run *run)
{
	struct model_slot *slot;

	for (slot = run->model->slots; slot; slot = slot->next) {
		/* Small pages only, which the host has no way to. */
		if (model_slot_is_gmem_only(slot) && run->model->traits.gmem_level == LEVEL_4K)
			continue;
		if (!zap_from_below(run, slot) || !map_slot(run, slot))
			return false;
	}
	return true;
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

static bool changes_levels(enum step_op op)
{
	return op == STEP_MEMSLOT || op == STEP_DELETE || op == STEP_MOVE || op == STEP_CONVERT;
}

char *scenario_run_all(const struct scenario *scenario, const char *name,
		       const struct kernel_traits *traits, bool read_out)
{
	struct scenario_run *run = scenario_run_start(name, traits);
	char *failure;
	size_t i;

	for (i = 0; i < scenario->nr; i++) {
		const struct step *step = &scenario->step[i];

		if (!scenario_run_step(run, step))
			break;
		if (read_out && changes_levels(step->op) && !scenario_run_read_out(run))
			break;
	}
	failure = scenario_run_end(run);
	scenario_run_free(run);
	return failure;
}
