// SPDX-License-Identifier: GPL-2.0
/* What one call of ctwatch's hooks costs: calls them as conntrack's packets do,
 * from a softirq, again and again. It links to nothing of ctwatch and finds the
 * hooks where they are registered, so that what is measured is the module that
 * is loaded. Measures while it is being loaded, in the network namespace of
 * whoever loads it, and logs a line of JSON for each figure.
 *
 * One packet and one entry serve for all calls: before each, the entry gets
 * another source address. An empty hook tells what that and the call cost.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/ip.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

static char *what = "insert";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "insert: the hooks of insertions; drop: those of drops, in the state they are in");

static unsigned int chunks = 200;
module_param(chunks, uint, 0444);
MODULE_PARM_DESC(chunks, "measurements of each figure, whose median is told (200)");

static unsigned int calls = 4096;
module_param(calls, uint, 0444);
MODULE_PARM_DESC(calls, "calls of a measurement (4096)");

/* Addresses that no measurement has used before. */
static atomic_t ctb_fresh = ATOMIC_INIT(0x0b000000);

struct ctb_hook {
	nf_hookfn *fn;
	void *priv;
};

/**
 * struct ctb_case - a figure
 * @name: for the log
 * @hooks: called one after the other for a packet
 * @confirmed: the entry is in the table already
 * @sources: so many addresses take turns; 0 for one that is new each time
 * @primed: so many new addresses before the clock starts
 * @pause: milliseconds before each measurement, for a fold to empty the windows
 * @chunks: measurements
 */
struct ctb_case {
	const char *name;
	struct ctb_hook hooks[2];
	bool confirmed;
	u32 sources;
	u32 primed;
	u32 pause;
	u32 chunks;
};

/**
 * struct ctb_run - a case on a CPU
 * @c: the case
 * @cpu: which one
 * @net: the netns
 * @skb: the packet
 * @ct: its entry
 * @tasklet: measures once
 * @done: the tasklet has
 * @ns: nanoseconds of the last measurement
 * @result: hundredths of a nanosecond a call, of all measurements
 * @ended: the thread is through with them
 */
struct ctb_run {
	const struct ctb_case *c;
	int cpu;
	struct net *net;
	struct sk_buff *skb;
	struct nf_conn *ct;
	struct tasklet_struct tasklet;
	struct completion done;
	u64 ns;
	u32 *result;
	struct completion ended;
};

