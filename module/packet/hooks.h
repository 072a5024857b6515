/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CTW_HOOKS_H
#define CTW_HOOKS_H

#include <linux/types.h>

/* One hook, for a table of them. */
#define CTW_HOOK(fn, family, number, prio) {	\
	.hook = fn,				\
	.pf = family,				\
	.hooknum = number,			\
	.priority = prio,			\
}

struct ctw_net;
struct nf_hook_ops;

u32 ctw_hooks_tracking(const struct ctw_net *cn);
int ctw_hooks_add(struct ctw_net *cn, struct nf_hook_ops **copy,
		  const struct nf_hook_ops *ops, unsigned int n);
int ctw_hooks_register(struct ctw_net *cn, u32 families);
void ctw_hooks_unregister(struct ctw_net *cn);

#endif
