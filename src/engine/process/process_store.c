/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of definitions, instances, logs and remembered commands: one function each. */
#include "engine/process/process_private.h"

/* --- models and definitions --- */

DB_STMT(model_put_sql,
	"insert into process_model (domain_id, kind, digest, name, xml, created_by, created_at)"
	" values ($1, $2, $3, $4, $5, $6, $7) returning id");

enum status model_put(struct call *c, const char *domain_id, const char *kind, const char *digest,
		      const char *name, const char *xml, int64_t *id)
{
	return db_number(c, &model_put_sql, id,
			 DB_ARGS(DB_STR(domain_id), DB_STR(kind), DB_STR(digest), DB_STR(name),
				 DB_BYTES(xml, strlen(xml)), DB_STR(c->actor.user_id),
				 DB_TIME(c->now_at)));
}

DB_STMT(model_find_sql,
	"select id from process_model where domain_id = $1 and kind = $2 and digest = $3");

enum status model_find(struct call *c, const char *domain_id, const char *kind, const char *digest,
		       int64_t *id)
{
	return db_number(c, &model_find_sql, id,
			 DB_ARGS(DB_STR(domain_id), DB_STR(kind), DB_STR(digest)));
}

DB_STMT(model_xml_sql, "select xml from process_model where id = $1");

enum status model_xml(struct call *c, int64_t id, const void **xml, size_t *size)
{
	return db_bytes(c, &model_xml_sql, xml, size, DB_ARGS(DB_INT(id)));
}

#define DEFINITION                                                                                 \
	"d.id, d.model_id, d.domain_id, d.kind, d.key, d.version, d.name, d.state, d.created_at"
static const struct field definition_row[] = {
	F_INT(process_definition_row, id, 0, 0, 0),
	F_INT(process_definition_row, model_id, 0, 0, 0),
	F_STR(process_definition_row, domain_id, 0, EMPTY_OK),
	F_STR(process_definition_row, kind, 0, 0),
	F_STR(process_definition_row, key, 0, 0),
	F_INT(process_definition_row, version, 0, 0, 0),
	F_STR(process_definition_row, name, 0, 0),
	F_STR(process_definition_row, state, 0, 0),
	F_TIME(process_definition_row, created_at, 0),
	F_END,
};

DB_STMT(definition_put_sql,
	"insert into process_definition (model_id, domain_id, kind, key, version, name, state,"
	" created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning id");

enum status definition_put(struct call *c, struct process_definition_row *d)
{
	return db_number(c, &definition_put_sql, &d->id,
			 DB_ARGS(DB_INT(d->model_id), DB_STR(d->domain_id), DB_STR(d->kind),
				 DB_STR(d->key), DB_INT(d->version), DB_STR(d->name),
				 DB_STR(d->state), DB_TIME(d->created_at)));
}

DB_STMT(definition_get_sql, "select " DEFINITION " from process_definition d where d.id = $1");

enum status definition_get(struct call *c, int64_t id, struct process_definition_row *out)
{
	return db_one(c, &definition_get_sql, definition_row, out, DB_ARGS(DB_INT(id)));
}

DB_STMT(definition_newest_sql,
	"select " DEFINITION " from process_definition d where d.domain_id = $1 and d.kind = $2"
	" and d.key = $3 order by d.version desc limit 1");
DB_STMT(definition_version_sql,
	"select " DEFINITION " from process_definition d where d.domain_id = $1 and d.kind = $2"
	" and d.key = $3 and d.version = $4");

enum status definition_find(struct call *c, const char *domain_id, const char *kind,
			    const char *key, int64_t version, struct process_definition_row *out)
{
	if (!version)
		return db_one(c, &definition_newest_sql, definition_row, out,
			      DB_ARGS(DB_STR(domain_id), DB_STR(kind), DB_STR(key)));
	return db_one(c, &definition_version_sql, definition_row, out,
		      DB_ARGS(DB_STR(domain_id), DB_STR(kind), DB_STR(key), DB_INT(version)));
}

DB_STMT(definition_list_sql,
	"select " DEFINITION " from process_definition d where d.domain_id in ($1, '')"
	" and d.kind = $2 and d.id < $3 order by d.id desc limit $4");
DB_STMT(definition_list_key_sql,
	"select " DEFINITION " from process_definition d where d.domain_id in ($1, '')"
	" and d.kind = $2 and d.id < $3 and d.key = $5 order by d.id desc limit $4");

