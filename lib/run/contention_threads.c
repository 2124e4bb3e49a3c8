// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "run/contention_access.h"
#include "run/contention_threads.h"

/* Pages without a memslot that some of the host's conversions take first: they last longer. */
#define PAGES_BEFORE	4096

/* Rounds of vCPUs for each thing that the host does. */
#define PACE		3

static bool vcpu_round(struct worker *worker)
{
	struct contention_state *state = worker->state;
	struct run_of_pages pages = contention_choose_pages(worker);
	u64 page = contention_random(worker, NR_PAGES - LOOK_PAGES);

	switch (contention_random(worker, 8)) {
	case 0:
	case 1:
		return contention_convert_pages(worker, &pages, 0) &&
		       contention_write_pages(worker, &pages) &&
		       contention_read_pages(worker, worker->owner, pages.page, pages.npages);
	case 2:
		pages = contention_same_side(state, pages);
		return contention_write_pages(worker, &pages);
	case 3:
		return contention_punch_pages(worker, &pages) &&
		       contention_read_pages(worker, worker->owner, pages.page, pages.npages);
	case 4:
		if (contention_may_prefault(state))
			return contention_prefault_pages(worker, page, LOOK_PAGES);
		fallthrough;
	default:
		return contention_read_pages(worker, worker->owner, page, LOOK_PAGES);
	}
}

/* A round of a vCPU is over, and with @last all of them are. */
static void note_progress(struct contention_state *state, bool last)
{
	pthread_mutex_lock(&state->lock);
	state->rounds_done++;
	if (last)
		state->vcpus_running--;
	pthread_cond_broadcast(&state->progress);
	pthread_mutex_unlock(&state->lock);
}

/* Wait for the vCPUs to have done @rounds. Returns false when they have all ended. */
static bool wait_for_rounds(struct contention_state *state, u64 rounds)
{
	bool running;

	pthread_mutex_lock(&state->lock);
	while (state->vcpus_running && state->rounds_done < rounds)
		pthread_cond_wait(&state->progress, &state->lock);
	running = state->vcpus_running;
	pthread_mutex_unlock(&state->lock);
	return running;
}

static void *vcpu_thread(void *arg)
{
	struct worker *worker = arg;
	struct contention_state *state = worker->state;
	unsigned int i;

	for (i = 1; i < state->what->rounds && !contention_stopped(state) &&
	     vcpu_round(worker); i++)
		note_progress(state, false);
	note_progress(state, true);
	return NULL;
}

bool contention_check_shared_memory(struct worker *worker)
{
	struct contention_state *state = worker->state;
	u64 page;

	for (page = 0; page < NR_PAGES; page++) {
		u64 got;

		contention_look(worker, page, 1);
		got = READ_ONCE(*contention_hva_of(state, page));
		if (owned_page_may_be_shared(page, &worker->view[0], got))
			continue;

		contention_fail(state, page,
				"Wanted shared memory to hold what was written there, got 0x%llx",
				(unsigned long long)got);
		return false;
	}
	return true;
}

/* Take a hugepage of host memory away from under the guest; it comes back when touched. */
static bool drop_host_memory(struct worker *worker)
{
	struct contention_state *state = worker->state;
	u64 size = level_bytes(backing_kind_level(state->what->backing));
	u64 page = contention_random(worker, NR_CHUNKS) * CHUNK_PAGES;
	u64 *hva = contention_hva_of(state, page);

	if (!madvise((void *)((unsigned long)hva & ~(size - 1)), size, MADV_DONTNEED))
		return true;

	contention_fail(state, page, "Wanted host memory to be dropped, got %s", strerror(errno));
	return false;
}

static bool set_last_slot(struct contention_state *state, u64 size)
{
	unsigned int slot = state->nr_slots - 1;
	struct run_memory *memory = contention_memory_of(state->run, slot);
	u64 page = contention_slot_page(state, slot);
	int r = vm_driver_set_memslot(state->run->vmd, slot + 1, contention_page_gpa(page), size,
				      memory->hva, size ? memory->gmem_fd : -1, false);

	if (!r)
		return true;

	contention_fail(state, page, "Wanted a change of memslots, got %s", strerror(r));
	return false;
}

/* Delete a memslot, let the vCPUs go on, and bring it back. */
static bool replace_memslot(struct worker *worker, u64 rounds)
{
	struct contention_state *state = worker->state;
	u64 *version = &state->slot_version[state->nr_slots - 1];
	bool right;

	pthread_rwlock_wrlock(&state->replacing);
	__atomic_add_fetch(version, 1, __ATOMIC_SEQ_CST);
	right = set_last_slot(state, 0);
	if (right) {
		wait_for_rounds(state, rounds);
		right = set_last_slot(state, contention_slot_bytes(state));
	}
	__atomic_add_fetch(version, 1, __ATOMIC_SEQ_CST);
	pthread_rwlock_unlock(&state->replacing);
	return right;
}

