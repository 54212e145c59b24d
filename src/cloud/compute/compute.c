/* SPDX-License-Identifier: Apache-2.0 */
/* Making, changing and removing servers: the rules. An act takes what a server needs (a place in the
 * pool, ports, the image's bytes, the quota) in its one transaction; what QEMU has to do is a job. */
#include <ctype.h>
#include <stdlib.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_private.h"
#include "cloud/image/image.h"
#include "door/audit/audit.h"
#include "door/permission.h"

enum status server_find(struct call *c, const char *id, struct server *out)
{
	struct server s = { 0 };
	enum status st = server_read(c, id, &s);
	if (st == ST_NOT_FOUND ||
	    (!st && !c->actor.is_admin && !str_eq(s.project_id, c->actor.project_id)))
		return fail(c, ST_NOT_FOUND, "server_id", "Instance %s could not be found.", id);
	if (!st)
		*out = s;
	return st;
}

/* --- making --- */

/* What the name gives as a host name (RFC 1123): letters, digits and inner hyphens. */
static const char *hostname_of(struct call *c, const char *name, const char *id)
{
	struct buf b = { .arena = c->arena };
	for (const char *p = name; *p && b.size < 63; p++) {
		bool fits = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			    (*p >= '0' && *p <= '9');
		bool gap = strchr("-_. ", *p) != NULL;
		if (fits)
			buf_char(&b, (char)tolower(*p));
		else if (gap && b.size && b.data[b.size - 1] != '-')
			buf_char(&b, '-');
	}
	while (b.size && b.data[b.size - 1] == '-')
		b.data[--b.size] = '\0';
	return b.size ? b.data : arena_printf(c->arena, "server-%s", id);
}

static enum status take_image(struct call *c, const char *ref, const struct flavor *f,
			      struct image *out)
{
	/* Old clients give a whole address. */
	const char *slash = strrchr(ref, '/');
	const char *id = slash ? slash + 1 : ref;
	enum status st = image_visible(c, id, "imageRef", out);
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return fail(c, ST_BAD_INPUT, "imageRef", "Image %s could not be found.", id);
	}
	if (st)
		return st;
	if (out->status != IMAGE_ACTIVE)
		return fail(c, ST_BAD_INPUT, "imageRef", "Image %s is not active.", id);
	if (!str_eq(out->disk_format, "qcow2") && !str_eq(out->disk_format, "raw"))
		return fail(c, ST_BAD_INPUT, "imageRef",
			    "Image %s is of format %s; servers start from qcow2 and raw.", id,
			    out->disk_format);
	if (out->min_ram > f->ram)
		return fail(c, ST_BAD_INPUT, "flavorRef",
			    "Flavor's memory is too small for requested image.");
	const int64_t gib = INT64_C(1) << 30;
	bool small = out->min_disk > f->disk ||
		     (out->virtual_size != INT_NULL && out->virtual_size > f->disk * gib);
	if (f->disk > 0 && small)
		return fail(c, ST_BAD_INPUT, "flavorRef",
			    "Flavor's disk is too small for requested image.");
	return ST_OK;
}

static enum status take_key(struct call *c, const char *name, struct server *s)
{
	struct keypair k = { 0 };
	if (!name)
		return ST_OK;
	enum status st = keypair_read(c, c->actor.user_id, name, &k);
	if (st == ST_NOT_FOUND)
		return fail(c, ST_BAD_INPUT, "key_name", "Invalid key_name provided.");
	s->key_name = k.name;
	s->key_public = k.public_key;
	return st;
}

static enum status check_user_data(struct call *c, const char *text)
{
	size_t size;
	if (text && !base64_decode(c->arena, text, &size))
		return fail(c, ST_BAD_INPUT, "user_data", "Userdata must be base64 encoded.");
	return ST_OK;
}

/* All that the servers of one ask have in common. */
static enum status draft(struct call *c, const struct server_create *in, struct server *s,
			 struct image *image)
{
	enum status st = flavor_find(c, in->flavorRef, &s->flavor);
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return fail(c, ST_BAD_INPUT, "flavorRef", "Flavor %s could not be found.",
			    in->flavorRef);
	}
	if (!st)
		st = take_image(c, in->imageRef, &s->flavor, image);
	if (!st)
		st = take_key(c, in->key_name, s);
	if (!st)
		st = check_user_data(c, in->user_data);
	if (st)
		return st;
	s->description = in->description;
	s->project_id = c->actor.project_id;
	s->domain_id = c->actor.domain_id;
	s->user_id = c->actor.user_id;
	s->image_id = image->id;
	s->image_sha256 = image->sha256;
	s->image_format = image->disk_format;
	s->user_data = in->user_data;
	s->config_drive = in->config_drive;
	s->metadata = in->metadata;
	s->tags = in->tags;
	s->state = VM_BUILDING;
	s->task = TASK_SCHEDULING;
	s->created_at = s->updated_at = c->now_at;
	s->reservation_id = arena_printf(c->arena, "r-%.8s", id_new_hex(c->arena) + 24);
	return ST_OK;
}