enum status definition_list(struct call *c, const char *domain_id, const char *kind,
			    const char *key, int64_t below, int64_t limit,
			    struct process_definition_row **out, size_t *n)
{
	if (key)
		return DB_ALL(c, &definition_list_key_sql, definition_row, out, n,
			      DB_ARGS(DB_STR(domain_id), DB_STR(kind), DB_INT(below), DB_INT(limit),
				      DB_STR(key)));
	return DB_ALL(c, &definition_list_sql, definition_row, out, n,
		      DB_ARGS(DB_STR(domain_id), DB_STR(kind), DB_INT(below), DB_INT(limit)));
}

DB_STMT(definition_state_sql, "update process_definition set state = $2 where id = $1");

enum status definition_state(struct call *c, int64_t id, const char *state)
{
	return db_do(c, &definition_state_sql, NULL, DB_ARGS(DB_INT(id), DB_STR(state)));
}

/* --- what starts processes --- */

#define START                                                                                      \
	"s.definition_id, s.node, s.place, s.kind, s.domain_id, s.name, s.due_at, s.repeats,"      \
	" s.period, s.months"
static const struct field start_row[] = {
	F_INT(process_start_row, definition_id, 0, 0, 0),
	F_STR(process_start_row, node, 0, 0),
	F_INT(process_start_row, place, 0, 0, 0),
	F_STR(process_start_row, kind, 0, 0),
	F_STR(process_start_row, domain_id, 0, EMPTY_OK),
	F_STR(process_start_row, name, 0, EMPTY_OK),
	F_TIME(process_start_row, due_at, NULLABLE),
	F_INT(process_start_row, repeats, 0, 0, 0),
	F_INT(process_start_row, period, 0, 0, 0),
	F_INT(process_start_row, months, 0, 0, 0),
	F_END,
};

DB_STMT(start_put_sql, "insert into process_start (definition_id, node, place, kind, domain_id,"
		       " name, due_at, repeats, period, months)"
		       " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");

enum status start_put(struct call *c, const struct process_start_row *s)
{
	return db_put(c, &start_put_sql, start_row, s);
}

DB_STMT(start_drop_sql,
	"delete from process_start where definition_id in (select id from process_definition"
	" where domain_id = $1 and kind = 'bpmn' and key = $2)");

enum status start_drop(struct call *c, const char *domain_id, const char *key)
{
	return db_do(c, &start_drop_sql, NULL, DB_ARGS(DB_STR(domain_id), DB_STR(key)));
}

DB_STMT(start_named_sql, "select " START " from process_start s"
			 " join process_definition d on d.id = s.definition_id"
			 " where s.kind = $1 and s.name = $2 and s.domain_id in ($3, '')"
			 " and d.state = 'active' order by s.domain_id desc, s.definition_id");

enum status start_named(struct call *c, const char *kind, const char *name, const char *domain_id,
			struct process_start_row **out, size_t *n)
{
	return DB_ALL(c, &start_named_sql, start_row, out, n,
		      DB_ARGS(DB_STR(kind), DB_STR(name), DB_STR(domain_id)));
}

DB_STMT(start_conditions_sql,
	"select " START " from process_start s"
	" join process_definition d on d.id = s.definition_id"
	" where s.kind = 'condition' and s.name = '' and s.domain_id in ($1, '')"
	" and d.state = 'active' order by s.definition_id, s.node, s.place"
	" limit $2");

enum status start_conditions(struct call *c, const char *domain_id, int64_t limit,
			     struct process_start_row **out, size_t *n)
{
	return DB_ALL(c, &start_conditions_sql, start_row, out, n,
		      DB_ARGS(DB_STR(domain_id), DB_INT(limit)));
}

DB_STMT(start_due_sql, "select " START " from process_start s"
		       " join process_definition d on d.id = s.definition_id"
		       " where s.due_at <= $1 and d.state = 'active' order by s.due_at limit $2");

enum status start_due(struct call *c, int64_t now, int64_t limit, struct process_start_row **out,
		      size_t *n)
{
	return DB_ALL(c, &start_due_sql, start_row, out, n, DB_ARGS(DB_TIME(now), DB_INT(limit)));
}

DB_STMT(start_next_sql, "update process_start set due_at = $4, repeats = $5"
			" where definition_id = $1 and node = $2 and place = $6 and due_at = $3");

