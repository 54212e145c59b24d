/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: the list of extensions. All became part of 2.1; the list remained for clients of 2.0, with
 * the names that they look for. Only what is offered here stands in it. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"

struct extension {
	const char *alias, *name;
};

/* Sorted by alias, as Nova sorts. */
static const struct extension extensions[] = {
	{ "NMN", "Multinic" },
	{ "OS-DCF", "DiskConfig" },
	{ "OS-EXT-AZ", "ExtendedAvailabilityZone" },
	{ "OS-EXT-IMG-SIZE", "ImageSize" },
	{ "OS-EXT-IPS", "ExtendedIps" },
	{ "OS-EXT-IPS-MAC", "ExtendedIpsMac" },
	{ "OS-EXT-SRV-ATTR", "ExtendedServerAttributes" },
	{ "OS-EXT-STS", "ExtendedStatus" },
	{ "OS-FLV-DISABLED", "FlavorDisabled" },
	{ "OS-FLV-EXT-DATA", "FlavorExtraData" },
	{ "OS-SCH-HNT", "SchedulerHints" },
	{ "OS-SRV-USG", "ServerUsage" },
	{ "os-access-ips", "AccessIPs" },
	{ "os-admin-actions", "AdminActions" },
	{ "os-aggregates", "Aggregates" },
	{ "os-attach-interfaces", "AttachInterfaces" },
	{ "os-availability-zone", "AvailabilityZone" },
	{ "os-config-drive", "ConfigDrive" },
	{ "os-console-output", "ConsoleOutput" },
	{ "os-consoles", "Consoles" },
	{ "os-create-backup", "CreateBackup" },
	{ "os-extended-hypervisors", "ExtendedHypervisors" },
	{ "os-extended-quotas", "ExtendedQuotas" },
	{ "os-extended-services", "ExtendedServices" },
	{ "os-flavor-access", "FlavorAccess" },
	{ "os-flavor-extra-specs", "FlavorExtraSpecs" },
	{ "os-flavor-manage", "FlavorManage" },
	{ "os-flavor-rxtx", "FlavorRxtx" },
	{ "os-flavor-swap", "FlavorSwap" },
	{ "os-floating-ip-pools", "FloatingIpPools" },
	{ "os-floating-ips", "FloatingIps" },
	{ "os-hosts", "Hosts" },
	{ "os-hypervisor-status", "HypervisorStatus" },
	{ "os-hypervisors", "Hypervisors" },
	{ "os-instance-actions", "InstanceActions" },
	{ "os-instance_usage_audit_log", "InstanceUsageAuditLog" },
	{ "os-keypairs", "Keypairs" },
	{ "os-lock-server", "LockServer" },
	{ "os-migrations", "Migrations" },
	{ "os-multiple-create", "MultipleCreate" },
	{ "os-pause-server", "PauseServer" },
	{ "os-quota-class-sets", "QuotaClasses" },
	{ "os-quota-sets", "Quotas" },
	{ "os-rescue", "Rescue" },
	{ "os-security-groups", "SecurityGroups" },
	{ "os-server-diagnostics", "ServerDiagnostics" },
	{ "os-server-external-events", "ServerExternalEvents" },
	{ "os-server-groups", "ServerGroups" },
	{ "os-server-password", "ServerPassword" },
	{ "os-server-sort-keys", "ServerSortKeys" },
	{ "os-server-start-stop", "ServerStartStop" },
	{ "os-services", "Services" },
	{ "os-shelve", "Shelve" },
	{ "os-simple-tenant-usage", "SimpleTenantUsage" },
	{ "os-suspend-server", "SuspendServer" },
	{ "os-tenant-networks", "TenantNetworks" },
	{ "os-used-limits", "UsedLimits" },
	{ "os-user-data", "UserData" },
	{ "os-user-quotas", "UserQuotas" },
};
enum { EXTENSIONS = sizeof(extensions) / sizeof(extensions[0]) };

/* Descriptions are empty, address and date are the same for all: Nova says so since 2.1. */
static void put_extension(struct json_out *j, const struct extension *e)
{
	json_object_begin(j);
	json_put_str(j, "name", e->name);
	json_put_str(j, "alias", e->alias);
	json_put_str(j, "description", "");
	json_put_str(j, "namespace", "http://docs.openstack.org/compute/ext/fake_xml");
	json_put_str(j, "updated", "2014-12-03T00:00:00Z");
	json_key(j, "links");
	json_array_begin(j);
	json_array_end(j);
	json_object_end(j);
}

static void write_extensions(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_array_begin(j);
	for (size_t i = 0; i < EXTENSIONS; i++)
		put_extension(j, &extensions[i]);
	json_array_end(j);
}

static void write_extension(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	put_extension(j, obj);
}

struct extension_key {
	const char *alias;
};
static const struct field extension_key_wire[] = { F_STR(extension_key, alias, 255, FROM_PATH),
						   F_END };
static const struct field extensions_wire[] = { F_VIEW("extensions", write_extensions), F_END };
static const struct field extension_wire[] = { F_VIEW("extension", write_extension), F_END };

static enum status extension_list(struct call *c, const struct nothing *in, struct nothing *out)
{
	(void)c;
	(void)in;
	(void)out;
	return ST_OK;
}

static enum status extension_show(struct call *c, const struct extension_key *in,
				  struct extension *out)
{
	for (size_t i = 0; i < EXTENSIONS; i++)
		if (str_eq(extensions[i].alias, in->alias)) {
			*out = extensions[i];
			return ST_OK;
		}
	return fail(c, ST_NOT_FOUND, "alias", "Extension %.64s could not be found.", in->alias);
}

ACT(extension_list, nothing, nothing)
ACT(extension_show, extension_key, extension)

const struct route compute_extension_routes[] = {
	SHOW("/v2.1/extensions", SERVER_READ, 0, extension_list, nothing, nothing, extensions_wire,
	     "compute.extension.list", "Which of Nova's extensions are offered: parts of 2.1"),
	SHOW("/v2.1/extensions/{alias}", SERVER_READ, 0, extension_show, extension_key, extension,
	     extension_wire, "compute.extension.show", "One of Nova's extensions"),
	{ 0 },
};
