// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/falloc.h>
#include <linux/kernel.h>
#include <linux/kvm.h>

#include "test_util.h"

#include "kvm/kernel_log.h"
#include "kvm/known_fault.h"
#include "kvm/vm_driver.h"
#include "model/owned_page.h"
#include "run/contention.h"
#include "run/scenario_run.h"

#define BASE_GFN	(16ull << (30 - GFN_SHIFT))

/* What is fought over: eight 2M from BASE_GFN on. */
#define NR_CHUNKS	8
#define CHUNK_PAGES	512
#define NR_PAGES	(NR_CHUNKS * CHUNK_PAGES)
#define MAX_SLOTS	2

/* Most chunks are shared out in runs of so many pages; one of four is owned as a whole. */
#define RUN_PAGES	64
#define MAX_RUNS	(NR_CHUNKS * CHUNK_PAGES / RUN_PAGES)

/* The host is an owner like the vCPUs; it has the first run. */
#define HOST		VM_DRIVER_MAX_VCPUS
#define NR_OWNERS	(VM_DRIVER_MAX_VCPUS + 1)

/* Pages without a memslot that some of the host's conversions take first: they last longer. */
#define DETOUR_PAGES	4096

/* One that is read, or pre-faulted, at a time. */
#define LOOK_PAGES	64

/* Rounds of vCPUs for each thing that the host does. */
#define PACE		3

struct run_of_pages {
	u64 page;
	u64 npages;
	unsigned int owner;
};

struct fight {
	const struct contention *what;
	struct scenario_run *run;
	struct scenario_run *other;	/* the bystander's */
	unsigned int nr_slots;
	struct run_of_pages runs[MAX_RUNS];
	unsigned int nr_runs;
	struct owned_page page[NR_PAGES];
	u64 slot_version[MAX_SLOTS];	/* odd while that memslot is away */
	u64 generation;

	pthread_rwlock_t replacing;	/* written while a memslot is away: convert_pages() */
	pthread_mutex_t lock;
	pthread_cond_t progress;
	u64 rounds_done;
	unsigned int vcpus_running;
	char *failure;
	bool stop;
};

/* One thread. */
struct fighter {
	struct fight *fight;
	unsigned int owner;
	u64 random;
	pthread_t thread;
	u64 slot_view[MAX_SLOTS];
	struct owned_page_view view[CHUNK_PAGES];
	struct guest_access result[CHUNK_PAGES];
};

static u64 next_random(struct fighter *fighter, u64 below)
{
	fighter->random ^= fighter->random << 13;
	fighter->random ^= fighter->random >> 7;
	fighter->random ^= fighter->random << 17;
	return (fighter->random >> 16) % below;
}

static u64 new_generation(struct fight *fight)
{
	return __atomic_add_fetch(&fight->generation, 1, __ATOMIC_SEQ_CST);
}

static u64 page_gpa(u64 page)
{
	return (BASE_GFN + page) << GFN_SHIFT;
}

static unsigned int slot_of(const struct fight *fight, u64 page)
{
	return page * fight->nr_slots / NR_PAGES;
}

/* Where memslot number @slot begins, in pages from the first. */
static u64 slot_page(const struct fight *fight, unsigned int slot)
{
	return (u64)slot * NR_PAGES / fight->nr_slots;
}

static u64 slot_bytes(const struct fight *fight)
{
	if (fight->what->backing == BACKING_HUGETLB_1GB)
		return level_bytes(LEVEL_1G);

	return (u64)NR_PAGES / fight->nr_slots << GFN_SHIFT;
}

static struct run_memory *memory_of(struct scenario_run *run, unsigned int slot)
{
	return &run->memory[slot + 1];
}

static u64 *hva_of(struct fight *fight, u64 page)
{
	unsigned int slot = slot_of(fight, page);

	return memory_of(fight->run, slot)->hva + ((page - slot_page(fight, slot)) << GFN_SHIFT);
}

static bool stopped(struct fight *fight)
{
	return __atomic_load_n(&fight->stop, __ATOMIC_SEQ_CST);
}

/*
 * The text is "Wanted <x>, got <y>"; place and case go in between.  The first failure counts:
 * what others see after it may be its consequence.
 */
