// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <unistd.h>

#include <linux/sizes.h>

#include "test_util.h"

#include "host/backing.h"
#include "host/must_hold.h"
#include "host/setting.h"
#include "kvm/kernel_traits.h"
#include "kvm/vm_driver.h"

#define PROBE_GPA	KERNEL_TRAITS_GPA

static void trait_memslot(struct vm_driver *vmd, u32 id, u64 gpa, u64 size, void *hva, int gmem,
			  bool logged)
{
	int r = vm_driver_set_memslot(vmd, id, gpa, size, hva, gmem, logged);

	MUST_HOLD(!r, "Cannot set up a memslot to measure the kernel with: errno %d", r);
}

static void touch(struct vm_driver *vmd, u64 gpa)
{
	struct guest_request request = { .op = GUEST_ACCESS, .gpa = gpa, .npages = 1 };
	struct guest_access result;

	vm_driver_guest(vmd, 0, &request, &result);
}

static u64 nr_leaves_at(struct vm_driver *vmd, enum level level)
{
	u64 leaves[NR_LEVELS];

	vm_driver_leaves(vmd, leaves);
	return leaves[level];
}

static void delete_memslot(struct vm_driver *vmd, u32 id)
{
	trait_memslot(vmd, id, 0, 0, NULL, -1, false);
}

/*
 * Touch a private page that nothing but guest_memfd keeps from being mapped huge.  2M is the most
 * that can be found: a gigabyte of it is more than small machines have to spare.
 */
static enum level measure_gmem_level(struct vm_driver *vmd, struct backing_view *view)
{
	int gmem = vm_driver_create_gmem(vmd, SZ_2M);
	enum level level = LEVEL_2M;

	trait_memslot(vmd, 1, PROBE_GPA, SZ_2M, view->base, gmem, false);
	vm_driver_convert(vmd, PROBE_GPA, SZ_2M, true);
	touch(vmd, PROBE_GPA);
	while (level > LEVEL_4K && !nr_leaves_at(vmd, level))
		level--;

	vm_driver_convert(vmd, PROBE_GPA, SZ_2M, false);
	delete_memslot(vmd, 1);
	close(gmem);
	return level;
}

/* Leaves the memslot and its leaf behind, if it lives. */
static bool measure_delete_zaps_all(struct vm_driver *vmd, struct backing_view *view)
{
	trait_memslot(vmd, 1, PROBE_GPA, SZ_2M, view->base, -1, false);
	trait_memslot(vmd, 2, PROBE_GPA + SZ_2M, SZ_2M, view->base + SZ_2M, -1, false);
	touch(vmd, PROBE_GPA);
	delete_memslot(vmd, 2);
	return !nr_leaves_at(vmd, LEVEL_2M);
}

static bool is_dirty(struct vm_driver *vmd, u32 id)
{
	u64 bitmap[SZ_2M / GFN_BYTES / 64] = { };
	int r = vm_driver_get_log(vmd, id, bitmap);

	MUST_HOLD(!r, "Cannot get a dirty log to measure the kernel with: errno %d", r);
	return bitmap[0] & 1;
}

/* Pre-fault a page that a leaf maps, but not for writing since the log was got. */
static bool measure_fault_remaps(struct vm_driver *vmd)
{
	u64 stopped;

	if (!vm_driver_has_prefault())
		return false;

	is_dirty(vmd, 1);
	vm_driver_prefault(vmd, PROBE_GPA, GFN_BYTES, &stopped);
	return is_dirty(vmd, 1);
}

static void measure_log(struct vm_driver *vmd, struct backing_view *view,
			struct kernel_traits *traits)
{
	touch(vmd, PROBE_GPA);
	trait_memslot(vmd, 1, PROBE_GPA, SZ_2M, view->base, -1, true);
	traits->log_splits_eagerly = !nr_leaves_at(vmd, LEVEL_2M);

	/* A 4K leaf for sure, however the split went. */
	vm_driver_convert(vmd, PROBE_GPA, SZ_2M, true);
	vm_driver_convert(vmd, PROBE_GPA, SZ_2M, false);
	touch(vmd, PROBE_GPA);
	traits->fault_remaps = measure_fault_remaps(vmd);
	trait_memslot(vmd, 1, PROBE_GPA, SZ_2M, view->base, -1, false);
	traits->unlog_promotes = nr_leaves_at(vmd, LEVEL_2M);
}

/* Nothing else tells: a kernel that does not heed its parameter must not pass for one without. */
static bool has_nx_hugepages(void)
{
	char value[8];

	return !setting_read(NX_SETTING, value, sizeof(value)) && *value == 'Y';
}

struct kernel_traits kernel_traits_measure(void)
{
	struct vm_driver *vmd = vm_driver_create(1);
	struct kernel_traits traits = { .nx_hugepages = has_nx_hugepages() };
	struct backing_view view;

	backing_map(&view, BACKING_HUGETLB_2MB, 0, SZ_4M);
	traits.gmem_level = measure_gmem_level(vmd, &view);
	traits.delete_zaps_all = measure_delete_zaps_all(vmd, &view);
	measure_log(vmd, &view, &traits);
	vm_driver_free(vmd);
	backing_unmap(&view);
	return traits;
}
