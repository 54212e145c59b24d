/* SPDX-License-Identifier: Apache-2.0 */
/* The compute room as the house sees it: its drivers are opened and closed here, its jobs, timers and
 * routes are listed. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/log.h"
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "door/module.h"

#define FAKE_URI "fake:///"

/* What lives as long as the house is open. */
static struct {
	const struct compute_driver *libvirt, *fake;
	char *uri, *house, *folder;
	const char *insists;
} room;

const struct compute_driver *driver_of(const char *uri)
{
	return str_starts(uri, "fake:") ? room.fake : room.libvirt;
}

const char *compute_uri(void)
{
	return room.uri;
}

const char *compute_house(void)
{
	return room.house;
}

const char *compute_folder(void)
{
	return room.folder;
}

const char *compute_insists(void)
{
	return room.insists;
}

const char *compute_driver_name(void)
{
	return room.uri ? driver_of(room.uri)->name : "none";
}

static enum status know_house(struct call *c, const void *in, void *out)
{
	(void)in;
	return compute_house_id(c, out);
}

/* QEMU runs as a user of its own: it may search the way to its disks, and read nothing on it. */
static enum status make_folder(struct call *c, const char *data)
{
	struct stat at;
	if (mkdir(room.folder, 0711) && errno != EEXIST)
		return fail(c, ST_INTERNAL, "data", "%s: %s", room.folder, strerror(errno));
	if (stat(data, &at) || chmod(data, (at.st_mode & 07777) | 0011) || chmod(room.folder, 0711))
		return fail(c, ST_INTERNAL, "data", "%s: %s", data, strerror(errno));
	return ST_OK;
}

/* What the configuration wants; "auto" takes libvirt when it answers now. */
static const char *choose(struct call *c, const struct config *k)
{
	struct guest_list none;
	if (k->compute.driver == COMPUTE_FAKE)
		return FAKE_URI;
	if (k->compute.driver == COMPUTE_LIBVIRT)
		return k->compute.uri;
	if (room.libvirt->list(c, k->compute.uri, room.house, &none) == ST_OK)
		return k->compute.uri;
	log_warn("compute-stand-in", c->request_id, "%s does not answer (%s): %s", k->compute.uri,
		 c->problem, room.fake->apology);
	call_forgive(c);
	return FAKE_URI;
}

static void stop(struct house *h)
{
	(void)h;
	if (room.libvirt)
		room.libvirt->close();
	if (room.fake)
		room.fake->close();
	free(room.uri);
	free(room.house);
	free(room.folder);
	room.libvirt = room.fake = NULL;
	room.uri = room.house = room.folder = NULL;
}

static enum status start(struct call *c, struct house *h)
{
	static const char *const accelerators[] = { NULL, "kvm", "tcg" };
	const char *id = NULL;
	enum status st = db_write(c, h->db, know_house, NULL, &id, sizeof(id));
	if (st)
		return st;
	room.house = strdup(id);
	room.folder = strdup(arena_printf(c->arena, "%s/servers", h->config->server.data));
	room.insists = accelerators[h->config->compute.accelerator];
	room.libvirt = compute_libvirt(room.folder, getenv("YONGYUN_WORKER"));
	room.fake = compute_fake(room.folder);
	room.uri = strdup(choose(c, h->config));
	files_count_by(h->files, &compute_file_refs);
	st = make_folder(c, h->config->server.data);
	if (st)
		stop(h);
	return st;
}

static void tell_engine(struct call *c, struct engine *out)
{
	const struct compute_driver *d = driver_of(room.uri);

	*out = (struct engine){ d->name, !d->apology,
				d->apology ? d->apology : arena_strdup(c->arena, room.uri) };
}