static void __printf(3, 4) fail(struct fight *fight, u64 page, const char *fmt, ...)
{
	char text[256];
	va_list args;
	int wanted;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	wanted = strstr(text, ", got ") - text;

	pthread_mutex_lock(&fight->lock);
	if (!fight->failure &&
	    asprintf(&fight->failure, "%.*s at gpa 0x%llx (%s, seed %llu)%s", wanted, text,
		     (unsigned long long)page_gpa(page), fight->what->name,
		     (unsigned long long)fight->what->seed, text + wanted) < 0)
		fight->failure = strdup("out of memory");
	pthread_mutex_unlock(&fight->lock);
	__atomic_store_n(&fight->stop, true, __ATOMIC_SEQ_CST);
}

static void share_out(struct fight *fight)
{
	unsigned int nr_vcpus = fight->what->nr_vcpus;
	unsigned int turn = 0;
	u64 page = 0;

	while (page < NR_PAGES) {
		u64 chunk = page / CHUNK_PAGES;
		bool whole = chunk % 4 == 3;
		struct run_of_pages *run = &fight->runs[fight->nr_runs++];

		run->page = page;
		run->npages = whole ? CHUNK_PAGES : RUN_PAGES;
		if (whole)
			run->owner = chunk / 4 % nr_vcpus;
		else
			run->owner = turn % (nr_vcpus + 1) ? turn % (nr_vcpus + 1) - 1 : HOST;
		turn += !whole;
		page += run->npages;
	}
}

/* A run of the fighter's own. */
static const struct run_of_pages *choose_run(struct fighter *fighter)
{
	struct fight *fight = fighter->fight;
	unsigned int i = next_random(fighter, fight->nr_runs);

	while (fight->runs[i].owner != fighter->owner)
		i = (i + 1) % fight->nr_runs;
	return &fight->runs[i];
}

/* All of it, or a part. */
static struct run_of_pages choose_pages(struct fighter *fighter)
{
	struct run_of_pages pages = *choose_run(fighter);
	u64 skip;

	if (next_random(fighter, 2))
		return pages;

	skip = next_random(fighter, pages.npages);
	pages.page += skip;
	pages.npages = 1 + next_random(fighter, pages.npages - skip);
	return pages;
}

static void begin(struct fight *fight, const struct run_of_pages *pages)
{
	u64 i;

	for (i = 0; i < pages->npages; i++)
		owned_page_begin(&fight->page[pages->page + i]);
}

static void end(struct fight *fight, const struct run_of_pages *pages)
{
	u64 i;

	for (i = 0; i < pages->npages; i++)
		owned_page_end(&fight->page[pages->page + i]);
}

static void look(struct fighter *fighter, u64 page, u64 npages)
{
	struct fight *fight = fighter->fight;
	unsigned int slot;
	u64 i;

	for (slot = 0; slot < fight->nr_slots; slot++)
		fighter->slot_view[slot] = __atomic_load_n(&fight->slot_version[slot],
							   __ATOMIC_SEQ_CST);
	for (i = 0; i < npages; i++)
		owned_page_look(&fight->page[page + i], &fighter->view[i]);
}

/* True if the memslot of @page was there all the time since the last look(). */
static bool slot_was_there(struct fighter *fighter, u64 page)
{
	unsigned int slot = slot_of(fighter->fight, page);

	return !(fighter->slot_view[slot] & 1) &&
	       __atomic_load_n(&fighter->fight->slot_version[slot], __ATOMIC_SEQ_CST) ==
	       fighter->slot_view[slot];
}

/* How the known fault STALE_MMIO shows: see is_stale_mmio() in lib/run/scenario_run.c. */
static bool may_be_stale_mmio(const struct fight *fight, enum page_side side, bool still,
			      const struct guest_access *got)
{
	return fight->what->memslots && known_fault_expected(STALE_MMIO) &&
	       (side == SIDE_PRIVATE || !still) && got->end == ACCESS_MEMORY_FAULT && !got->flags;
}

/*
 * May an access to @page, which was on @side when it began, and @still is, have ended as it
 * did?
 */
