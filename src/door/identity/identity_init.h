/* SPDX-License-Identifier: Apache-2.0 */
/* Between identity_init.c and its statements. */
#ifndef DOOR_IDENTITY_IDENTITY_INIT_H
#define DOOR_IDENTITY_IDENTITY_INIT_H

#include "door/check.h"
#include "door/identity/identity_private.h"

/* ST_CONFLICT: there is a house already. */
enum status house_put(struct call *c, const char *profile) MUST_USE;
enum status first_region_put(struct call *c, const char *id) MUST_USE;
enum status first_service_put(struct call *c, const char *id, const char *type,
			      const char *name) MUST_USE;
enum status first_endpoint_put(struct call *c, const char *service_id, const char *region_id,
			       const char *interface, const char *url) MUST_USE;
enum status breaches_read(struct call *c, struct breach **out, size_t *count) MUST_USE;

#endif
