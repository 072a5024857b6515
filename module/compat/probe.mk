# SPDX-License-Identifier: GPL-2.0
# What this kernel has, found in its headers rather than guessed from its
# version: distributions backport. Findings become -DCTW_HAVE_...; included by
# Kbuild.

# $(call ctw-probe,NAME,WORD,HEADER)
ctw-probe = $(shell grep -qwF '$(2)' $(srctree)/include/$(3) 2>/dev/null && \
	      echo -DCTW_HAVE_$(1))

ctw-probes := \
 $(call ctw-probe,NF_CONNTRACK_COUNT,nf_conntrack_count,net/netfilter/nf_conntrack.h) \
 $(call ctw-probe,STAT_CHAINTOOLONG,chaintoolong,linux/netfilter/nf_conntrack_common.h) \
 $(call ctw-probe,CT_DCCP,nf_ct_dccp,net/netfilter/nf_conntrack.h) \
 $(call ctw-probe,GENL_INFO_DUMP,genl_info_dump,net/genetlink.h) \
 $(call ctw-probe,GENL_MCAST_CAP,GENL_MCAST_CAP_NET_ADMIN,net/genetlink.h)

# Kbuild is read by clean and modpost as well: only a build is refused, and says
# what was found. The one test of a version here is for kernels that nobody
# adapts the module to; dkms.conf has the same two conditions.
ifneq ($(filter %scripts/Makefile.build,$(MAKEFILE_LIST)),)

ifneq ($(shell [ $$(($(VERSION) * 1000 + $(PATCHLEVEL))) -ge 5010 ] && echo yes),yes)
$(error ctwatch: kernel $(KERNELVERSION) is too old: it can be built for 5.10 and later)
endif

ifeq ($(filter y m,$(CONFIG_NF_CONNTRACK)),)
$(error ctwatch: this kernel has no connection tracking (CONFIG_NF_CONNTRACK): nothing to watch)
endif

$(info ctwatch: this kernel has: $(or $(patsubst -DCTW_HAVE_%,%,$(strip $(ctw-probes))),nothing that varies))

endif