/* Which ports it gets. A failure here is the asker's: a network that is not there is a bad ask. */
static enum status take_ports(struct call *c, const struct server_create *in,
			      const struct server *s)
{
	struct network_interface port;
	enum status st = ST_OK;
	const char *only = NULL;
	if (in->networks_kind == NETWORKS_NONE)
		return ST_OK;
	for (size_t i = 0; i < in->networks_count && !st; i++) {
		const struct server_network *n = &in->networks[i];
		const struct network_wish wish = { n->port ? NULL : n->uuid, n->port, n->fixed_ip };
		st = network_attach(c, s->id, s->zone, &wish, &port);
	}
	if (!in->networks_count && !st) {
		st = network_only(c, s->project_id, &only);
		if (!st && only)
			st = network_attach(c, s->id, s->zone,
					    &(struct network_wish){ .network_id = only }, &port);
	}
	if (st != ST_NOT_FOUND)
		return st;
	char said[sizeof(c->problem)];
	strcpy(said, c->problem);
	call_forgive(c);
	return fail(c, ST_BAD_INPUT, "networks", "%s", said);
}

static enum status take_image_bytes(struct call *c, const struct image *image)
{
	return file_ref(c, &(struct file_facts){ image->sha256, image->os_hash_value,
						 image->checksum, image->size });
}

/* 'zone' as asked for: "ZONE" or "ZONE:HOST"; only the first is ours to choose. */
static enum status place(struct call *c, const struct server_create *in, struct server *s,
			 const char **why)
{
	struct pool_place where = { 0 };
	struct pool_ask ask = { s->id, in->availability_zone, s->flavor.vcpus, s->flavor.ram,
				s->flavor.disk };
	enum status st = pool_reserve(c, &ask, &where);
	if (st)
		return st;
	s->host_id = where.host_id;
	*why = where.why;
	s->zone = in->availability_zone ? in->availability_zone : "nova";
	return ST_OK;
}

static enum status make_one(struct call *c, const struct server_create *in, struct server *s,
			    const struct image *image)
{
	const char *why = NULL;
	enum status st = quota_use(c, s->project_id, 1, s->flavor.vcpus, s->flavor.ram);
	if (!st)
		st = take_image_bytes(c, image);
	if (!st)
		st = place(c, in, s, &why);
	if (!st)
		st = server_insert(c, s);
	if (!st && !why)
		st = take_ports(c, in, s);
	if (st)
		return st;
	if (why)
		return server_failed(c, s, 500, why);
	st = server_moved(c, s);
	return st ? st : job_post(c, JOB_BUILD, s->id, "{}", JOB_NORMAL, 0);
}

static enum status check_counts(struct call *c, const struct server_create *in)
{
	bool fixed = false;
	for (size_t i = 0; i < in->networks_count; i++)
		fixed |= in->networks[i].port || in->networks[i].fixed_ip;
	if (in->min_count > in->max_count)
		return fail(c, ST_BAD_INPUT, "min_count", "min_count must be <= max_count");
	if (in->max_count > 1 && fixed)
		return fail(c, ST_BAD_INPUT, "networks",
			    "Unable to launch multiple instances with a single configured port ID "
			    "or fixed IP. Please launch your instances one by one.");
	return ST_OK;
}

enum status server_create(struct call *c, const struct server_create *in,
			  struct server_created *out)
{
	struct server s = { 0 };
	struct image image = { 0 };
	struct server_create ask = *in;
	const char *first = NULL;
	ask.min_count = in->min_count ? in->min_count : 1;
	ask.max_count = in->max_count ? in->max_count : ask.min_count;
	if (!c->actor.project_id)
		return fail(c, ST_BAD_INPUT, NULL, "a server belongs to a VDC: sign in for one");
	if (c->version >= NOVA(2, 37) && !in->networks_given)
		return fail(c, ST_BAD_INPUT, "networks", "'networks' is a required property");
	enum status st = check_counts(c, &ask);
	if (!st)
		st = draft(c, &ask, &s, &image);
	for (int64_t i = 0; i < ask.max_count && !st; i++) {
		s.id = id_new(c->arena);
		s.launch_index = i;
		s.name = ask.max_count > 1
				 ? arena_printf(c->arena, "%s-%lld", in->name, (long long)i + 1)
				 : in->name;
		s.hostname = hostname_of(c, s.name, s.id);
		s.state = VM_BUILDING;
		s.task = TASK_SCHEDULING;
		s.zone = "nova";
		st = make_one(c, &ask, &s, &image);
		if (!i)
			first = s.id;
		audit_subject(c, "server", s.id);
	}
	if (in->return_reservation_id)
		out->reservation_id = s.reservation_id;
	else
		out->server.id = first;
	out->location = arena_printf(c->arena, "%s/compute/v2.1/servers/%s", c->base_url,
				     first ? first : "");
	return st;
}

