/* SPDX-License-Identifier: Apache-2.0 */
/* Requests over HTTP by libcurl: the only file that includes its header. One request is one connection, to
 * the host that the URL names and to no proxy; no redirect is followed, no cookie or password file read. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "engine/process/process_request.h"

#define CONNECT_SECONDS 5

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		abort();
}

/* --- URLs --- */

static const char *part(struct arena *a, CURLU *u, CURLUPart which, unsigned flags)
{
	char *text = NULL;
	if (curl_url_get(u, which, &text, flags))
		return NULL;
	const char *kept = arena_strdup(a, text);
	curl_free(text);
	return kept;
}

static const char *lower(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);
	for (char *p = copy; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	}
	return copy;
}

static const char *judge(struct arena *a, CURLU *u, const char *url, const char **origin)
{
	for (const char *p = url; *p; p++) {
		if ((unsigned char)*p <= 0x20 || *p == 0x7f || *p == '\\')
			return "has a space, a control character or a backslash";
	}
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER))
		return "is no URL, or has a user in it";
	const char *scheme = part(a, u, CURLUPART_SCHEME, 0);
	const char *host = part(a, u, CURLUPART_HOST, 0);
	const char *port = part(a, u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if (!scheme || (!str_eq(scheme, "http") && !str_eq(scheme, "https")))
		return "is not of http:// or https://";
	if (!host || !*host || !port)
		return "names no host";
	if (part(a, u, CURLUPART_FRAGMENT, 0))
		return "has a fragment";
	*origin = arena_printf(a, "%s://%s:%s", scheme, lower(a, host), port);
	return NULL;
}

enum status outside_origin(struct arena *a, const char *url, const char **origin, const char **why)
{
	pthread_once(&once, start_curl);
	CURLU *u = curl_url();
	if (!u)
		abort();
	*why = judge(a, u, url, origin);
	curl_url_cleanup(u);
	return *why ? ST_BAD_INPUT : ST_OK;
}

/* --- addresses --- */

static bool is_near4(uint32_t host_order, bool *loops)
{
	uint32_t a = host_order;
	*loops = a >> 24 == 127;
	return *loops || a >> 24 == 0 || a >> 16 == 0xa9fe || a >> 28 >= 0xe;
}

bool outside_is_near(const struct sockaddr *sa, bool *loops)
{
	*loops = false;
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;
		return is_near4(ntohl(in->sin_addr.s_addr), loops);
	}
	if (sa->sa_family != AF_INET6)
		return true;
	const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
	*loops = IN6_IS_ADDR_LOOPBACK(six);
	/* ::1 and :: are no IPv4 addresses in IPv6, for that macro. */
	if (*loops || IN6_IS_ADDR_UNSPECIFIED(six))
		return true;
	if (IN6_IS_ADDR_V4MAPPED(six) || IN6_IS_ADDR_V4COMPAT(six)) {
		uint32_t four;
		memcpy(&four, six->s6_addr + 12, sizeof(four));
		return is_near4(ntohl(four), loops);
	}
	return IN6_IS_ADDR_LINKLOCAL(six) || IN6_IS_ADDR_MULTICAST(six) ||
	       IN6_IS_ADDR_SITELOCAL(six);
}

/* --- one request --- */

struct asking {
	struct call *c;
	const struct job *job;
	bool literal; /* the allowed origin is this machine's own address, written out */
	bool refused; /* an address was */
	bool too_large;
	char *body;
	size_t size, room;
};