static bool host_round(struct worker *worker, u64 rounds)
{
	struct run_of_pages pages = contention_choose_pages(worker);

	if (worker->state->what->memslots && contention_random(worker, 2))
		return replace_memslot(worker, rounds + 1);

	switch (contention_random(worker, 6)) {
	case 0:
	case 1:
		return drop_host_memory(worker);
	case 2:
		return contention_punch_pages(worker, &pages);
	case 3:
		return contention_check_shared_memory(worker);
	case 4:
		/* The first run, with what lies before. */
		pages = worker->state->runs[0];
		pages.npages = 1 + contention_random(worker, pages.npages);
		return contention_convert_pages(worker, &pages, PAGES_BEFORE);
	default:
		return contention_convert_pages(worker, &pages, 0);
	}
}

/* The host keeps pace with the vCPUs, so that what is done does not depend on speed. */
static void *host_thread(void *arg)
{
	struct worker *worker = arg;
	struct contention_state *state = worker->state;
	u64 rounds = 0;

	while (wait_for_rounds(state, rounds) && !contention_stopped(state) &&
	       host_round(worker, rounds))
		rounds += PACE;
	return NULL;
}

bool contention_check_other_leaves(struct contention_state *state)
{
	enum level level;
	u64 got[NR_LEVELS];

	vm_driver_leaves(state->other->vmd, got);
	for (level = LEVEL_4K; level < NR_LEVELS; level++) {
		u64 wanted = mapping_model_count(state->other->model, level);

		if (got[level] == wanted)
			continue;
		contention_fail(state, 0, "Wanted %s x%llu in the other VM, got %llu",
				level_name(level),
				(unsigned long long)wanted, (unsigned long long)got[level]);
		return false;
	}
	return true;
}

static bool read_as_other(struct worker *worker, u64 page, u64 npages)
{
	const struct guest_request request = {
		.op = GUEST_ACCESS,
		.access = ACCESS_READ,
		.gpa = contention_page_gpa(page),
		.npages = npages,
	};
	u64 i;

	contention_look(worker, page, npages);
	vm_driver_guest(worker->state->other->vmd, 0, &request, worker->result);
	for (i = 0; i < npages; i++) {
		const struct guest_access *got = &worker->result[i];

		if (got->end == ACCESS_DONE &&
		    owned_page_may_be_shared(page + i, &worker->view[i], got->value))
			continue;

		contention_fail(worker->state, page + i,
				"Wanted the other VM to read what is shared, got 0x%llx, %s",
				(unsigned long long)got->value, access_end_name(got->end));
		return false;
	}
	return true;
}

static void *other_vm_thread(void *arg)
{
	struct worker *worker = arg;
	struct contention_state *state = worker->state;
	u64 rounds = 0;

	while (wait_for_rounds(state, ++rounds) && !contention_stopped(state)) {
		if (!read_as_other(worker, contention_random(worker, NR_PAGES - LOOK_PAGES),
				   LOOK_PAGES) || !contention_check_other_leaves(state))
			break;
	}
	return NULL;
}

static void start_thread(struct contention_state *state, struct worker *worker, unsigned int owner,
			 void *(*run)(void *))
{
	int r;

	worker->state = state;
	worker->owner = owner;
	worker->random = (state->what->seed << 8) + owner;
	r = pthread_create(&worker->thread, NULL, run, worker);
	TEST_ASSERT(!r, "Cannot create a thread");
}

void contention_run_workers(struct contention_state *state)
{
	struct worker *worker = calloc(NR_OWNERS + 1, sizeof(*worker));
	struct worker *other_vm = &worker[NR_OWNERS];
	unsigned int vcpu;

	TEST_ASSERT(worker, "out of memory");
	state->vcpus_running = state->what->nr_vcpus;
	vm_driver_parallel(state->run->vmd, true);
	for (vcpu = 0; vcpu < state->what->nr_vcpus; vcpu++)
		start_thread(state, &worker[vcpu], vcpu, vcpu_thread);
	start_thread(state, &worker[HOST], HOST, host_thread);
	if (state->other)
		start_thread(state, other_vm, NR_OWNERS, other_vm_thread);

	for (vcpu = 0; vcpu < state->what->nr_vcpus; vcpu++)
		pthread_join(worker[vcpu].thread, NULL);
	pthread_join(worker[HOST].thread, NULL);
	if (state->other)
		pthread_join(other_vm->thread, NULL);
	vm_driver_parallel(state->run->vmd, false);
	free(worker);
}