enum status start_next(struct call *c, const struct process_start_row *s, int64_t due_at,
		       int64_t repeats)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &start_next_sql, &changed,
		      DB_ARGS(DB_INT(s->definition_id), DB_STR(s->node), DB_TIME(s->due_at),
			      DB_TIME(due_at), DB_INT(repeats), DB_INT(s->place)));
	return st ? st : changed ? ST_OK : ST_NOT_FOUND;
}

/* --- instances --- */

#define INSTANCE                                                                                   \
	"i.id, i.definition_id, i.domain_id, i.business_key, i.state, i.started_by,"               \
	" i.started_at, i.ended_at, i.number, i.hash"
static const struct field instance_row[] = {
	F_INT(process_row, id, 0, 0, 0),
	F_INT(process_row, definition_id, 0, 0, 0),
	F_STR(process_row, domain_id, 0, EMPTY_OK),
	F_STR(process_row, business_key, 0, NULLABLE),
	F_STR(process_row, state, 0, 0),
	F_STR(process_row, started_by, 0, NULLABLE),
	F_TIME(process_row, started_at, 0),
	F_TIME(process_row, ended_at, NULLABLE),
	F_INT(process_row, number, 0, 0, 0),
	F_STR(process_row, hash, 0, EMPTY_OK),
	F_STR(process_row, body, 0, NULLABLE | OPT),
	F_STR(process_row, key, 0, OPT),
	F_INT(process_row, version, 0, 0, OPT),
	F_INT(process_row, model_id, 0, 0, OPT),
	F_END,
};

DB_STMT(instance_put_sql,
	"insert into process_instance (definition_id, domain_id, business_key, state, started_by,"
	" started_at, ended_at, number, hash, body)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id");

enum status instance_put(struct call *c, struct process_row *r)
{
	return db_number(c, &instance_put_sql, &r->id,
			 DB_ARGS(DB_INT(r->definition_id), DB_STR(r->domain_id),
				 DB_STR(r->business_key), DB_STR(r->state), DB_STR(r->started_by),
				 DB_TIME(r->started_at), DB_TIME(r->ended_at), DB_INT(r->number),
				 DB_STR(r->hash), DB_STR(r->body)));
}

DB_STMT(instance_get_sql, "select " INSTANCE ", i.body, d.key, d.version, d.model_id"
			  " from process_instance i"
			  " join process_definition d on d.id = i.definition_id where i.id = $1");

enum status instance_get(struct call *c, int64_t id, struct process_row *out)
{
	return db_one(c, &instance_get_sql, instance_row, out, DB_ARGS(DB_INT(id)));
}

DB_STMT(instance_write_sql,
	"update process_instance set state = $3, ended_at = $4, number = $5, hash = $6, body = $7"
	" where id = $1 and number = $2");

enum status instance_write(struct call *c, const struct process_row *r, int64_t before)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &instance_write_sql, &changed,
		      DB_ARGS(DB_INT(r->id), DB_INT(before), DB_STR(r->state), DB_TIME(r->ended_at),
			      DB_INT(r->number), DB_STR(r->hash), DB_STR(r->body)));
	if (!st && changed != 1)
		return fail(c, ST_INTERNAL, NULL, "instance %lld was changed meanwhile",
			    (long long)r->id);
	return st;
}

#define FROM_INSTANCE                                                                              \
	"select " INSTANCE ", d.key, d.version, d.model_id from process_instance i"                \
	" join process_definition d on d.id = i.definition_id"
DB_STMT(instance_list_sql, FROM_INSTANCE " where i.domain_id = $1 and i.id < $2"
					 " order by i.id desc limit $3");
DB_STMT(instance_list_state_sql, FROM_INSTANCE " where i.domain_id = $1 and i.id < $2"
					       " and i.state = $4 order by i.id desc limit $3");
DB_STMT(instance_list_key_sql,
	FROM_INSTANCE " where i.domain_id = $1 and i.id < $2 and i.business_key = $4"
		      " order by i.id desc limit $3");
DB_STMT(instance_list_process_sql,
	FROM_INSTANCE " where i.domain_id = $1 and i.id < $2 and d.key = $4"
		      " order by i.id desc limit $3");
DB_STMT(instance_list_value_sql,
	FROM_INSTANCE " join process_variable v on v.instance_id = i.id"
		      " where v.name = $4 and v.value = $5 and v.domain_id = $1 and i.id < $2"
		      " order by i.id desc limit $3");

