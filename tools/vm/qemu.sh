# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2054,SC2154 # commas of QEMU's options; variables of boot.sh
# How boot.sh boots a VM in QEMU.

# TCG_THREAD=multi: a thread for each CPU, so that they run at the same time, as races need it. single: one
# thread runs them in turn, a third faster: who waits gives way, nothing is locked, and other VMs have
# the other cores; but CPUs change places at interrupts only, and meet in no window narrower than that.
# +svm: emulated nested virtualization. Without erms, fsrm: TCG clears a page much faster with
# stores than with string instructions. Without la57: one level of page tables less to walk.
case $ACCEL in
tcg) machine=(-accel "tcg,thread=${TCG_THREAD:=multi},tb-size=512" -cpu max,+svm,-erms,-fsrm,-la57) ;;
icount)
	# Neither the time of day nor random numbers of this machine make a difference.
	machine=(-accel 'tcg,thread=single,tb-size=512' -icount 'shift=0,sleep=off'
		-cpu max,+svm,-erms,-fsrm,-la57,-rdrand,-rdseed -rtc 'base=2026-01-01,clock=vm')
	;;
kvm) machine=(-accel kvm -cpu host) ;;
esac

# QEMU's cpu_clear_ignne(), which any CPU calls when it loads the FPU's state, writes to flags of
# the first CPU without a lock, and those say whether VMRUN is under way: now and then a guest that
# ran there lost its nested page tables. So with several threads another CPU comes first, which init
# keeps free.
spare=0
[ "$ACCEL/$TCG_THREAD" != tcg/multi ] || spare=1

# Two NUMA nodes, the CPUs shared out between them.
numa=()
for node in 0 1; do
	numa+=(-object "memory-backend-ram,id=ram$node,size=$((MEM / 2))M"
		-numa "node,nodeid=$node,memdev=ram$node")
done
for ((cpu = -spare; cpu < SMP; cpu++)); do
	numa+=(-numa "cpu,node-id=$((cpu < 0 ? 0 : cpu * 2 / SMP)),socket-id=$((cpu + spare))")
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
[ "$ACCEL" != tcg ] || kernel+=(tsc_early_khz="$("$boot/tsc_khz")")
# This mask ends up in init's environment.
[ $spare = 0 ] || kernel+=(lpage_cpus="$(printf %x $(((1 << SMP) - 1 << spare)))")
[ "$ACCEL" != icount ] || kernel+=(tsc_early_khz=1000000)

exec setpriv --pdeathsig KILL -- qemu-system-x86_64 "${machine[@]}" -machine pc \
	-smp "$((SMP + spare)),sockets=$((SMP + spare))" -m "$((MEM / 2 * 2))M" "${numa[@]}" -nodefaults -no-user-config -display none \
	-no-reboot "${serial[@]}" -kernel "$boot/bzImage" -initrd "$media/initrd" \
	-append "${kernel[*]}"