static bool may_end(struct fighter *fighter, u64 page, enum page_side side, bool still,
		    const struct guest_access *got)
{
	bool was_there = slot_was_there(fighter, page);

	if (got->end == ACCESS_DONE)
		return true;
	if (got->gpa != page_gpa(page))
		return false;
	if (may_be_stale_mmio(fighter->fight, side, still, got))
		return true;
	if (got->end == ACCESS_MMIO)
		return !was_there && (!still || side == SIDE_SHARED);
	if (got->end != ACCESS_MEMORY_FAULT || got->size != GFN_BYTES)
		return false;

	return !still || (!was_there && side == SIDE_PRIVATE &&
			  got->flags == KVM_MEMORY_EXIT_FLAG_PRIVATE);
}

static bool expect_end(struct fighter *fighter, u64 page, enum page_side side, bool still,
		       const struct guest_access *got)
{
	if (may_end(fighter, page, side, still, got))
		return true;

	fail(fighter->fight, page, "Wanted no exit of a %s page%s, got end %d, flags 0x%llx",
	     side == SIDE_PRIVATE ? "private" : "shared", still ? "" : " that changes",
	     got->end, (unsigned long long)got->flags);
	return false;
}

static bool expect_read(struct fighter *fighter, u64 page, const struct owned_page_view *view,
			const struct guest_access *got)
{
	const struct owned_page *owned = &fighter->fight->page[page];
	bool still = owned_page_is_still(owned, view);

	if (!expect_end(fighter, page, view->side, still, got))
		return false;
	if (got->end != ACCESS_DONE || owned_page_may_read(owned, page, view, got->value))
		return true;

	fail(fighter->fight, page, "Wanted the guest to read 0x%llx%s, got 0x%llx",
	     (unsigned long long)view->content, still ? "" : " or what it was changed to",
	     (unsigned long long)got->value);
	return false;
}

/* Let vCPU @vcpu access @npages at once; results and views are the fighter's. */
static void access_pages(struct fighter *fighter, unsigned int vcpu, enum access access, u64 page,
			 u64 npages, u64 tag)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = access,
		.gpa = page_gpa(page),
		.npages = npages,
		.tag = tag,
	};

	look(fighter, page, npages);
	vm_driver_guest(fighter->fight->run->vmd, vcpu, &request, fighter->result);
}

static bool read_pages(struct fighter *fighter, unsigned int vcpu, u64 page, u64 npages)
{
	u64 i;

	access_pages(fighter, vcpu, ACCESS_READ, page, npages, 0);
	for (i = 0; i < npages; i++) {
		if (!expect_read(fighter, page + i, &fighter->view[i], &fighter->result[i]))
			return false;
	}
	return true;
}

/* Those of @pages from the first on that are on the same side. */
static struct run_of_pages same_side(const struct fight *fight, struct run_of_pages pages)
{
	u64 i;

	for (i = 1; i < pages.npages; i++) {
		if (fight->page[pages.page + i].side != fight->page[pages.page].side)
			break;
	}
	pages.npages = i;
	return pages;
}

/* Write to @pages, which are all on one side; what misses its memslot is lost. */
static bool write_pages(struct fighter *fighter, const struct run_of_pages *pages)
{
	struct fight *fight = fighter->fight;
	enum page_side side = fight->page[pages->page].side;
	u64 generation = new_generation(fight);
	u64 tag = owned_page_tag(pages->page, side, generation);
	bool right = true;
	u64 i;

	begin(fight, pages);
	access_pages(fighter, fighter->owner, ACCESS_WRITE, pages->page, pages->npages, tag);
	for (i = 0; i < pages->npages && right; i++) {
		const struct guest_access *got = &fighter->result[i];

		/* Nobody but the owner changes a page, so that it stays what it is. */
		right = expect_end(fighter, pages->page + i, side, true, got);
		if (got->end == ACCESS_DONE)
			owned_page_set(&fight->page[pages->page + i], side, tag + i, generation);
	}
	end(fight, pages);
	return right;
}

/* By the guest's hypercall, or by the host itself; @detour: pages before, in no memslot. */
static int set_attributes(struct fighter *fighter, const struct run_of_pages *pages,
			  enum page_side side, u64 detour)
{
	const struct guest_request request = {
		.op = GUEST_CONVERT,
		.gpa = page_gpa(pages->page),
		.npages = pages->npages,
		.private = side == SIDE_PRIVATE,
	};
	struct vm_driver *vmd = fighter->fight->run->vmd;

