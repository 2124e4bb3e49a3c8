// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <sys/utsname.h>

#include "test_util.h"

#include "host/release.h"

unsigned int release_running(void)
{
	unsigned int major, minor;
	struct utsname name;

	TEST_ASSERT(!uname(&name) && sscanf(name.release, "%u.%u", &major, &minor) == 2,
		    "Cannot tell the kernel's release");
	return RELEASE(major, minor);
}

bool release_is_within(unsigned int first, unsigned int last)
{
	unsigned int running = release_running();

	return running >= first && running <= last;
}
