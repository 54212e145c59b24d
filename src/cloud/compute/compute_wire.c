/* SPDX-License-Identifier: Apache-2.0 */
/* The lines between the daemon and its worker, as shapes over the structs that the driver uses. */
#include "cloud/compute/compute_wire.h"

const char *const guest_states[] = { "absent", "running", "stopped", "paused", "crashed", NULL };
const char *const guest_causes[] = { "none", "inside", "asked", "lost", "crashed", NULL };
const char *const guest_powers[] = { "start",   "stop",    "kill",   "reboot", "pause",
				     "unpause", "suspend", "resume", NULL };
const char *const guest_changes[] = { "remake", "rebuild", "resize", "confirm",
				      "revert", "rescue",  "nics",   NULL };
static const char *const worker_ops[] = { "probe",    "ensure",  "remove", "power",
					  "list",     "console", "screen", "change",
					  "snapshot", "report",  "uptime", NULL };
static const char *const status_words[] = {
#define X(name, http, word) word,
	STATUS_TABLE(X)
#undef X
		NULL
};

static const struct field guest_nic_shape[] = {
	F_ID(guest_nic, port_id, 0),
	F_STR(guest_nic, mac_address, 17, 0),
	F_INT(guest_nic, mtu, 0, 65535, 0),
	F_END,
};

static const struct field guest_shape[] = {
	F_ID(guest, id, 0),
	F_STR(guest, house, 64, 0),
	F_STR(guest, project_id, 64, 0),
	F_STR(guest, name, 255, EMPTY_OK),
	F_INT(guest, vcpus, 1, 1024, 0),
	F_INT(guest, memory_mb, 1, 1 << 30, 0),
	F_INT(guest, disk_gb, 0, 1 << 20, 0),
	F_INT(guest, ephemeral_gb, 0, 1 << 20, OPT),
	F_INT(guest, swap_mb, 0, INT32_MAX, OPT),
	F_STR(guest, base, 4096, 0),
	F_STR(guest, base_format, 16, 0),
	F_STR(guest, rescue, 4096, OPT | OMIT),
	F_STR(guest, rescue_format, 16, OPT | OMIT),
	F_STR(guest, accelerator, 16, 0),
	F_STR(guest, meta_data, 1 << 20, 0),
	F_STR(guest, network_data, 1 << 20, 0),
	F_STR(guest, user_data, 1 << 20, OPT | OMIT),
	F_LIST(guest, nics, guest_nic, guest_nic_shape, 64, 0),
	F_BOOL(guest, off, 0),
	F_END,
};

static const struct field worker_ask_shape[] = {
	F_INT(worker_ask, id, 1, INT64_MAX, 0),
	F_WORD(worker_ask, op, worker_ops, 0),
	F_OBJECT(worker_ask, guest, guest, guest_shape, OPT | NULLABLE),
	F_STR(worker_ask, house, 64, OPT | OMIT),
	F_ID(worker_ask, guest_id, OPT | OMIT),
	F_WORD(worker_ask, power, guest_powers, OPT),
	F_WORD(worker_ask, change, guest_changes, OPT),
	F_INT(worker_ask, patience, 0, 600 * CLOCK_SECOND, OPT),
	F_INT(worker_ask, size, 0, WORKER_LINE_MAX, OPT),
	F_STR(worker_ask, known, 64, OPT | OMIT),
	F_STR(worker_ask, accelerator, 16, OPT | OMIT),
	F_STR(worker_ask, path, 4096, OPT | OMIT),
	F_END,
};

static const struct field host_facts_shape[] = {
	F_STR(host_facts, name, 255, 0),
	F_STR(host_facts, engine, 255, 0),
	F_INT(host_facts, version, 0, INT64_MAX, 0),
	F_STR(host_facts, cpu, 32, 0),
	F_INT(host_facts, vcpus, 0, 1 << 20, 0),
	F_INT(host_facts, memory_mb, 0, INT64_C(1) << 40, 0),
	F_INT(host_facts, disk_gb, 0, INT64_C(1) << 40, 0),
	F_STR(host_facts, boot_id, 64, 0),
	F_STR(host_facts, accelerator, 16, 0),
	F_STR(host_facts, accelerator_why, 512, 0),
	F_END,
};

static const struct field guest_status_shape[] = {
	F_ID(guest_status, id, 0),
	F_WORD(guest_status, state, guest_states, 0),
	F_WORD(guest_status, cause, guest_causes, 0),
	F_END,
};

static const struct field guest_cpu_shape[] = { F_INT(guest_cpu, time, 0, INT64_MAX, NULLABLE),
						F_END };