	if (fighter->owner != HOST && next_random(fighter, 2))
		return vm_driver_guest(vmd, fighter->owner, &request, NULL);

	return vm_driver_convert(vmd, request.gpa - (detour << GFN_SHIFT),
				 (request.npages + detour) << GFN_SHIFT, request.private);
}

static int convert_to(struct fighter *fighter, const struct run_of_pages *pages,
		      enum page_side side, u64 detour)
{
	struct fight *fight = fighter->fight;
	int r;
	u64 i;

	begin(fight, pages);
	r = set_attributes(fighter, pages, side, detour);
	for (i = 0; i < pages->npages; i++)
		__atomic_store_n(&fight->page[pages->page + i].side, side, __ATOMIC_SEQ_CST);
	end(fight, pages);
	return r;
}

/*
 * With the known fault STALE_MMIO, a write to a page that was made private while it had no
 * memslot may be emulated, and lands in shared memory if the memslot comes back just then.
 * So there no page is made private as long as a memslot is away.
 */
static bool convert_pages(struct fighter *fighter, const struct run_of_pages *pages, u64 detour)
{
	struct fight *fight = fighter->fight;
	/* Most of the time all of a hugepage should be shared: then it may be one leaf. */
	enum page_side side = next_random(fighter, 3) ? SIDE_SHARED : SIDE_PRIVATE;
	bool waits = side == SIDE_PRIVATE && known_fault_expected(STALE_MMIO);
	int r;

	if (waits && pthread_rwlock_tryrdlock(&fight->replacing)) {
		side = SIDE_SHARED;
		waits = false;
	}
	r = convert_to(fighter, pages, side, detour);
	if (waits)
		pthread_rwlock_unlock(&fight->replacing);
	if (!r)
		return true;

	fail(fight, pages->page, "Wanted to convert %llu pages, got %s",
	     (unsigned long long)pages->npages, strerror(r));
	return false;
}

static bool punch_pages(struct fighter *fighter, const struct run_of_pages *pages)
{
	struct fight *fight = fighter->fight;
	unsigned int slot = slot_of(fight, pages->page);
	u64 generation, i;
	int r;

	begin(fight, pages);
	r = fallocate(memory_of(fight->run, slot)->gmem_fd,
		      FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      (pages->page - slot_page(fight, slot)) << GFN_SHIFT,
		      pages->npages << GFN_SHIFT);
	generation = new_generation(fight);
	for (i = 0; i < pages->npages; i++)
		owned_page_set(&fight->page[pages->page + i], SIDE_PRIVATE, 0, generation);
	end(fight, pages);
	if (!r)
		return true;

	fail(fight, pages->page, "Wanted a hole of %llu pages, got %s",
	     (unsigned long long)pages->npages, strerror(errno));
	return false;
}

/* Known to hang where it meets the deletion of its memslot. */
static bool may_prefault(const struct fight *fight)
{
	return vm_driver_has_prefault() &&
	       !(fight->what->memslots && known_fault_expected(PREFAULT_HANGS));
}

/*
 * KVM_PRE_FAULT_MEMORY settles the kind of the access before it takes note of invalidations
 * as well (kvm_arch_vcpu_pre_fault_memory()): EFAULT if that is wrong by then.
 */
static bool prefault_pages(struct fighter *fighter, u64 page, u64 npages)
{
	struct fight *fight = fighter->fight;
	bool still = true;
	u64 stopped, i;
	int r;

	look(fighter, page, npages);
	r = vm_driver_prefault_by(fight->run->vmd, fighter->owner, page_gpa(page),
				  npages << GFN_SHIFT, &stopped);
	i = (stopped >> GFN_SHIFT) - BASE_GFN - page;
	if (i < npages) {
		still = owned_page_is_still(&fight->page[page + i], &fighter->view[i]);
		if (!slot_was_there(fighter, page + i) &&
		    (r == ENOENT || r == EAGAIN || r == EFAULT))
			return true;
	}
	if (!r || (r == EFAULT && !still))
		return true;

	fail(fight, page + i, "Wanted to pre-fault a page%s, got %s",
	     still ? "" : " that changes", strerror(r));
	return false;
}