static curl_socket_t open_socket(void *who, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct asking *x = who;
	bool loops = false;
	(void)purpose;
	if (outside_is_near(&to->addr, &loops) && !(loops && x->literal)) {
		x->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t take_body(char *bytes, size_t one, size_t count, void *who)
{
	struct asking *x = who;
	size_t size = one * count;
	if (size > REQUEST_BODY_MAX - x->size) {
		x->too_large = true;
		return 0;
	}
	if (x->size + size + 1 > x->room) {
		size_t room = x->room ? 2 * x->room : 4096;
		while (room < x->size + size + 1)
			room *= 2;
		x->body = arena_grow(x->c->arena, x->body, x->room, room);
		x->room = room;
	}
	memcpy(x->body + x->size, bytes, size);
	x->size += size;
	x->body[x->size] = '\0';
	return size;
}

static int look(void *who, curl_off_t all, curl_off_t done, curl_off_t up_all, curl_off_t up)
{
	const struct asking *x = who;
	(void)all;
	(void)done;
	(void)up_all;
	(void)up;
	return x->job && job_cancelled(x->c, x->job);
}

/* Whether the host of an origin is a loopback address written out. */
static bool is_literal(struct arena *a, const char *origin)
{
	const char *host = strstr(origin, "://") + 3;
	struct in_addr four;
	if (str_starts(host, "[::1]:"))
		return true;
	host = arena_strndup(a, host, strcspn(host, ":"));
	return inet_pton(AF_INET, host, &four) == 1 && ntohl(four.s_addr) >> 24 == 127;
}

static bool set_up(CURL *k, struct asking *x, const struct request *r,
		   const struct curl_slist *headers, const char *authorities)
{
	bool bad = false;
#define SET(option, value) bad |= curl_easy_setopt(k, option, value) != CURLE_OK
	SET(CURLOPT_URL, r->url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_CUSTOMREQUEST, r->method);
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT_MS, (long)r->seconds * 1000);
	SET(CURLOPT_CONNECTTIMEOUT_MS, CONNECT_SECONDS * 1000L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_USERAGENT, "yongyun");
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)REQUEST_BODY_MAX);
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(CURLOPT_OPENSOCKETDATA, x);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, x);
	SET(CURLOPT_XFERINFOFUNCTION, look);
	SET(CURLOPT_XFERINFODATA, x);
	SET(CURLOPT_NOPROGRESS, 0L);
	if (authorities)
		SET(CURLOPT_CAINFO, authorities);
	if (r->body) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(r->body));
		SET(CURLOPT_POSTFIELDS, r->body);
	}
#undef SET
	return !bad;
}

static enum status word_of(struct call *c, const struct asking *x, const struct request *r,
			   CURLcode rc)
{
	if (x->refused)
		return fail(
			c, ST_FORBIDDEN, NULL,
			"%s leads to an address of this machine or its link, which is not asked",
			r->origin);
	if (x->too_large || rc == CURLE_FILESIZE_EXCEEDED)
		return fail(c, ST_TOO_LARGE, NULL, "the answer of %s is larger than %d bytes",
			    r->origin, REQUEST_BODY_MAX);
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return fail(c, ST_TIMEOUT, NULL, "%s did not answer within %lld s", r->origin,
			    (long long)r->seconds);
	return fail(c, ST_AWAY, NULL, "%s: %s", r->origin, curl_easy_strerror(rc));
}

static void take_heads(struct call *c, CURL *k, struct response *out)
{
	struct curl_header *h = NULL;
	long status = 0;
	curl_easy_getinfo(k, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	out->type = "";
	if (!curl_easy_header(k, "Content-Type", 0, CURLH_HEADER, -1, &h))
		out->type = arena_strdup(c->arena, h->value);
	if (curl_easy_header(k, "Retry-After", 0, CURLH_HEADER, -1, &h) ||
	    !int_parse(h->value, &out->retry_after) || out->retry_after < 0)
		out->retry_after = 0;
}

enum status outside_send(struct call *c, const struct request *r, const struct job *j,
			 const char *authorities, struct response *out)
{
	struct asking x = { .c = c, .job = j, .literal = is_literal(c->arena, r->origin) };
	/* An empty one is one that curl would say by itself, and does not. */
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; i < r->header_count && headers; i++) {
		struct curl_slist *more = curl_slist_append(headers, r->headers[i]);
		if (!more)
			abort();
		headers = more;
	}
	pthread_once(&once, start_curl);
	CURL *k = curl_easy_init();
	if (!k || !headers)
		abort();
	enum status st = ST_INTERNAL;
	*out = (struct response){ 0 };
	if (set_up(k, &x, r, headers, authorities)) {
		CURLcode rc = curl_easy_perform(k);
		st = rc == CURLE_OK ? ST_OK : word_of(c, &x, r, rc);
		if (!st)
			take_heads(c, k, out);
	}
	curl_easy_cleanup(k);
	curl_slist_free_all(headers);
	out->body = x.body ? x.body : "";
	out->size = x.size;
	return st;
}
