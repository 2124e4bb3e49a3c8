/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only way to KVM: a VM of the type whose memory has attributes, made and run by
 * upstream's libkvm.  Everything that differs between kernel releases stays in here.
 */
#ifndef LPAGE_VM_DRIVER_H
#define LPAGE_VM_DRIVER_H

#include "model/mapping_model.h"

#define VM_DRIVER_MAX_VCPUS	8

/* Pages that one guest request can touch, see struct guest_request. */
#define GUEST_BATCH_PAGES	1024

/* What the guest executes in a page, a return instruction, and where: behind the tag. */
#define GUEST_CODE		0xc3
#define GUEST_CODE_OFFSET	8

struct vm_driver;

/* What the guest is asked to do. */
struct guest_request {
	enum {
		GUEST_ACCESS, GUEST_CONVERT, GUEST_SPIN, GUEST_INSN, GUEST_HYPERCALL, GUEST_COPY,
		GUEST_ENTER_NESTED, GUEST_LEAVE_NESTED,
	} op;
	enum access access;
	u64 gpa;
	u64 npages;		/* an access takes GUEST_BATCH_PAGES at most */
	bool private;		/* conversion */
	bool interrupts;	/* on, during an access: KVM may halt the vCPU while a page comes */
	bool store_code;	/* an execution stores its code first: no host can, if private */
	u64 tag;		/* written to the first page, tag + 1 to the next, ... */
	u64 source;		/* of a copy to @gpa, a gpa as well */
	u64 bytes;		/* of a copy */
	bool forced;		/* a copy behind the prefix of kvm.force_emulation_prefix */
};

/* How the guest's access to one page ended, and the fields of the exit. */
struct guest_access {
	enum access_end end;
	u64 value;		/* what a read returned */
	u64 gpa;		/* of the exit */
	u64 size;		/* of the exit */
	u64 flags;		/* of KVM_EXIT_MEMORY_FAULT */
	bool is_write;		/* of KVM_EXIT_MMIO */
};

/*
 * Where the kernel keeps what is private: "of the VM" (KVM_SET_MEMORY_ATTRIBUTES), "of guest_memfd"
 * (conversion in place, which comes with 7.4), or "none".
 */
const char *vm_driver_attributes(void);

/* A constant reason why this machine cannot run tests that need attributes of the VM, or NULL. */
const char *vm_driver_missing(void);

/* The same for tests that need attributes of guest_memfd. */
const char *vm_driver_missing_in_place(void);

/* True if KVM_PRE_FAULT_MEMORY exists (Linux 6.11 on). */
bool vm_driver_has_prefault(void);

/* More pages than KVM lets the guest wait for at a time (ASYNC_PF_PER_VCPU). */
#define VM_DRIVER_MAX_TOLD	80

/* What the guest has seen of pages that the host does not have, or has again; by KVM's tokens. */
struct vm_driver_async_faults {
	u32 nr_missing;			/* accesses it has skipped, see missing[] */
	u32 nr_ready;			/* ... whose page is there, see ready[] */
	u32 nr_ready_for_all;		/* to be told once, when it first asks to be told */
	u32 nr_unexplained;		/* other page faults */
	u32 missing[VM_DRIVER_MAX_TOLD];
	u32 ready[VM_DRIVER_MAX_TOLD];
};

/*
 * A VM with @nr_vcpus vCPUs and no memslot but libkvm's own.  The leaves of that memslot
 * are all installed here, so that they add nothing to later statistics.
 */
struct vm_driver *vm_driver_create(unsigned int nr_vcpus);
void vm_driver_free(struct vm_driver *vmd);

/* The leaves installed outside libkvm's own memslot, by level, from KVM's binary stats. */
void vm_driver_leaves(struct vm_driver *vmd, u64 leaves[NR_LEVELS]);

/* The page tables that KVM counts as split for the NX mitigation, outside that memslot. */
u64 vm_driver_nx_splits(struct vm_driver *vmd);