static bool vcpu_round(struct fighter *fighter)
{
	struct fight *fight = fighter->fight;
	struct run_of_pages pages = choose_pages(fighter);
	u64 page = next_random(fighter, NR_PAGES - LOOK_PAGES);

	switch (next_random(fighter, 8)) {
	case 0:
	case 1:
		return convert_pages(fighter, &pages, 0) && write_pages(fighter, &pages) &&
		       read_pages(fighter, fighter->owner, pages.page, pages.npages);
	case 2:
		pages = same_side(fight, pages);
		return write_pages(fighter, &pages);
	case 3:
		return punch_pages(fighter, &pages) &&
		       read_pages(fighter, fighter->owner, pages.page, pages.npages);
	case 4:
		if (may_prefault(fight))
			return prefault_pages(fighter, page, LOOK_PAGES);
		fallthrough;
	default:
		return read_pages(fighter, fighter->owner, page, LOOK_PAGES);
	}
}

/* A round of a vCPU is over, and with @last all of them are. */
static void note_progress(struct fight *fight, bool last)
{
	pthread_mutex_lock(&fight->lock);
	fight->rounds_done++;
	if (last)
		fight->vcpus_running--;
	pthread_cond_broadcast(&fight->progress);
	pthread_mutex_unlock(&fight->lock);
}

/* Wait for the vCPUs to have done @rounds. Returns false when they have all ended. */
static bool wait_for_rounds(struct fight *fight, u64 rounds)
{
	bool running;

	pthread_mutex_lock(&fight->lock);
	while (fight->vcpus_running && fight->rounds_done < rounds)
		pthread_cond_wait(&fight->progress, &fight->lock);
	running = fight->vcpus_running;
	pthread_mutex_unlock(&fight->lock);
	return running;
}

static void *run_vcpu(void *arg)
{
	struct fighter *fighter = arg;
	struct fight *fight = fighter->fight;
	unsigned int i;

	for (i = 1; i < fight->what->rounds && !stopped(fight) && vcpu_round(fighter); i++)
		note_progress(fight, false);
	note_progress(fight, true);
	return NULL;
}

/* Shared memory never holds what a guest wrote to a private page. */
static bool check_shared_memory(struct fighter *fighter)
{
	struct fight *fight = fighter->fight;
	u64 page;

	for (page = 0; page < NR_PAGES; page++) {
		u64 got;

		look(fighter, page, 1);
		got = READ_ONCE(*hva_of(fight, page));
		if (owned_page_may_be_shared(page, &fighter->view[0], got))
			continue;

		fail(fight, page, "Wanted shared memory to hold what was written there, got 0x%llx",
		     (unsigned long long)got);
		return false;
	}
	return true;
}

/* Take a hugepage of host memory away from under the guest; it comes back when touched. */
static bool drop_host_memory(struct fighter *fighter)
{
	struct fight *fight = fighter->fight;
	u64 size = level_bytes(backing_kind_level(fight->what->backing));
	u64 *hva = hva_of(fight, next_random(fighter, NR_CHUNKS) * CHUNK_PAGES);

	if (!madvise((void *)((unsigned long)hva & ~(size - 1)), size, MADV_DONTNEED))
		return true;

	fail(fight, 0, "Wanted host memory to be dropped, got %s", strerror(errno));
	return false;
}

static bool set_last_slot(struct fight *fight, u64 size)
{
	unsigned int slot = fight->nr_slots - 1;
	struct run_memory *memory = memory_of(fight->run, slot);
	u64 page = slot_page(fight, slot);
	int r = vm_driver_set_memslot(fight->run->vmd, slot + 1, page_gpa(page), size,
				      memory->hva, size ? memory->gmem_fd : -1, false);

	if (!r)
		return true;

	fail(fight, page, "Wanted a change of memslots, got %s", strerror(r));
	return false;
}

