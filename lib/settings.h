/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Settings of the whole system, such as module parameters, that a program changes for a
 * while.  They are put back however the program ends, also by SIGKILL.
 */
#ifndef LPAGE_SETTINGS_H
#define LPAGE_SETTINGS_H

#include <stdbool.h>

#define EAGER_SPLIT_SETTING		"/sys/module/kvm/parameters/eager_page_split"
#define NX_SETTING			"/sys/module/kvm/parameters/nx_huge_pages"
#define NX_RECOVERY_RATIO_SETTING	"/sys/module/kvm/parameters/nx_huge_pages_recovery_ratio"
#define NX_RECOVERY_PERIOD_SETTING	"/sys/module/kvm/parameters/nx_huge_pages_recovery_period_ms"

/*
 * To be called once, before the program has children or VMs: starts the process that puts
 * settings back when this one and all its children are gone.
 */
void settings_guard(void);

/* True if the file @path, which holds a setting, is there and may be written. */
bool settings_can_change(const char *path);

/*
 * Write @value to the file @path.  Returns 0 or the errno.  What it held before the first
 * change is kept; of more than a few files that is refused with ENOSPC.
 */
int settings_change(const char *path, const char *value);

/* Put back all that was changed, be it by this process or by a child. */
void settings_restore(void);

#endif /* LPAGE_SETTINGS_H */
