/* SPDX-License-Identifier: Apache-2.0 */
/* A request as the model says it (flow:url, method, headers, body …), made for one execution, and what its
 * answer sets. Values of variables go into the request and into nothing else: no problem tells them. */
#include <ctype.h>
#include "engine/process/process_request.h"

/* --- what the model says --- */

static const char *own(const struct bpmn_element *e, const char *name)
{
	return bpmn_attr_of(e, PROCESS_NS, name);
}

static void *compiled(struct arena *a, const struct bpmn_element *e, const char *name,
		      struct bpmn_findings *f)
{
	const char *text = own(e, name), *why = "it is no expression";
	if (!text)
		return NULL;
	void *made = text[0] == '=' ? flow_feel.compile(flow_feel.who, a, text, &why) : NULL;
	if (text[0] != '=')
		why = "an expression begins with '='";
	if (!made)
		bpmn_find(f, "EXT.flow", e, "flow:%s: %s", name, why);
	return made;
}

static const char *method_of(const struct bpmn_element *e, struct bpmn_findings *f)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE" };
	const char *text = own(e, "method");
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (str_eq(text, methods[i]))
			return methods[i];
	}
	if (text)
		bpmn_find(f, "EXT.flow", e, "flow:method is GET, POST, PUT, PATCH or DELETE");
	return own(e, "body") ? "POST" : "GET";
}

/* flow:errors="404:NOT_FOUND 409:TAKEN" */
static void read_errors(struct arena *a, const struct bpmn_element *e, struct request_words *w,
			struct bpmn_findings *f)
{
	const char *text = own(e, "errors");
	struct words all = text ? words_split(a, text, ' ') : (struct words){ 0 };
	if (all.count > REQUEST_ERRORS_MAX) {
		bpmn_find(f, "EXT.flow", e, "flow:errors has at most %d", REQUEST_ERRORS_MAX);
		return;
	}
	w->errors = arena_array(a, all.count + 1, sizeof(*w->errors));
	for (size_t i = 0; i < all.count; i++) {
		const char *colon = strchr(all.list[i], ':');
		int64_t status = 0;
		if (!colon || colon - all.list[i] != 3 || !colon[1] ||
		    !int_parse(arena_strndup(a, all.list[i], 3), &status) || status < 400 ||
		    status > 599) {
			bpmn_find(f, "EXT.flow", e,
				  "flow:errors has '%.40s', which is no STATUS:CODE with a status "
				  "from 400 to 599",
				  all.list[i]);
			continue;
		}
		w->errors[w->error_count++] = (struct request_error){ (int)status, colon + 1 };
	}
}

static void read_url(struct arena *a, const struct bpmn_element *e, struct request_words *w,
		     struct bpmn_findings *f)
{
	const char *text = own(e, "url"), *origin = NULL, *why = NULL;
	if (text[0] == '=') {
		w->url = compiled(a, e, "url", f);
		return;
	}
	w->url_text = text;
	if (outside_origin(a, text, &origin, &why))
		bpmn_find(f, "EXT.flow", e, "flow:url %s", why);
}

const struct request_words *process_request_read(struct arena *a, const struct bpmn_element *e,
						 struct bpmn_findings *f)
{
	static const char *const others[] = { "method", "headers",    "body",   "result",
					      "errors", "credential", "timeout" };
	const char *seconds = own(e, "timeout");
	struct request_words *w;
	if (!own(e, "url")) {
		for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
			if (own(e, others[i]))
				bpmn_find(f, "EXT.flow", e, "flow:%s goes with flow:url",
					  others[i]);
		}
		return NULL;
	}
	w = arena_alloc(a, sizeof(*w));
	w->method = method_of(e, f);
	read_url(a, e, w, f);
	w->headers = compiled(a, e, "headers", f);
	w->body = compiled(a, e, "body", f);
	w->result = compiled(a, e, "result", f);
	w->result_variable = own(e, "resultVariable");
	w->credential = own(e, "credential");
	w->seconds = 10;
	if (w->body && (str_eq(w->method, "GET") || str_eq(w->method, "DELETE")))
		bpmn_find(f, "EXT.flow", e, "a %s has no flow:body", w->method);
	if (seconds && (!int_parse(seconds, &w->seconds) || w->seconds < 1 ||
			w->seconds > REQUEST_SECONDS_MAX))
		bpmn_find(f, "EXT.flow", e, "flow:timeout is from 1 to %d seconds",
			  REQUEST_SECONDS_MAX);
	read_errors(a, e, w, f);
	return w;
}