/* Delete a memslot, let the vCPUs go on, and bring it back. */
static bool replace_memslot(struct fighter *fighter, u64 rounds)
{
	struct fight *fight = fighter->fight;
	u64 *version = &fight->slot_version[fight->nr_slots - 1];
	bool right;

	pthread_rwlock_wrlock(&fight->replacing);
	__atomic_add_fetch(version, 1, __ATOMIC_SEQ_CST);
	right = set_last_slot(fight, 0);
	if (right) {
		wait_for_rounds(fight, rounds);
		right = set_last_slot(fight, slot_bytes(fight));
	}
	__atomic_add_fetch(version, 1, __ATOMIC_SEQ_CST);
	pthread_rwlock_unlock(&fight->replacing);
	return right;
}

static bool host_round(struct fighter *fighter, u64 rounds)
{
	struct run_of_pages pages = choose_pages(fighter);

	if (fighter->fight->what->memslots && next_random(fighter, 2))
		return replace_memslot(fighter, rounds + 1);

	switch (next_random(fighter, 6)) {
	case 0:
	case 1:
		return drop_host_memory(fighter);
	case 2:
		return punch_pages(fighter, &pages);
	case 3:
		return check_shared_memory(fighter);
	case 4:
		/* The first run, with what lies before. */
		pages = fighter->fight->runs[0];
		pages.npages = 1 + next_random(fighter, pages.npages);
		return convert_pages(fighter, &pages, DETOUR_PAGES);
	default:
		return convert_pages(fighter, &pages, 0);
	}
}

/* The host keeps pace with the vCPUs, so that what is done does not depend on speed. */
static void *run_host(void *arg)
{
	struct fighter *fighter = arg;
	struct fight *fight = fighter->fight;
	u64 rounds = 0;

	while (wait_for_rounds(fight, rounds) && !stopped(fight) && host_round(fighter, rounds))
		rounds += PACE;
	return NULL;
}

/* The bystander's leaves, all of them as large as can be, and nobody changes anything there. */
static bool check_other_leaves(struct fight *fight)
{
	enum level level;
	u64 got[NR_LEVELS];

	vm_driver_leaves(fight->other->vmd, got);
	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		u64 wanted = mapping_model_count(fight->other->model, level);

		if (got[level] == wanted)
			continue;
		fail(fight, 0, "Wanted %s x%llu in the other VM, got %llu", level_name(level),
		     (unsigned long long)wanted, (unsigned long long)got[level]);
		return false;
	}
	return true;
}

static bool read_as_other(struct fighter *fighter, u64 page, u64 npages)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = ACCESS_READ,
		.gpa = page_gpa(page),
		.npages = npages,
	};
	u64 i;

	look(fighter, page, npages);
	vm_driver_guest(fighter->fight->other->vmd, 0, &request, fighter->result);
	for (i = 0; i < npages; i++) {
		const struct guest_access *got = &fighter->result[i];

		if (got->end == ACCESS_DONE &&
		    owned_page_may_be_shared(page + i, &fighter->view[i], got->value))
			continue;

		fail(fighter->fight, page + i,
		     "Wanted the other VM to read what is shared, got 0x%llx, end %d",
		     (unsigned long long)got->value, got->end);
		return false;
	}
	return true;
}

static void *run_bystander(void *arg)
{
	struct fighter *fighter = arg;
	struct fight *fight = fighter->fight;
	u64 rounds = 0;

	while (wait_for_rounds(fight, ++rounds) && !stopped(fight)) {
		if (!read_as_other(fighter, next_random(fighter, NR_PAGES - LOOK_PAGES),
				   LOOK_PAGES) || !check_other_leaves(fight))
			break;
	}
	return NULL;
}

static struct step memslot_step(const struct fight *fight, unsigned int slot)
{
	return (struct step) {
		.op = STEP_MEMSLOT,
		.slot = slot + 1,
		.gpa = page_gpa(slot_page(fight, slot)),
		.size = slot_bytes(fight),
		.hva = slot_page(fight, slot) << GFN_SHIFT,
		.backing = fight->what->backing,
		.gmem = true,
	};
}

/* A step on every memslot, that KVM must carry out as the model says. */
static bool on_all_slots(struct scenario_run *run, const struct fight *fight, struct step step)
{
	unsigned int slot;

	for (slot = 0; slot < fight->nr_slots; slot++) {
		step.gpa = page_gpa(slot_page(fight, slot));
		step.size = slot_bytes(fight);
		if (!scenario_run_step(run, &step))
			return false;
	}
	return true;
}

