/* SPDX-License-Identifier: Apache-2.0 */
/* nginx in front: the configuration that fits the house and its routes, and the process. What comes
 * from outside (bad framing, slow clients, big bodies, TLS, HTTP/2) is its work. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "door/http/http_private.h"
#include "door/http/server.h"

struct site {
	struct buf out;
	const struct config *config;
	const char *folder; /* DATA/nginx */
	const char *last_prefix;
};

/* What every request hands over. A client cannot take these names: what it sends comes as HTTP_*. */
static const char pass[] = "\t\tfastcgi_param REQUEST_METHOD $request_method;\n"
			   "\t\tfastcgi_param REQUEST_URI $request_uri;\n"
			   "\t\tfastcgi_param REQUEST_SCHEME $scheme;\n"
			   "\t\tfastcgi_param REMOTE_ADDR $remote_addr;\n"
			   "\t\tfastcgi_param CONTENT_TYPE $content_type;\n"
			   "\t\tfastcgi_pass yongyun;\n"
			   "\t}\n";

static void write_prefix(const struct dialect *d, const struct route *r, void *site)
{
	struct site *s = site;

	(void)r;
	if (s->last_prefix == d->prefix || d == &inside_dialect ||
	    strstr(buf_text(&s->out), arena_printf(s->out.arena, "location %s {", d->prefix)))
		return;
	s->last_prefix = d->prefix;
	buf_printf(&s->out, "\tlocation %s {\n%s", d->prefix, pass);
}

/* "/v2/images/{image_id}/file" as a regular expression. */
static void write_pattern(struct buf *out, const struct dialect *d, const char *path)
{
	buf_printf(out, "^%s", d->prefix);
	for (const char *p = path; *p; p++) {
		if (*p == '{') {
			buf_str(out, "[^/]+");
			p += strcspn(p, "}");
		} else {
			if (strchr(".+*?()[]^$|\\", *p))
				buf_char(out, '\\');
			buf_char(out, *p);
		}
	}
	buf_char(out, '$');
}

/* An upload is authorised before a byte of it is taken and arrives as a file, which is renamed into the
 * store. A refusal is asked for once more, without the body, for the dialect's words. */
static void write_upload(const struct dialect *d, const struct route *r, void *site)
{
	struct site *s = site;

	if (!(r->flags & ROUTE_UPLOAD))
		return;
	buf_str(&s->out, "\tlocation ~ ");
	write_pattern(&s->out, d, r->path);
	buf_printf(&s->out,
		   " {\n"
		   "\t\tauth_request /-admission;\n"
		   "\t\terror_page 401 403 = @refused;\n"
		   "\t\tclient_max_body_size %lld;\n"
		   "\t\tclient_body_in_file_only clean;\n"
		   "\t\tfastcgi_pass_request_body off;\n"
		   "\t\tfastcgi_param BODY_FILE $request_body_file;\n%s",
		   (long long)s->config->http.upload_max, pass);
}

/* A browser's websocket is joined to the screen that the room names for the token, after the room was
 * asked. What is no websocket does not use the token up. */
static void write_console(const struct dialect *d, const struct route *r, void *site)
{
	struct site *s = site;

	if (d != &inside_dialect || !str_eq(r->path, "/console"))
		return;
	buf_str(&s->out, "\tlocation = /console/socket {\n"
			 "\t\tif ($http_upgrade !~* ^websocket$) { return 426; }\n"
			 "\t\tset $console_token $arg_token;\n"
			 "\t\tauth_request /-inside/console;\n"
			 "\t\tauth_request_set $screen $upstream_http_x_console_address;\n"
			 "\t\tproxy_pass http://$screen/;\n"
			 "\t\tproxy_http_version 1.1;\n"
			 "\t\tproxy_set_header Host $http_host;\n"
			 "\t\tproxy_set_header Cookie \"\";\n"
			 "\t\tproxy_set_header Upgrade websocket;\n"
			 "\t\tproxy_set_header Connection upgrade;\n"
			 "\t\tproxy_read_timeout 4h;\n"
			 "\t\tproxy_send_timeout 60s;\n"
			 "\t}\n"
			 "\tlocation = /-inside/console {\n"
			 "\t\tinternal;\n"
			 "\t\tfastcgi_pass_request_body off;\n"
			 "\t\tfastcgi_param REQUEST_METHOD POST;\n"
			 "\t\tfastcgi_param REQUEST_URI /-inside/console?token=$console_token;\n"
			 "\t\tfastcgi_param REQUEST_SCHEME $scheme;\n"
			 "\t\tfastcgi_param REMOTE_ADDR $remote_addr;\n"
			 "\t\tfastcgi_pass yongyun;\n"
			 "\t}\n");
}

