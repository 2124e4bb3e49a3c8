/* SPDX-License-Identifier: GPL-2.0-only */
/* Parameters of the module kvm that tests read or change; not all kernels have them. */
#ifndef LPAGE_KVM_PARAMETER_H
#define LPAGE_KVM_PARAMETER_H

#define EAGER_SPLIT_SETTING		"/sys/module/kvm/parameters/eager_page_split"
#define FORCE_EMULATION_SETTING		"/sys/module/kvm/parameters/force_emulation_prefix"
#define GMEM_ATTRIBUTES_SETTING		"/sys/module/kvm/parameters/gmem_in_place_conversion"
#define GMEM_HUGEPAGES_SETTING		"/sys/module/kvm/parameters/gmem_hugepages"
#define MIXED_STAYS_SMALL_SETTING	"/sys/module/kvm/parameters/mixed_stays_small"
#define MMIO_CACHING_SETTING		"/sys/module/kvm/parameters/mmio_caching"
#define NX_RECOVERY_PERIOD_SETTING	"/sys/module/kvm/parameters/nx_huge_pages_recovery_period_ms"
#define NX_RECOVERY_RATIO_SETTING	"/sys/module/kvm/parameters/nx_huge_pages_recovery_ratio"
#define NX_SETTING			"/sys/module/kvm/parameters/nx_huge_pages"

#define MISSING_FORCE	"kvm.force_emulation_prefix cannot be changed"

#endif /* LPAGE_KVM_PARAMETER_H */