static const struct field guest_card_shape[] = {
	F_STR(guest_card, name, 64, 0),
	F_STR(guest_card, mac_address, 17, NULLABLE),
	F_INT(guest_card, rx_octets, 0, INT64_MAX, NULLABLE),
	F_INT(guest_card, rx_packets, 0, INT64_MAX, NULLABLE),
	F_INT(guest_card, rx_errors, 0, INT64_MAX, NULLABLE),
	F_INT(guest_card, rx_drop, 0, INT64_MAX, NULLABLE),
	F_INT(guest_card, tx_octets, 0, INT64_MAX, NULLABLE),
	F_INT(guest_card, tx_packets, 0, INT64_MAX, NULLABLE),
	F_INT(guest_card, tx_errors, 0, INT64_MAX, NULLABLE),
	F_INT(guest_card, tx_drop, 0, INT64_MAX, NULLABLE),
	F_END,
};

static const struct field guest_drive_shape[] = {
	F_STR(guest_drive, name, 64, 0),
	F_INT(guest_drive, read_bytes, 0, INT64_MAX, NULLABLE),
	F_INT(guest_drive, read_requests, 0, INT64_MAX, NULLABLE),
	F_INT(guest_drive, write_bytes, 0, INT64_MAX, NULLABLE),
	F_INT(guest_drive, write_requests, 0, INT64_MAX, NULLABLE),
	F_INT(guest_drive, errors, 0, INT64_MAX, NULLABLE),
	F_END,
};

static const struct field guest_report_shape[] = {
	F_INT(guest_report, memory_mb, 0, INT64_C(1) << 40, NULLABLE),
	F_INT(guest_report, memory_used_mb, 0, INT64_C(1) << 40, NULLABLE),
	F_LIST(guest_report, cpus, guest_cpu, guest_cpu_shape, 1024, 0),
	F_LIST(guest_report, cards, guest_card, guest_card_shape, 256, 0),
	F_LIST(guest_report, drives, guest_drive, guest_drive_shape, 256, 0),
	F_END,
};

static const struct field worker_answer_shape[] = {
	F_INT(worker_answer, id, 1, INT64_MAX, 0),
	F_WORD(worker_answer, status, status_words, 0),
	F_STR(worker_answer, problem, 512, OPT | OMIT),
	F_OBJECT(worker_answer, facts, host_facts, host_facts_shape, OPT | NULLABLE),
	F_LIST(worker_answer, guests, guest_status, guest_status_shape, 20000, OPT | OMIT),
	F_STR(worker_answer, text, WORKER_LINE_MAX, OPT | OMIT),
	F_INT(worker_answer, size, 0, INT64_MAX, OPT),
	F_OBJECT(worker_answer, report, guest_report, guest_report_shape, OPT | NULLABLE),
	F_END,
};

enum status worker_ask_read(struct call *c, const char *line, size_t size, struct worker_ask *out)
{
	struct worker_ask in = { 0 };
	enum status st = shape_read_json(c, worker_ask_shape, NULL, line, size, &in);
	if (st)
		return st;
	bool needs_guest = in.op == OP_REMOVE || in.op == OP_POWER || in.op == OP_CONSOLE ||
			   in.op == OP_SCREEN || in.op == OP_SNAPSHOT || in.op == OP_REPORT;
	if (needs_guest && !in.guest_id)
		return fail(c, ST_BAD_INPUT, "guest_id", "the ask names no guest");
	if ((in.op == OP_REMOVE || in.op == OP_LIST) && str_empty(in.house))
		return fail(c, ST_BAD_INPUT, "house", "the ask names no house");
	if (in.op == OP_SNAPSHOT && str_empty(in.path))
		return fail(c, ST_BAD_INPUT, "path", "the ask names no file");
	if ((in.op == OP_ENSURE || in.op == OP_CHANGE) && !in.guest.id)
		return fail(c, ST_BAD_INPUT, "guest", "the ask describes no guest");
	*out = in;
	return ST_OK;
}

enum status worker_answer_read(struct call *c, const char *line, size_t size,
			       struct worker_answer *out)
{
	struct worker_answer in = { 0 };
	enum status st = shape_read_json(c, worker_answer_shape, NULL, line, size, &in);
	if (st)
		return st;
	*out = in;
	return ST_OK;
}

void worker_ask_write(struct call *c, const struct worker_ask *in, struct buf *out)
{
	struct json_out j = json_to(out);
	shape_write_json(c, worker_ask_shape, &j, in);
	buf_char(out, '\n');
}

void worker_answer_write(struct call *c, const struct worker_answer *in, struct buf *out)
{
	struct json_out j = json_to(out);
	shape_write_json(c, worker_answer_shape, &j, in);
	buf_char(out, '\n');
}
