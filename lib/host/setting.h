/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes to the whole system, such as to module parameters, that must not outlive this
 * process.  They are undone, the last one first, when it exits, and by a process that waits
 * for the end of it and of all its children when they are killed.
 */
#ifndef LPAGE_SETTING_H
#define LPAGE_SETTING_H

#include <stdbool.h>

#define KHUGEPAGED_SLEEP_SETTING	\
	"/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs"
#define NUMA_BALANCING_SETTING	"/proc/sys/kernel/numa_balancing"
#define COMPACTION_SETTING	"/proc/sys/vm/compaction_proactiveness"

/*
 * To be called before anything is changed, and before the program has children or VMs.
 * Calling it again starts another process that undoes what is left: one that sees what the
 * program has mounted in between.  It waits until no other program of the suite has changes left,
 * and from then on each process is killed when the thread that has forked it ends.
 */
void setting_guard(void);

/* True if the file @path, which holds a setting, is there and may be written. */
bool setting_can_change(const char *path);

/*
 * Write @value to the file @path, which is given back what it held when the program ends.
 * This and the others below return 0 or the errno: ENOSPC if there are too many changes.
 */
int setting_change(const char *path, const char *value);

/* The same for a file that is not given back what it held, but @back. */
int setting_change_back(const char *path, const char *value, const char *back);

/* Make the folder @path, which is removed when the program ends. */
int setting_make_folder(const char *path);

/*
 * Write @value to the file @path, which is given back what it held by setting_restore(), at
 * the latest when the program ends.  A child may do so, too.
 */
int setting_change_for_now(const char *path, const char *value);

/*
 * To be called before something is done that writing @value to @path undoes: setting_restore() does
 * that, too.  EBUSY: there is something else to be undone there.
 */
int setting_undo_by(const char *path, const char *value);

/* Undo each setting_change_for_now(), be it by this process or by a child. */
void setting_restore(void);

/* Write @value to @path for good. */
int setting_write(const char *path, const char *value);

/* Read the first line of @path. */
int setting_read(const char *path, char *value, int size);

#endif /* LPAGE_SETTING_H */
