/* SPDX-License-Identifier: Apache-2.0 */
/* The token that opens a server's screen: once, soon, and that server's only. */
#include <stdio.h>
#include <string.h>
#include "cloud/compute/test_compute.h"

static const char OPEN[] = "{\"remote_console\":{\"protocol\":\"vnc\",\"type\":\"novnc\"}}";

static void hang_screen(const char *id, const char *address)
{
	struct call *c = test_call();
	FILE *f = fopen(arena_printf(c->arena, "%s/%s/screen", compute_folder(), id), "w");
	fputs(address, f);
	fclose(f);
}

static const char *add_running(void)
{
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	return id;
}

static const char *token_of(const char *url)
{
	const char *at = strstr(url, "token%3D");
	assert_non_null(at);
	return at + strlen("token%3D");
}

static struct nova_answer open_screen(const char *project, const char *id)
{
	return nova_ask_in(compute_call_as(project, NOVA(2, 6)), "compute.server.screen",
			   beside(id), OPEN);
}

static struct nova_answer enter(const char *token)
{
	return nova_ask(NULL, "compute.server.screen.enter",
			arena_printf(test_call()->arena, "token=%s", token), NULL);
}

TEST(a_log_is_cut_to_as_many_lines_as_nova_counts)
{
	compute_begin();
	const char *id = add_running();
	const char *all = text_at(want(nova_ask(VDC_A, "compute.server.console", beside(id), NULL)),
				  "output");
	assert_ptr_equal(strstr(all, "Yongyun stand-in: switched on"), all);
	const char *asks[] = { "{\"os-getConsoleOutput\":{\"length\":1}}",
			       "{\"os-getConsoleOutput\":{\"length\":2}}" };
	const char *last = text_at(
		want(nova_ask(VDC_A, "compute.server.console", beside(id), asks[0])), "output");
	assert_string_equal(last, "");
	last = text_at(want(nova_ask(VDC_A, "compute.server.console", beside(id), asks[1])),
		       "output");
	assert_non_null(strstr(last, "was said by one."));
	assert_null(strstr(last, "vCPUs"));
}

TEST(a_token_opens_a_screen_once)
{
	compute_begin();
	const char *id = add_running();
	hang_screen(id, "127.0.0.1:5700");
	const json_t *a = want(open_screen(VDC_A, id));
	assert_string_equal(text_at(a, "remote_console.protocol"), "vnc");
	assert_string_equal(text_at(a, "remote_console.type"), "novnc");
	const char *token = token_of(text_at(a, "remote_console.url"));
	assert_int_equal(strlen(token), 43);
	assert_int_equal(enter(token).st, ST_OK);
	want_refusal(enter(token), ST_FORBIDDEN, "used already");
	want_refusal(enter("nonsense"), ST_FORBIDDEN, "unknown");
	want_refusal(enter(""), ST_FORBIDDEN, "unknown");
}

static enum status age(struct call *c, const void *in, void *out)
{
	static const struct db_stmt older = { "test_console_older",
					      "update compute_console set expires_at = $1" };
	(void)in;
	(void)out;
	return db_do(c, &older, NULL, DB_ARGS(DB_INT(c->now_at)));
}

TEST(a_token_is_good_for_a_minute)
{
	compute_begin();
	const char *id = add_running();
	hang_screen(id, "127.0.0.1:5700");
	const char *token = token_of(text_at(want(open_screen(VDC_A, id)), "remote_console.url"));
	assert_int_equal(db_write(test_call(), the_house.db, age, NULL, NULL, 0), ST_OK);
	want_refusal(enter(token), ST_FORBIDDEN, "too old");
}

TEST(a_token_of_a_server_that_was_deleted_opens_nothing)
{
	compute_begin();
	const char *id = add_running();
	hang_screen(id, "127.0.0.1:5700");
	const char *token = token_of(text_at(want(open_screen(VDC_A, id)), "remote_console.url"));
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	want_refusal(enter(token), ST_FORBIDDEN, "unknown");
}

TEST(a_screen_is_refused_where_there_is_none_or_it_is_anothers)
{
	compute_begin();
	const char *id = add_running();
	want_refusal(open_screen(VDC_B, id), ST_NOT_FOUND, "could not be found");
	want_refusal(open_screen(VDC_A, id), ST_NOT_OFFERED, "no screen");
	struct call *c = compute_call_as(VDC_A, NOVA(2, 1));
	want_refusal(nova_ask_in(c, "compute.server.screen", beside(id),
				 "{\"os-getVNCConsole\":{\"type\":\"xvpvnc\"}}"),
		     ST_BAD_INPUT, "Unavailable console type xvpvnc");
	want(nova_ask(VDC_A, "compute.server.stop", beside(id), NULL));
	wait_for(VDC_A, id, "SHUTOFF");
	want_refusal(open_screen(VDC_A, id), ST_CONFLICT, "not ready");
}
