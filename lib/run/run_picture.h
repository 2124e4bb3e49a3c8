/* SPDX-License-Identifier: GPL-2.0-only */
/* What somebody who draws a failure needs, in a file: tools/report does. */
#ifndef LPAGE_RUN_PICTURE_H
#define LPAGE_RUN_PICTURE_H

#include "model/level_map.h"
#include "run/run_state.h"

/*
 * If $KVM_LPAGE_RESULTS names a folder: write failures/PROGRAM.CASE.json there, in place of one
 * that is there.  It is an object with "program", "case", "message", the first line of
 * run->failure, "gpa", "refused", the number of steps that were, "rows" of @map (NULL: none),
 * "state" of the model now, and "steps" and "states" as model/film.h has them.  A row stands for
 * "number" neighbours from "gpa" on that are alike, each "size" bytes: "attributes", and how many
 * leaves "wanted" and "got" there are of 4K, 2M and 1G; got is null where KVM's are not known.
 * What cannot be written is left out: nothing depends on it.
 */
void run_picture_save(const struct scenario_run *run, u64 gpa, const struct level_map *map);

#endif /* LPAGE_RUN_PICTURE_H */
