/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that speak to libvirt share. */
#ifndef CLOUD_COMPUTE_COMPUTE_ENGINE_PRIVATE_H
#define CLOUD_COMPUTE_COMPUTE_ENGINE_PRIVATE_H

#include <libvirt/libvirt.h>
#include "cloud/compute/compute_engine.h"

static inline void engine_domain_free(virDomainPtr *d)
{
	if (*d)
		virDomainFree(*d);
}
#define SCOPED_DOMAIN __attribute__((cleanup(engine_domain_free))) virDomainPtr

struct engine {
	char *uri, *folder;
	virConnectPtr conn;
};

enum status engine_connect(struct call *c, struct engine *e) MUST_USE;
/* libvirt's last word as ours. What the domain itself is to blame for will not heal by waiting. */
enum status engine_say(struct call *c, const char *what) MUST_USE;
/* NULL in '*out': there is no such domain. */
enum status engine_find(struct call *c, struct engine *e, const char *id,
			virDomainPtr *out) MUST_USE;
/* ST_NOT_FOUND: there is none. */
enum status engine_find_there(struct call *c, struct engine *e, const char *id,
			      virDomainPtr *out) MUST_USE;
/* libvirt's statistics of a domain, by name. */
struct engine_numbers {
	virTypedParameterPtr params;
	int count;
};
/* What they and the domain's description tell. */
void engine_report_of(struct call *c, const struct engine_numbers *r, const char *xml,
		      struct guest_report *out);
/* Whether the engine's host is this machine: libvirt is reached by a local socket. */
bool engine_is_here(const struct engine *e);

#endif