static const struct permission permissions[] = {
	{ "compute.server.read", ROLE_READER | ROLE_MEMBER | ROLE_VDC_ADMIN | ROLE_SYSTEM_ADMIN,
	  "See servers, their console's log and the limits of the VDC" },
	{ "compute.server.write", ROLE_MEMBER, "Create, change, start, stop and delete servers" },
	{ "compute.server.reset", ROLE_SYSTEM_ADMIN,
	  "Say that a server is active or in error, whatever is under way" },
	{ "compute.server.offload", ROLE_SYSTEM_ADMIN, "Take shelved servers off their hosts" },
	{ "compute.flavor.read",
	  ROLE_READER | ROLE_MEMBER | ROLE_VDC_ADMIN | ROLE_DEPARTMENT_ADMIN | ROLE_SYSTEM_ADMIN,
	  "See flavors and availability zones" },
	{ "compute.flavor.write", ROLE_SYSTEM_ADMIN,
	  "Make and remove flavors, and say who may use them" },
	{ "compute.keypair.own", ROLE_READER | ROLE_MEMBER | ROLE_VDC_ADMIN | ROLE_SYSTEM_ADMIN,
	  "Keep key pairs of one's own" },
	{ "compute.host.read", ROLE_SYSTEM_ADMIN, "See hosts, and on which of them a server runs" },
	{ "compute.host.write", ROLE_SYSTEM_ADMIN,
	  "Make host aggregates, and say whether hosts take servers" },
	{ "compute.quota.write", ROLE_SYSTEM_ADMIN, "Set the quotas of VDCs" },
	{ 0 },
};

static const struct job_kind jobs[] = {
	{ JOB_BUILD, .at_most = 4, .attempts = 5, .lease = 10 * CLOCK_SECOND,
	  .deadline = 900 * CLOCK_SECOND, .run = compute_build, .give_up = compute_build_give_up },
	{ JOB_DELETE, .at_most = 4, .attempts = 20, .lease = 10 * CLOCK_SECOND,
	  .deadline = 300 * CLOCK_SECOND, .run = compute_unbuild,
	  .give_up = compute_unbuild_give_up },
	{ JOB_NICS, .at_most = 4, .attempts = 5, .lease = 10 * CLOCK_SECOND,
	  .deadline = 300 * CLOCK_SECOND, .run = compute_nics, .give_up = compute_nics_give_up },
	{ JOB_SNAPSHOT, .at_most = 1, .attempts = 3, .lease = 10 * CLOCK_SECOND,
	  .deadline = 3600 * CLOCK_SECOND, .run = compute_snapshot,
	  .give_up = compute_snapshot_give_up },
	{ JOB_OFFLOAD, .at_most = 4, .attempts = 20, .lease = 10 * CLOCK_SECOND,
	  .deadline = 300 * CLOCK_SECOND, .run = compute_offload,
	  .give_up = compute_offload_give_up },
	{ JOB_POWER, .at_most = 4, .attempts = 5, .lease = 10 * CLOCK_SECOND,
	  .deadline = 300 * CLOCK_SECOND, .run = compute_power, .give_up = compute_power_give_up },
	{ 0 },
};

static const struct timer timers[] = {
	{ "compute.reconcile", 15 * CLOCK_SECOND, compute_reconcile },
	{ "compute.forget", 3600 * CLOCK_SECOND, compute_forget },
	{ 0 },
};

static const struct route_group groups[] = {
	{ &nova_dialect, compute_server_routes },    { &nova_dialect, compute_action_routes },
	{ &nova_dialect, compute_about_routes },     { &nova_dialect, compute_console_routes },
	{ &nova_dialect, compute_interface_routes }, { &nova_dialect, compute_group_routes },
	{ &nova_dialect, compute_flavor_routes },    { &nova_dialect, compute_more_routes },
	{ &nova_dialect, compute_place_routes },     { &nova_dialect, compute_aggregate_routes },
	{ &nova_dialect, compute_service_routes },   { &nova_dialect, compute_security_routes },
	{ &nova_dialect, compute_floating_routes },  { &nova_dialect, compute_image_routes },
	{ &nova_dialect, compute_quota_routes },     { &nova_dialect, compute_move_routes },
	{ &nova_dialect, compute_migration_routes }, { &nova_dialect, compute_event_routes },
	{ &nova_dialect, compute_extension_routes }, { &nova_dialect, compute_diagnose_routes },
	{ &inside_dialect, compute_inside_routes },  { 0 },
};

const struct module compute_module = {
	.name = "compute",
	.permissions = permissions,
	.routes = groups,
	.timers = timers,
	.jobs = jobs,
	.start = start,
	.stop = stop,
	.engine = tell_engine,
	.check = compute_check,
};
