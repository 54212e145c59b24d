/* SPDX-License-Identifier: Apache-2.0 */
/* Making and seeing servers: the rules. An act takes what a server needs (a place in the
 * pool, ports, the image's bytes, the quota) in its one transaction; what QEMU has to do is a job. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_change.h"
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

enum status server_take_image(struct call *c, const char *ref, const struct flavor *f,
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

enum status server_take_key(struct call *c, const char *name, struct server *s)
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

enum status server_check_user_data(struct call *c, const char *text)
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
		st = server_take_image(c, in->imageRef, &s->flavor, image);
	if (!st)
		st = server_take_key(c, in->key_name, s);
	if (!st)
		st = server_check_user_data(c, in->user_data);
	if (!st)
		st = server_check_metadata(c, &in->metadata);
	if (!st)
		st = server_take_address(c, "accessIPv4", in->access_v4, AF_INET, &s->access_v4);
	if (!st)
		st = server_take_address(c, "accessIPv6", in->access_v6, AF_INET6, &s->access_v6);
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
	s->locked = LOCK_NONE;
	s->disk_config = in->disk_config_given ? in->disk_config : DISK_MANUAL;
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
		const struct network_wish wish = { .network_id = n->port ? NULL : n->uuid,
						   .port_id = n->port,
						   .fixed_ip = n->fixed_ip,
						   .security_groups = in->security_groups };
		st = network_attach(c, s->id, s->zone, &wish, &port);
	}
	if (!in->networks_count && !st) {
		st = network_only(c, s->project_id, &only);
		if (!st && only)
			st = network_attach(c, s->id, s->zone,
					    &(struct network_wish){ .network_id = only,
								    .security_groups =
									    in->security_groups },
					    &port);
	}
	if (st != ST_NOT_FOUND)
		return st;
	char said[sizeof(c->problem)];
	strcpy(said, c->problem);
	call_forgive(c);
	return fail(c, ST_BAD_INPUT, "networks", "%s", said);
}

enum status server_take_bytes(struct call *c, const struct image *image)
{
	return file_ref(c, &(struct file_facts){ image->sha256, image->os_hash_value,
						 image->checksum, image->size });
}

/* Nova's "ZONE", "ZONE:HOST" or ":HOST"; only administrators may name a host. */
static enum status wish_of_zone(struct call *c, const struct server_create *in,
				struct pool_ask *ask)
{
	const char *zone = in->availability_zone;
	const char *colon = zone ? strchr(zone, ':') : NULL;
	bool known = false;
	if (colon && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "availability_zone",
			    "only administrators say on which host a server stands");
	if (colon) {
		struct words w = words_split(c->arena, colon + 1, ':');
		ask->host = w.count ? w.list[0] : NULL;
		zone = arena_strndup(c->arena, zone, (size_t)(colon - zone));
	}
	ask->zone = str_empty(zone) ? NULL : zone;
	if (in->host || in->hypervisor_hostname)
		ask->host = in->host ? in->host : in->hypervisor_hostname;
	enum status st = zone_known(c, ask->zone, &known);
	if (!st && !known)
		return fail(c, ST_BAD_INPUT, "availability_zone",
			    "The requested availability zone is not available");
	return st;
}

static enum status place(struct call *c, const struct server_create *in, struct server *s,
			 const char **why)
{
	struct pool_place where = { 0 };
	struct pool_ask ask = { .subject = s->id,
				.project_id = s->project_id,
				.vcpus = s->flavor.vcpus,
				.memory_mb = s->flavor.ram,
				.disk_gb = flavor_room(&s->flavor) };
	enum status st = wish_of_zone(c, in, &ask);
	if (!st)
		st = server_group_wish(c, s->group_id, &ask);
	if (!st)
		st = pool_reserve(c, &ask, &where);
	if (st)
		return st;
	s->host_id = where.host_id;
	*why = where.why;
	s->zone = where.zone ? where.zone : ask.zone ? ask.zone : "nova";
	return ST_OK;
}

