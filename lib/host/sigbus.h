/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to memory that may not be there for the host. */
#ifndef LPAGE_SIGBUS_H
#define LPAGE_SIGBUS_H

#include <stdbool.h>

#include <linux/types.h>

#include "scenario/level.h"

/* Load *@value from @hva; false if that ends with SIGBUS. By one thread of a process at a time. */
bool sigbus_load(const u64 *hva, u64 *value);

/* Store @value at @hva. */
bool sigbus_store(u64 *hva, u64 value);

#endif /* LPAGE_SIGBUS_H */
