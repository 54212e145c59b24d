/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics of servers and uptime of hosts: rules. The engine is asked before the transaction. */
#include "base/text.h"
#include "cloud/compute/compute_diagnose.h"

enum status server_diagnose_prepare(struct call *c, void *in_)
{
	struct diagnose *in = in_;
	struct server_place p;
	enum status st =
		db_read(c, house_of(c)->db, server_find_place, in->server_id, &p, sizeof(p));
	if (st)
		return st;
	if (p.server.power != SERVER_RUNNING)
		return fail(c, ST_CONFLICT, NULL,
			    "Cannot 'get_diagnostics' instance %s while it is in power_state "
			    "%lld: it does not run",
			    p.server.id, (long long)p.server.power);
	return driver_of(p.host.uri)->report(c, p.host.uri, p.server.id, &in->report);
}

enum status server_diagnose(struct call *c, const struct diagnose *in, struct diagnosis *out)
{
	struct server_place p;
	enum status st = server_find_place(c, in->server_id, &p);
	if (st)
		return st;
	*out = (struct diagnosis){
		.report = in->report,
		.state = "running",
		.driver = driver_of(p.host.uri)->name,
		.hypervisor = str_eq(p.host.accelerator, "tcg") ? "qemu" : p.host.accelerator,
		.hypervisor_os = "linux",
		.uptime = p.server.launched_at ? (c->now_at - p.server.launched_at) / CLOCK_SECOND
					       : INT_NULL,
		.config_drive = true, /* every server has one */
		.num_cpus = (int64_t)in->report.cpus_count,
		.num_nics = (int64_t)in->report.cards_count,
		.num_disks = (int64_t)in->report.drives_count,
	};
	return ST_OK;
}

static enum status find_host(struct call *c, const void *id, void *out)
{
	return hypervisor_show(c, &(struct hypervisor_key){ id }, out);
}

enum status host_uptime_prepare(struct call *c, void *in_)
{
	struct uptime_ask *in = in_;
	struct hypervisor h = { 0 };
	enum status st = db_read(c, house_of(c)->db, find_host, in->hypervisor_id, &h, sizeof(h));
	if (st)
		return st;
	if (h.host.state != POOL_HOST_UP)
		return fail(c, ST_BAD_INPUT, "hypervisor_id", "Host '%s' is not up", h.host.name);
	return driver_of(h.host.uri)->uptime(c, h.host.uri, &in->text);
}

enum status host_uptime_show(struct call *c, const struct uptime_ask *in, struct uptime *out)
{
	out->text = in->text;
	return hypervisor_show(c, &(struct hypervisor_key){ in->hypervisor_id }, &out->hypervisor);
}
