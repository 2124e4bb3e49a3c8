// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include <linux/kernel.h>

#include "host/slow_machine.h"
#include "unit.h"

static void ordinary_machine(void)
{
	unsetenv("KSFT_MACHINE_SLOW");
	CHECK(slow_machine_seconds(30) == 30, "not in the environment");
	setenv("KSFT_MACHINE_SLOW", "", 1);
	CHECK(slow_machine_seconds(30) == 30, "empty");
}

static void slow_machine(void)
{
	setenv("KSFT_MACHINE_SLOW", "yes", 1);
	CHECK(slow_machine_seconds(30) == 30 * SLOW_MACHINE_FACTOR, "30 seconds");
}

static const struct unit_case cases[] = {
	{ "limits_stay_on_an_ordinary_machine", ordinary_machine },
	{ "limits_grow_on_a_slow_machine", slow_machine },
};

int main(void)
{
	return unit_main(cases, ARRAY_SIZE(cases));
}
