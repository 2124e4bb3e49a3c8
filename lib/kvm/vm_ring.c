// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty rings.  What was taken out of them is kept until it is asked for memslot by memslot, as
 * bitmaps are, since KVM makes room for all of it at once.
 */
#include <stdlib.h>

#include "host/must_hold.h"
#include "kvm/vm_internal.h"

size_t vm_driver_harvest(struct vm_driver *vmd, unsigned int vcpu,
			 struct vm_driver_dirty_page *page, size_t max)
{
	struct kvm_vcpu *owner = vmd->vcpu[vcpu];
	struct kvm_dirty_gfn *ring = vcpu_map_dirty_ring(owner);
	size_t nr;

	for (nr = 0; nr < max; nr++, owner->fetch_index++) {
		struct kvm_dirty_gfn *entry = &ring[owner->fetch_index % owner->dirty_gfns_count];

		/* With what kvm_dirty_gfn_set_dirtied() and kvm_dirty_gfn_harvested() order. */
		if (!(__atomic_load_n(&entry->flags, __ATOMIC_ACQUIRE) & KVM_DIRTY_GFN_F_DIRTY))
			break;
		page[nr] = (struct vm_driver_dirty_page) { entry->slot, entry->offset };
		__atomic_store_n(&entry->flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	}
	return nr;
}

int vm_driver_reset_rings(struct vm_driver *vmd)
{
	int r = __vm_ioctl(vmd->vm, KVM_RESET_DIRTY_RINGS, NULL);

	return r < 0 ? -errno : r;
}

static void take(struct vm_driver *vmd, unsigned int vcpu)
{
	const size_t room = vmd->ring_bytes / sizeof(struct kvm_dirty_gfn);
	size_t nr;

	do {
		if (vmd->nr_taken + room > vmd->max_taken) {
			vmd->max_taken = 2 * (vmd->nr_taken + room);
			vmd->taken = realloc(vmd->taken, vmd->max_taken * sizeof(*vmd->taken));
			TEST_ASSERT(vmd->taken, "out of memory");
		}
		nr = vm_driver_harvest(vmd, vcpu, vmd->taken + vmd->nr_taken, room);
		vmd->nr_taken += nr;
	} while (nr);
}

/* The number that KVM says tells that it has seen all of it. */
static void take_all(struct vm_driver *vmd)
{
	size_t before = vmd->nr_taken;
	unsigned int i;
	int r;

	for (i = 0; i < VM_DRIVER_MAX_VCPUS && vmd->vcpu[i]; i++)
		take(vmd, i);
	r = vm_driver_reset_rings(vmd);
	MUST_HOLD(r == (int)(vmd->nr_taken - before),
		  "Wanted %zu entries of dirty rings to be reset, got %d", vmd->nr_taken - before,
		  r);
}

/* Those of memslot @id go out of what was taken, into @bitmap unless it is NULL. */
static void move_out(struct vm_driver *vmd, u32 id, u64 *bitmap, u64 npages)
{
	size_t i, nr = 0;

	for (i = 0; i < vmd->nr_taken; i++) {
		const struct vm_driver_dirty_page page = vmd->taken[i];

		if (page.slot != id) {
			vmd->taken[nr++] = page;
		} else if (bitmap) {
			MUST_HOLD(page.page < npages,
				  "Wanted one of the %llu pages of memslot %u in a dirty ring, got page %llu",
				  (unsigned long long)npages, id, (unsigned long long)page.page);
			bitmap[page.page / 64] |= 1ull << page.page % 64;
		}
	}
	vmd->nr_taken = nr;
}

void vm_driver_get_ring_log(struct vm_driver *vmd, u32 id, u64 *bitmap, u64 npages)
{
	take_all(vmd);
	move_out(vmd, id, bitmap, npages);
}

void vm_ring_forget(struct vm_driver *vmd, u32 id)
{
	take_all(vmd);
	move_out(vmd, id, NULL, 0);
}

void vm_ring_full(struct vm_driver *vmd, unsigned int id)
{
	vmd->ring_exits[id]++;
	take_all(vmd);
}

u64 vm_driver_ring_exits(struct vm_driver *vmd, unsigned int vcpu)
{
	return vmd->ring_exits[vcpu];
}
