// SPDX-License-Identifier: Apache-2.0
// Checks an exported audit trail (yongyun audit export) from the description in src/door/audit/audit.h
// alone, with an SM2 and SM3 library that is not ours: verify.mjs FILE. Prints each fault; the last line
// counts; the exit code is 1 if any failed. Each check is also made on altered bytes, and must fail there.
import { readFileSync } from "node:fs";
import crypto from "sm-crypto";

const { sm2, sm3 } = crypto;
const signer = "1234567812345678";
const entryMembers = ["id", "at", "actor_id", "actor_name", "actor_domain", "scope", "scope_id", "on_behalf",
	"purpose", "from_address", "request_id", "action", "subject", "subject_id", "outcome", "reason", "changes"];
const batchMembers = ["number", "first_id", "last_id", "count", "root", "previous", "sealed_at", "key_id"];

function canonical(first, members, object) {
	let text = first + "\n";
	for (const name of members) {
		const value = object[name];
		text += value === null || value === undefined
			? `${name} -\n`
			: `${name} ${Buffer.byteLength(String(value))}:${value}\n`;
	}
	return Buffer.from(text);
}

const hash = (...parts) => Buffer.from(sm3([...Buffer.concat(parts)]), "hex");
const leafOf = (bytes) => hash(Buffer.of(0), bytes);
const nodeOf = (left, right) => hash(Buffer.of(1), left, right);

// RFC 6962 2.1, as it is written there.
function rootOf(leaves) {
	if (leaves.length === 1)
		return leaves[0];
	let k = 1;
	while (k * 2 < leaves.length)
		k *= 2;
	return nodeOf(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

// RFC 9162 2.1.3.2.
function rootOfPath(leaf, index, count, path) {
	let fn = index, sn = count - 1, r = leaf;
	for (const p of path) {
		if (sn === 0)
			return null;
		if (fn % 2 === 1 || fn === sn) {
			r = nodeOf(p, r);
			while (fn % 2 === 0 && fn !== 0) {
				fn = Math.floor(fn / 2);
				sn = Math.floor(sn / 2);
			}
		} else {
			r = nodeOf(r, p);
		}
		fn = Math.floor(fn / 2);
		sn = Math.floor(sn / 2);
	}
	return sn === 0 ? r : null;
}

let passed = 0, failed = 0;
function expect(ok, what) {
	if (ok)
		passed++;
	else {
		failed++;
		console.log(`FAIL ${what}`);
	}
}

const altered = (bytes) => {
	const copy = Buffer.from(bytes);
	copy[copy.length >> 1] ^= 1;
	return copy;
};

const keys = new Map();
let previous = "0".repeat(64), last = 0, batch = null, leaves = [];

function endBatch() {
	if (!batch)
		return;
	const bytes = canonical("yongyun audit batch 1", batchMembers, batch);
	const key = keys.get(batch.key_id);
	const signed = (b) => sm2.doVerifySignature([...b], batch.signature, key, { der: true, hash: true, userId: signer });
	const name = `batch ${batch.number}`;
	expect(leaves.length === batch.count, `${name}: as many entries as it counts`);
	expect(rootOf(leaves).toString("hex") === batch.root, `${name}: its entries give its root`);
	expect(batch.number === last + 1, `${name}: follows batch ${last}`);
	expect(batch.previous === previous, `${name}: carries the seal of the batch before`);
	expect(key !== undefined && signed(bytes), `${name}: its signature is by key ${batch.key_id}`);
	expect(key !== undefined && !signed(altered(bytes)), `${name}: altered, its signature does not hold`);
	previous = hash(bytes, Buffer.from(batch.signature, "hex")).toString("hex");
	last = batch.number;
}

for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter((l) => l)) {
	const row = JSON.parse(line);
	if (row.key) {
		const id = hash(Buffer.from(row.key.point, "hex")).toString("hex").slice(0, 16);
		expect(id === row.key.id, `key ${row.key.id}: its id follows from its point`);
		keys.set(row.key.id, row.key.point);
	} else if (row.batch) {
		endBatch();
		batch = row.batch;
		leaves = [];
	} else {
		const bytes = canonical("yongyun audit entry 1", entryMembers, row.entry);
		const path = row.proof.map((h) => Buffer.from(h, "hex"));
		const leads = (b) => rootOfPath(leafOf(b), row.index, batch.count, path)?.toString("hex") === batch.root;
		expect(row.index === leaves.length, `entry ${row.entry.id}: stands in order`);
		expect(leads(bytes), `entry ${row.entry.id}: its path leads to the root of batch ${batch.number}`);
		expect(!leads(altered(bytes)), `entry ${row.entry.id}: altered, its path leads nowhere`);
		leaves.push(leafOf(bytes));
	}
}
endBatch();
expect(last > 0, "there is a sealed batch");
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed ? 1 : 0);
