// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/meminfo.h"

/* The number behind @name and @separator, at the beginning of a line of the file @path. */
static bool find_number(const char *path, const char *name, char separator, u64 *value)
{
	const size_t length = strlen(name);
	FILE *file = fopen(path, "r");
	bool found = false;
	char line[128];

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, name, length) && line[length] == separator;
	if (file)
		fclose(file);
	if (found)
		*value = strtoull(line + length + 1, NULL, 10);
	return found;
}

bool meminfo_read(const char *name, u64 *value)
{
	return find_number("/proc/meminfo", name, ':', value);
}

bool vmstat_read(const char *name, u64 *value)
{
	return find_number("/proc/vmstat", name, ' ', value);
}
