// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_conversion_reports_success
// Class: ERR
// Origin: v10, found by Isaku Yamahata on 28 Jun 2023: an error code was discarded
// A user would see: memory that the guest takes for private is shared, as nobody was told that there was no memory
// Observable: yes, where allocations can be made to fail
// First: pressure pressure.conversion_to_private.slab_allocations_fail
// File: virt/kvm/kvm_main.c
// Needs: failslab
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
 if (r)
-	goto out_unlock;
+{
+	r = 0;
+	goto out_unlock;
+}
...>
}
