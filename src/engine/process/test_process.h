/* SPDX-License-Identifier: Apache-2.0 */
/* A department with people, and small processes for them. */
#ifndef ENGINE_PROCESS_TEST_PROCESS_H
#define ENGINE_PROCESS_TEST_PROCESS_H

#include "base/clock.h"
#include "door.h"
#include "door/house.h"
#include "engine/process/process_private.h"

struct hall {
	struct house *house;
	const char *admin, *domain, *other;
	const char *chief;     /* administers the department: designs and operates */
	const char *wang, *li; /* members of it */
	const char *wang_id, *li_id;
	const char *robot;    /* a service of the department */
	const char *stranger; /* administers another one */
};
struct hall test_hall(void);

const char *say(const char *fmt, ...) PRINTF(1, 2);
/* A model in the BPMN namespaces with 'body' inside of its definitions. */
const char *model(const char *body);
/* A process 'key': start, the nodes and flows in 'middle', end. */
const char *process_of(const char *key, const char *attributes, const char *inside);
/* start → user task "review" → end, with attributes for the task. */
const char *one_task(const char *key, const char *attributes);
void deploy_model(const struct hall *t, const char *xml);
/* Starts it as wang and gives the instance. */
const char *start_process(const struct hall *t, const char *key, const char *variables);
/* The state of an instance, as the chief sees it. */
const char *state_of_instance(const struct hall *t, const char *id);
/* The id of the instance's first task. */
const char *task_of(const struct hall *t, const char *instance);
/* Completes it as wang. */
void complete_task(const struct hall *t, const char *instance, const char *variables);
/* Whatever is due at the house's clock is done. */
void tick(const struct hall *t);
/* Every log gives the state and rows that stand there. */
void expect_replays(const struct hall *t);
/* For tests below the door: a call by somebody of a department, acts for db_write(), and the room's tables. */
struct call *test_clerk(struct arena *a, struct house *h);
enum status test_deploy_act(struct call *c, const void *in, void *out);
enum status test_start_act(struct call *c, const void *in, void *out);
enum status test_complete_act(struct call *c, const void *in, void *out);
const struct schema_file *const *test_schema(void);
/* Forges an amount in the log of an instance. */
void test_spoil(struct house *h, const char *instance);

#endif
