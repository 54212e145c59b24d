/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: a server's console. The screen's token is asked about by nginx alone, inside. */
#include "cloud/compute/compute_http.h"

static const struct field console_log_wire[] = {
	F_STR(console_log, server_id, 255, FROM_PATH),
	F_INT(console_log, length, -1, INT32_MAX, OPT | NULLABLE | LOOSE),
	F_END,
};
static const struct field console_output_wire[] = { F_STR(console_output, output, 0, 0), F_END };

/* Until 2.5 each protocol has an action of its own, since 2.6 all have one address. */
static const struct field console_open_wire[] = {
	F_STR(console_open, server_id, 255, FROM_PATH),
	F_STR(console_open, protocol, 16, 0, SINCE(2, 6)),
	F_STR(console_open, type, 32, 0),
	F_END,
};
static const struct field console_opened_wire[] = {
	F_STR(console_opened, protocol, 0, 0, SINCE(2, 6)),
	F_STR(console_opened, type, 0, 0),
	F_STR(console_opened, url, 0, 0),
	F_END,
};

static const struct field console_enter_wire[] = {
	F_STR(console_enter, token, 0, OPT | FROM_QUERY | EMPTY_OK | SECRET),
	F_END,
};
static const struct field console_entered_wire[] = {
	F_STR_AS("X-Console-Address", console_entered, address, 0, FROM_HEADER),
	F_END,
};

ACT(console_log, console_log, console_output)
ACT(console_open, console_open, console_opened)
ACT(console_enter, console_enter, console_entered)

const struct route compute_console_routes[] = {
	ROUTE("POST", SERVER "/action", SERVER_READ, SCOPES, console_log, console_log,
	      console_output, .name = "compute.server.console", .success = 200,
	      .action = "os-getConsoleOutput", .in_wrap = "os-getConsoleOutput",
	      .flags = ROUTE_READS, .prepare = console_log_prepare,
	      .help = "The end of what it wrote to its serial port"),
	ROUTE("POST", SERVER "/action", SERVER_WRITE, SCOPES, console_open, console_open,
	      console_opened, .name = "compute.server.screen", .success = 200,
	      .action = "os-getVNCConsole", .in_wrap = "os-getVNCConsole", .out_wrap = "console",
	      .prepare = console_open_prepare, .until = NOVA(2, 5),
	      .help = "Open its screen: an address that is good once, within a minute"),
	ROUTE("POST", SERVER "/remote-consoles", SERVER_WRITE, SCOPES, console_open, console_open,
	      console_opened, .name = "compute.server.screen", .success = 200,
	      .in_wrap = "remote_console", .out_wrap = "remote_console",
	      .prepare = console_open_prepare, .since = NOVA(2, 6),
	      .help = "Open its screen: an address that is good once, within a minute"),
	{ 0 },
};

const struct route compute_inside_routes[] = {
	ROUTE("POST", "/console", MAY_ANYONE, 0, console_enter, console_enter, console_entered,
	      .name = "compute.server.screen.enter", .success = 204,
	      .flags = ROUTE_OPTIONAL_BODY | ROUTE_NO_BODY, .prepare = console_enter_prepare,
	      .help = "Asked by nginx before it joins a browser to a screen"),
	{ 0 },
};