/* How often KVM wanted the TLBs of all vCPUs flushed (the stat remote_tlb_flush_requests). */
u64 vm_driver_tlb_flushes(struct vm_driver *vmd);

/*
 * Wait until KVM's thread has left at most @left of these page tables, or for so long that it never
 * will: it wakes up at once when a parameter says so (set_nx_huge_pages_recovery_param()).
 */
void vm_driver_wait_for_splits(struct vm_driver *vmd, u64 left);

/*
 * Wait until the thread that recovers hugepages split for the NX mitigation is done with what
 * it has begun; it counts them as recovered before it is.
 */
void vm_driver_wait_for_recovery(struct vm_driver *vmd);

/*
 * To be called when kvm.nx_huge_pages was changed, which zaps everything: install the leaves
 * of libkvm's own memslot again.
 */
void vm_driver_nx_changed(struct vm_driver *vmd);

/*
 * To be called when all memory of this process was moved: install the leaves that are gone of
 * libkvm's own memslot again, whatever there are of others.
 */
void vm_driver_own_memory_moved(struct vm_driver *vmd);

/* KVM_SET_MEMORY_ATTRIBUTES. Returns 0 or the errno. */
int vm_driver_convert(struct vm_driver *vmd, u64 gpa, u64 size, bool private);

/* The same with any attributes and flags, to see them refused. */
int vm_driver_set_attributes(struct vm_driver *vmd, u64 gpa, u64 size, u64 attributes, u64 flags);

/* The attributes that a VM of our type supports, by KVM_CAP_MEMORY_ATTRIBUTES. */
u64 vm_driver_supported_attributes(void);

/*
 * What is asked for with pressure_ask() is put on every ioctl by which the functions below change
 * the VM, and on KVM_RUN.
 */

/*
 * Have @no_memory called with @arg when KVM_RUN fails with ENOMEM, or with ENOSPC since KVM may not
 * have as many page tables as it needs, after which it is tried again if that returns true.
 * Otherwise, or without it, the test is given up.
 */
void vm_driver_on_no_memory(struct vm_driver *vmd, bool (*no_memory)(void *arg), void *arg);

/* A guest_memfd of @size bytes, or -ENOMEM under pressure. */
int vm_driver_create_gmem(struct vm_driver *vmd, u64 size);

/* A constant reason why no guest_memfd can be all the memory of a memslot; NULL if it can. */
const char *vm_driver_missing_gmem_only(void);

/*
 * A guest_memfd of @size bytes that makes its memslot guest_memfd-only: KVM serves shared
 * accesses from it, too.  It can be mapped, but a VM with private memory has no shared pages
 * in it, so that no access by the host ever succeeds (kvm_arch_supports_gmem_init_shared()).
 */
int vm_driver_create_gmem_only(struct vm_driver *vmd, u64 size);

/*
 * A guest_memfd of @size bytes that has attributes of its own, where vm_driver_missing_in_place()
 * says nothing: all is private at first, or @shared.  It is all the memory of its memslots, and
 * the host reaches what is shared by mapping it.
 */
int vm_driver_create_gmem_in_place(struct vm_driver *vmd, u64 size, bool shared);

/*
 * KVM_SET_MEMORY_ATTRIBUTES2 of [@offset, @offset + @size) of @gmem_fd.  Returns 0 or the errno;
 * EAGAIN says that somebody holds pages that should become private, the first of them at *@held.
 */
int vm_driver_convert_in_place(int gmem_fd, u64 offset, u64 size, bool private, u64 *held);

/* A constant reason why no guest_memfd has a NUMA policy (mbind()); NULL if it has (6.19 on). */
const char *vm_driver_missing_gmem_policy(void);

/*
 * A guest_memfd of @size bytes, of a VM of its own without private memory, whose pages the host
 * can reach by mapping it.  Returns the file or -1.
 */
int vm_driver_create_gmem_of_host(u64 size);

/*
 * KVM_SET_USER_MEMORY_REGION2 for memslot @id; @gmem_fd is -1 for none, @size 0 deletes.
 * Returns 0 or the errno.
 */
