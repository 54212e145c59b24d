/* SPDX-License-Identifier: Apache-2.0 */
/* Guests by libvirt. What speaks to it (compute_*_libvirt.c) runs in the worker child (compute_worker.c),
 * one ask at a time; the daemon's side of it is compute_host.c. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <libvirt/virterror.h>
#include "base/text.h"
#include "cloud/compute/compute_engine_private.h"
#include "cloud/compute/compute_tool.h"

static void be_silent(void *arg, virErrorPtr error)
{
	(void)arg;
	(void)error;
}

struct engine *engine_new(const char *uri, const char *folder)
{
	struct engine *e = calloc(1, sizeof(*e));
	if (!e)
		abort();
	e->uri = strdup(uri);
	e->folder = strdup(folder);
	virSetErrorFunc(NULL, be_silent);
	return e;
}

void engine_end(struct engine *e)
{
	if (!e)
		return;
	if (e->conn)
		virConnectClose(e->conn);
	free(e->uri);
	free(e->folder);
	free(e);
}

enum status engine_say(struct call *c, const char *what)
{
	virErrorPtr error = virGetLastError();
	const char *why = error && error->message ? error->message : "no reason given";
	int code = error ? error->code : VIR_ERR_OK;
	if (code == VIR_ERR_NO_DOMAIN)
		return fail(c, ST_NOT_FOUND, NULL, "%s: %s", what, why);
	if (code == VIR_ERR_XML_ERROR || code == VIR_ERR_XML_DETAIL ||
	    code == VIR_ERR_CONFIG_UNSUPPORTED || code == VIR_ERR_XML_INVALID_SCHEMA)
		return fail(c, ST_CONFLICT, NULL, "%s: %s", what, why);
	return fail(c, ST_AWAY, NULL, "%s: %s", what, why);
}

enum status engine_connect(struct call *c, struct engine *e)
{
	if (e->conn && virConnectIsAlive(e->conn) == 1)
		return ST_OK;
	if (e->conn)
		virConnectClose(e->conn);
	e->conn = virConnectOpen(e->uri);
	if (e->conn)
		return ST_OK;
	virErrorPtr error = virGetLastError();
	return fail(c, ST_AWAY, NULL, "%s: %s", e->uri,
		    error && error->message ? error->message : "no reason given");
}

bool engine_is_here(const struct engine *e)
{
	const char *host = strstr(e->uri, "://");
	return !host || host[3] == '/';
}

enum status engine_find(struct call *c, struct engine *e, const char *id, virDomainPtr *out)
{
	enum status st = engine_connect(c, e);
	if (st)
		return st;
	*out = virDomainLookupByUUIDString(e->conn, id);
	if (*out || virGetLastErrorCode() == VIR_ERR_NO_DOMAIN)
		return ST_OK;
	return engine_say(c, "the domain cannot be looked up");
}

enum status engine_find_there(struct call *c, struct engine *e, const char *id, virDomainPtr *out)
{
	enum status st = engine_find(c, e, id, out);
	return st || *out ? st : fail(c, ST_NOT_FOUND, NULL, "there is no domain of server %s", id);
}

/* Whose the domain is, as its metadata say; NULL when it is none of any yongyun. */
static const char *house_of_domain(struct arena *a, virDomainPtr d)
{
	char *text = virDomainGetMetadata(d, VIR_DOMAIN_METADATA_ELEMENT, GUEST_NAMESPACE, 0);
	if (!text)
		return NULL;
	const char *house = NULL;
	const char *at = strstr(text, "house=");
	const char *end = at && at[6] ? strchr(at + 7, at[6]) : NULL;
	if (end)
		house = arena_strndup(a, at + 7, (size_t)(end - at - 7));
	free(text);
	return house;
}

static enum guest_cause cause_of(int reason)
{
	switch (reason) {
	case VIR_DOMAIN_SHUTOFF_SHUTDOWN: return CAUSE_INSIDE;
	case VIR_DOMAIN_SHUTOFF_DESTROYED:
	case VIR_DOMAIN_SHUTOFF_SAVED:
	case VIR_DOMAIN_SHUTOFF_MIGRATED: return CAUSE_ASKED;
	case VIR_DOMAIN_SHUTOFF_CRASHED:
	case VIR_DOMAIN_SHUTOFF_FAILED: return CAUSE_CRASHED;
	default: return CAUSE_LOST;
	}
}

