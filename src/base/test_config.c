/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/config_private.h"
#include "harness.h"

static enum status parse(struct call *c, const char *text, struct config *out)
{
	call_forgive(c);
	return config_parse(c, "yongyun.ini", text, strlen(text), out);
}

static void expect_refused(const char *text, const char *problem)
{
	struct call *c = test_call();
	struct config f = { 0 };
	if (parse(c, text, &f) != ST_BAD_INPUT)
		test_fail("taken: %s", text);
	assert_string_equal(c->problem, problem);
	assert_null(f.server.data);
}

TEST(without_a_file_the_defaults_stand)
{
	struct call *c = test_call();
	struct config f;
	assert_int_equal(config_read(c, NULL, &f), ST_OK);
	assert_string_equal(f.server.data, "./var");
	assert_string_equal(f.server.city, "宁波市");
	assert_int_equal(f.server.profile, PROFILE_CITY);
	assert_null(f.server.public_url);
	assert_int_equal(f.server.workers, 64);
	assert_string_equal(f.http.listen, "127.0.0.1:8080");
	assert_null(f.http.listen_tls);
	assert_true(f.http.manage);
	assert_int_equal(f.http.body_max, 1 << 20);
	assert_int_equal(f.http.upload_max, INT64_C(64) << 30);
	assert_string_equal(f.database.url, "sqlite:./var/yongyun.db");
	assert_int_equal(f.identity.token_life, 3600 * CLOCK_SECOND);
	assert_int_equal(f.audit.seal_every, CLOCK_SECOND / 10);
	assert_int_equal(f.compute.driver, COMPUTE_AUTO);
	assert_int_equal(f.log.level, LOG_INFO);
}

TEST(a_file_is_read_over_the_defaults)
{
	struct call *c = test_call();
	struct config f;
	assert_int_equal(parse(c,
			       "# for the test cloud\n"
			       "\n"
			       "[server]\r\n"
			       "  data = /srv/甬云 \r\n"
			       "profile=openstack\n"
			       "public_url = https://cloud.example\n"
			       "[ identity ]\n"
			       "token_life = 30m\n"
			       "password_days = 0\n"
			       "[http]\n"
			       "manage = no\n"
			       "listen = [::1]:80\n"
			       "body_max = 8192\n"
			       "upload_max = 1TiB\n"
			       "[log]\n"
			       "level = debug",
			       &f),
			 ST_OK);
	assert_string_equal(f.server.data, "/srv/甬云");
	assert_string_equal(f.database.url, "sqlite:/srv/甬云/yongyun.db");
	assert_int_equal(f.server.profile, PROFILE_OPENSTACK);
	assert_string_equal(f.server.public_url, "https://cloud.example");
	assert_int_equal(f.identity.token_life, 1800 * CLOCK_SECOND);
	assert_int_equal(f.identity.password_days, 0);
	assert_false(f.http.manage);
	assert_string_equal(f.http.listen, "[::1]:80");
	assert_int_equal(f.http.body_max, 8192);
	assert_int_equal(f.http.upload_max, INT64_C(1) << 40);
	assert_int_equal(f.log.level, LOG_DEBUG);
}

TEST(addresses_of_every_form_are_taken)
{
	static const char *const good[] = { "*:1", "localhost:65535", "cloud-1.example:443",
					    "[::]:80", "[2001:db8::1]:8080" };
	struct call *c = test_call();
	struct config f;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		const char *text = arena_printf(c->arena, "[http]\nlisten = %s\n", good[i]);
		assert_int_equal(parse(c, text, &f), ST_OK);
		assert_string_equal(f.http.listen, good[i]);
	}
}

TEST(a_libvirt_of_this_machine_is_taken)
{
	static const char *const good[] = { "qemu:///system", "qemu:///session",
					    "qemu+unix:///system?socket=/run/libvirt/libvirt-sock",
					    "test:///default" };
	struct call *c = test_call();
	struct config f;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		const char *text = arena_printf(c->arena, "[compute]\nuri = %s\n", good[i]);
		assert_int_equal(parse(c, text, &f), ST_OK);
		assert_string_equal(f.compute.uri, good[i]);
	}
}