/* --- seeing --- */

static int by_id(const void *a, const void *b)
{
	const struct server *const *x = a, *const *y = b;
	return strcmp((*x)->id, (*y)->id);
}

/* Ports come in runs, one a device. */
static void give_nics(struct call *c, struct server *list, size_t count,
		      struct network_interface *nics, size_t nics_count)
{
	struct server **sorted = arena_array(c->arena, count, sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		sorted[i] = &list[i];
	qsort(sorted, count, sizeof(*sorted), by_id);
	for (size_t n = 0, end; n < nics_count; n = end) {
		struct server key = { .id = nics[n].device_id }, *at = &key;
		struct server **found = bsearch(&at, sorted, count, sizeof(*sorted), by_id);
		for (end = n; end < nics_count && str_eq(nics[end].device_id, key.id);)
			end++;
		if (!found)
			continue;
		(*found)->nics = &nics[n];
		(*found)->nics_count = end - n;
	}
}

enum status servers_dress(struct call *c, struct server *list, size_t count)
{
	struct pool_host *hosts;
	struct network_interface *nics;
	size_t hosts_count, nics_count;
	const char **ids = arena_array(c->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++)
		ids[i] = list[i].id;
	if (!count)
		return ST_OK;
	enum status st = pool_hosts(c, &hosts, &hosts_count);
	if (!st)
		st = network_interfaces(c, ids, count, &nics, &nics_count);
	if (st)
		return st;
	for (size_t i = 0; i < count; i++) {
		struct server *s = &list[i];
		for (size_t h = 0; h < hosts_count && s->host_id; h++)
			if (str_eq(hosts[h].id, s->host_id))
				s->host_name = hosts[h].name;
	}
	give_nics(c, list, count, nics, nics_count);
	return ST_OK;
}

enum status server_show(struct call *c, const struct server_key *in, struct server *out)
{
	enum status st = server_find(c, in->server_id, out);
	return st ? st : servers_dress(c, out, 1);
}

/* --- changing --- */

enum status server_update(struct call *c, const struct server_update *in, struct server *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	if (in->name_given)
		s.name = in->name;
	if (in->description_given)
		s.description = in->description;
	s.updated_at = c->now_at;
	audit_subject(c, "server", s.id);
	st = server_save(c, &s);
	if (!st)
		st = servers_dress(c, &s, 1);
	if (!st)
		*out = s;
	return st;
}

enum status server_delete(struct call *c, const struct server_key *in, void *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	audit_subject(c, "server", s.id);
	if (!s.host_id)
		return server_gone(c, &s);
	/* Also when it is being deleted already: the job before may have been given up. */
	s.task = TASK_DELETING;
	st = server_moved(c, &s);
	if (!st)
		st = job_cancel(c, JOB_BUILD, s.id);
	if (!st)
		st = job_cancel(c, JOB_POWER, s.id);
	return st ? st : job_post(c, JOB_DELETE, s.id, "{}", JOB_NORMAL, 0);
}

static enum status begin_task(struct call *c, const char *id, const char *verb, unsigned states,
			      enum server_task task)
{
	struct server s;
	enum status st = server_find(c, id, &s);
	if (st)
		return st;
	audit_subject(c, "server", s.id);
	if (s.task != TASK_NONE)
		return fail(c, ST_CONFLICT, NULL,
			    "Cannot '%s' instance %s while it is in task_state %s", verb, s.id,
			    server_tasks[s.task]);
	if (!(states >> s.state & 1))
		return fail(c, ST_CONFLICT, NULL,
			    "Cannot '%s' instance %s while it is in vm_state %s", verb, s.id,
			    server_states[s.state]);
	if (!s.host_id)
		return fail(c, ST_CONFLICT, NULL, "Instance %s is on no host.", s.id);
	s.task = (int)task;
	st = server_moved(c, &s);
	return st ? st : job_post(c, JOB_POWER, s.id, "{}", JOB_SOON, 0);
}

enum status server_start(struct call *c, const struct server_key *in, void *out)
{
	(void)out;
	return begin_task(c, in->server_id, "start", 1 << VM_STOPPED, TASK_POWERING_ON);
}

enum status server_stop(struct call *c, const struct server_key *in, void *out)
{
	(void)out;
	return begin_task(c, in->server_id, "stop", 1 << VM_ACTIVE | 1 << VM_ERROR,
			  TASK_POWERING_OFF);
}

enum status server_reboot(struct call *c, const struct server_reboot *in, void *out)
{
	(void)out;
	if (in->type)
		return begin_task(c, in->server_id, "reboot",
				  1 << VM_ACTIVE | 1 << VM_STOPPED | 1 << VM_ERROR,
				  TASK_REBOOTING_HARD);
	return begin_task(c, in->server_id, "reboot", 1 << VM_ACTIVE, TASK_REBOOTING);
}
