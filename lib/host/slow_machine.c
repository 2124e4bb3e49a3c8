// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "host/slow_machine.h"

unsigned int slow_machine_seconds(unsigned int seconds)
{
	const char *slow = getenv("KSFT_MACHINE_SLOW");

	return slow && *slow ? seconds * SLOW_MACHINE_FACTOR : seconds;
}
