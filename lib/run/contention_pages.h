/* SPDX-License-Identifier: GPL-2.0-only */
/* The pages that many use at once: whose they are, what is known of each, and who looks at them. */
#ifndef LPAGE_CONTENTION_PAGES_H
#define LPAGE_CONTENTION_PAGES_H

#include <pthread.h>

#include <linux/compiler.h>

#include "kvm/vm_driver.h"
#include "model/owned_page.h"
#include "run/contention.h"
#include "run/run_state.h"

#define BASE_GFN	(16ull << (30 - GFN_SHIFT))

/* The pages in question: eight 2M from BASE_GFN on. */
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

struct run_of_pages {
	u64 page;
	u64 npages;
	unsigned int owner;
};

struct contention_state {
	const struct contention *what;
	struct scenario_run *run;
	struct scenario_run *other;	/* the other VM's */
	unsigned int nr_slots;
	struct run_of_pages runs[MAX_RUNS];
	unsigned int nr_runs;
	struct owned_page page[NR_PAGES];
	u64 slot_version[MAX_SLOTS];	/* odd while that memslot is away */
	u64 generation;

	/* Written while a memslot is away: contention_convert_pages(). */
	pthread_rwlock_t replacing;
	pthread_mutex_t lock;
	pthread_cond_t progress;
	u64 rounds_done;
	unsigned int vcpus_running;
	char *failure;
	bool stop;
};

/* One thread. */
struct worker {
	struct contention_state *state;
	unsigned int owner;
	u64 random;
	pthread_t thread;
	u64 slot_view[MAX_SLOTS];
	struct owned_page_view view[CHUNK_PAGES];
	struct guest_access result[CHUNK_PAGES];
};

/* A number from 0 to below @below, of the worker's own sequence. */
u64 contention_random(struct worker *worker, u64 below);

/* A number that no change of a page has had. */
u64 contention_new_generation(struct contention_state *state);

/* Of @page, counted from the first: its gpa, its memslot (from 0 on), where the host has it. */
u64 contention_page_gpa(u64 page);
unsigned int contention_slot_of(const struct contention_state *state, u64 page);
u64 *contention_hva_of(struct contention_state *state, u64 page);

/* Of memslot @slot: where it begins, in pages from the first; its size; its memory in @run. */
u64 contention_slot_page(const struct contention_state *state, unsigned int slot);
u64 contention_slot_bytes(const struct contention_state *state);
struct run_memory *contention_memory_of(struct scenario_run *run, unsigned int slot);

/* True once something was wrong. */
bool contention_stopped(struct contention_state *state);

/*
 * The text is "Wanted <x>, got <y>"; place and case go in between.  The first failure counts:
 * what others see after it may be its consequence.
 */
void __printf(3, 4) contention_fail(struct contention_state *state, u64 page, const char *fmt, ...);

/* Give every page an owner. */
void contention_share_out(struct contention_state *state);

/* Pages of one run of the worker's own: all of it, or a part. */
struct run_of_pages contention_choose_pages(struct worker *worker);

/* The owner of @pages begins, and ends, to change them: who looks meanwhile may see either. */
void contention_begin_change(struct contention_state *state, const struct run_of_pages *pages);
void contention_end_change(struct contention_state *state, const struct run_of_pages *pages);

/* Note what is known of @npages from @page on, in worker->view, and whether memslots are there. */
void contention_look(struct worker *worker, u64 page, u64 npages);

/* True if the memslot of @page was there all the time since the last contention_look(). */
bool contention_slot_was_there(struct worker *worker, u64 page);

#endif /* LPAGE_CONTENTION_PAGES_H */
