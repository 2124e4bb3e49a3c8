// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <linux/falloc.h>
#include <linux/sizes.h>

#include "test_util.h"

#include "host/backing.h"
#include "host/must_hold.h"
#include "host/setting.h"
#include "kvm/kernel_traits.h"
#include "kvm/kvm_parameter.h"
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

/* A private 2M that nothing but the new guest_memfd, which is returned, keeps from being huge. */
static int begin_private(struct vm_driver *vmd, struct backing_view *view)
{
	int gmem = vm_driver_create_gmem(vmd, SZ_2M);

	trait_memslot(vmd, 1, PROBE_GPA, SZ_2M, view->base, gmem, false);
	vm_driver_convert(vmd, PROBE_GPA, SZ_2M, true);
	return gmem;
}

static void end_private(struct vm_driver *vmd, int gmem)
{
	vm_driver_convert(vmd, PROBE_GPA, SZ_2M, false);
	delete_memslot(vmd, 1);
	close(gmem);
}

/*
 * The level at which a touch maps that memory.  2M is the most that can be found: a gigabyte of it
 * is more than small machines have to spare.
 */
static enum level touched_level(struct vm_driver *vmd)
{
	enum level level = LEVEL_2M;

	touch(vmd, PROBE_GPA);
	while (level > LEVEL_4K && !nr_leaves_at(vmd, level))
		level--;
	return level;
}

static void change_page(int gmem, int mode)
{
	int r = fallocate(gmem, mode | FALLOC_FL_KEEP_SIZE, 0, GFN_BYTES) ? errno : 0;

	MUST_HOLD(!r, "Cannot change a guest_memfd to measure the kernel with: errno %d", r);
}

/* What is left of a large folio after a hole in a part of it. */
static bool measure_hole_splits(struct vm_driver *vmd, struct backing_view *view)
{
	int gmem = begin_private(vmd, view);
	bool splits;

	touch(vmd, PROBE_GPA);
	change_page(gmem, FALLOC_FL_PUNCH_HOLE);
	splits = touched_level(vmd) == LEVEL_4K;
	end_private(vmd, gmem);
	return splits;
}

static bool measure_reserves_exactly(struct vm_driver *vmd, struct backing_view *view)
{
	int gmem = begin_private(vmd, view);
	bool exactly;

	change_page(gmem, 0);
	exactly = touched_level(vmd) == LEVEL_4K;
	end_private(vmd, gmem);
	return exactly;
}

/*
 * A kernel that fails to see one hugepage uniform again will not do so however it becomes uniform:
 * page by page, or all at once.
 */
static bool measure_mixed_stays_small(struct vm_driver *vmd, struct backing_view *view)
{
	int gmem = begin_private(vmd, view);
	bool small;

	vm_driver_convert(vmd, PROBE_GPA, GFN_BYTES, false);
	vm_driver_convert(vmd, PROBE_GPA, GFN_BYTES, true);
	vm_driver_convert(vmd, PROBE_GPA, SZ_2M, false);
	vm_driver_convert(vmd, PROBE_GPA, SZ_2M, true);
	small = touched_level(vmd) == LEVEL_4K;
	end_private(vmd, gmem);
	return small;
}

/* What else there is to know where guest_memfd has large folios, and only there. */
static void measure_gmem(struct vm_driver *vmd, struct backing_view *view,
			 struct kernel_traits *traits)
{
	int gmem = begin_private(vmd, view);

	traits->gmem_level = touched_level(vmd);
	end_private(vmd, gmem);
	if (traits->gmem_level == LEVEL_4K)
		return;

	traits->gmem_hole_splits = measure_hole_splits(vmd, view);
	traits->gmem_reserves_exactly = measure_reserves_exactly(vmd, view);
	traits->mixed_stays_small = measure_mixed_stays_small(vmd, view);
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

	/*
	 * A 4K leaf for sure, however the split went; and without a conversion, which may be
	 * what is wrong with this kernel.
	 */
	delete_memslot(vmd, 1);
	trait_memslot(vmd, 1, PROBE_GPA, SZ_2M, view->base, -1, true);
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
	measure_gmem(vmd, &view, &traits);
	traits.delete_zaps_all = measure_delete_zaps_all(vmd, &view);
	measure_log(vmd, &view, &traits);
	vm_driver_free(vmd);
	backing_unmap(&view);
	return traits;
}
