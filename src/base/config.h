/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration: one INI file, read once at start. Every key stands in one table (config_keys.c)
 * with its kind, bounds, default and help; the file, its checks and its documentation follow from it. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/call.h"
#include "base/log.h"
#include "base/text.h"

enum profile { PROFILE_CITY, PROFILE_OPENSTACK };
enum placement_choice { PLACEMENT_PACK, PLACEMENT_SPREAD };
enum compute_choice { COMPUTE_AUTO, COMPUTE_LIBVIRT, COMPUTE_FAKE };
enum accelerator_choice { ACCELERATOR_AUTO, ACCELERATOR_KVM, ACCELERATOR_TCG };
enum network_choice { NETWORK_AUTO, NETWORK_OVN, NETWORK_FAKE };

/* Members are named as the keys of the file. Texts without a value are NULL; durations are
 * microseconds, sizes bytes, words (int) the enum named beside them. */
struct config {
	struct {
		const char *data; /* folder */
		const char *city;
		int profile; /* enum profile */
		const char *public_url;
		int64_t workers;
	} server;
	struct {
		const char *listen; /* host:port */
		const char *listen_tls;
		const char *certificate, *certificate_key; /* paths */
		const char *user;
		const char *nginx; /* path */
		bool manage;
		const char *socket; /* path */
		const char *peers;  /* paths, separated by spaces */
		const char *web;    /* folder */
		int64_t body_max, upload_max;
	} http;
	struct {
		const char *url; /* "sqlite:PATH" or "postgresql://…"; may hold a password */
		int64_t readers;
	} database;
	struct {
		int64_t token_life, session_idle;
		int64_t password_min_length, password_history, password_days;
		int64_t lockout_attempts, lockout_time;
	} identity;
	struct {
		int64_t seal_every;
	} audit;
	struct {
		int placement; /* enum placement_choice */
	} pool;
	struct {
		int driver; /* enum compute_choice */
		const char *uri;
		int accelerator; /* enum accelerator_choice */
	} compute;
	struct {
		int driver; /* enum network_choice */
		const char *northbound, *southbound;
		bool metadata;
		const char *openvswitch;
	} network;
	struct {
		const char *drop; /* folder, or NULL */
	} intake;
	struct {
		const char *store; /* folder */
		int64_t memory;
	} theme;
	struct {
		const char *hosts;       /* origins, separated by spaces; or NULL */
		const char *credentials; /* path, or NULL */
		const char *authorities; /* path, or NULL */
	} process;
	struct {
		int level; /* enum log_level */
	} log;
};

/* Reads the file at 'path' over the defaults; NULL: the defaults alone. ST_BAD_INPUT names the file, the
 * line, the key and the rule: unknown sections and keys, anything given twice, a value of the wrong
 * kind or out of bounds, keys that need one another. ST_NOT_FOUND: the file cannot be opened.
 * Texts live in the call's arena. On failure '*out' is untouched.
 *
 * A key that is secret may be given as KEY_file = PATH instead: a file of one line that only its owner
 * and group may read. */
enum status config_read(struct call *c, const char *path, struct config *out) MUST_USE;
/* The same from 'size' bytes of text; 'name' stands for the file in messages. */
enum status config_parse(struct call *c, const char *name, const char *text, size_t size,
			 struct config *out) MUST_USE;

/* The example file: every key with its help, kind, bounds and default, commented out. */
void config_document(struct buf *out);

#endif