int vm_driver_set_memslot(struct vm_driver *vmd, u32 id, u64 gpa, u64 size, void *hva, int gmem_fd,
			  bool logged);

/*
 * The same for a memslot that the guest cannot write to (KVM_MEM_READONLY), which has no
 * guest_memfd: KVM takes the one only without the other (check_memory_region_flags()).
 */
int vm_driver_set_read_only_memslot(struct vm_driver *vmd, u32 id, u64 gpa, u64 size, void *hva);

/* A constant reason why KVM cannot protect pages as @protect says, or NULL. */
const char *vm_driver_missing_protect(enum manual_protect protect);

/* Enable KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 accordingly. Returns 0 or the errno. */
int vm_driver_manual_protect(struct vm_driver *vmd, enum manual_protect protect);

/*
 * KVM_GET_DIRTY_LOG of memslot @id into @bitmap, which has a bit for each page and is a whole
 * number of u64.  Returns 0 or the errno.
 */
int vm_driver_get_log(struct vm_driver *vmd, u32 id, u64 *bitmap);

/*
 * KVM_CLEAR_DIRTY_LOG of those of @npages pages, from page @first of memslot @id on, that are
 * set in @bitmap.  Returns 0 or the errno; KVM wants multiples of 64.
 */
int vm_driver_clear_log(struct vm_driver *vmd, u32 id, u64 first, u64 npages, u64 *bitmap);

/* A constant reason why KVM has no dirty rings, or NULL. */
const char *vm_driver_missing_ring(void);

/*
 * Make the VM anew, so that KVM logs into a ring of @bytes, a power of 2, for each vCPU: it has to
 * be told before there are any.  A vCPU whose ring is full goes on after what all rings have was
 * taken, protected again, and kept for vm_driver_get_ring_log().
 */
void vm_driver_use_rings(struct vm_driver *vmd, u32 bytes);

/*
 * What rings have of memslot @id, into @bitmap, which has a bit for each of its @npages pages.
 * Afterwards all that any ring had is protected again, whichever memslot it belongs to.
 */
void vm_driver_get_ring_log(struct vm_driver *vmd, u32 id, u64 *bitmap, u64 npages);

/* How often vCPU @vcpu has left since its ring was full (KVM_EXIT_DIRTY_RING_FULL). */
u64 vm_driver_ring_exits(struct vm_driver *vmd, unsigned int vcpu);

/* An entry of a ring: a page of a memslot, counted from its first. */
struct vm_driver_dirty_page {
	u32 slot;
	u64 page;
};

/* Take at most @max entries out of the ring of vCPU @vcpu. Returns how many there were. */
size_t vm_driver_harvest(struct vm_driver *vmd, unsigned int vcpu,
			 struct vm_driver_dirty_page *page, size_t max);

/*
 * KVM_RESET_DIRTY_RINGS: what was taken is protected again and makes room. Returns how many entries
 * that were, or minus the errno.
 */
int vm_driver_reset_rings(struct vm_driver *vmd);

/*
 * KVM_GET_DIRTY_LOG and KVM_CLEAR_DIRTY_LOG of a logged memslot in a VM of its own, which has
 * rings in place of bitmaps.  Each returns 0 or the errno.
 */
struct vm_driver_ring_log {
	int get;
	int clear;
};

struct vm_driver_ring_log vm_driver_try_log_of_ring(void);

/*
 * vm_driver_set_memslot() without logging; the memslot begins at @offset of the guest_memfd, in
 * bytes, whereas there it begins with it.
 */
int vm_driver_bind_memslot(struct vm_driver *vmd, u32 id, u64 gpa, u64 size, void *hva,
			   int gmem_fd, u64 offset);

/*
 * True if @r is the errno for a range of a guest_memfd that is bound already: EEXIST, which 6.12
 * does not say yet, but EINVAL; between it and 7.3 either may be.
 */
bool vm_driver_is_bound_already(int r);

