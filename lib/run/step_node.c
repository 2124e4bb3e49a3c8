// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kernel.h>

#include "test_util.h"

#include "host/host_huge.h"
#include "host/host_node.h"
#include "kvm/vm_driver.h"
#include "model/scenario_model.h"
#include "run/step_node.h"
#include "run/run_compare.h"
#include "run/run_report.h"
#include "run/run_step.h"

/* A page may be held for a moment by somebody who has nothing to do with it. */
#define MOVE_TRIES	20
#define MOVE_PAUSE_US	1000

/* Host memory of a memslot, in pieces that move as one, and where these lie. */
struct pieces {
	const struct model_slot *slot;
	void *start;
	u64 first_page;		/* of the host, as hva_page of the memslot */
	u64 pages;		/* of 4K in a piece */
	size_t nr;
	size_t stride;		/* bytes from one entry of node[] to the next */
	size_t nr_nodes;	/* in all */
	int *node;
};

static u64 gpa_of(const struct pieces *pieces, size_t entry)
{
	u64 page = pieces->first_page + entry * (pieces->stride >> GFN_SHIFT);

	/* The first one may begin before the memslot. */
	page = max(page, pieces->slot->hva_page);
	return (pieces->slot->base_gfn + page - pieces->slot->hva_page) << GFN_SHIFT;
}

static int read_nodes(struct pieces *pieces)
{
	return host_node_read(pieces->start, pieces->stride, pieces->nr_nodes, pieces->node);
}

/* The pieces of @slot from page @page of the host on, to be freed by pieces_free(). */
static struct pieces pieces_of(const struct scenario_run *run, const struct model_slot *slot,
			       u64 page, u64 npages)
{
	const struct backing_view *view = &run->memory[slot->id].view;
	u64 unit = level_bytes(backing_kind_unit(slot->backing));
	struct pieces pieces = {
		.slot = slot,
		.start = view->base + (page << GFN_SHIFT),
		.first_page = page,
		.pages = level_pages(model_slot_moves_at(slot)),
		.stride = unit,
		.nr_nodes = (npages << GFN_SHIFT) / unit,
	};

	pieces.nr = npages / pieces.pages;
	pieces.node = calloc(pieces.nr_nodes, sizeof(*pieces.node));
	TEST_ASSERT(pieces.node, "out of memory");
	return pieces;
}

/* All that the memslot has of the host's memory, whole pages. */
static struct pieces all_pieces(const struct scenario_run *run, const struct model_slot *slot)
{
	const struct backing_view *view = &run->memory[slot->id].view;

	return pieces_of(run, slot, (view->mapped - view->base) >> GFN_SHIFT,
			 view->mapped_size >> GFN_SHIFT);
}

static void pieces_free(struct pieces *pieces)
{
	free(pieces->node);
	pieces->node = NULL;
}

/* What is to move to a node: what lies on the node @from, or on any other. */
#define FROM_ANYWHERE	(-2)

static bool is_to_move(int at, int from, int to)
{
	return at != HOST_NODE_NONE && at != to && (from == FROM_ANYWHERE || at == from);
}

/* How many entries of piece @piece are to move from @from to @to; in *@nr: of how many. */
static size_t nr_to_move(const struct pieces *pieces, size_t piece, int from, int to, size_t *nr)
{
	size_t entries = pieces->nr_nodes / pieces->nr;
	const int *at = pieces->node + piece * entries;
	size_t i, moving = 0;

	*nr = 0;
	for (i = 0; i < entries; i++) {
		*nr += at[i] != HOST_NODE_NONE;
		moving += is_to_move(at[i], from, to);
	}
	return moving;
}

/*
 * A hugepage that was dropped in part is split when it is to move, and the host then takes
 * those of its pages that hold nothing (try_to_map_unused_to_zeropage()).  Give them back, on
 * @node, so that guests never meet the host's zero page.
 */
static int give_back(const struct pieces *pieces, size_t first, size_t nr, int node)
{
	u64 size = pieces->pages << GFN_SHIFT;
	int r;

	if (!backing_kind_splits(pieces->slot->backing))
		return 0;

	host_node_place(node ? PLACE_NODE_1 : PLACE_NODE_0);
	r = madvise(pieces->start + first * size, nr * size, MADV_POPULATE_WRITE) ? errno : 0;
	host_node_place(PLACE_ANYWHERE);
	return r;
}