static enum status state_of(struct call *c, virDomainPtr d, struct guest_status *out)
{
	int state = 0, reason = 0;
	if (virDomainGetState(d, &state, &reason, 0))
		return engine_say(c, "the domain's state cannot be read");
	switch (state) {
	case VIR_DOMAIN_RUNNING:
	case VIR_DOMAIN_BLOCKED:
	case VIR_DOMAIN_SHUTDOWN: out->state = GUEST_RUNNING; break;
	case VIR_DOMAIN_PAUSED:
	case VIR_DOMAIN_PMSUSPENDED: out->state = GUEST_PAUSED; break;
	case VIR_DOMAIN_CRASHED: out->state = GUEST_CRASHED; break;
	default: out->state = GUEST_STOPPED; out->cause = (int)cause_of(reason);
	}
	return ST_OK;
}

/* Shut off or gone: a persistent domain is off, a transient one leaves the list. */
static bool is_off(virDomainPtr d)
{
	int state = 0;
	if (virDomainGetState(d, &state, NULL, 0))
		return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
	return state == VIR_DOMAIN_SHUTOFF || state == VIR_DOMAIN_CRASHED;
}

static bool is_paused(virDomainPtr d)
{
	int state = 0;
	return virDomainGetState(d, &state, NULL, 0) == 0 && state == VIR_DOMAIN_PAUSED;
}

static enum status pull_the_plug(struct call *c, virDomainPtr d)
{
	if (is_off(d) || virDomainDestroy(d) == 0 || is_off(d))
		return ST_OK;
	return engine_say(c, "the domain cannot be switched off");
}

static enum status press_the_button(struct call *c, virDomainPtr d, int64_t patience)
{
	int64_t until = clock_steady() + patience;
	/* Ask once only: acpid in some guests takes the second press as "at once". */
	if (!is_off(d) && virDomainShutdown(d))
		return pull_the_plug(c, d);
	while (!is_off(d)) {
		if (clock_steady() >= until)
			return pull_the_plug(c, d);
		usleep(100000);
	}
	return ST_OK;
}

static enum status start(struct call *c, virDomainPtr d)
{
	if (virDomainIsActive(d) == 1 || virDomainCreate(d) == 0)
		return ST_OK;
	return engine_say(c, "the guest cannot be started");
}

enum status engine_power(struct call *c, struct engine *e, const char *id, enum guest_power p,
			 int64_t patience)
{
	SCOPED_DOMAIN d = NULL;
	enum status st = engine_find_there(c, e, id, &d);
	if (st)
		return st;
	switch (p) {
	case POWER_START: break;
	case POWER_STOP: return press_the_button(c, d, patience);
	case POWER_KILL: return pull_the_plug(c, d);
	case POWER_REBOOT: st = press_the_button(c, d, patience); break;
	case POWER_PAUSE:
		return is_paused(d) || virDomainSuspend(d) == 0
			       ? ST_OK
			       : engine_say(c, "the guest cannot be paused");
	case POWER_UNPAUSE:
		return !is_paused(d) || virDomainResume(d) == 0
			       ? ST_OK
			       : engine_say(c, "the guest cannot go on");
	case POWER_SUSPEND:
		return is_off(d) || virDomainManagedSave(d, 0) == 0
			       ? ST_OK
			       : engine_say(c, "the guest cannot be suspended");
	case POWER_RESUME: break; /* a start takes the memory that was saved */
	}
	return st ? st : start(c, d);
}

/* Whether br-int switches in user space, where offloads break TCP. Without an answer: as if. */
static bool switch_in_user_space(struct call *c)
{
	const char *const argv[] = { "ovs-vsctl", "--timeout=5", "--if-exists",   "get",
				     "bridge",    "br-int",      "datapath_type", NULL };
	const char *text = "";
	int code = 1;
	if (tool_run(c, argv, 10 * CLOCK_SECOND, &code, &text) || code) {
		call_forgive(c);
		return true;
	}
	return strstr(text, "netdev") != NULL;
}

static enum status make_folder(struct call *c, const char *folder)
{
	/* QEMU runs as a user of its own that must reach the files: their modes protect them. */
	if (mkdir(folder, 0711) && errno != EEXIST)
		return fail(c, ST_AWAY, NULL, "%s cannot be made: %s", folder, strerror(errno));
	return ST_OK;
}