TEST(what_is_unknown_or_given_twice_is_refused_with_its_line)
{
	expect_refused("data = /x\n", "yongyun.ini:1: a key stands before the first section");
	expect_refused("[serve]\n", "yongyun.ini:1: there is no section [serve]");
	expect_refused("\n[server]\ndate = /x\n", "yongyun.ini:3: there is no key server.date");
	expect_refused("[server]\ndata_file = /x\n",
		       "yongyun.ini:2: there is no key server.data_file");
	expect_refused("[server]\ndata = /x\ndata = /x\n",
		       "yongyun.ini:3: server.data is given twice");
	expect_refused("[server]\n[log]\n[server]\n",
		       "yongyun.ini:3: section [server] stands there twice");
	expect_refused("[database]\nurl = sqlite:x\nurl_file = /x\n",
		       "yongyun.ini:3: database.url is given twice");
	expect_refused("[server\n", "yongyun.ini:1: a section is written [section]");
	expect_refused("[server]\ndata\n",
		       "yongyun.ini:2: a line is [section], key = value or # comment");
}

TEST(a_value_of_the_wrong_kind_is_refused_with_its_rule)
{
	static const char *const cases[][2] = {
		{ "[server]\ndata =\n", "server.data has no value" },
		{ "[server]\ndata = a\x01\n", "server.data holds a control character" },
		{ "[server]\nprofile = town\n", "server.profile must be one of city, openstack" },
		{ "[server]\nworkers = many\n", "server.workers is not a whole number" },
		{ "[server]\nworkers = 0\n", "server.workers must be from 1 to 1024" },
		{ "[server]\npublic_url = cloud.example\n",
		  "server.public_url must begin with one of http://, https://" },
		{ "[server]\npublic_url = https://\n",
		  "server.public_url must begin with one of http://, https://" },
		{ "[compute]\nuri = qemu+ssh://root@host-2/system\n",
		  "compute.uri must begin with one of qemu:///, qemu+unix:///, test:///" },
		{ "[compute]\nuri = qemu+tls://host-2/system\n",
		  "compute.uri must begin with one of qemu:///, qemu+unix:///, test:///" },
		{ "[compute]\nuri = qemu+tcp:///system\n",
		  "compute.uri must begin with one of qemu:///, qemu+unix:///, test:///" },
		{ "[compute]\nuri = qemu://host-2/system\n",
		  "compute.uri must begin with one of qemu:///, qemu+unix:///, test:///" },
		{ "[compute]\nuri = qemu+unix:///\n",
		  "compute.uri must begin with one of qemu:///, qemu+unix:///, test:///" },
		{ "[http]\nmanage = 1\n", "http.manage must be yes or no" },
		{ "[http]\nlisten = 8080\n",
		  "http.listen is not an address like 127.0.0.1:8080 or [::1]:8080" },
		{ "[http]\nlisten = a:65536\n",
		  "http.listen is not an address like 127.0.0.1:8080 or [::1]:8080" },
		{ "[http]\nlisten = [::1:80\n",
		  "http.listen is not an address like 127.0.0.1:8080 or [::1]:8080" },
		{ "[http]\nlisten = :80\n",
		  "http.listen is not an address like 127.0.0.1:8080 or [::1]:8080" },
		{ "[http]\nlisten = a;b:80\n",
		  "http.listen is not an address like 127.0.0.1:8080 or [::1]:8080" },
		{ "[http]\nbody_max = 1MB\n",
		  "http.body_max is not a size like 4096, 64KiB, 1MiB or 2GiB" },
		{ "[http]\nbody_max = 9223372036854775807TiB\n",
		  "http.body_max is not a size like 4096, 64KiB, 1MiB or 2GiB" },
		{ "[http]\nbody_max = 1\n", "http.body_max must be from 4KiB to 64MiB" },
		{ "[identity]\ntoken_life = 3600\n",
		  "identity.token_life is not a duration like 100ms, 30s, 5m, 2h or 7d" },
		{ "[identity]\ntoken_life = 1s\n", "identity.token_life must be from 1m to 30d" },
		{ "[http]\nuser = 012345678901234567890123456789012\n",
		  "http.user is longer than 32 characters" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect_refused(cases[i][0],
			       arena_printf(test_call()->arena, "yongyun.ini:2: %s", cases[i][1]));
	expect_refused("[server]\ncity = \xff\n", "yongyun.ini:2: the line is not UTF-8");
}

TEST(keys_that_need_one_another_are_checked_together)
{
	expect_refused("[http]\nlisten_tls = *:443\ncertificate = /c\n",
		       "yongyun.ini: http.listen_tls needs http.certificate and "
		       "http.certificate_key");
	expect_refused("[http]\ncertificate = /c\n",
		       "yongyun.ini: a certificate is of no use without http.listen_tls");
}

static const char *write_file(const char *folder, const char *name, const char *text, mode_t mode)
{
	const char *path = arena_printf(test_call()->arena, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

TEST(a_secret_comes_from_a_file_that_not_everyone_may_read)
{
	struct call *c = test_call();
	struct config f;
	const char *folder = test_folder();
	const char *secret = write_file(folder, "url", "postgresql://u:geheim@db/yy\n", 0640);
	const char *ini = arena_printf(c->arena, "[database]\nurl_file = %s\n", secret);
	const char *path = write_file(folder, "yongyun.ini", ini, 0644);
	assert_int_equal(config_read(c, path, &f), ST_OK);
	assert_string_equal(f.database.url, "postgresql://u:geheim@db/yy");

	assert_int_equal(chmod(secret, 0644), 0);
	assert_int_equal(config_read(c, path, &f), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "but everyone may read it"));
	assert_non_null(strstr(c->problem, "yongyun.ini:2: database.url (by file): "));

	write_file(folder, "url", "one\ntwo\n", 0600);
	call_forgive(c);
	assert_int_equal(config_read(c, path, &f), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "is not one line of text"));

	write_file(folder, "url", "mysql://u:geheim@db\n", 0600);
	call_forgive(c);
	assert_int_equal(config_read(c, path, &f), ST_BAD_INPUT);
	assert_null(strstr(c->problem, "geheim"));

	assert_int_equal(unlink(secret), 0);
	call_forgive(c);
	assert_int_equal(config_read(c, path, &f), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "cannot be opened: No such file"));
}

TEST(a_file_that_is_not_there_not_a_file_or_too_long_is_refused)
{
	struct call *c = test_call();
	struct config f;
	const char *folder = test_folder();
	assert_int_equal(config_read(c, "/nowhere/yongyun.ini", &f), ST_NOT_FOUND);
	call_forgive(c);
	assert_int_equal(config_read(c, folder, &f), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "is not a regular file"));
	call_forgive(c);

	char *text = arena_alloc(c->arena, (300 << 10) + 1);
	memset(text, '\n', 300 << 10);
	assert_int_equal(config_read(c, write_file(folder, "long", text, 0600), &f), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "is longer than 262144 bytes"));

	memset(text, 'x', 5000);
	text[5000] = '\0';
	assert_int_equal(parse(c, text, &f), ST_BAD_INPUT);
	assert_string_equal(c->problem, "yongyun.ini:1: the line is too long");
}