/* Piece @piece has moved, as a whole, or in part, of which it is not known what went with it. */
static int follow_piece(struct scenario_run *run, const struct pieces *pieces, size_t piece,
			int node, bool whole)
{
	const struct model_slot *slot = pieces->slot;
	u64 size = pieces->pages << GFN_SHIFT;
	u64 first = pieces->first_page + piece * pieces->pages;
	u64 start = max(first, slot->hva_page);
	u64 end = min(first + pieces->pages, slot->hva_page + slot->npages);
	int r;

	if (!run->bare)
		scenario_model_migrate(run->model, slot->base_gfn + start - slot->hva_page,
				       end - start);
	if (whole)
		return 0;

	/* So announce all of it. */
	r = host_huge_announce(pieces->start + piece * size, size);
	return r ? r : give_back(pieces, piece, 1, node);
}

/* Let the model know what has moved from @from to @to of what lay as @pieces say. */
static int follow(struct scenario_run *run, const struct pieces *pieces, int from, int to)
{
	size_t i, nr, moved;
	int r = 0;

	for (i = 0; i < pieces->nr && !r; i++) {
		moved = nr_to_move(pieces, i, from, to, &nr);
		if (moved)
			r = follow_piece(run, pieces, i, to, moved == nr);
	}
	return r;
}

/*
 * The first entry of @after that is not on @to, of those that lay on the other node as @before
 * says, or of all if that is NULL; nr_nodes if there is none.
 */
static size_t first_left(const struct pieces *before, const struct pieces *after, int to)
{
	size_t i;

	for (i = 0; i < after->nr_nodes; i++) {
		if ((!before || before->node[i] == !to) &&
		    is_to_move(after->node[i], FROM_ANYWHERE, to))
			break;
	}
	return i;
}

/* Read again where @after lie: are all those on @to? */
static bool all_on(const struct pieces *before, struct pieces *after, int to)
{
	return !read_nodes(after) && first_left(before, after, to) == after->nr_nodes;
}

static bool expect_all_on(struct scenario_run *run, const struct pieces *before,
			  struct pieces *after, int to)
{
	char wanted[64], got[32];
	size_t entry;

	if (all_on(before, after, to))
		return true;

	entry = min(first_left(before, after, to), after->nr_nodes - 1);
	snprintf(wanted, sizeof(wanted), "the host's memory to be on node %d", to);
	snprintf(got, sizeof(got), "node %d", after->node[entry]);
	run_report(run, gpa_of(after, entry), wanted, got);
	return false;
}

/* Keep what fork() copies, and unmaps for that, from children. */
static int share_with_children(const struct scenario_run *run, bool share)
{
	const struct model_slot *slot;
	int r = 0;

	for (slot = run->model->slots; slot && !r; slot = slot->next) {
		const struct backing_view *view = &run->memory[slot->id].view;

		if (backing_kind_is_anonymous(slot->backing))
			r = madvise(view->mapped, view->mapped_size,
				    share ? MADV_DOFORK : MADV_DONTFORK);
	}
	return r ? errno : 0;
}

static int move_once(struct scenario_run *run, const struct pieces *pieces,
		     const struct step *step)
{
	bool alone = step->migrate == MIGRATE_OTHER_PROCESS;
	int r = alone ? share_with_children(run, false) : 0;

	if (!r)
		r = host_node_move(pieces->start, pieces->stride, pieces->nr_nodes, step->node,
				   step->migrate);
	if (!r && alone)
		r = share_with_children(run, true);
	return r ? r : give_back(pieces, 0, pieces->nr, step->node);
}

static bool migrate_pieces(struct scenario_run *run, struct pieces *before, struct pieces *after,
			   const struct step *step)
{
	int tries, r = read_nodes(before);

	for (tries = 0; !r && tries < MOVE_TRIES; tries++) {
		if (tries)
			usleep(MOVE_PAUSE_US);
		r = move_once(run, before, step);
		if (all_on(NULL, after, step->node))
			break;
	}
	if (!r)
		r = follow(run, before, FROM_ANYWHERE, step->node);
	return run_expect_errno(run, step->gpa, 0, r) &&
	       expect_all_on(run, NULL, after, step->node);
}

bool run_place(struct scenario_run *run, const struct step *step)
{
	run->placement = step->placement;
	return true;
}

bool run_migrate(struct scenario_run *run, const struct step *step)
{
	u64 gfn = step_gfn(step);
	const struct model_slot *slot = mapping_model_slot_at(run->model, gfn);
	u64 page = slot->hva_page + gfn - slot->base_gfn;
	u64 npages = step_pages(step);
	struct pieces before = pieces_of(run, slot, page, npages);
	struct pieces after = pieces_of(run, slot, page, npages);
	bool good = migrate_pieces(run, &before, &after, step);

	pieces_free(&before);
	pieces_free(&after);
	return good;
}