static enum status make_files(struct call *c, struct engine *e, const struct guest *g,
			      const char *folder)
{
	enum status st = make_folder(c, folder);
	if (!st)
		st = guest_base(c, g, e->folder, folder);
	if (!st)
		st = guest_disk(c, g, folder);
	return st ? st : guest_drive(c, g, folder);
}

/* Describes the guest as it is wanted now and starts it unless it shall be off. */
static enum status describe(struct call *c, struct engine *e, const struct guest *g,
			    const char *folder)
{
	bool netdev = g->nics_count && switch_in_user_space(c);
	const char *xml = guest_xml(c->arena, g, folder, netdev);
	SCOPED_DOMAIN d = virDomainDefineXMLFlags(e->conn, xml, VIR_DOMAIN_DEFINE_VALIDATE);
	if (!d)
		return engine_say(c, "the domain cannot be defined");
	return g->off ? ST_OK : start(c, d);
}

enum status engine_ensure(struct call *c, struct engine *e, const struct guest *g)
{
	const char *folder = guest_folder(c->arena, e->folder, g->id);
	SCOPED_DOMAIN d = NULL;
	enum status st = engine_find(c, e, g->id, &d);
	if (st)
		return st;
	if (d && virDomainIsActive(d) == 1)
		return ST_OK;
	st = make_files(c, e, g, folder);
	return st ? st : describe(c, e, g, folder);
}

/* --- a guest made anew --- */

static void snapshot_free(virDomainSnapshotPtr *s)
{
	if (*s)
		virDomainSnapshotFree(*s);
}
#define SCOPED_SNAPSHOT __attribute__((cleanup(snapshot_free))) virDomainSnapshotPtr
#define BEFORE_RESIZE "before-resize"

static virDomainSnapshotPtr snapshot_of(virDomainPtr d)
{
	return virDomainSnapshotLookupByName(d, BEFORE_RESIZE, 0);
}

static enum status drop_snapshot(struct call *c, virDomainPtr d)
{
	SCOPED_SNAPSHOT s = snapshot_of(d);
	if (!s || virDomainSnapshotDelete(s, 0) == 0)
		return ST_OK;
	return engine_say(c, "what the disk was before cannot be let go");
}

static enum status resize(struct call *c, struct engine *e, virDomainPtr d, const struct guest *g,
			  const char *folder)
{
	static const char xml[] = "<domainsnapshot><name>" BEFORE_RESIZE "</name></domainsnapshot>";
	enum status st = press_the_button(c, d, 20 * CLOCK_SECOND);
	SCOPED_SNAPSHOT s = snapshot_of(d);
	if (!st && !s)
		s = virDomainSnapshotCreateXML(d, xml, 0);
	if (!st && !s)
		return engine_say(c, "what the disk is now cannot be kept");
	if (!st)
		st = guest_grow(c, g, folder);
	return st ? st : describe(c, e, g, folder);
}

static enum status revert(struct call *c, struct engine *e, virDomainPtr d, const struct guest *g,
			  const char *folder)
{
	SCOPED_SNAPSHOT s = snapshot_of(d);
	enum status st = pull_the_plug(c, d);
	if (!st && s && virDomainRevertToSnapshot(s, VIR_DOMAIN_SNAPSHOT_REVERT_FORCE))
		return engine_say(c, "the disk cannot be put back");
	if (!st)
		st = drop_snapshot(c, d);
	return st ? st : describe(c, e, g, folder);
}

static enum status rebuild(struct call *c, struct engine *e, virDomainPtr d, const struct guest *g,
			   const char *folder)
{
	enum status st = pull_the_plug(c, d);
	if (!st && virDomainHasManagedSaveImage(d, 0) == 1 && virDomainManagedSaveRemove(d, 0))
		return engine_say(c, "what was suspended cannot be let go");
	if (!st)
		st = drop_snapshot(c, d);
	if (!st)
		st = guest_folder_remove(c, e->folder, g->id);
	if (!st)
		st = make_files(c, e, g, folder);
	return st ? st : describe(c, e, g, folder);
}