/* --- making it --- */

static json_t *evaluate(struct process_run *run, void *expression, const json_t *known)
{
	const char *why = NULL;
	json_t *v = flow_feel.evaluate(flow_feel.who, expression, known, run->c->now_at, &why);
	return v ? keep_json(run->c->arena, v) : NULL;
}

static json_t *known_at(struct process_run *run, int64_t execution)
{
	json_t *known = keep_json(run->c->arena, flow_variables(run->world, execution));
	if (run->row.started_by)
		json_object_set_new(known, "initiator", json_string(run->row.started_by));
	if (run->row.business_key)
		json_object_set_new(known, "businessKey", json_string(run->row.business_key));
	return known;
}

/* RFC 9110 §5.1, §5.5: a token; and text without control characters. */
static bool is_header(const char *name, const char *value)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	if (!*name || strlen(name) + strlen(value) > REQUEST_HEADER_MAX)
		return false;
	for (const char *p = name; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr(marks, *p))
			return false;
	}
	for (const char *p = value; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	}
	return true;
}

/* What is ours to say, or would change where the request goes or how long it is. */
static bool is_ours(const char *name)
{
	static const char *const ours[] = {
		"Host",       "Content-Length",      "Transfer-Encoding",
		"Connection", "Idempotency-Key",     "Expect",
		"Upgrade",    "Proxy-Authorization", "Te",
		"Trailer",    "Proxy-Connection",    "Keep-Alive"
	};
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		if (str_case_eq(name, ours[i]))
			return true;
	}
	return false;
}

static void add_header(struct arena *a, struct request *r, const char *name, const char *value)
{
	r->headers[r->header_count++] = arena_printf(a, "%s: %s", name, value);
}

static enum status take_headers(struct call *c, const json_t *all, bool *typed, struct request *r)
{
	const char *name;
	json_t *value;
	if (!json_is_object(all) || json_object_size(all) > REQUEST_HEADERS_MAX)
		return fail(c, ST_BAD_INPUT, "headers",
			    "flow:headers gives no context of at most %d texts",
			    REQUEST_HEADERS_MAX);
	json_object_foreach((json_t *)all, name, value)
	{
		const char *text = json_string_value(value);
		if (!text || !is_header(name, text))
			return fail(c, ST_BAD_INPUT, "headers",
				    "the header '%.40s' of flow:headers is no text of one line",
				    name);
		if (is_ours(name))
			return fail(c, ST_BAD_INPUT, "headers",
				    "flow:headers does not say the header '%.40s'", name);
		*typed |= str_case_eq(name, "Content-Type");
		add_header(c->arena, r, name, text);
	}
	return ST_OK;
}

/* The same for each attempt at this execution, and nobody else's: whoever is asked can tell. */
static const char *key_of(struct process_run *run, int64_t execution)
{
	struct arena *a = run->c->arena;
	const char *what = arena_printf(a, "yongyun request 1\n%s\n%lld %lld\n%lld\n%s",
					run->row.domain_id, (long long)run->row.id,
					(long long)execution, (long long)run->row.started_at,
					run->row.key);
	return arena_strndup(a, sm3_text(a, what, strlen(what)), 32);
}

