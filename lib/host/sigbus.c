// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <signal.h>

#include <linux/compiler.h>

#include "host/sigbus.h"

static sigjmp_buf bus_error;

static void on_bus_error(int signal)
{
	siglongjmp(bus_error, 1);
}

static bool try_memory(u64 *hva, u64 *value, bool store)
{
	if (sigsetjmp(bus_error, 1))
		return false;

	if (store)
		WRITE_ONCE(*hva, *value);
	else
		*value = READ_ONCE(*hva);
	return true;
}

static bool access_memory(u64 *hva, u64 *value, bool store)
{
	const struct sigaction action = { .sa_handler = on_bus_error };
	struct sigaction before;
	bool done;

	sigaction(SIGBUS, &action, &before);
	done = try_memory(hva, value, store);
	sigaction(SIGBUS, &before, NULL);
	return done;
}

bool sigbus_load(const u64 *hva, u64 *value)
{
	return access_memory((u64 *)hva, value, false);
}

bool sigbus_store(u64 *hva, u64 value)
{
	return access_memory(hva, &value, true);
}
