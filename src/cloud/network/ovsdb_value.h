/* SPDX-License-Identifier: Apache-2.0 */
/* OVSDB's values (RFC 7047 §5.1) read and written: sets, maps, uuids. What does not have the form it
 * should have reads as absent: a database is outside, and may say anything. */
#ifndef CLOUD_NETWORK_OVSDB_VALUE_H
#define CLOUD_NETWORK_OVSDB_VALUE_H

#include "base/shape.h"
#include "cloud/network/ovsdb.h"

/* 'json' for as long as the call lives. */
json_t *ovsdb_kept(struct call *c, json_t *json);

/* The row's own uuid, or NULL. */
const char *ovsdb_row_uuid(const json_t *row);
/* The one uuid in an optional column; NULL when there is none. */
const char *ovsdb_uuid(const json_t *row, const char *column);
/* NULL when the map has no such key. */
const char *ovsdb_map_value(const json_t *row, const char *column, const char *key);
/* Whether the column holds exactly these strings, in any order. */
bool ovsdb_set_same(const json_t *row, const char *column, const struct words *want);
bool ovsdb_map_same(const json_t *row, const char *column, const struct map *want);
/* An optional boolean; 'otherwise' when there is none. */
bool ovsdb_bool(const json_t *row, const char *column, bool otherwise);
const char *ovsdb_text(const json_t *row, const char *column);

void ovsdb_put_set(struct json_out *j, const char *column, const struct words *values);
void ovsdb_put_map(struct json_out *j, const char *column, const struct map *values);
/* NULL: the empty set. 'kind' is "uuid" or "named-uuid". */
void ovsdb_put_uuid(struct json_out *j, const char *column, const char *kind, const char *uuid);

/* "where": [[column, "==", text]], the row's uuid, or a map column that includes one pair. */
void ovsdb_where_text(struct json_out *j, const char *column, const char *text);
void ovsdb_where_uuid(struct json_out *j, const char *uuid);
void ovsdb_where_pair(struct json_out *j, const char *column, const char *key, const char *value);
/* A set column that holds the row with this uuid. */
void ovsdb_where_has(struct json_out *j, const char *column, const char *uuid);
void ovsdb_where_all(struct json_out *j);
void ovsdb_columns(struct json_out *j, const char *const *columns);
/* The rest of a "wait" behind its "where": it fails at once when there is such a row. */
void ovsdb_until_none(struct json_out *j);
/* "mutations": puts one row into a set column ("insert"), or takes it out ("delete"); 'kind': "uuid" or "named-uuid". */
void ovsdb_mutate_set(struct json_out *j, const char *column, const char *mutator, const char *kind,
		      const char *uuid);

#endif