/* Its own disk stays as it is; what was suspended belongs to another machine. */
static enum status rescue(struct call *c, struct engine *e, virDomainPtr d, const struct guest *g,
			  const char *folder)
{
	enum status st = d ? press_the_button(c, d, 20 * CLOCK_SECOND)
			   : make_files(c, e, g, folder);
	if (!st && d && virDomainHasManagedSaveImage(d, 0) == 1 && virDomainManagedSaveRemove(d, 0))
		return engine_say(c, "what was suspended cannot be let go");
	if (!st)
		st = guest_rescue_disk(c, g, e->folder, folder);
	return st ? st : describe(c, e, g, folder);
}

/* The value of ATTRIBUTE='…' in the element that ends before 'end'; NULL: none. */
static const char *value_of(struct arena *a, const char *from, const char *end,
			    const char *attribute)
{
	const char *at = strstr(from, attribute);
	const char *quote = at && at < end ? strchr(at, '\'') : NULL;
	const char *close = quote ? strchr(quote + 1, '\'') : NULL;
	return close && close < end ? arena_strndup(a, quote + 1, (size_t)(close - quote - 1))
				    : NULL;
}

static bool wants_nic(const struct guest *g, const char *port)
{
	for (size_t i = 0; i < g->nics_count; i++)
		if (str_eq(g->nics[i].port_id, port))
			return true;
	return false;
}

/* Takes out the cards that the guest shall not have; 'has' gets the ports of the others. */
static enum status unplug(struct call *c, virDomainPtr d, const struct guest *g, unsigned flags,
			  const char *xml, struct words *has)
{
	for (const char *at = strstr(xml, "<interface "); at; at = strstr(at + 1, "<interface ")) {
		const char *end = strstr(at, "</interface>");
		const char *port = end ? value_of(c->arena, at, end, "interfaceid=") : NULL;
		if (!port)
			continue;
		if (wants_nic(g, port)) {
			has->list[has->count++] = port;
			continue;
		}
		const char *one = arena_printf(c->arena, "%.*s</interface>", (int)(end - at), at);
		if (virDomainDetachDeviceFlags(d, one, flags))
			return engine_say(c, "a network card cannot be taken out");
	}
	return ST_OK;
}

static enum status nics(struct call *c, virDomainPtr d, const struct guest *g)
{
	unsigned flags = VIR_DOMAIN_AFFECT_CONFIG |
			 (virDomainIsActive(d) == 1 ? VIR_DOMAIN_AFFECT_LIVE : 0);
	char *xml = virDomainGetXMLDesc(d, 0);
	if (!xml)
		return engine_say(c, "the domain cannot be read");
	struct words has = { arena_array(c->arena, strlen(xml) / 64 + 1, sizeof(char *)), 0 };
	enum status st = unplug(c, d, g, flags, xml, &has);
	bool netdev = switch_in_user_space(c);
	free(xml);
	for (size_t i = 0; i < g->nics_count && !st; i++) {
		size_t k = 0;
		while (k < has.count && !str_eq(has.list[k], g->nics[i].port_id))
			k++;
		if (k == has.count &&
		    virDomainAttachDeviceFlags(d, guest_nic_xml(c->arena, &g->nics[i], netdev),
					       flags))
			st = engine_say(c, "a network card cannot be put in");
	}
	return st;
}

enum status engine_change(struct call *c, struct engine *e, const struct guest *g,
			  enum guest_change how)
{
	const char *folder = guest_folder(c->arena, e->folder, g->id);
	SCOPED_DOMAIN d = NULL;
	enum status st = engine_find(c, e, g->id, &d);
	if (st)
		return st;
	if (!d && how == CHANGE_NICS)
		return fail(c, ST_NOT_FOUND, NULL, "there is no domain of server %s", g->id);
	if (how == CHANGE_RESCUE)
		return rescue(c, e, d, g, folder);
	if (!d)
		return engine_ensure(c, e, g);
	switch (how) {
	case CHANGE_NICS: return nics(c, d, g);
	case CHANGE_REBUILD: return rebuild(c, e, d, g, folder);
	case CHANGE_RESIZE: return resize(c, e, d, g, folder);
	case CHANGE_CONFIRM: return drop_snapshot(c, d);
	case CHANGE_REVERT: return revert(c, e, d, g, folder);
	case CHANGE_RESCUE:
	case CHANGE_REMAKE: break;
	}
	st = pull_the_plug(c, d);
	if (!st)
		st = describe(c, e, g, folder);
	if (!st)
		guest_rescue_drop(c, folder);
	return st;
}

