/* SPDX-License-Identifier: GPL-2.0-only */
/* A case in a child of its own, so that one that hangs or crashes is an answer like any other. */
#ifndef LPAGE_CASE_CHILD_H
#define LPAGE_CASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Call @run(@arg) in a child, which gets @seconds for it, more on a slow machine.  What it has
 * to say it leaves in shared memory.  Returns true if it came to its end; if not, what came in
 * place of that is in @end (64 bytes are enough).
 */
bool case_child_run(void (*run)(void *arg), void *arg, unsigned int seconds, char *end,
		    size_t size);

/* Memory of @size bytes, all zero, that children share; for munmap(). */
void *case_child_share(size_t size);

#endif /* LPAGE_CASE_CHILD_H */