static bool map_all(struct scenario_run *run, const struct fight *fight)
{
	return on_all_slots(run, fight, (struct step) { .op = STEP_PREFAULT });
}

static bool add_memslots(struct scenario_run *run, const struct fight *fight)
{
	unsigned int slot;

	for (slot = 0; slot < fight->nr_slots; slot++) {
		struct step step = memslot_step(fight, slot);

		if (!scenario_run_step(run, &step))
			return false;
	}
	return true;
}

static void fill_shared_memory(struct fight *fight)
{
	u64 generation = new_generation(fight);
	u64 page;

	for (page = 0; page < NR_PAGES; page++) {
		u64 tag = owned_page_tag(page, SIDE_SHARED, generation);

		*hva_of(fight, page) = tag;
		owned_page_set(&fight->page[page], SIDE_SHARED, tag, generation);
	}
}

static void start_thread(struct fight *fight, struct fighter *fighter, unsigned int owner,
			 void *(*run)(void *))
{
	int r;

	fighter->fight = fight;
	fighter->owner = owner;
	fighter->random = (fight->what->seed + 1) * 0x9e3779b97f4a7c15ull + owner;
	r = pthread_create(&fighter->thread, NULL, run, fighter);
	TEST_ASSERT(!r, "Cannot create a thread");
}

/* Let all of them loose, until every vCPU has done its rounds. */
static void carry_out(struct fight *fight)
{
	struct fighter *fighter = calloc(NR_OWNERS + 1, sizeof(*fighter));
	struct fighter *bystander = &fighter[NR_OWNERS];
	unsigned int vcpu;

	TEST_ASSERT(fighter, "out of memory");
	fight->vcpus_running = fight->what->nr_vcpus;
	vm_driver_parallel(fight->run->vmd, true);
	for (vcpu = 0; vcpu < fight->what->nr_vcpus; vcpu++)
		start_thread(fight, &fighter[vcpu], vcpu, run_vcpu);
	start_thread(fight, &fighter[HOST], HOST, run_host);
	if (fight->other)
		start_thread(fight, bystander, NR_OWNERS, run_bystander);

	for (vcpu = 0; vcpu < fight->what->nr_vcpus; vcpu++)
		pthread_join(fighter[vcpu].thread, NULL);
	pthread_join(fighter[HOST].thread, NULL);
	if (fight->other)
		pthread_join(bystander->thread, NULL);
	vm_driver_parallel(fight->run->vmd, false);
	free(fighter);
}

/* The model learns what has become of the attributes; leaves it does not know of any. */
static void tell_model(struct fight *fight)
{
	u64 page;

	for (page = 0; page < NR_PAGES; page++)
		attr_map_set(fight->run->model->attrs, BASE_GFN + page, BASE_GFN + page + 1,
			     fight->page[page].side == SIDE_PRIVATE);
}

/* Hugepage ranges of @level in [@gfn, @end) of @slot that may be mapped by one leaf. */
static u64 possible_leaves(const struct fight *fight, const struct model_slot *slot, u64 gfn,
			   u64 end, enum level level)
{
	u64 nr = 0;

	for (; gfn < end; gfn += level_pages(level))
		nr += mapping_model_max_level(fight->run->model, slot, gfn) >= level;
	return nr;
}

/*
 * What was left in [@gfn, @gfn + @npages), one hugepage of host memory: leaves of a level at
 * which the model allows some, and no page mapped twice.
 */
static bool check_left(struct fight *fight, const struct model_slot *slot, u64 gfn, u64 npages,
		       const u64 left[NR_LEVELS])
{
	u64 mapped = 0;
	enum level level;

	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		u64 most = possible_leaves(fight, slot, gfn, gfn + npages, level);

		mapped += left[level] * level_pages(level);
		if (left[level] <= most && mapped <= npages)
			continue;
		fail(fight, gfn - BASE_GFN, "Wanted %s x%llu at most to be left, got %llu",
		     level_name(level), (unsigned long long)most,
		     (unsigned long long)left[level]);
		return false;
	}
	return true;
}