/* Move until nothing is left of what was to move; what lay on a third node stays. */
static int evacuate(const struct pieces *before, struct pieces *after, size_t nr,
		    const struct step *step)
{
	int to = !step->node;
	size_t i;
	int tries, r = 0;

	for (tries = 0; !r && tries < MOVE_TRIES; tries++) {
		if (tries)
			usleep(MOVE_PAUSE_US);
		r = host_node_evacuate(step->node);
		for (i = 0; i < nr && !r; i++)
			r = give_back(&after[i], 0, after[i].nr, to);
		for (i = 0; i < nr && all_on(&before[i], &after[i], to); i++)
			;
		if (i == nr)
			break;
	}
	return r;
}

bool run_evacuate(struct scenario_run *run, const struct step *step)
{
	struct pieces before[SCENARIO_MAX_SLOT], after[SCENARIO_MAX_SLOT];
	const struct model_slot *slot;
	size_t i, nr = 0;
	bool good = true;
	int r = 0;

	for (slot = run->model->slots; slot; slot = slot->next) {
		if (model_slot_is_gmem_only(slot))
			continue;
		before[nr] = all_pieces(run, slot);
		after[nr] = all_pieces(run, slot);
		r = r ? r : read_nodes(&before[nr]);
		nr++;
	}
	r = r ? r : evacuate(before, after, nr, step);
	vm_driver_own_memory_moved(run->vmd);
	for (i = 0; i < nr && !r; i++)
		r = follow(run, &before[i], step->node, !step->node);
	good = run_expect_errno(run, 0, 0, r);
	for (i = 0; i < nr; i++) {
		good = good && expect_all_on(run, &before[i], &after[i], !step->node);
		pieces_free(&before[i]);
		pieces_free(&after[i]);
	}
	return good;
}

/* One node for an entry, the other one for the next. */
static bool expect_interleaved(struct scenario_run *run, const struct pieces *pieces,
			       size_t entries)
{
	size_t i;

	for (i = entries; i < pieces->nr_nodes; i += entries) {
		if (pieces->node[i] != pieces->node[i - entries] ||
		    pieces->node[i] == HOST_NODE_NONE ||
		    pieces->node[i - entries] == HOST_NODE_NONE)
			continue;
		run_report(run, gpa_of(pieces, i), "the host's memory to be interleaved",
			   pieces->node[i] ? "node 1 twice" : "node 0 twice");
		return false;
	}
	return true;
}

/* True if the host maps all of the memory huge, as it does if it has enough hugepages. */
static bool all_huge(const struct model_slot *slot)
{
	u64 gfn, end = model_slot_end(slot);

	for (gfn = slot->base_gfn; gfn < end; gfn = model_slot_next_host(slot, gfn)) {
		if (!model_slot_host_huge(slot, gfn))
			return false;
	}
	return true;
}

static bool expect_nodes(struct scenario_run *run, struct pieces *pieces)
{
	enum level level = backing_kind_level(pieces->slot->backing);

	switch (run->placement) {
	case PLACE_NODE_0:
	case PLACE_NODE_1:
		return expect_all_on(run, NULL, pieces, run->placement - PLACE_NODE_0);
	case PLACE_TOUCHED_ON_0:
	case PLACE_TOUCHED_ON_1:
		return expect_all_on(run, NULL, pieces, run->placement - PLACE_TOUCHED_ON_0);
	default:
		if (backing_kind_splits(pieces->slot->backing) && level == LEVEL_2M &&
		    !all_huge(pieces->slot))
			return true;
		return expect_interleaved(run, pieces, level_bytes(level) / pieces->stride);
	}
}

/* A policy that the kernel need not obey: see host_node_foreign_pages(). */
static bool is_lenient(enum node_placement placement)
{
	return placement == PLACE_INTERLEAVED || placement == PLACE_TOUCHED_ON_0 ||
	       placement == PLACE_TOUCHED_ON_1;
}

bool run_node_expect_placed(struct scenario_run *run, const struct model_slot *slot)
{
	struct pieces pieces;
	bool good;

	if (run->placement == PLACE_ANYWHERE || backing_kind_pages(slot->backing) ||
	    model_slot_is_gmem_only(slot))
		return true;
	if (run->misplaced && is_lenient(run->placement)) {
		run->left_out = MISSING_NODE_MEMORY;
		return true;
	}

	pieces = all_pieces(run, slot);
	good = run_expect_errno(run, slot->base_gfn << GFN_SHIFT, 0, read_nodes(&pieces)) &&
	       expect_nodes(run, &pieces);
	pieces_free(&pieces);
	return good;
}
