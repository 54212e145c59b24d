/* SPDX-License-Identifier: Apache-2.0 */
/* From who asks and for what to the bytes of an answer. Nobody is told anything but of the server that holds
 * the asking address in the asking network. Port security drops what a guest sends under an address that is
 * not its own; where a VDC has switched it off, or allowed further addresses, OVN still delivers what is
 * sent to an address to its holder alone, so an answer reaches nobody else; and the MAC address that answers
 * for the asker must be the holder's. */
#include "cloud/metadata/metadata_private.h"
#include "cloud/network/network_metadata.h"
#include "door/house.h"

static enum status told_act(struct call *c, const void *in, void *out)
{
	const struct metadata_asker *who = in;
	struct network_holder holder = { 0 };
	enum status st = network_holder(c, who->network_id, who->address, &holder);

	if (st)
		return st;
	if (!str_case_eq(holder.mac_address, who->mac_address))
		return ST_NOT_FOUND;
	return compute_told(c, holder.device_id, out);
}

static const char *reason_of(int status)
{
	switch (status) {
	case 200: return "OK";
	case 400: return "Bad Request";
	case 403: return "Forbidden";
	case 404: return "Not Found";
	case 405: return "Method Not Allowed";
	case 413: return "Content Too Large";
	case 431: return "Request Header Fields Too Large";
	default: return "Service Unavailable";
	}
}

static void write_head(struct buf *out, int status, const struct metadata_document *d)
{
	buf_printf(out,
		   "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
		   "Cache-Control: no-store\r\nConnection: close\r\n%s\r\n",
		   status, reason_of(status), d->type, d->size,
		   status == 405 ? "Allow: GET, HEAD\r\n" : "");
}

static void write_text(struct buf *out, int status, const char *text, bool only_head)
{
	struct metadata_document d = { "text/plain; charset=utf-8", text, strlen(text) };

	write_head(out, status, &d);
	if (!only_head)
		buf_str(out, text);
}

void metadata_refuse(const struct metadata_head *head, struct buf *out)
{
	write_text(out, head->status, head->why, false);
}

void metadata_answer(struct call *c, const struct metadata_asker *who,
		     const struct metadata_head *head, struct buf *out)
{
	struct metadata_document d = { 0 };
	struct compute_told told = { 0 };
	enum status st = db_read(c, house_of(c)->db, told_act, who, &told, sizeof told);

	if (!st)
		st = metadata_document(c, &told, head->path, &d);
	if (st == ST_NOT_FOUND) {
		write_text(out, 404, "there is nothing here for you", head->only_head);
	} else if (st) {
		write_text(out, 503, "the cloud cannot answer now: ask again", head->only_head);
	} else {
		write_head(out, 200, &d);
		if (!head->only_head)
			buf_add(out, d.bytes, d.size);
	}
}
