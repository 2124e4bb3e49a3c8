// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "host/setting.h"
#include "host/slow_machine.h"
#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/run_step.h"

/* How long KVM's thread may take to recover hugepages: it wakes up at once. */
#define NX_RECOVERY_SECONDS	5

static bool change_setting(struct scenario_run *run, const char *path, const char *value)
{
	return run_expect_errno(run, 0, 0, setting_change_for_now(path, value));
}

bool run_eager_split(struct scenario_run *run, const struct step *step)
{
	return change_setting(run, EAGER_SPLIT_SETTING, step->on ? "Y" : "N");
}

/* Recovery is switched off, to be called for by its own step only. */
bool run_nx_hugepages(struct scenario_run *run, const struct step *step)
{
	if (!change_setting(run, NX_RECOVERY_RATIO_SETTING, "0") ||
	    !change_setting(run, NX_SETTING, step->on ? "force" : "off"))
		return false;

	if (run->model->nx_hugepages != step->on)
		vm_driver_nx_changed(run->vmd);
	return true;
}

/* Let KVM's thread recover all, i.e. 1/1 of what it tracks, and give it the time. */
bool run_nx_recover(struct scenario_run *run, const struct step *step)
{
	unsigned int wait, limit = slow_machine_seconds(NX_RECOVERY_SECONDS) * 1000;

	if (!change_setting(run, NX_RECOVERY_PERIOD_SETTING, "1") ||
	    !change_setting(run, NX_RECOVERY_RATIO_SETTING, "1"))
		return false;

	mapping_model_recover_nx(run->model);
	for (wait = 0; wait < limit; wait++) {
		if (!vm_driver_nx_splits(run->vmd) && (run->bare || run_leaves_agree(run)))
			break;
		usleep(1000);
	}
	vm_driver_wait_for_recovery(run->vmd);
	return change_setting(run, NX_RECOVERY_RATIO_SETTING, "0");
}
