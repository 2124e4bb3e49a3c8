#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: [V=1] virtme-ng.sh KDIR
# A kernel tree that `make graft` has added our programs to: build it with its configuration, or that
# of virtme-ng, and our options, install its KVM selftests, and run ours in a VM of virtme-ng. The KTAP
# of the run goes to stdout, and with V=1 the VM's console, too. Exit status: 0 all passed or some
# skipped, 1 something failed, 2 could not run.

here=$(cd "$(dirname "$0")" && pwd)

give_up()
{
	echo "${0##*/}: $*" >&2
	exit 2
}

# Our options are added to those that the tree is configured with, or else to virtme-ng's.
configure()
{
	[ -f .config ] || vng --kconfig || return
	scripts/kconfig/merge_config.sh -m .config "$here/../../config" && make olddefconfig || return
	grep -qx CONFIG_KVM_SW_PROTECTED_VM=y .config ||
		give_up "$PWD/.config cannot have CONFIG_KVM_SW_PROTECTED_VM=y"
}

build()
{
	configure && make -j"$(nproc)" bzImage && make -j"$(nproc)" headers &&
		make -j"$(nproc)" -C tools/testing/selftests TARGETS=kvm install INSTALL_PATH="$folder"
}

command -v vng >/dev/null || give_up "vng is not installed (Debian packages virtme-ng, udev and iproute2)"
[ -n "$1" ] && cd "$1" || give_up "say a kernel tree"
folder=$PWD/kselftest_install
build >&2 </dev/null || give_up "cannot build $PWD"

# Without nested virtualization QEMU emulates it: -cpu max alone leaves that off.
options=(--disable-kvm --qemu-opts='-cpu max,+svm,-la57')
nested=$(cat /sys/module/kvm_{amd,intel}/parameters/nested 2>/dev/null)
case $nested in Y | 1) options=() ;; *) export KSFT_MACHINE_SLOW=yes ;; esac

# A file takes the verdict out of the VM; the exit status of a command in it is not passed on by all
# versions. The folder's name is said twice, else vng looks for it where it is run.
status=$folder/status
rm -f "$status"
vng ${V:+--verbose} --run . "${options[@]}" --cpus 2 --memory 6G --rwdir "$folder=$folder" \
	--append 'hugepagesz=1G hugepages=2 hugepagesz=2M hugepages=128' -- \
	"export KSFT_MACHINE_SLOW=$KSFT_MACHINE_SLOW; $here/host-kselftest.sh $folder; echo \$? >$status" </dev/null
[ -s "$status" ] || give_up "the VM did not get to the end of the tests; V=1 shows its console"
exit "$(cat "$status")"
