/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of this room: asking as clients do, through the routes' shapes and acts, in process, on the
 * database that the tests run on; and running its jobs by hand. */
#ifndef CLOUD_NETWORK_TEST_NETWORK_DOOR_H
#define CLOUD_NETWORK_TEST_NETWORK_DOOR_H

#include <jansson.h>
#include "base/config.h"
#include "base/id.h"
#include "cloud/network/network_private.h"
#include "door/house.h"
#include "door/jobs/jobs.h"
#include "door/module.h"
#include "harness.h"

#define VDC_A "0193a0000000700080000000000000aa"
#define VDC_B "0193a0000000700080000000000000bb"

extern struct config net_config;
extern struct house net_house;

/* A fresh database. */
void begin(void);

struct answer {
	enum status st;
	const char *type, *problem;
	const json_t *body;
};

struct call *call_as(const char *project, bool admin);
/* 'path' and 'query' are "name=value&…"; 'body' NULL: none. */
struct answer ask_in(struct call *c, const char *name, const char *path, const char *query,
		     const char *body);
struct answer net_ask(const char *project, const char *name, const char *path, const char *query,
		      const char *body);
struct answer ask_admin(const char *name, const char *path, const char *query, const char *body);
void expect_st(struct answer a, enum status st, const char *type);
const char *net_member(const json_t *object, const char *name);
/* The object or list of an answer that must be one. */
const json_t *made(struct answer a, const char *what);
#define TEXT(...) arena_printf(test_call()->arena, __VA_ARGS__)

const char *new_network(const char *project);
struct answer ask_subnet(const char *network, const char *more);
const char *new_subnet(const char *network, const char *cidr);
struct answer ask_port(const char *project, const char *network, const char *more);
const char *address_of(const json_t *port, size_t i);
size_t list_length(const char *project, const char *what, const char *query);

/* Starts the room with an engine (enum network_choice); it stops when the test ends. The southbound
 * database is not asked unless net_config says where it is. */
void start_module(const char *northbound, int driver);
const struct job_kind *kind_named(const char *name);
enum status run_job(const char *kind, const char *subject);
/* What `yongyun check --deep` finds wrong: how many things, told when there are any. */
int64_t deep_check(void);

#endif
