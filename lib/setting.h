/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes to the system that must not outlive this process: they are undone, the last one
 * first, when it exits, and by a process that waits for that when it is killed.
 *
 * To be called before the process forks children that use what was changed: a guard can
 * only tell that all of them are gone.
 */
#ifndef LPAGE_SETTING_H
#define LPAGE_SETTING_H

#include <stdbool.h>

/* Write @value to the file @path, which is given back what it held. False if not possible. */
bool setting_change(const char *path, const char *value);

/* The same for a file that is not given back what it held, but @back. */
bool setting_change_back(const char *path, const char *value, const char *back);

/* Make the folder @path, which is removed. */
bool setting_make_folder(const char *path);

/* Write @value to @path for good. False if not possible. */
bool setting_write(const char *path, const char *value);

/* Read the first line of @path. False if not possible. */
bool setting_read(const char *path, char *value, int size);

#endif /* LPAGE_SETTING_H */
