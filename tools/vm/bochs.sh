# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of boot.sh
# How boot.sh boots a VM in Bochs, which emulates an Intel CPU with EPT, one CPU.
#
# It boots from a CD, wants a terminal, begins in its debugger, truncates the files it writes to, and ends
# with an error however it ends.

# Instructions in a second of the VM's time, which has nothing to do with this machine's: a VM that
# waits is faster, one that works slower.
ips=100000000

# icelake: EPT with accessed and dirty bits, PML. noxsave: the size of its XSAVE area is not
# what Linux computes. tsc_early_khz: its CPUID names the real CPU's frequency.
# An unknown MSR is one to be ignored: Linux tries some.
kernel+=(noxsave tsc_early_khz=$((ips / 1000)))

# Bochs 3.0 has posted interrupts, but takes the address of their descriptor, which is aligned, for
# malformed, and no VM entry succeeds; 2.7 has none.
vendor_parameters=enable_apicv=0

# Its PML holds the address of the byte that was written where a real CPU's holds that of the page, which
# kvm_intel warns of. Kernels before 6.13 have it log pages, such as stacks, that are not to be logged
# (make_spte() does not set all dirty bits): they go without.
if [ "$(printf '6.13\n%s\n' "$(kernel_name)" | sort -V | head -n 1)" = 6.13 ]; then
	kernel+=(KVM_LPAGE_PML_LOGS_BYTES=1)
else
	vendor_parameters+=' pml=0'
fi
# What the kernel does not know of its command line ends up in init's environment.
kernel+=("KVM_LPAGE_VENDOR_PARAMETERS=\"$vendor_parameters\"")

# The BIOSes by their names: 3.0 looks for that of the VGA under one that Debian's package does not have.
write_config()
{
	cat <<-END
		display_library: term
		plugin_ctrl: unmapped=1, biosdev=1, speaker=0
		memory: guest=$MEM, host=2048
		romimage: file=/usr/share/bochs/BIOS-bochs-latest
		vgaromimage: file=/usr/share/vgabios/vgabios.bin
		cpu: model=corei7_icelake_u, count=1, ips=$ips, reset_on_triple_fault=0, ignore_bad_msrs=1
		clock: sync=none, time0=utc
		pci: enabled=1, chipset=i440fx
		ata0-master: type=cdrom, path=$media/cd.iso, status=inserted
		boot: cdrom
		com1: enabled=1, mode=file, dev=$media/console
		com2: enabled=1, mode=term, dev=$media/results
		com3: enabled=1, mode=file, dev=$media/files
		panic: action=fatal
		error: action=ignore
		info: action=ignore
		log: $media/log
	END
}

make_cd()
{
	printf '%s\n' 'DEFAULT vm' 'LABEL vm' 'KERNEL /vmlinuz' 'INITRD /initrd' "APPEND ${kernel[*]}" \
		>"$media/isolinux.cfg" &&
		xorriso -as mkisofs -quiet -o "$media/cd.iso" -b isolinux.bin -c boot.cat -no-emul-boot \
			-boot-load-size 4 -boot-info-table -graft-points \
			isolinux.bin=/usr/lib/ISOLINUX/isolinux.bin \
			ldlinux.c32=/usr/lib/syslinux/modules/bios/ldlinux.c32 \
			isolinux.cfg="$media/isolinux.cfg" vmlinuz="$boot/bzImage" \
			initrd="$media/initrd" 2>"$media/log" || {
		cat "$media/log" >&2
		die "cannot write $media/cd.iso"
	}
}

# append NAME FILE: what Bochs writes into the pipe NAME goes to the end of FILE.
append()
{
	rm -f "$media/$1"
	mkfifo "$media/$1" || die "cannot write in $media"
	setpriv --pdeathsig TERM -- cat "$media/$1" >>"$2" &
}

# What still waits for Bochs to open a pipe, which it may never have done.
release_pipes()
{
	local name

	for name in console files; do
		: <>"$media/$name"
	done
	wait
}

make_cd
write_config >"$media/bochsrc" && echo c >"$media/debugger" || die "cannot write in $media"
append console "$out/console.log"
append files "$out/files.tar"
rm -f "$media/results"
TERM=linux setpriv --pdeathsig KILL -- python3 "$top/tools/vm/terminal.py" "$media/results" \
	setpriv --pdeathsig KILL -- bochs -q -f "$media/bochsrc" -rc "$media/debugger"
release_pipes
# The guest's triple fault, by which it ends (reboot=t), is a panic of Bochs's.
grep -q '>>PANIC<<.* 3rd .*exception with no resolution' "$media/log" || {
	grep -h 'PANIC' "$media/log" >&2
	exit 2
}
exit 0
