// SPDX-License-Identifier: GPL-2.0-only
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
	return true;
}

void apply_nx_recover(struct mapping_model *model, const struct step *step)
{
	mapping_model_recover_nx(model);
}