enum status engine_remove(struct call *c, struct engine *e, const char *house, const char *id)
{
	SCOPED_DOMAIN d = NULL;
	enum status st = engine_find(c, e, id, &d);
	if (st)
		return st;
	if (d) {
		const char *owner = house_of_domain(c->arena, d);
		if (!str_eq(owner, house))
			return fail(c, ST_CONFLICT, NULL, "the domain of server %s is not ours",
				    id);
		st = pull_the_plug(c, d);
		if (st)
			return st;
		if (virDomainUndefineFlags(d, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE |
						      VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
						      VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA |
						      VIR_DOMAIN_UNDEFINE_NVRAM) &&
		    virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
			return engine_say(c, "the domain cannot be removed");
	}
	st = guest_folder_remove(c, e->folder, id);
	if (!st)
		guest_base_sweep(c, e->folder);
	return st;
}

static enum status list_one(struct call *c, virDomainPtr d, const char *house,
			    struct guest_list *out)
{
	char id[VIR_UUID_STRING_BUFLEN];
	if (!str_eq(house_of_domain(c->arena, d), house))
		return ST_OK;
	struct guest_status *at = &out->guests[out->guests_count];
	if (virDomainGetUUIDString(d, id))
		return engine_say(c, "a domain's id cannot be read");
	at->id = arena_strdup(c->arena, id);
	enum status st = state_of(c, d, at);
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return ST_OK;
	}
	out->guests_count += !st;
	return st;
}

enum status engine_list(struct call *c, struct engine *e, const char *house, struct guest_list *out)
{
	enum status st = engine_connect(c, e);
	if (st)
		return st;
	virDomainPtr *list = NULL;
	int count = virConnectListAllDomains(e->conn, &list, 0);
	if (count < 0)
		return engine_say(c, "the domains cannot be listed");
	*out = (struct guest_list){ arena_array(c->arena, (size_t)count + 1, sizeof(*out->guests)),
				    0 };
	for (int i = 0; i < count; i++) {
		if (!st)
			st = list_one(c, list[i], house, out);
		virDomainFree(list[i]);
	}
	free(list);
	return st;
}

enum status engine_console(struct call *c, struct engine *e, const char *id, int64_t size,
			   const char **text)
{
	const char *folder = guest_folder(c->arena, e->folder, id);
	if (!folder)
		return fail(c, ST_BAD_INPUT, "id", "'%s' is not a server's id", id);
	*text = guest_log_tail(c->arena, arena_printf(c->arena, "%s/console.log", folder), size);
	return ST_OK;
}

/* The port that QEMU took for the screen's websocket, or 0. */
static int64_t websocket_of(const char *xml)
{
	const char *graphics = strstr(xml, "<graphics type='vnc'");
	const char *end = graphics ? strchr(graphics, '>') : NULL;
	const char *at = graphics ? strstr(graphics, " websocket='") : NULL;
	int64_t port = 0;
	if (!at || at > end)
		return 0;
	for (at += strlen(" websocket='"); *at >= '0' && *at <= '9' && port < 65536; at++)
		port = port * 10 + *at - '0';
	return *at == '\'' && port < 65536 ? port : 0;
}

enum status engine_screen(struct call *c, struct engine *e, const char *id, const char **address)
{
	SCOPED_DOMAIN d = NULL;
	/* The screen listens on its host's loopback. */
	if (!engine_is_here(e))
		return fail(c, ST_NOT_OFFERED, NULL, "screens of guests of %s are not reached yet",
			    e->uri);
	enum status st = engine_find(c, e, id, &d);
	if (st)
		return st;
	if (!d || virDomainIsActive(d) != 1)
		return fail(c, ST_CONFLICT, NULL, "the guest of server %s does not run", id);
	char *xml = virDomainGetXMLDesc(d, 0);
	int64_t port = xml ? websocket_of(xml) : 0;
	free(xml);
	if (!port)
		return fail(c, ST_CONFLICT, NULL, "the guest of server %s has no screen", id);
	*address = arena_printf(c->arena, "127.0.0.1:%lld", (long long)port);
	return ST_OK;
}
