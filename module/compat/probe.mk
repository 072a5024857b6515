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