/*
 * KVM_PRE_FAULT_MEMORY until all of [@gpa, @gpa + @size) is done. Returns 0, or the errno
 * with the gpa that KVM stopped at in *@stopped.
 */
int vm_driver_prefault(struct vm_driver *vmd, u64 gpa, u64 size, u64 *stopped);

/* The same by vCPU @vcpu, which must not be running meanwhile; above it is the first one. */
int vm_driver_prefault_by(struct vm_driver *vmd, unsigned int vcpu, u64 gpa, u64 size,
			  u64 *stopped);

/*
 * Let vCPU @vcpu carry out @request. An access stores how every page ended in @result,
 * of request->npages entries; pages that leave with an exit are skipped by the guest.
 * A conversion is carried out when the guest's hypercall exits. Returns 0 or the errno
 * of that conversion.
 */
int vm_driver_guest(struct vm_driver *vmd, unsigned int vcpu, const struct guest_request *request,
		    struct guest_access *result);

/*
 * Let vCPU @vcpu access the one page at @gpa; a write stores @tag. Returns how that ended, with
 * what a read has got as its value.
 */
struct guest_access vm_driver_touch(struct vm_driver *vmd, unsigned int vcpu, enum access access,
				    u64 gpa, u64 tag);

/*
 * Each vCPU may be run by a thread of its own, while others call everything else here but
 * vm_driver_free().  Between @parallel and not, no vCPU is used to put right the leaves that
 * kernels before 6.12 zap with any memslot: vm_driver_leaves() is right again afterwards.
 */
void vm_driver_parallel(struct vm_driver *vmd, bool parallel);

/*
 * GUEST_SPIN reads the one page of the request over and over, in a thread of its own:
 * how often so far, and let it come to its end.
 */
u64 vm_driver_spins(struct vm_driver *vmd, unsigned int vcpu);
void vm_driver_stop_spin(struct vm_driver *vmd, unsigned int vcpu);

/*
 * How many page faults of the vCPU KVM has handled (the stat pf_taken of kvm_mmu_page_fault()),
 * retries included.  To be called for the first time before the vCPU runs in another thread:
 * KVM_GET_STATS_FD waits for it.
 */
u64 vm_driver_faults(struct vm_driver *vmd, unsigned int vcpu);

/* How many of them installed a leaf (the stat pf_fixed, likewise). */
u64 vm_driver_fixed_faults(struct vm_driver *vmd, unsigned int vcpu);

/* After how many of them KVM emulated the instruction, MMIO above all (pf_emulate, likewise). */
u64 vm_driver_emulated_faults(struct vm_driver *vmd, unsigned int vcpu);

/* How often vCPU @vcpu has flushed its TLB, as it does when it runs next (the stat tlb_flush). */
u64 vm_driver_flushes_of(struct vm_driver *vmd, unsigned int vcpu);

/* How many of them KVM served without mmu_lock (the stat pf_fast, fast_page_fault()); likewise. */
u64 vm_driver_fast_faults(struct vm_driver *vmd, unsigned int vcpu);

/*
 * True if the vCPU is halted (the stat blocking of kvm_vcpu_block()). The same goes for the first
 * call.
 */
bool vm_driver_is_halted(struct vm_driver *vmd, unsigned int vcpu);

/*
 * Like an access by vm_driver_guest(), but each page that faults is first handed to
 * @fix, after which the guest tries again (implicit conversion).
 */
void vm_driver_guest_retry(struct vm_driver *vmd, unsigned int vcpu,
			   const struct guest_request *request, struct guest_access *result,
			   void (*fix)(void *arg, const struct guest_access *fault), void *arg);

/*
 * What KVM writes to the guest's memory itself: kvmclock.  For vCPU @vcpu that is kept at @gpa from
 * the next time on that it runs, 32 bytes (struct pvclock_vcpu_time_info), and written anew when
 * vCPUs run after the VM's clock was set to @ns nanoseconds, until it is ended or kept elsewhere.
 */