enum status instance_list(struct call *c, const struct instance_filter *f, struct process_row **out,
			  size_t *n)
{
	struct db_arg domain = DB_STR(f->domain_id), below = DB_INT(f->below),
		      limit = DB_INT(f->limit);
	if (f->name)
		return DB_ALL(c, &instance_list_value_sql, instance_row, out, n,
			      DB_ARGS(domain, below, limit, DB_STR(f->name), DB_STR(f->value)));
	if (f->business_key)
		return DB_ALL(c, &instance_list_key_sql, instance_row, out, n,
			      DB_ARGS(domain, below, limit, DB_STR(f->business_key)));
	if (f->key)
		return DB_ALL(c, &instance_list_process_sql, instance_row, out, n,
			      DB_ARGS(domain, below, limit, DB_STR(f->key)));
	if (f->state)
		return DB_ALL(c, &instance_list_state_sql, instance_row, out, n,
			      DB_ARGS(domain, below, limit, DB_STR(f->state)));
	return DB_ALL(c, &instance_list_sql, instance_row, out, n, DB_ARGS(domain, below, limit));
}

DB_STMT(instance_ids_sql, "select " INSTANCE " from process_instance i where i.id > $1"
			  " order by i.id limit $2");

enum status instance_ids(struct call *c, int64_t above, int64_t limit, struct process_row **out,
			 size_t *n)
{
	return DB_ALL(c, &instance_ids_sql, instance_row, out, n,
		      DB_ARGS(DB_INT(above), DB_INT(limit)));
}

/* --- logs --- */

static const struct field log_row[] = {
	F_INT(process_log_row, instance_id, 0, 0, 0),
	F_INT(process_log_row, number, 0, 0, 0),
	F_TIME(process_log_row, at, 0),
	F_STR(process_log_row, actor, 0, NULLABLE),
	F_STR(process_log_row, command, 0, 0),
	F_STR(process_log_row, data, 0, 0),
	F_STR(process_log_row, hash, 0, 0),
	F_END,
};
#define LOG "instance_id, number, at, actor, command, data, hash"

DB_STMT(log_put_sql, "insert into process_log (" LOG ") values ($1, $2, $3, $4, $5, $6, $7)");

enum status log_put(struct call *c, const struct process_log_row *l)
{
	return db_put(c, &log_put_sql, log_row, l);
}

DB_STMT(log_list_sql, "select " LOG " from process_log where instance_id = $1 and number > $2"
		      " order by number limit $3");

enum status log_list(struct call *c, int64_t instance_id, int64_t above, int64_t limit,
		     struct process_log_row **out, size_t *n)
{
	return DB_ALL(c, &log_list_sql, log_row, out, n,
		      DB_ARGS(DB_INT(instance_id), DB_INT(above), DB_INT(limit)));
}

/* --- remembered commands --- */

static const struct field command_row[] = {
	F_STR(command_row, what, 0, 0),
	F_STR(command_row, answer, 0, 0),
	F_END,
};
DB_STMT(command_get_sql, "select k.what, a.answer from process_command k"
			 " join process_answer a on a.owner = k.owner and a.key = k.key"
			 " where k.owner = $1 and k.key = $2");

enum status command_get(struct call *c, const char *owner, const char *key, struct command_row *out)
{
	return db_one(c, &command_get_sql, command_row, out, DB_ARGS(DB_STR(owner), DB_STR(key)));
}

DB_STMT(command_claim_sql, "insert into process_command (owner, key, what, created_at)"
			   " values ($1, $2, $3, $4) on conflict (owner, key) do nothing");

enum status command_claim(struct call *c, const char *owner, const char *key, const char *what,
			  bool *fresh)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &command_claim_sql, &changed,
		      DB_ARGS(DB_STR(owner), DB_STR(key), DB_STR(what), DB_TIME(c->now_at)));
	*fresh = changed == 1;
	return st;
}

DB_STMT(answer_put_sql, "insert into process_answer (owner, key, answer, created_at)"
			" values ($1, $2, $3, $4)");

enum status answer_put(struct call *c, const char *owner, const char *key, const char *answer)
{
	return db_do(c, &answer_put_sql, NULL,
		     DB_ARGS(DB_STR(owner), DB_STR(key), DB_STR(answer), DB_TIME(c->now_at)));
}

DB_STMT(command_purge_sql, "delete from process_command where created_at < $1");
DB_STMT(answer_purge_sql, "delete from process_answer where created_at < $1");

enum status command_purge(struct call *c, int64_t before)
{
	enum status st = db_do(c, &command_purge_sql, NULL, DB_ARGS(DB_TIME(before)));
	return st ? st : db_do(c, &answer_purge_sql, NULL, DB_ARGS(DB_TIME(before)));
}
