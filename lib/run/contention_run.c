// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <stdlib.h>

#include "test_util.h"

#include "kvm/kernel_log.h"
#include "run/contention.h"
#include "run/contention_end.h"
#include "run/contention_pages.h"
#include "run/contention_threads.h"
#include "run/scenario_run.h"

static void fill_shared_memory(struct contention_state *state)
{
	u64 generation = contention_new_generation(state);
	u64 page;

	for (page = 0; page < NR_PAGES; page++) {
		u64 tag = owned_page_tag(page, SIDE_SHARED, generation);

		*contention_hva_of(state, page) = tag;
		owned_page_set(&state->page[page], SIDE_SHARED, tag, generation);
	}
}

static bool prepare(struct contention_state *state, const struct kernel_traits *traits)
{
	const struct contention *what = state->what;

	state->nr_slots = what->backing == BACKING_HUGETLB_1GB ? 1 : MAX_SLOTS;
	contention_share_out(state);
	state->run = scenario_run_start_vcpus(what->name, traits, what->nr_vcpus);
	if (what->other_vm)
		state->other = scenario_run_start(what->name, traits);
	if (what->memslots)
		kernel_log_tolerate(NOSLOT_WARNS);
	if (!contention_add_memslots(state->run, state))
		return false;

	fill_shared_memory(state);
	return !what->other_vm ||
	       (contention_add_memslots(state->other, state) &&
		contention_map_all(state->other, state));
}

char *contention_run(const struct contention *contention, const struct kernel_traits *traits)
{
	struct contention_state *state = calloc(1, sizeof(*state));
	char *failure;

	TEST_ASSERT(state, "out of memory");
	state->what = contention;
	pthread_rwlock_init(&state->replacing, NULL);
	pthread_mutex_init(&state->lock, NULL);
	pthread_cond_init(&state->progress, NULL);

	if (prepare(state, traits)) {
		contention_run_workers(state);
		if (!contention_stopped(state))
			contention_check_end(state);
	}
	failure = state->failure ? : scenario_run_end(state->run);
	if (!failure && state->other)
		failure = scenario_run_end(state->other);

	scenario_run_free(state->run);
	if (state->other)
		scenario_run_free(state->other);
	free(state);
	return failure;
}