static enum status make_url(struct process_run *run, const struct request_words *w,
			    const json_t *known, struct request *out)
{
	struct call *c = run->c;
	const char *why = NULL;
	const json_t *v = w->url ? evaluate(run, w->url, known) : NULL;
	out->url = w->url ? json_string_value(v) : w->url_text;
	if (!out->url || strlen(out->url) > REQUEST_URL_MAX)
		return fail(c, ST_BAD_INPUT, "url", "flow:url gives no text of at most %d bytes",
			    REQUEST_URL_MAX);
	if (outside_origin(c->arena, out->url, &out->origin, &why))
		return fail(c, ST_BAD_INPUT, "url", "flow:url %s", why);
	return ST_OK;
}

enum status process_request_make(struct process_run *run, int64_t execution,
				 const struct request_words *w, struct request *out)
{
	struct call *c = run->c;
	const json_t *known = known_at(run, execution);
	const char *credential = NULL;
	bool typed = false;
	*out = (struct request){ .method = w->method, .seconds = w->seconds };
	out->headers = arena_array(c->arena, REQUEST_HEADERS_MAX + 4, sizeof(*out->headers));
	enum status st = make_url(run, w, known, out);
	if (!st)
		st = outside_allows(c, out->origin, w->credential, &credential);
	if (!st && w->headers)
		st = take_headers(c, evaluate(run, w->headers, known), &typed, out);
	if (st)
		return st;
	if (w->body) {
		const json_t *body = evaluate(run, w->body, known);
		out->body = body ? json_tree_text(c->arena, body) : NULL;
		if (!out->body || strlen(out->body) > REQUEST_BODY_MAX)
			return fail(c, ST_BAD_INPUT, "body",
				    "flow:body gives no value of at most %d bytes",
				    REQUEST_BODY_MAX);
		if (!typed)
			add_header(c->arena, out, "Content-Type", "application/json");
	} else if (*w->method == 'P') {
		out->body = ""; /* of length 0, and of no type */
		if (!typed)
			add_header(c->arena, out, "Content-Type", "");
	}
	if (credential)
		out->headers[out->header_count++] = credential;
	add_header(c->arena, out, "Idempotency-Key", key_of(run, execution));
	return ST_OK;
}

/* --- what comes back --- */

static bool is_json(const char *type)
{
	char lower[64] = "";
	for (size_t i = 0; i < sizeof(lower) - 1 && type[i] && type[i] != ';'; i++)
		lower[i] = (char)tolower((unsigned char)type[i]);
	return str_starts(lower, "application/json") || strstr(lower, "+json");
}

static enum status read_body(struct call *c, const struct response *r, json_t **out)
{
	if (!r->size)
		*out = json_null();
	else if (is_json(r->type))
		*out = json_loadb(r->body, r->size, JSON_DECODE_ANY, NULL);
	else
		*out = utf8_valid(r->body, r->size) ? json_stringn(r->body, r->size) : NULL;
	if (!*out)
		return fail(c, ST_BAD_INPUT, NULL, "the answer is neither JSON nor text in UTF-8");
	keep_json(c->arena, *out);
	return ST_OK;
}

enum status process_request_take(struct process_run *run, int64_t execution,
				 const struct request_words *w, const struct response *r,
				 json_t **out)
{
	struct call *c = run->c;
	json_t *body = NULL;
	enum status st = read_body(c, r, &body);
	if (st)
		return st;
	*out = keep_json(c->arena, json_object());
	if (w->result) {
		json_t *known = known_at(run, execution);
		json_object_set_new(known, "response",
				    json_pack("{s:i, s:O}", "status", r->status, "body", body));
		json_t *made = evaluate(run, w->result, known);
		if (!json_is_object(made))
			return fail(c, ST_BAD_INPUT, NULL, "flow:result gives no context");
		*out = made;
	} else if (w->result_variable) {
		json_object_set(*out, w->result_variable, body);
	}
	return ST_OK;
}
