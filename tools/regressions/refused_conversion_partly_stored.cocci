// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_conversion_partly_stored
// Class: ERR
// Origin: plausible: stores while it reserves, as v10 did
// A user would see: some pages of a range are private after a conversion that said ENOMEM
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
+	while (i-- > start)
+		xa_store(&kvm->mem_attr_array, i, entry, GFP_KERNEL_ACCOUNT);
+	goto out_unlock;
+}
...>
}