/* Take away host memory hugepage by hugepage, and see which leaves go with it. */
static bool check_leaves_left(struct fight *fight, const struct model_slot *slot)
{
	u64 npages = level_pages(backing_kind_level(slot->backing));
	u64 gfn = slot->base_gfn;

	for (; gfn < slot->base_gfn + slot->npages; gfn += npages) {
		u64 before[NR_LEVELS], after[NR_LEVELS], left[NR_LEVELS];
		void *hva = scenario_run_hva(fight->run, slot, gfn);
		enum level level;

		vm_driver_leaves(fight->run->vmd, before);
		if (madvise(hva, npages << GFN_SHIFT, MADV_POPULATE_WRITE) ||
		    madvise(hva, npages << GFN_SHIFT, MADV_DONTNEED)) {
			fail(fight, gfn - BASE_GFN, "Wanted host memory to be dropped, got %s",
			     strerror(errno));
			return false;
		}
		vm_driver_leaves(fight->run->vmd, after);
		for (level = LEVEL_4K; level < NR_LEVELS; level++)
			left[level] = before[level] - after[level];
		if (!check_left(fight, slot, gfn, npages, left))
			return false;
	}
	return true;
}

/* Everybody's pages hold what their owners know to be there, for every vCPU. */
static bool check_contents(struct fight *fight)
{
	struct fighter *fighter = calloc(1, sizeof(*fighter));
	bool right = true;
	u64 page;

	TEST_ASSERT(fighter, "out of memory");
	fighter->fight = fight;
	for (page = 0; page < NR_PAGES && right; page += CHUNK_PAGES)
		right = read_pages(fighter, page / CHUNK_PAGES % fight->what->nr_vcpus, page,
				   CHUNK_PAGES);
	right = right && check_shared_memory(fighter);
	free(fighter);
	return right;
}

static bool check_end(struct fight *fight)
{
	struct scenario_run *run = fight->run;
	const struct model_slot *slot;

	tell_model(fight);
	for (slot = run->model->slots; slot; slot = slot->next) {
		if (!check_leaves_left(fight, slot))
			return false;
	}
	if (fight->other && !(check_other_leaves(fight) && scenario_run_read_out(fight->other)))
		return false;

	/* Where KVM cannot pre-fault, the guest's touches change contents. */
	if (!vm_driver_has_prefault() && !check_contents(fight))
		return false;
	/* As it is; with private pages, too; and with all of it shared again. */
	return scenario_run_read_out(run) &&
	       (!vm_driver_has_prefault() || (map_all(run, fight) && check_contents(fight))) &&
	       on_all_slots(run, fight, (struct step) { .op = STEP_CONVERT }) &&
	       scenario_run_read_out(run);
}

static bool prepare(struct fight *fight, const struct kernel_traits *traits)
{
	const struct contention *what = fight->what;

	fight->nr_slots = what->backing == BACKING_HUGETLB_1GB ? 1 : MAX_SLOTS;
	share_out(fight);
	fight->run = scenario_run_start_vcpus(what->name, traits, what->nr_vcpus);
	if (what->bystander)
		fight->other = scenario_run_start(what->name, traits);
	if (what->memslots)
		kernel_log_tolerate(NOSLOT_WARNS);
	if (!add_memslots(fight->run, fight))
		return false;

	fill_shared_memory(fight);
	return !what->bystander ||
	       (add_memslots(fight->other, fight) && map_all(fight->other, fight));
}

char *contention_run(const struct contention *contention, const struct kernel_traits *traits)
{
	struct fight *fight = calloc(1, sizeof(*fight));
	char *failure;

	TEST_ASSERT(fight, "out of memory");
	fight->what = contention;
	pthread_rwlock_init(&fight->replacing, NULL);
	pthread_mutex_init(&fight->lock, NULL);
	pthread_cond_init(&fight->progress, NULL);

	if (prepare(fight, traits)) {
		carry_out(fight);
		if (!stopped(fight))
			check_end(fight);
	}
	failure = fight->failure ? : scenario_run_end(fight->run);
	if (!failure && fight->other)
		failure = scenario_run_end(fight->other);

	scenario_run_free(fight->run);
	if (fight->other)
		scenario_run_free(fight->other);
	free(fight);
	return failure;
}
