// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test_util.h"

#include "host/meminfo.h"
#include "host/setting.h"
#include "kvm/vm_memory.h"

/* Adds to the counters what each CPU has in reserve (vmstat_refresh()). */
#define REFRESH		"/proc/sys/vm/stat_refresh"
#define VMS		"/sys/kernel/debug/kvm"
#define FREE_HUGEPAGES	"/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"

/* Each cache has a folder with a file that makes it shrink. */
#define CACHES		"/sys/kernel/slab"

/* /proc/meminfo counts those of the default size, which may be another one. */
static bool read_free_hugepages(u64 *nr)
{
	char value[24];

	if (setting_read(FREE_HUGEPAGES, value, sizeof(value)))
		return false;
	*nr = strtoull(value, NULL, 10);
	return true;
}

static bool read_memory(struct vm_memory *memory)
{
	u64 iommu_pages = 0, acquired = 0, released = 0;

	if (setting_write(REFRESH, "1") || !meminfo_read("SecPageTables", &memory->page_tables) ||
	    !meminfo_read("Slab", &memory->slab) ||
	    !meminfo_read("VmallocUsed", &memory->vmalloc) ||
	    !read_free_hugepages(&memory->free_hugepages) ||
	    !meminfo_read("Unevictable", &memory->unevictable))
		return false;

	/* IOMMUs' are counted with them (drivers/iommu/iommu-pages.c), as devices need them. */
	vmstat_read("nr_iommu_pages", &iommu_pages);
	vmstat_read("nr_foll_pin_acquired", &acquired);
	vmstat_read("nr_foll_pin_released", &released);
	memory->pins = acquired - released;
	memory->page_tables = memory->page_tables * 1024 - iommu_pages * getpagesize();
	memory->slab *= 1024;
	memory->vmalloc *= 1024;
	memory->unevictable *= 1024;
	return true;
}

/* Each VM has a folder there, beside the files of KVM's own. */
bool vm_memory_has_vms(void)
{
	DIR *vms = opendir(VMS);
	struct dirent *entry;
	bool found = false;

	while (vms && (entry = readdir(vms)))
		found |= entry->d_type == DT_DIR && entry->d_name[0] != '.';
	if (vms)
		closedir(vms);
	return found;
}

const char *vm_memory_missing(void)
{
	struct vm_memory memory;

	if (access(REFRESH, W_OK))
		return REFRESH ", which root can write";
	if (!read_memory(&memory))
		return "SecPageTables in /proc/meminfo and hugetlb pages of 2M";
	if (access(VMS, R_OK))
		return VMS ", which tells of other VMs";
	return vm_memory_has_vms() ? MISSING_QUIET : NULL;
}

/* Not all kernels have the files; those with KASAN do. */
void vm_memory_settle(void)
{
	DIR *caches = opendir(CACHES);
	struct dirent *entry;
	char path[PATH_MAX];

	while (caches && (entry = readdir(caches))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CACHES "/%s/shrink", entry->d_name);
		setting_write(path, "1");
	}
	if (caches)
		closedir(caches);
}

struct vm_memory vm_memory_read(void)
{
	struct vm_memory memory;

	TEST_ASSERT(read_memory(&memory), "Cannot read /proc/meminfo");
	return memory;
}