static void write_tls(struct site *s)
{
	const struct config *k = s->config;

	if (str_empty(k->http.listen_tls))
		return;
	buf_printf(&s->out,
		   "\tlisten %s ssl http2;\n"
		   "\tssl_certificate %s;\n"
		   "\tssl_certificate_key %s;\n"
		   "\tssl_protocols TLSv1.3;\n",
		   k->http.listen_tls, k->http.certificate, k->http.certificate_key);
}

static void write_limits(struct site *s)
{
	buf_printf(&s->out,
		   "\tserver_tokens off;\n"
		   "\tclient_max_body_size %lld;\n"
		   "\tclient_body_buffer_size 128k;\n"
		   "\tclient_header_timeout 15s;\n"
		   "\tclient_body_timeout 60s;\n"
		   "\tlarge_client_header_buffers 4 16k;\n"
		   "\tkeepalive_requests 100000;\n"
		   "\tfastcgi_read_timeout 120s;\n"
		   "\tfastcgi_buffer_size 64k;\n"
		   "\tfastcgi_buffers 16 64k;\n"
		   "\tfastcgi_keep_conn on;\n"
		   "\terror_page 502 504 = @away;\n",
		   (long long)s->config->http.body_max);
}

static void write_inside(struct site *s)
{
	static const char *const asked[][2] = { { "= /-admission", "ask" },
						{ "@refused", "tell" } };

	for (int i = 0; i < 2; i++)
		buf_printf(&s->out,
			   "\tlocation %s {\n%s"
			   "\t\tclient_max_body_size %lld;\n"
			   "\t\tfastcgi_pass_request_body off;\n"
			   "\t\tfastcgi_param ADMISSION %s;\n%s",
			   asked[i][0], i ? "" : "\t\tinternal;\n",
			   (long long)s->config->http.upload_max, asked[i][1], pass);
	buf_str(&s->out,
		"\tlocation @away {\n"
		"\t\tdefault_type application/json;\n"
		"\t\treturn 503 '{\"error\":{\"code\":503,\"word\":\"busy\",\"field\":null,"
		"\"message\":\"the cloud is starting or stopping; try again soon\"}}';\n"
		"\t}\n");
	/* Where X-Accel-Redirect leads: the content-addressed store. */
	buf_printf(&s->out, "\tlocation /-files/ {\n\t\tinternal;\n\t\talias %s/files/;\n\t}\n",
		   s->config->server.data);
}

/* The portal's pages are asked for anew each time (304 mostly); its other files carry a hash in their
 * names and never change. One that is gone after an upgrade is 404 and not the first page. */
static void write_portal(struct site *s)
{
	static const char *const places[][3] = {
		{ "/", "${uri}index.html /index.html", "no-cache" },
		{ "/assets/", "=404", "\"public, max-age=31536000, immutable\"" },
	};
	if (access(s->config->http.web, R_OK))
		return; /* a house without a portal */
	for (int i = 0; i < 2; i++)
		buf_printf(&s->out,
			   "\tlocation %s {\n"
			   "\t\troot %s;\n"
			   "\t\ttry_files $uri %s;\n"
			   "\t\tgzip on;\n"
			   "\t\tgzip_vary on;\n"
			   "\t\tgzip_types text/css application/javascript image/svg+xml;\n"
			   "\t\tadd_header Cache-Control %s;\n"
			   "\t\tadd_header Content-Security-Policy \"default-src 'self'; "
			   "img-src 'self' data:; object-src 'none'; base-uri 'none'; "
			   "form-action 'self'; frame-ancestors 'none'\" always;\n"
			   "\t\tadd_header X-Content-Type-Options nosniff always;\n"
			   "\t\tadd_header Referrer-Policy same-origin always;\n"
			   "\t}\n",
			   places[i][0], s->config->http.web, places[i][1], places[i][2]);
}

static void write_site(struct house *h, struct site *s)
{
	struct words peers = words_split(s->out.arena, s->config->http.peers ?: "", ' ');

	/* A process that is away refuses at once and is asked again as soon as it is back: shunning it
	 * for a while, as nginx does by default, only loses answers when two go away in turn. */
	buf_printf(&s->out, "upstream yongyun {\n\tserver unix:%s max_fails=0;\n",
		   s->config->http.socket);
	for (size_t i = 0; i < peers.count; i++)
		buf_printf(&s->out, "\tserver unix:%s max_fails=0;\n", peers.list[i]);
	/* Idle connections that each of nginx's processes keeps to us. */
	buf_printf(&s->out, "\tkeepalive 64;\n}\nserver {\n\tlisten %s;\n", s->config->http.listen);
	write_tls(s);
	write_limits(s);
	http_each_route(h->modules, write_prefix, s);
	http_each_route(h->modules, write_upload, s);
	http_each_route(h->modules, write_console, s);
	write_inside(s);
	write_portal(s);
	buf_str(&s->out, "}\n");
}

