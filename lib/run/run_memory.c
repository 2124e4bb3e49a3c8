// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/run_memory.h"

void run_memory_free(struct run_memory *memory)
{
	if (!memory->size)
		return;

	if (memory->gmem_fd >= 0)
		close(memory->gmem_fd);
	backing_unmap(&memory->view);
	memory->size = 0;
}

bool run_memory_make_writable(struct scenario_run *run, const struct model_slot *slot)
{
	const struct run_memory *memory = &run->memory[slot->id];
	int r = madvise(memory->hva, memory->size, MADV_POPULATE_WRITE);

	return run_expect_errno(run, slot->base_gfn << GFN_SHIFT, 0, r ? errno : 0);
}

bool run_memory_set_slot(struct scenario_run *run, const struct model_slot *slot, u64 gpa,
			 bool logged)
{
	struct run_memory *memory = &run->memory[slot->id];
	int r = vm_driver_set_memslot(run->vmd, slot->id, gpa, memory->size, memory->hva,
				      memory->gmem_fd, logged);

	return run_expect_done(run, gpa, r);
}

int run_memory_populate_again(const struct run_memory *memory, void *hva, u64 size)
{
	u64 page = level_bytes(LEVEL_2M) - 1;
	void *start = hva, *end = hva + size;

	if (backing_kind_splits(memory->view.kind)) {
		start = (void *)((unsigned long)start & ~page);
		end = (void *)(((unsigned long)end + page) & ~page);
	}
	return madvise(start, end - start, MADV_POPULATE_WRITE);
}
