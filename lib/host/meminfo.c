// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/meminfo.h"

bool meminfo_read(const char *name, u64 *value)
{
	FILE *meminfo = fopen("/proc/meminfo", "r");
	const size_t length = strlen(name);
	bool found = false;
	char line[128];

	while (meminfo && !found && fgets(line, sizeof(line), meminfo))
		found = !strncmp(line, name, length) && line[length] == ':';
	if (meminfo)
		fclose(meminfo);
	if (found)
		*value = strtoull(line + length + 1, NULL, 10);
	return found;
}
