/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What KVM remembers about one possible hugepage: one word that must be zero for the
 * hugepage to be used (kvm_lpage_info.disallow_lpage).  Bit 31 says that the hugepage is
 * mixed; the bits below count everybody else who forbids it: alignment, page tracking,
 * shadowed page tables.  Both live in one word, so neither may spill into the other.
 */
#ifndef LPAGE_TRACKER_LPAGE_INFO_H
#define LPAGE_TRACKER_LPAGE_INFO_H

#include "scenario/level.h"

struct lpage_info {
	u32 disallow;
};

#define LPAGE_INFO_MIXED	0x80000000u
#define LPAGE_INFO_MAX_COUNT	(LPAGE_INFO_MIXED - 1)

static inline u32 lpage_info_count(const struct lpage_info *info)
{
	return info->disallow & LPAGE_INFO_MAX_COUNT;
}

static inline bool lpage_info_is_mixed(const struct lpage_info *info)
{
	return info->disallow & LPAGE_INFO_MIXED;
}

static inline void lpage_info_set_mixed(struct lpage_info *info, bool mixed)
{
	info->disallow = lpage_info_count(info) | (mixed ? LPAGE_INFO_MIXED : 0);
}

/*
 * One more user forbids the hugepage.  Returns false, and does nothing, if the count is
 * full: one step further and it would read as "mixed".
 */
static inline bool lpage_info_disallow(struct lpage_info *info)
{
	if (lpage_info_count(info) == LPAGE_INFO_MAX_COUNT)
		return false;

	info->disallow++;
	return true;
}

/*
 * A user who forbade the hugepage gives it free.  Returns false, and does nothing, if
 * there is none: the subtraction would borrow from the mixed flag.
 */
static inline bool lpage_info_allow(struct lpage_info *info)
{
	if (!lpage_info_count(info))
		return false;

	info->disallow--;
	return true;
}

#endif /* LPAGE_TRACKER_LPAGE_INFO_H */