static noinline unsigned int ctb_empty(void *priv, struct sk_buff *skb,
				       const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

/* What no keyed count of an address can do without: the hash alone. */
static noinline unsigned int ctb_hash(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	static const hsiphash_key_t key = { { 0x03020100, 0x07060504 } };

	skb->hash = hsiphash_3u32((__force u32)ip_hdr(skb)->saddr, 1, 2, &key);
	return NF_ACCEPT;
}

static bool ctb_find(struct net *net, unsigned int hooknum, int priority,
		     struct ctb_hook *hook)
{
	const struct nf_hook_entries *e;
	struct nf_hook_ops * const *ops;
	unsigned int i;
	bool found = false;

	rcu_read_lock();
	e = rcu_dereference(net->nf.hooks_ipv4[hooknum]);
	ops = e ? nf_hook_entries_get_hook_ops(e) : NULL;
	for (i = 0; e && i < e->num_hook_entries && !found; i++) {
		if (READ_ONCE(ops[i]->priority) != priority)
			continue;
		hook->fn = ops[i]->hook;
		hook->priv = ops[i]->priv;
		found = true;
	}
	rcu_read_unlock();
	return found;
}

static void ctb_set_source(struct ctb_run *run, u32 addr)
{
	run->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple.src.u3.ip = htonl(addr);
	ip_hdr(run->skb)->saddr = htonl(addr);
}

static void ctb_call(struct ctb_run *run, const struct nf_hook_state *state)
{
	const struct ctb_hook *hooks = run->c->hooks;

	hooks[0].fn(hooks[0].priv, run->skb, state);
	if (hooks[1].fn)
		hooks[1].fn(hooks[1].priv, run->skb, state);
}

static void ctb_measure(struct tasklet_struct *t)
{
	struct ctb_run *run = from_tasklet(run, t, tasklet);
	const struct ctb_case *c = run->c;
	struct nf_hook_state state;
	u32 i, first, source = 0;
	u64 start;

	nf_hook_state_init(&state, NF_INET_POST_ROUTING, NFPROTO_IPV4, NULL,
			   run->net->loopback_dev, NULL, run->net, NULL);
	first = atomic_fetch_add(c->primed + calls, &ctb_fresh);
	rcu_read_lock();
	for (i = 0; i < c->primed; i++) {
		ctb_set_source(run, first++);
		ctb_call(run, &state);
	}
	start = ktime_get_ns();
	for (i = 0; i < calls; i++) {
		if (c->sources) {
			ctb_set_source(run, 0x0a010000 + source);
			if (++source == c->sources)
				source = 0;
		} else {
			ctb_set_source(run, first++);
		}
		ctb_call(run, &state);
	}
	run->ns = ktime_get_ns() - start;
	rcu_read_unlock();
	complete(&run->done);
}

static int ctb_thread(void *data)
{
	struct ctb_run *run = data;
	u32 i;

	for (i = 0; i < run->c->chunks; i++) {
		if (run->c->pause)
			msleep(run->c->pause);
		reinit_completion(&run->done);
		tasklet_schedule(&run->tasklet);
		wait_for_completion(&run->done);
		run->result[i] = div_u64(run->ns * 100, calls);
	}
	complete(&run->ended);
	return 0;
}

static void ctb_free(struct ctb_run *run)
{
	if (run->skb)
		run->skb->_nfct = 0;
	kfree_skb(run->skb);
	if (!IS_ERR_OR_NULL(run->ct))
		nf_conntrack_free(run->ct);
	kvfree(run->result);
}

/* A UDP packet that begins a flow, or belongs to one. */
static int ctb_prepare(struct ctb_run *run)
{
	struct nf_conntrack_tuple orig = {}, reply = {};
	struct iphdr *ip;

	orig.src.l3num = NFPROTO_IPV4;
	orig.src.u3.ip = htonl(0x0a010001);
	orig.dst.u3.ip = htonl(0x0a020001);
	orig.src.u.udp.port = htons(1024);
	orig.dst.u.udp.port = htons(9);
	orig.dst.protonum = IPPROTO_UDP;
	reply.src.l3num = NFPROTO_IPV4;
	reply.src.u3 = orig.dst.u3;
	reply.dst.u3 = orig.src.u3;
	reply.src.u.udp.port = orig.dst.u.udp.port;
	reply.dst.u.udp.port = orig.src.u.udp.port;
	reply.dst.protonum = IPPROTO_UDP;
	reply.dst.dir = IP_CT_DIR_REPLY;

	run->result = kvcalloc(run->c->chunks, sizeof(*run->result), GFP_KERNEL);
	run->skb = alloc_skb(128, GFP_KERNEL);
	run->ct = nf_conntrack_alloc(run->net, &nf_ct_zone_dflt, &orig, &reply,
				     GFP_KERNEL);
	if (!run->result || !run->skb || IS_ERR(run->ct)) {
		ctb_free(run);
		return -ENOMEM;
	}
	skb_reset_network_header(run->skb);
	ip = skb_put_zero(run->skb, sizeof(*ip));
	ip->version = 4;
	ip->ihl = 5;
	ip->protocol = IPPROTO_UDP;
	if (run->c->confirmed)
		__set_bit(IPS_CONFIRMED_BIT, &run->ct->status);
	nf_ct_set(run->skb, run->ct, run->c->confirmed ? IP_CT_ESTABLISHED : IP_CT_NEW);
	tasklet_setup(&run->tasklet, ctb_measure);
	init_completion(&run->done);
	init_completion(&run->ended);
	return 0;
}

static int ctb_compare(const void *a, const void *b)
{
	const u32 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void ctb_tell(struct ctb_run *run, u32 cpus)
{
	const struct ctb_case *c = run->c;
	u32 n = c->chunks, *r = run->result;

	sort(r, n, sizeof(*r), ctb_compare, NULL);
	pr_info("{\"name\":\"%s\",\"cpus\":%u,\"cpu\":%d,\"ns\":%u.%02u,\"low\":%u.%02u,\"high\":%u.%02u}\n",
		c->name, cpus, run->cpu, r[n / 2] / 100, r[n / 2] % 100,
		r[n / 10] / 100, r[n / 10] % 100,
		r[n * 9 / 10] / 100, r[n * 9 / 10] % 100);
}

/* On the first so many CPUs at once. */
static int ctb_case_on(const struct ctb_case *c, struct net *net, u32 cpus)
{
	struct ctb_run *runs = kcalloc(cpus, sizeof(*runs), GFP_KERNEL);
	struct task_struct *task;
	u32 i, ready = 0, started = 0;
	int ret = runs ? 0 : -ENOMEM;

	for (; !ret && ready < cpus; ready += !ret) {
		runs[ready] = (struct ctb_run){ .c = c, .cpu = ready, .net = net };
		ret = ctb_prepare(&runs[ready]);
	}
	for (; !ret && started < cpus; started += !ret) {
		task = kthread_create(ctb_thread, &runs[started], "ctwatch-bench");
		if (IS_ERR(task)) {
			ret = PTR_ERR(task);
			break;
		}
		kthread_bind(task, started);
		wake_up_process(task);
	}
	for (i = 0; i < started; i++) {
		wait_for_completion(&runs[i].ended);
		tasklet_kill(&runs[i].tasklet);
		if (!ret)
			ctb_tell(&runs[i], cpus);
	}
	for (i = 0; i < ready; i++)
		ctb_free(&runs[i]);
	kfree(runs);
	return ret;
}

static int ctb_cases(const struct ctb_case *cases, u32 n, struct net *net)
{
	u32 i, cpus;
	int ret = 0;

	for (i = 0; !ret && i < n; i++)
		for (cpus = 1; !ret && cpus <= min(2U, num_online_cpus()); cpus++)
			ret = ctb_case_on(&cases[i], net, cpus);
	return ret;
}

/* Where ctwatch has them, see hooks.c and drops.c of module/packet/. A window has
 * room for four times 4,096 sources, the module's default.
 */
static int ctb_insert(struct net *net)
{
	struct ctb_case cases[] = {
		{ .name = "empty", .sources = 1, .chunks = chunks },
		{ .name = "hash", .sources = 1, .chunks = chunks },
		{ .name = "established", .confirmed = true, .sources = 1,
		  .chunks = chunks },
		{ .name = "known-1", .sources = 1, .chunks = chunks },
		{ .name = "known-16", .sources = 16, .chunks = chunks },
		{ .name = "known-256", .sources = 256, .chunks = chunks },
		{ .name = "known-1024", .sources = 1024, .chunks = chunks },
		{ .name = "known-4096", .sources = 4096, .chunks = chunks },
		{ .name = "new", .pause = 1200, .chunks = 9 },
		{ .name = "eviction", .primed = 65536, .chunks = chunks },
	};
	struct ctb_hook confirm;
	u32 i;

	if (!ctb_find(net, NF_INET_POST_ROUTING, INT_MAX - 1, &confirm))
		return -ENODEV;
	cases[0].hooks[0].fn = ctb_empty;
	cases[1].hooks[0].fn = ctb_hash;
	for (i = 2; i < ARRAY_SIZE(cases); i++)
		cases[i].hooks[0] = confirm;
	return ctb_cases(cases, ARRAY_SIZE(cases), net);
}

/* A packet that passes conntrack. */
static int ctb_drop(struct net *net)
{
	struct ctb_case c = { .name = "drop-pair", .confirmed = true,
			      .sources = 1, .chunks = chunks };

	if (!ctb_find(net, NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK - 1, &c.hooks[0]) ||
	    !ctb_find(net, NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK + 1, &c.hooks[1]))
		return -ENODEV;
	return ctb_cases(&c, 1, net);
}

static int __init ctb_init(void)
{
	struct net *net = current->nsproxy->net_ns;

	if (!chunks || !calls)
		return -EINVAL;
	if (!strcmp(what, "insert"))
		return ctb_insert(net);
	if (!strcmp(what, "drop"))
		return ctb_drop(net);
	return -EINVAL;
}
module_init(ctb_init);

static void __exit ctb_exit(void)
{
}
module_exit(ctb_exit);

MODULE_DESCRIPTION("Measures what a call of ctwatch's hooks costs");
MODULE_LICENSE("GPL");
