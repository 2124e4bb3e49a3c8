/* SPDX-License-Identifier: GPL-2.0-only */
/* Measures on the running kernel what the mapping model does not assume. */
#ifndef LPAGE_KERNEL_TRAITS_H
#define LPAGE_KERNEL_TRAITS_H

#include "model/mapping_model.h"

/* In bytes: where they are measured. */
#define KERNEL_TRAITS_GPA	SCENARIO_MIN_GPA

/* Needs BACKING_HUGETLB_2MB to be prepared. */
struct kernel_traits kernel_traits_measure(void);

#endif /* LPAGE_KERNEL_TRAITS_H */