void vm_driver_keep_clock(struct vm_driver *vmd, unsigned int vcpu, u64 gpa);
void vm_driver_end_clock(struct vm_driver *vmd, unsigned int vcpu);
void vm_driver_set_clock(struct vm_driver *vmd, u64 ns);

/* Say in the clock of vCPU @vcpu, when that runs next, that it was stopped (KVM_KVMCLOCK_CTRL). */
void vm_driver_tell_stop(struct vm_driver *vmd, unsigned int vcpu);

/* Once, now: when the guest was booted, at @gpa, 12 bytes (struct pvclock_wall_clock). */
void vm_driver_tell_wall_clock(struct vm_driver *vmd, unsigned int vcpu, u64 gpa);

/*
 * How long vCPU @vcpu has waited for a CPU, which KVM keeps at @gpa from the next time on that it
 * runs, 64 bytes (struct kvm_steal_time), and writes anew whenever it runs.
 */
void vm_driver_keep_steal_time(struct vm_driver *vmd, unsigned int vcpu, u64 gpa);

/*
 * What follows is for tests of single ioctls, of the beginning and end of a VM, and of single
 * instructions.  The ioctls are made once, as they are asked for, so that they can be refused.
 */

/* The VM before its vCPUs run for the first time, and that: both together are the above. */
struct vm_driver *vm_driver_create_unstarted(unsigned int nr_vcpus);
void vm_driver_start(struct vm_driver *vmd);

/*
 * KVM_CREATE_VCPU for one more vCPU, @vcpu, while this process may have no further file, which it
 * gets last.  Returns the errno, 0 if it got one.
 */
int vm_driver_create_vcpu_without_file(struct vm_driver *vmd, unsigned int vcpu);

/*
 * KVM_SET_MEMORY_ATTRIBUTES while the VM, which has not been started yet, has no memslot at all,
 * not even libkvm's.  Returns 0 or the errno.
 */
int vm_driver_convert_without_memslots(struct vm_driver *vmd, u64 gpa, u64 size, bool private);

/*
 * A VM without the NX mitigation, whatever kvm.nx_huge_pages says, which takes root
 * (KVM_CAP_VM_DISABLE_NX_HUGE_PAGES).
 */
struct vm_driver *vm_driver_create_without_nx_mitigation(unsigned int nr_vcpus);

/* The same for a VM that has vCPUs already, to see it refused. Returns 0 or the errno. */
int vm_driver_try_end_nx_mitigation(struct vm_driver *vmd);

/* A constant reason why no VM has two address spaces, or NULL. */
const char *vm_driver_missing_smm(void);

/*
 * A VM without private memory (KVM_X86_DEFAULT_VM), which has two address spaces: memslots of the
 * second one have numbers from VM_DRIVER_SMM on, also in logs and rings, and are for vCPUs in
 * system management mode.  libkvm's own memslot is in both; in the second its leaves count as well.
 */
#define VM_DRIVER_SMM	0x10000
struct vm_driver *vm_driver_create_with_smm(unsigned int nr_vcpus);

/* Have vCPU @vcpu go on in system management mode, just where it is, or leave it. */
void vm_driver_enter_smm(struct vm_driver *vmd, unsigned int vcpu, bool smm);

/* A constant reason why all leaves go with any memslot of such a VM, or NULL. */
const char *vm_driver_missing_sparing(void);

/* From now on no memslot's leaves go with another one (KVM_X86_QUIRK_SLOT_ZAP_ALL). */
void vm_driver_spare_memslots(struct vm_driver *vmd);

/*
 * A constant reason why no guest can have a guest of its own, with page tables of its own for that
 * if @with_tables; NULL if it can.
 */
const char *vm_driver_missing_nested(bool with_tables);

/*
 * A constant reason why KVM keeps its page tables for a guest of the guest when the guest's own
 * for them have gone, as 6.12 does; NULL if it drops them at once (kvm_mmu_track_write()).
 */
const char *vm_driver_missing_zap_of_orphans(void);