/* The example with all its keys switched on is the defaults, so neither can drift from the other. */
TEST(the_example_file_names_every_key_with_its_default)
{
	struct call *c = test_call();
	struct buf example = { .arena = c->arena }, on = { .arena = c->arena };
	config_document(&example);
	struct config plain, read;
	assert_int_equal(config_read(c, NULL, &plain), ST_OK);
	assert_int_equal(config_parse(c, "example", example.data, example.size, &read), ST_OK);

	const char *left = example.data;
	while (*left) {
		size_t length = strcspn(left, "\n");
		assert_true(length <= 100);
		bool key = left[0] == '#' && left[1] != ' ';
		if (key && left[length - 1] != '=')
			buf_add(&on, left + 1, length - 1);
		else if (*left == '[')
			buf_add(&on, left, length);
		buf_char(&on, '\n');
		left += length + 1;
	}
	assert_int_equal(config_parse(c, "switched on", on.data, on.size, &read), ST_OK);
	for (const struct config_key *k = config_keys; k->name; k++) {
		assert_non_null(strstr(example.data, arena_printf(c->arena, "\n#%s =", k->name)));
		const void *a = (char *)&plain + k->at, *b = (char *)&read + k->at;
		if (k->kind == CONFIG_BOOL)
			assert_int_equal(*(const bool *)a, *(const bool *)b);
		else if (k->kind == CONFIG_WORD)
			assert_int_equal(*(const int *)a, *(const int *)b);
		else if (k->kind >= CONFIG_INT)
			assert_int_equal(*(const int64_t *)a, *(const int64_t *)b);
		else if (k->preset)
			assert_string_equal(*(char *const *)a, *(char *const *)b);
		else
			assert_null(*(char *const *)a);
	}
}

TEST(the_shipped_example_is_what_the_program_prints)
{
	struct buf now = { .arena = test_call()->arena };
	config_document(&now);
	FILE *file = fopen(SOURCE_ROOT "/docs/yongyun.ini", "r");
	assert_non_null(file);
	char *shipped = arena_alloc(now.arena, now.size + 2);
	shipped[fread(shipped, 1, now.size + 1, file)] = '\0';
	fclose(file);
	if (strcmp(shipped, now.data) != 0)
		test_fail("docs/yongyun.ini is old: yongyun config > docs/yongyun.ini");
}
