/* SPDX-License-Identifier: GPL-2.0-only */
/* Watches the kernel's log for complaints: a WARN is a failure even if all else is well. */
#ifndef LPAGE_KERNEL_LOG_H
#define LPAGE_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "kvm/known_bug.h"

/*
 * Watch from now on, and let warnings that the kernel gives only once be given again.
 * Without the right to read the log nothing is watched, and nothing ever found.
 */
void kernel_log_start(void);

/* False without the right to read the log. */
bool kernel_log_is_readable(void);

/*
 * From now on, until kernel_log_start(), what the log says of @id does not count.  Only for a
 * bug that shows by chance: what it says might be another bug's as well.
 */
void kernel_log_tolerate(enum known_bug_id id);

/*
 * True if the kernel complained since it was last asked; the first complaint is then in
 * @line.  After a complaint that is a known bug of this kernel the log gets a line
 * that says so and repeats it; if @tolerant, it does not count.  So does a log of which a part was
 * overwritten, unread.  kernel_log_start() comes before.
 */
bool kernel_log_complains(bool tolerant, char *line, size_t size);

#endif /* LPAGE_KERNEL_LOG_H */
