// SPDX-License-Identifier: GPL-2.0-only
#include "host/setting.h"
#include "kvm/kvm_parameter.h"
#include "kvm/nx_mitigation.h"

int nx_mitigation_force(void)
{
	return setting_change_for_now(NX_RECOVERY_RATIO_SETTING, "0") ? :
	       setting_change_for_now(NX_SETTING, "force");
}

int nx_mitigation_recover_all(void)
{
	return setting_change_for_now(NX_RECOVERY_PERIOD_SETTING, "1") ? :
	       setting_change_for_now(NX_RECOVERY_RATIO_SETTING, "1");
}

int nx_mitigation_change(void)
{
	char value[8];

	return setting_read(NX_SETTING, value, sizeof(value)) ? :
	       setting_change_for_now(NX_SETTING, *value == 'Y' ? "off" : "force");
}
