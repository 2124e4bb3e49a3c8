# SPDX-License-Identifier: GPL-2.0-only
# Links lib/lpage into the mapping level programs, and only into those. Included by the KVM selftests'
# makefile behind lib.mk, where $(OUTPUT) and the lists are known.

LPAGE_TESTS := $(foreach t,$(TEST_GEN_PROGS) $(TEST_GEN_PROGS_EXTENDED),$(if $(findstring /private_mem_lpage_,$(t)),$(t)))

# NUMA nodes take libnuma. Without its headers what needs them is skipped.
LPAGE_NUMA := $(shell $(CC) -include numa.h -E -x c /dev/null >/dev/null 2>&1 && echo yes)
ifeq ($(LPAGE_NUMA),yes)
$(LPAGE_TESTS): LDLIBS += -lnuma
LPAGE_ABSENT := lib/lpage/host/host_node_absent.c
else
$(warning There are no headers of libnuma: private_mem_lpage_numa_test will be skipped)
LPAGE_ABSENT := lib/lpage/host/host_node.c
endif
LPAGE_OBJS := $(patsubst %.c,$(OUTPUT)/%.o,$(filter-out $(LPAGE_ABSENT),$(wildcard lib/lpage/*/*.c)))

$(shell mkdir -p $(sort $(dir $(LPAGE_OBJS))))

$(LPAGE_TESTS): LIBKVM_OBJS += $(LPAGE_OBJS)
$(LPAGE_TESTS): $(LPAGE_OBJS)
$(OUTPUT)/lib/lpage/%.o: CFLAGS += -Ilib/lpage
$(LPAGE_TESTS:=.o): CFLAGS += -Ilib/lpage
$(LPAGE_OBJS): $(OUTPUT)/%.o: %.c $(GEN_HDRS)
	$(CC) $(CFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c $< -o $@

-include $(LPAGE_OBJS:.o=.d)
# A header that another state of the graft had: what included it is built anew.
lib/lpage/%.h: ;
EXTRA_CLEAN += $(LPAGE_OBJS) $(LPAGE_OBJS:.o=.d)

# The kept scenarios; rsync, which installs these files, takes the folder as it is.
TEST_FILES += $(wildcard lpage_scenarios)

# Where a program is run that was built elsewhere (O=), it looks for them there.
ifneq ($(realpath $(OUTPUT)),$(realpath .))
LPAGE_SCENARIOS := $(addprefix $(OUTPUT)/,$(wildcard lpage_scenarios/*.scenario))
$(shell mkdir -p $(OUTPUT)/lpage_scenarios)
all: $(LPAGE_SCENARIOS)
$(LPAGE_SCENARIOS): $(OUTPUT)/%: %
	cp $< $@
EXTRA_CLEAN += $(OUTPUT)/lpage_scenarios
endif
