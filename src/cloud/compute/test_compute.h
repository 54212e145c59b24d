/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of servers share. */
#ifndef CLOUD_COMPUTE_TEST_COMPUTE_H
#define CLOUD_COMPUTE_TEST_COMPUTE_H

#include <jansson.h>
#include "cloud/compute/compute_change.h"
#include "harness.h"

extern const char VDC_A[], VDC_B[], IMAGE[];
extern struct house the_house;
extern struct jobs *jobs;

struct nova_answer {
	enum status st;
	const char *problem;
	const json_t *body;
};

/* Opens rows and rooms; 'fresh': with a schema, an image and a probed host. */
void open_house(struct call *c, const char *data, struct db *db, bool fresh);
void close_house(void *none);
/* A fresh house with its jobs running, closed when the test ends. */
void compute_begin(void);
/* A call of a member of the VDC; NULL: of an administrator. */
struct call *compute_call_as(const char *project, int version);
/* Asks a route as the door would, without signing in. 'beside': "name=value&…" for path and query. */
struct nova_answer nova_ask_in(struct call *c, const char *name, const char *beside,
			       const char *body);
struct nova_answer nova_ask(const char *project, const char *name, const char *beside,
			    const char *body);
/* The body of an answer that must be good. */
const json_t *want(struct nova_answer a);
void want_refusal(struct nova_answer a, enum status st, const char *words);
/* "server.status" of an answer. */
const char *text_at(const json_t *body, const char *path);
void add_flavor(const char *id, int ram);
const char *add_network(const char *project);
/* A network that leads out, of no VDC of these tests. */
const char *add_way_out(void);
const char *create_body(struct call *c, const char *name, const char *more);
const char *add_server(const char *project, const char *name, const char *more);
const char *beside(const char *id);
const json_t *show(const char *project, const char *id);
/* Until it has the status and no task. */
void wait_for(const char *project, const char *id, const char *status);
void wait_gone(const char *project, const char *id);
/* What `yongyun check --deep` says of the house is nothing. */
void expect_sound(void);
void reconcile(void);

#endif
