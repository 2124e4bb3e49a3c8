// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/contention_pages.h"
#include "scenario/random.h"

u64 contention_random(struct worker *worker, u64 below)
{
	return random_below(&worker->random, below);
}

u64 contention_new_generation(struct contention_state *state)
{
	return __atomic_add_fetch(&state->generation, 1, __ATOMIC_SEQ_CST);
}

u64 contention_page_gpa(u64 page)
{
	return (BASE_GFN + page) << GFN_SHIFT;
}

unsigned int contention_slot_of(const struct contention_state *state, u64 page)
{
	return page * state->nr_slots / NR_PAGES;
}

u64 contention_slot_page(const struct contention_state *state, unsigned int slot)
{
	return (u64)slot * NR_PAGES / state->nr_slots;
}

u64 contention_slot_bytes(const struct contention_state *state)
{
	if (state->what->backing == BACKING_HUGETLB_1GB)
		return level_bytes(LEVEL_1G);

	return (u64)NR_PAGES / state->nr_slots << GFN_SHIFT;
}

struct run_memory *contention_memory_of(struct scenario_run *run, unsigned int slot)
{
	return &run->memory[slot + 1];
}

u64 *contention_hva_of(struct contention_state *state, u64 page)
{
	unsigned int slot = contention_slot_of(state, page);
	u64 offset = (page - contention_slot_page(state, slot)) << GFN_SHIFT;

	return contention_memory_of(state->run, slot)->hva + offset;
}

bool contention_stopped(struct contention_state *state)
{
	return __atomic_load_n(&state->stop, __ATOMIC_SEQ_CST);
}

void contention_fail(struct contention_state *state, u64 page, const char *fmt, ...)
{
	char text[256];
	va_list args;
	int wanted;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	wanted = strstr(text, ", got ") - text;

	pthread_mutex_lock(&state->lock);
	if (!state->failure &&
	    asprintf(&state->failure, "%.*s at gpa 0x%llx (%s, seed %llu)%s", wanted, text,
		     (unsigned long long)contention_page_gpa(page), state->what->name,
		     (unsigned long long)state->what->seed, text + wanted) < 0)
		state->failure = strdup("out of memory");
	pthread_mutex_unlock(&state->lock);
	__atomic_store_n(&state->stop, true, __ATOMIC_SEQ_CST);
}

void contention_share_out(struct contention_state *state)
{
	unsigned int nr_vcpus = state->what->nr_vcpus;
	unsigned int turn = 0;
	u64 page = 0;

	while (page < NR_PAGES) {
		u64 chunk = page / CHUNK_PAGES;
		bool whole = chunk % 4 == 3;
		struct run_of_pages *run = &state->runs[state->nr_runs++];

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

/* A run of the worker's own. */
static const struct run_of_pages *choose_run(struct worker *worker)
{
	struct contention_state *state = worker->state;
	unsigned int i = contention_random(worker, state->nr_runs);

	while (state->runs[i].owner != worker->owner)
		i = (i + 1) % state->nr_runs;
	return &state->runs[i];
}

struct run_of_pages contention_choose_pages(struct worker *worker)
{
	struct run_of_pages pages = *choose_run(worker);
	u64 skip;

	if (contention_random(worker, 2))
		return pages;

	skip = contention_random(worker, pages.npages);
	pages.page += skip;
	pages.npages = 1 + contention_random(worker, pages.npages - skip);
	return pages;
}

void contention_begin_change(struct contention_state *state, const struct run_of_pages *pages)
{
	u64 i;

	for (i = 0; i < pages->npages; i++)
		owned_page_begin(&state->page[pages->page + i]);
}

void contention_end_change(struct contention_state *state, const struct run_of_pages *pages)
{
	u64 i;

	for (i = 0; i < pages->npages; i++)
		owned_page_end(&state->page[pages->page + i]);
}

void contention_look(struct worker *worker, u64 page, u64 npages)
{
	struct contention_state *state = worker->state;
	unsigned int slot;
	u64 i;

	for (slot = 0; slot < state->nr_slots; slot++)
		worker->slot_view[slot] = __atomic_load_n(&state->slot_version[slot],
							  __ATOMIC_SEQ_CST);
	for (i = 0; i < npages; i++)
		owned_page_look(&state->page[page + i], &worker->view[i]);
}

bool contention_slot_was_there(struct worker *worker, u64 page)
{
	unsigned int slot = contention_slot_of(worker->state, page);

	return !(worker->slot_view[slot] & 1) &&
	       __atomic_load_n(&worker->state->slot_version[slot], __ATOMIC_SEQ_CST) ==
	       worker->slot_view[slot];
}
