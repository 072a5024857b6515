// SPDX-License-Identifier: GPL-2.0
/* Shows the releases of tool and module, and what to do if they differ. */
#include "input/command.h"
#include "netlink/fetch.h"
#include "netlink/host.h"
#include "netlink/release.h"
#include "output/json.h"

static void print_json(struct job *job, const char *module)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "tool-version",
			       json_object_new_string(CTWATCH_VERSION));
	json_object_object_add(json, "module-version", module ?
			       json_object_new_string(module) : NULL);
	json_print(job->out, json, job->pretty);
}

static void print(struct job *job, const char *module)
{
	if (job->json) {
		print_json(job, module);
		return;
	}
	fprintf(job->out, "ctmodctl %s\nctwatch  %s\n", CTWATCH_VERSION,
		module ? module : "not loaded");
}

/* The module's own word, or of one that we cannot talk to what sysfs has. */
static const char *module_release(const struct statuses *list,
				  struct text *release)
{
	if (list->n && HAS(&list->v[0], CTWATCH_A_MODULE_VERSION))
		return list->v[0].module_version;
	return host_module_release("", release) ? release->s : NULL;
}

/* The tool's version is known whatever happens to the module's. */
static int run(struct job *job)
{
	struct statuses list = {};
	struct text release;
	const char *module;
	struct why why;
	int ret;

	ret = context_open(&job->ctx, &why);
	if (!ret)
		ret = fetch_status(&job->ctx, &list, &why);
	module = module_release(&list, &release);
	print(job, module);
	if (ret)
		fail(&why);
	else if (module && release_differs(module, &why))
		warn("%s", why.text);
	statuses_free(&list);
	return ret ? EXIT_FAILED : EXIT_DONE;
}

const struct command cmd_version = {
	.name = "version",
	.arguments = "",
	.doc = "release of the tool and of the loaded module",
	.about =
"Says on standard error what to do when the two differ.\n",
	.one_netns = true,
	.run = run,
};
