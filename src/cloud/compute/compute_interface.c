/* SPDX-License-Identifier: Apache-2.0 */
/* Network cards of a server that exists. The act takes or gives back the port; a job makes the guest's
 * cards those that the server's ports want. */
#include "base/text.h"
#include "cloud/compute/compute_change.h"
#include "door/audit/audit.h"

#define MAY_CHANGE (1U << VM_ACTIVE | 1U << VM_PAUSED | 1U << VM_STOPPED)

enum status interface_list(struct call *c, const struct server_key *in, struct interface_page *out)
{
	struct server s;
	enum status st = server_show(c, in, &s);
	if (!st)
		*out = (struct interface_page){ s.nics, s.nics_count };
	return st;
}

static enum status nic_of(struct call *c, const struct server *s, const char *port,
			  struct network_interface *out)
{
	for (size_t i = 0; i < s->nics_count; i++)
		if (str_eq(s->nics[i].id, port)) {
			*out = s->nics[i];
			return ST_OK;
		}
	return fail(c, ST_NOT_FOUND, "port_id", "No interface of instance %s has port id %.64s",
		    s->id, port);
}

enum status interface_show(struct call *c, const struct interface_key *in,
			   struct network_interface *out)
{
	struct server s;
	enum status st = server_show(c, &(struct server_key){ in->server_id }, &s);
	return st ? st : nic_of(c, &s, in->port_id, out);
}

static enum status check_wish(struct call *c, const struct interface_make *in)
{
	if (in->net_id && in->port_id)
		return fail(c, ST_BAD_INPUT, "port_id",
			    "a network or a port is attached, not both");
	if (in->fixed_ips_count > 1)
		return fail(c, ST_BAD_INPUT, "fixed_ips", "at most one fixed address is asked for");
	if (in->fixed_ips_count && !in->net_id)
		return fail(c, ST_BAD_INPUT, "fixed_ips",
			    "an address is asked for in a network: net_id is missing");
	return ST_OK;
}

static enum status begin(struct call *c, const struct server *s, const char *action)
{
	audit_subject(c, "server", s->id);
	enum status st = action_begin(c, s, action);
	return st ? st : job_post(c, JOB_NICS, s->id, "{}", JOB_SOON, 0);
}

enum status interface_make(struct call *c, const struct interface_make *in,
			   struct network_interface *out)
{
	struct server s;
	struct network_wish wish = { in->net_id, in->port_id,
				     in->fixed_ips_count ? in->fixed_ips[0].ip_address : NULL };
	enum status st = check_wish(c, in);
	if (!st)
		st = server_may(c, in->server_id, "attach_interface", MAY_CHANGE, &s);
	if (!st && !wish.network_id && !wish.port_id)
		st = network_only(c, s.project_id, &wish.network_id);
	if (!st && !wish.network_id && !wish.port_id)
		return fail(c, ST_BAD_INPUT, "net_id", "the VDC has no network to attach to");
	if (!st)
		st = network_attach(c, s.id, s.zone, &wish, out);
	if (!st)
		st = begin(c, &s, "attach_interface");
	if (!st)
		st = servers_dress(c, &s, 1);
	return st ? st : nic_of(c, &s, out->id, out);
}

enum status interface_drop(struct call *c, const struct interface_key *in, void *out)
{
	struct server s;
	struct network_interface nic;
	(void)out;
	enum status st = server_may(c, in->server_id, "detach_interface", MAY_CHANGE, &s);
	if (!st)
		st = servers_dress(c, &s, 1);
	if (!st)
		st = nic_of(c, &s, in->port_id, &nic);
	if (!st)
		st = network_detach(c, s.id, in->port_id);
	return st ? st : begin(c, &s, "detach_interface");
}

/* --- the job --- */

static enum status record(struct call *c, const void *job, void *out)
{
	struct server s;
	(void)out;
	enum status st = plan_reread(c, job, &s);
	/* Another task has its own end. */
	return st || !s.id || s.task != TASK_NONE ? st : action_end(c, &s);
}

enum status compute_nics(struct call *c, const struct job *j)
{
	struct db *db = house_of(c)->db;
	struct plan p;
	struct guest g;
	enum status st = db_read(c, db, plan_read, j->subject, &p, sizeof(p));
	bool wanted = !st && p.server.id && p.server.host_id && p.server.state != VM_BUILDING &&
		      p.server.task != TASK_DELETING;
	if (!wanted)
		return st;
	st = plan_guest(c, &p, &g);
	if (!st)
		st = driver_of(p.host.uri)->change(c, p.host.uri, &g, CHANGE_NICS);
	return st ? st : db_write(c, db, record, j, NULL, 0);
}

/* The server goes on; its owner reads in its actions what failed. The next hard reboot describes the
 * guest anew, with the cards that it should have. */
enum status compute_nics_give_up(struct call *c, const struct job *j, const char *why)
{
	return action_close(c, j->subject, ACTION_ERROR, why);
}
