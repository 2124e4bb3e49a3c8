# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2054,SC2154 # commas of QEMU's options; variables of boot.sh
# How boot.sh boots a VM in QEMU.

# thread=single: one thread runs all CPUs of a VM in turn, about a third faster than a thread each: what
# waits in the guest gives way, nothing is locked, and the VMs beside it have the other cores. They
# change places at every timer interrupt of any of them, so races meet as before. It also keeps out a
# bug of QEMU: its cpu_clear_ignne(), which any CPU calls when it loads the FPU's state, writes to flags
# of the first CPU without a lock, and those say whether VMRUN is under way.
# +svm: emulated nested virtualization. Without erms, fsrm: TCG clears a page much faster with
# stores than with string instructions. Without la57: one level of page tables less to walk.
case $ACCEL in
tcg) machine=(-accel 'tcg,thread=single,tb-size=512' -cpu max,+svm,-erms,-fsrm,-la57) ;;
icount)
	# Neither the time of day nor random numbers of this machine make a difference.
	machine=(-accel 'tcg,thread=single,tb-size=512' -icount 'shift=0,sleep=off'
		-cpu max,+svm,-erms,-fsrm,-la57,-rdrand,-rdseed -rtc 'base=2026-01-01,clock=vm')
	;;
kvm) machine=(-accel kvm -cpu host) ;;
esac

# Two NUMA nodes, the CPUs shared out between them.
numa=()
for node in 0 1; do
	numa+=(-object "memory-backend-ram,id=ram$node,size=$((MEM / 2))M"
		-numa "node,nodeid=$node,memdev=ram$node")
done
for ((cpu = 0; cpu < SMP; cpu++)); do
	numa+=(-numa "cpu,node-id=$((cpu * 2 / SMP)),socket-id=$cpu")
done

# Every port has an interrupt line of its own, else two of them would share.
serial=(
	-chardev "file,id=console,path=$out/console.log,append=on"
	-device isa-serial,index=0,chardev=console
	-chardev stdio,id=results,signal=off
	-device isa-serial,index=1,chardev=results
	-chardev "file,id=files,path=$out/files.tar,append=on"
	-device isa-serial,index=2,irq=5,chardev=files
)

# norandmaps: TCG translates code anew for each virtual address that it runs at, which is most of what
# starting a small program costs.
kernel+=(norandmaps)
# On a busy machine the VM would take its clock to be several times slower than it is.
[ "$ACCEL" != tcg ] || kernel+=(tsc_early_khz="$("$work/tsc_khz")")
[ "$ACCEL" != icount ] || kernel+=(tsc_early_khz=1000000)

exec setpriv --pdeathsig KILL -- qemu-system-x86_64 "${machine[@]}" -machine pc \
	-smp "$SMP,sockets=$SMP" -m "$((MEM / 2 * 2))M" "${numa[@]}" -nodefaults -no-user-config -display none \
	-no-reboot "${serial[@]}" -kernel "$work/kernel/arch/x86/boot/bzImage" -initrd "$media/initrd" \
	-append "${kernel[*]}"
