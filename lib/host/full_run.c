// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "host/full_run.h"

const char *full_run_missing(void)
{
	return getenv("KVM_LPAGE_FULL") ? NULL : "FULL=1";
}
