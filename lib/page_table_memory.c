// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>

#include "test_util.h"

#include "page_table_memory.h"
#include "setting.h"

/* Adds to the counters what each CPU has in reserve (vmstat_refresh()). */
#define REFRESH		"/proc/sys/vm/stat_refresh"
#define VMS		"/sys/kernel/debug/kvm"

/* False if /proc/meminfo has no such line. */
static bool read_kib(u64 *kib)
{
	FILE *meminfo = fopen("/proc/meminfo", "r");
	unsigned long long value;
	bool found = false;
	char line[128];

	while (meminfo && !found && fgets(line, sizeof(line), meminfo))
		found = sscanf(line, "SecPageTables: %llu kB", &value) == 1;
	if (meminfo)
		fclose(meminfo);
	if (found)
		*kib = value;
	return found;
}

/* Each VM has a folder there, beside the files of KVM's own. */
static bool has_vms(void)
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

const char *page_table_memory_missing(void)
{
	u64 kib;

	if (!read_kib(&kib) || setting_write(REFRESH, "1"))
		return "SecPageTables in /proc/meminfo";
	return has_vms() ? "machine without other VMs" : NULL;
}

u64 page_table_memory(void)
{
	u64 kib = 0;
	bool told = !setting_write(REFRESH, "1") && read_kib(&kib);

	TEST_ASSERT(told, "Cannot tell the memory of page tables");
	return kib * 1024;
}
