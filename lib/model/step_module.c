// SPDX-License-Identifier: GPL-2.0-only
#include "model/scenario_check.h"
#include "model/step_rules.h"

bool check_eager_split(const struct mapping_model *model, const struct step *step,
		       const struct complaint *complaint)
{
	return true;
}

void apply_eager_split(struct mapping_model *model, const struct step *step)
{
	model->eager_split = step->on;
}

bool check_nx_hugepages(const struct mapping_model *model, const struct step *step,
			const struct complaint *complaint)
{
	return true;
}

void apply_nx_hugepages(struct mapping_model *model, const struct step *step)
{
	mapping_model_set_nx(model, step->on);
}

bool check_nx_recover(const struct mapping_model *model, const struct step *step,
		      const struct complaint *complaint)
{
	if (step->recovery.early && step->recovery.periods)
		return complain(complaint, "periods or early, not both");
	if (step->recovery.periods > SCENARIO_MAX_PERIODS)
		return complain(complaint, "at most %u periods", SCENARIO_MAX_PERIODS);
	return true;
}

void apply_nx_recover(struct mapping_model *model, const struct step *step)
{
	u32 ratio = step->recovery.ratio, period;

	for (period = 0; period < recovery_periods(&step->recovery); period++)
		mapping_model_recover_nx(model, mapping_model_nx_share(model, ratio));
}
