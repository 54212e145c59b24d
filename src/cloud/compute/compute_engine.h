/* SPDX-License-Identifier: Apache-2.0 */
/* The worker child's hands: libvirt, and the files of the host that it stands on. One connection, one
 * thread; a call may hang, then the daemon kills the child. */
#ifndef CLOUD_COMPUTE_COMPUTE_ENGINE_H
#define CLOUD_COMPUTE_COMPUTE_ENGINE_H

#include "cloud/compute/compute_driver.h"

struct engine; /* owner: the worker's main */

/* Connects at the first use and again when the connection broke. */
struct engine *engine_new(const char *uri, const char *folder);
void engine_end(struct engine *e);

enum status engine_probe(struct call *c, struct engine *e, const char *known,
			 const char *accelerator, struct host_facts *out) MUST_USE;
enum status engine_ensure(struct call *c, struct engine *e, const struct guest *g) MUST_USE;
enum status engine_remove(struct call *c, struct engine *e, const char *house,
			  const char *id) MUST_USE;
enum status engine_power(struct call *c, struct engine *e, const char *id, enum guest_power p,
			 int64_t patience) MUST_USE;
enum status engine_change(struct call *c, struct engine *e, const struct guest *g,
			  enum guest_change how) MUST_USE;
enum status engine_list(struct call *c, struct engine *e, const char *house,
			struct guest_list *out) MUST_USE;
enum status engine_console(struct call *c, struct engine *e, const char *id, int64_t size,
			   const char **text) MUST_USE;
/* See struct compute_driver. */
enum status engine_snapshot(struct call *c, struct engine *e, const char *id, const char *path,
			    int64_t *virtual_size) MUST_USE;
enum status engine_report(struct call *c, struct engine *e, const char *id,
			  struct guest_report *out) MUST_USE;
enum status engine_uptime(struct call *c, struct engine *e, const char **text) MUST_USE;
/* "127.0.0.1:PORT" of the running guest's screen. */
enum status engine_screen(struct call *c, struct engine *e, const char *id,
			  const char **address) MUST_USE;

#endif