/*
 * From now on vCPU 0 does what it is asked for in a guest of its guest (L2), by the page tables
 * @tables, which KVM shadows.  If that is NULL, L2 has the gpas of the guest (L1), and KVM a second
 * root, which differs in its role (kvm_calc_tdp_mmu_root_page_role()).
 * L2 makes no hypercalls: they would end it.
 */
struct nested_tables;
void vm_driver_enter_nested(struct vm_driver *vmd, const struct nested_tables *tables);
void vm_driver_leave_nested(struct vm_driver *vmd);

/*
 * Have vCPU 0, which is in L2, saved and set up anew from that (KVM_SET_NESTED_STATE).  With NPT
 * L2's EFER has no NX any more, unlike L1's, which says what L1's page tables for L2 look like.
 */
void vm_driver_restore_nested(struct vm_driver *vmd);

/*
 * Have vCPU 0, which has been in L2 once, enter it again and be restored there, and before it runs
 * be put back to where it was in L1, as when a second snapshot is loaded.
 */
void vm_driver_take_back_nested(struct vm_driver *vmd, const struct nested_tables *tables);

/*
 * KVM_SET_NR_MMU_PAGES: KVM has at most @nr page tables for what L1 has for L2, if that is 64 or
 * more.  Returns 0 or the errno.
 */
int vm_driver_limit_tables(struct vm_driver *vmd, u32 nr);

/*
 * Let L2 access the one page at @gpa, which L1's page tables do not allow: true if L1 was told so,
 * and L2 has ended; then @why has bits of enum nested_fault.
 */
bool vm_driver_ends_nested(struct vm_driver *vmd, enum access access, u64 gpa, u64 tag,
			   unsigned int *why);

/* The same for L2's @insn. */
struct guest_insn;
bool vm_driver_insn_ends_nested(struct vm_driver *vmd, struct guest_insn *insn, unsigned int *why);

/*
 * A constant reason why there is no page of L1's that KVM writes to when L2 ends, as it does to
 * SVM's VMCB, or NULL.
 */
const char *vm_driver_missing_nested_control(void);

/* From now on libkvm's own memslot, which has that page, is logged. */
void vm_driver_log_nested_control(struct vm_driver *vmd);

/* True if the page is dirty, by a log that is cleared. */
bool vm_driver_wrote_nested_control(struct vm_driver *vmd);

/* KVM_SET_USER_MEMORY_REGION2. Returns 0 or the errno. */
struct kvm_userspace_memory_region2;
int vm_driver_try_memslot(struct vm_driver *vmd,
			  const struct kvm_userspace_memory_region2 *region);

/* KVM_CREATE_GUEST_MEMFD. Returns the file or minus the errno. */
int vm_driver_try_create_gmem(struct vm_driver *vmd, u64 size, u64 flags);

/* What KVM_SET_MEMORY_ATTRIBUTES2 takes, for kernels whose headers do not know it. */
struct gmem_attributes {
	u64 offset;
	u64 size;
	u64 attributes;
	u64 flags;
	u64 error_offset;
	u64 reserved[11];
};

/* KVM_SET_MEMORY_ATTRIBUTES2. Returns 0 or the errno. */
int vm_driver_try_gmem_attributes(int gmem_fd, struct gmem_attributes *attributes);

/* KVM_PRE_FAULT_MEMORY. Returns 0 or the errno, with what KVM leaves to do in *@gpa, *@size. */
int vm_driver_try_prefault(struct vm_driver *vmd, unsigned int vcpu, u64 *gpa, u64 *size,
			   u64 flags);

/*
 * The parts of an access by vm_driver_guest(): ask vCPU @vcpu for it, KVM_RUN any number of times
 * (returns 0 or the errno), and run it to its end.
 */
void vm_driver_ask(struct vm_driver *vmd, unsigned int vcpu, const struct guest_request *request);
int vm_driver_try_run(struct vm_driver *vmd, unsigned int vcpu);

void vm_driver_finish(struct vm_driver *vmd, unsigned int vcpu,
		      const struct guest_request *request, struct guest_access *result);

