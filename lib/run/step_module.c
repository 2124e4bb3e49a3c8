// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <unistd.h>

#include "host/monotonic.h"
#include "host/setting.h"
#include "kvm/known_bug.h"
#include "kvm/kvm_parameter.h"
#include "kvm/vm_driver.h"
#include "run/run_compare.h"
#include "run/run_step.h"

/* Long enough to see what one period does, and to stop KVM before the next one is over. */
#define NX_PERIOD_MS		100

/* Never over, and how long it is looked whether KVM waits for it. */
#define NX_LONG_PERIOD_MS	(3600 * 1000)
#define NX_EARLY_US		(20 * 1000)

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

/* Where all is recovered it does not matter how often that happens. */
static unsigned int period_ms(const struct recovery *recovery)
{
	if (recovery->early)
		return NX_LONG_PERIOD_MS;

	return recovery->ratio > 1 ? NX_PERIOD_MS : 1;
}

static bool start_recovery(struct scenario_run *run, const struct recovery *recovery)
{
	char period[16], ratio[16];

	snprintf(period, sizeof(period), "%u", period_ms(recovery));
	snprintf(ratio, sizeof(ratio), "%u", recovery->ratio ? recovery->ratio : 1);
	return change_setting(run, NX_RECOVERY_PERIOD_SETTING, period) &&
	       change_setting(run, NX_RECOVERY_RATIO_SETTING, ratio);
}

/* How many of @splits page tables are left when what @recovery says is over, or fewer. */
static u64 left_of(u64 splits, const struct recovery *recovery)
{
	u64 ratio = recovery->ratio ? recovery->ratio : 1;
	u32 period;

	for (period = 0; period < recovery_periods(recovery); period++)
		splits -= (splits + ratio - 1) / ratio;
	return splits;
}

/*
 * With the known bug RECOVERY_TAKES_TOO_MUCH only the first recovery of a VM takes the share that
 * it should.  Where the bug would show all is taken, which it does not change.
 */
static struct recovery what_to_recover(struct scenario_run *run, const struct step *step)
{
	const struct recovery *recovery = &step->recovery;

	if (!run->tolerant || recovery->ratio <= 1 || recovery->early ||
	    (!run->nx_recovered && recovery_periods(recovery) == 1) ||
	    !known_bug_expected(RECOVERY_TAKES_TOO_MUCH))
		return *recovery;

	run->nr_tolerated++;
	return (struct recovery) { };
}

static void follow_period(struct scenario_run *run, const struct recovery *recovery)
{
	u64 share = mapping_model_nx_share(run->model, recovery->ratio);

	run->nx_recovered |= mapping_model_recover_nx(run->model, share) > 0;
}

static bool recovery_agrees(struct scenario_run *run)
{
	return vm_driver_nx_splits(run->vmd) == page_tables_nr_tracked(run->model->tables) &&
	       run_leaves_agree(run);
}

/* KVM counts ticks: the longest there are (HZ=100), and what rounding takes. */
#define TICK_MS		12

/*
 * Of @ms milliseconds that KVM was allowed to recover in, a new period may have begun after each
 * full one: where this thread was kept from stopping it in time, there are more than were wanted.
 */
static void follow_periods(struct scenario_run *run, const struct recovery *recovery, u64 ms)
{
	u64 most = 1 + (ms + TICK_MS) / period_ms(recovery);
	u64 period, wanted = recovery_periods(recovery);

	for (period = 0; period < wanted; period++)
		follow_period(run, recovery);
	for (; period < most && !recovery->early && !recovery_agrees(run); period++) {
		follow_period(run, recovery);
		run->recovered_more = true;
	}
}

/* Let KVM's thread recover what @step says, and give it the time. */
bool run_nx_recover(struct scenario_run *run, const struct step *step)
{
	const struct recovery recovery = what_to_recover(run, step);
	u64 left = left_of(vm_driver_nx_splits(run->vmd), &recovery);
	u64 began, stopped;

	/* Whatever was recovered last, the period since then is over. */
	if (period_ms(&recovery) == NX_PERIOD_MS)
		usleep(NX_PERIOD_MS * 1000);
	began = monotonic_ms();
	if (!start_recovery(run, &recovery))
		return false;
	vm_driver_wait_for_splits(run->vmd, left);
	if (recovery.early)
		usleep(NX_EARLY_US);
	if (!change_setting(run, NX_RECOVERY_RATIO_SETTING, "0"))
		return false;
	stopped = monotonic_ms();
	vm_driver_wait_for_recovery(run->vmd);
	if (!run->bare)
		follow_periods(run, &recovery, stopped - began);
	return true;
}