static void write_main(struct site *s)
{
	const char *user = s->config->http.user;

	/* The body of an upload belongs to nginx's user, and the store takes it by renaming. */
	if (!geteuid())
		buf_printf(&s->out, "user %s;\n", str_empty(user) ? "root" : user);
	buf_printf(&s->out,
		   "daemon off;\n"
		   "worker_processes auto;\n"
		   "pid %s/nginx.pid;\n"
		   "error_log stderr error;\n"
		   "events {\n\tworker_connections 8192;\n}\n"
		   "http {\n"
		   "\taccess_log off;\n"
		   "\tdefault_type application/octet-stream;\n"
		   "\ttypes {\n"
		   "\t\ttext/html html;\n\t\ttext/css css;\n\t\tapplication/javascript js;\n"
		   "\t\timage/svg+xml svg;\n\t\timage/png png;\n\t\tapplication/json json map;\n"
		   "\t\tfont/woff2 woff2;\n\t\timage/x-icon ico;\n\t}\n",
		   s->folder);
	static const char *const temporary[] = { "client_body", "proxy", "fastcgi", "uwsgi",
						 "scgi" };
	for (size_t i = 0; i < sizeof temporary / sizeof *temporary; i++)
		buf_printf(&s->out, "\t%s_temp_path %s/%s;\n", temporary[i], s->folder,
			   temporary[i]);
	buf_printf(&s->out, "\tinclude %s/site.conf;\n}\n", s->folder);
}

static enum status save(struct call *c, const char *path, const struct buf *text)
{
	const char *temporary = arena_printf(c->arena, "%s.new", path);
	FILE *f = fopen(temporary, "we");
	bool whole = f && fwrite(text->data, 1, text->size, f) == text->size;

	if (f && fclose(f))
		whole = false;
	if (!whole || rename(temporary, path))
		return fail(c, ST_INTERNAL, NULL, "cannot write %s: %s", path, strerror(errno));
	return ST_OK;
}

enum status nginx_write(struct call *c, struct house *h)
{
	const char *folder = arena_printf(c->arena, "%s/nginx", h->config->server.data);
	struct site site = { .out.arena = c->arena, .config = h->config, .folder = folder };
	struct site conf = site;
	enum status st;

	if (mkdir(folder, 0750) && errno != EEXIST)
		return fail(c, ST_INTERNAL, NULL, "cannot make %s: %s", folder, strerror(errno));
	write_site(h, &site);
	write_main(&conf);
	st = save(c, arena_printf(c->arena, "%s/site.conf", folder), &site.out);
	return st ? st : save(c, arena_printf(c->arena, "%s/nginx.conf", folder), &conf.out);
}

enum status nginx_start(struct call *c, struct house *h, int *pid)
{
	const char *folder = arena_printf(c->arena, "%s/nginx", h->config->server.data);
	const char *conf = arena_printf(c->arena, "%s/nginx.conf", folder);
	pid_t child = fork();

	if (child < 0)
		return fail(c, ST_INTERNAL, NULL, "cannot fork: %s", strerror(errno));
	if (!child) {
		/* Nobody could stop it when we are gone. */
		prctl(PR_SET_PDEATHSIG, SIGQUIT);
		/* Ctrl-C is for us to hear; we tell it when the time has come. */
		setpgid(0, 0);
		execl(h->config->http.nginx, "nginx", "-e", "stderr", "-p", folder, "-c", conf,
		      NULL);
		_exit(127);
	}
	*pid = child;
	usleep(20000);
	int how;
	if (waitpid(child, &how, WNOHANG) == child)
		return fail(c, ST_INTERNAL, NULL, "nginx (%s) does not start with %s",
			    h->config->http.nginx, conf);
	return ST_OK;
}

void nginx_stop(int pid, int64_t grace)
{
	int64_t end = clock_steady() + grace;

	if (pid <= 0)
		return;
	kill(pid, SIGQUIT);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (clock_steady() > end)
			kill(pid, SIGTERM);
		usleep(5000);
	}
}