/* True if the last KVM_RUN of vCPU @vcpu says that a signal has ended it (KVM_EXIT_INTR). */
bool vm_driver_has_left_for_signal(struct vm_driver *vmd, unsigned int vcpu);

/* When the guest is told of pages that the host does not have; it runs in kernel mode only. */
enum vm_driver_told { TOLD_NEVER, TOLD_IN_USER_MODE, TOLD_ALWAYS };

/*
 * Have KVM tell the guest on vCPU @vcpu of pages that the host does not have, and when they are
 * there (MSR_KVM_ASYNC_PF_EN), in accesses with interrupts on: it goes on behind an access to one.
 */
void vm_driver_tell_of_missing_pages(struct vm_driver *vmd, unsigned int vcpu,
				     enum vm_driver_told told);

/* What it was told since then. */
struct vm_driver_async_faults vm_driver_async_faults(struct vm_driver *vmd, unsigned int vcpu);

/*
 * A copy of one of the VM's files (of the first vCPU), or a file of its in debugfs, for the caller
 * to close.
 */
enum vm_driver_file { VM_DRIVER_VM, VM_DRIVER_VCPU, VM_DRIVER_STATS, VM_DRIVER_DEBUGFS };
int vm_driver_dup(struct vm_driver *vmd, enum vm_driver_file file);

#define GUEST_INSN_MAX_EXITS	4

/* The exits of one instruction, in their order. */
struct guest_insn_exits {
	unsigned int nr;
	struct guest_insn_exit {
		enum access_end end;
		u64 gpa;
		u64 size;
		bool is_write;
		u64 data;	/* of a write by KVM_EXIT_MMIO, all eight bytes as KVM has them */
	} exit[GUEST_INSN_MAX_EXITS];
};

/*
 * From now on KVM itself takes stores of @size bytes to @gpa, outside of memslots, and signals an
 * eventfd, which is returned (KVM_IOEVENTFD).
 */
int vm_driver_add_doorbell(struct vm_driver *vmd, u64 gpa, unsigned int size);

/*
 * Let the guest see the GiB at @gpa at @gva as well, which it has not used yet; both are whole GiB.
 * Without this, each gpa of a scenario is at gva = gpa.
 */
void vm_driver_map_1g(struct vm_driver *vmd, u64 gva, u64 gpa);

/* The same, but by page tables of the guest's: @directory is the gpa of those of 2M. */
void vm_driver_map_by_directory(struct vm_driver *vmd, u64 gva, u64 directory);

/*
 * Let vCPU @vcpu execute @insn, whose results are stored there.  A read by KVM_EXIT_MMIO is
 * answered with @input, each exit having its own; after any other exit the instruction is skipped.
 */
void vm_driver_insn(struct vm_driver *vmd, unsigned int vcpu, struct guest_insn *insn,
		    const u64 input[GUEST_INSN_MAX_EXITS], struct guest_insn_exits *exits);

/* Let vCPU @vcpu copy @bytes by one instruction (rep movsb), which may leave with no exit. */
void vm_driver_copy(struct vm_driver *vmd, unsigned int vcpu, u64 to, u64 from, u64 bytes,
		    bool forced);

/* A hypercall, and what the host and the guest see of it. */
struct guest_hypercall {
	u64 nr;
	u64 arg[3];
	bool answers;		/* the host stores @answer, else it leaves what KVM has put there */
	u64 answer;
	unsigned int nr_exits;
	u64 exit_nr;		/* the fields of the exit */
	u64 exit_arg[6];
	u64 exit_result;	/* what KVM has put there */
	u64 result;		/* that the guest gets */
};

/*
 * Let vCPU @vcpu make the hypercall @call, and store there what the host and the guest see of it.
 * Any exit but those of hypercalls gives the test up.
 */
void vm_driver_hypercall(struct vm_driver *vmd, unsigned int vcpu, struct guest_hypercall *call);

#endif /* LPAGE_VM_DRIVER_H */
