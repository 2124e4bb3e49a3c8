/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What lies in a guest_memfd: large folios of one size, single pages, or nothing yet.  It decides,
 * beside memslot and attributes, at which level private memory may be mapped: kvm_gmem_get_pfn()
 * tells the order of the folio.
 *
 * A page that is missing when somebody needs it comes with a large folio around it where all of
 * that lies in the file and nothing is there yet, else alone.
 */
#ifndef LPAGE_GMEM_FILE_H
#define LPAGE_GMEM_FILE_H

#include <stdbool.h>

#include "model/traits.h"

struct gmem_file;

/* An empty file of @npages on a kernel with @traits. */
struct gmem_file *gmem_file_alloc(const struct kernel_traits *traits, u64 npages);
void gmem_file_free(struct gmem_file *file);

/* The size of the folio that backs @page, or would if that were touched now. */
enum level gmem_file_level(const struct gmem_file *file, u64 page);

/* Somebody touches @page, so that it is there from now on. */
void gmem_file_touch(struct gmem_file *file, u64 page);

/* fallocate() of the pages [@start, @end), which lie in the file. */
void gmem_file_allocate(struct gmem_file *file, u64 start, u64 end);

/*
 * A hole of the pages [@start, @end), one of which is @page, takes all of the hugepage around that
 * from the host's page tables, as folios there may have to be split; not where the file ends
 * inside of it, so that it has none there.
 */
bool gmem_file_hole_unmaps(const struct gmem_file *file, u64 page, u64 start, u64 end);

/* A hole of the pages [@start, @end), which lie in the file. */
void gmem_file_punch(struct gmem_file *file, u64 start, u64 end);

#endif /* LPAGE_GMEM_FILE_H */