static enum status make_one(struct call *c, const struct server_create *in, struct server *s,
			    const struct image *image)
{
	const char *why = NULL;
	enum status st = quota_use(c, s, 1, s->flavor.vcpus, s->flavor.ram);
	if (!st)
		st = server_take_bytes(c, image);
	if (!st)
		st = place(c, in, s, &why);
	if (!st)
		st = server_insert(c, s);
	if (!st && !why)
		st = take_ports(c, in, s);
	if (!st)
		st = action_begin(c, s, "create");
	if (st)
		return st;
	audit_subject(c, "server", s->id);
	audit_change(c, server_audit, NULL, s);
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
	enum status st = server_take_name(c, in->name, &ask.name);
	if (!st)
		st = check_counts(c, &ask);
	if (!st)
		st = draft(c, &ask, &s, &image);
	if (!st && in->group)
		st = server_group_join(c, in->group, ask.max_count, &s);
	for (int64_t i = 0; i < ask.max_count && !st; i++) {
		s.id = id_new(c->arena);
		s.launch_index = i;
		s.name = ask.max_count > 1
				 ? arena_printf(c->arena, "%s-%lld", ask.name, (long long)i + 1)
				 : ask.name;
		s.hostname = hostname_of(c, s.name, s.id);
		s.state = VM_BUILDING;
		s.task = TASK_SCHEDULING;
		s.zone = "nova";
		st = make_one(c, &ask, &s, &image);
		if (!i)
			first = s.id;
	}
	if (in->return_reservation_id)
		out->reservation_id = s.reservation_id;
	else
		out->server = (struct created_server){ first, s.disk_config };
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

static struct server *server_in(struct server **sorted, size_t count, const char *id)
{
	struct server key = { .id = id }, *at = &key;
	struct server **found = bsearch(&at, sorted, count, sizeof(*sorted), by_id);
	return found ? *found : NULL;
}

/* Ports come in runs, one a device. */
static void give_nics(struct server **sorted, size_t count, struct network_interface *nics,
		      size_t nics_count)
{
	for (size_t n = 0, end; n < nics_count; n = end) {
		struct server *s = server_in(sorted, count, nics[n].device_id);
		for (end = n; end < nics_count && str_eq(nics[end].device_id, nics[n].device_id);)
			end++;
		if (!s)
			continue;
		s->nics = &nics[n];
		s->nics_count = end - n;
	}
}

/* So do their groups. */
static void give_groups(struct server **sorted, size_t count, struct network_group *groups,
			size_t groups_count)
{
	for (size_t n = 0, end; n < groups_count; n = end) {
		struct server *s = server_in(sorted, count, groups[n].device_id);
		for (end = n;
		     end < groups_count && str_eq(groups[end].device_id, groups[n].device_id);)
			end++;
		if (!s)
			continue;
		s->groups = &groups[n];
		s->groups_count = end - n;
	}
}

enum status servers_dress(struct call *c, struct server *list, size_t count)
{
	struct pool_host *hosts;
	struct network_interface *nics;
	struct network_group *groups;
	size_t hosts_count, nics_count, groups_count;
	const char **ids = arena_array(c->arena, count + 1, sizeof(*ids));
	struct server **sorted = arena_array(c->arena, count + 1, sizeof(*sorted));
	for (size_t i = 0; i < count; i++) {
		ids[i] = list[i].id;
		sorted[i] = &list[i];
	}
	if (!count)
		return ST_OK;
	enum status st = pool_hosts(c, &hosts, &hosts_count);
	if (!st)
		st = network_interfaces(c, ids, count, &nics, &nics_count);
	if (!st)
		st = network_device_groups(c, ids, count, &groups, &groups_count);
	if (st)
		return st;
	for (size_t i = 0; i < count; i++) {
		struct server *s = &list[i];
		for (size_t h = 0; h < hosts_count && s->host_id; h++)
			if (str_eq(hosts[h].id, s->host_id)) {
				s->host_name = hosts[h].name;
				s->host_down = hosts[h].state != POOL_HOST_UP;
			}
	}
	qsort(sorted, count, sizeof(*sorted), by_id);
	give_nics(sorted, count, nics, nics_count);
	give_groups(sorted, count, groups, groups_count);
	return ST_OK;
}

enum status server_show(struct call *c, const struct server_key *in, struct server *out)
{
	enum status st = server_find(c, in->server_id, out);
	return st ? st : servers_dress(c, out, 1);
}
