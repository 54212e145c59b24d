/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes of an authenticator (RFC 6238: SHA-1, 30 seconds, six digits), so that a new second factor is
 * tried here before the daemon begins to ask for it. The browser's own cryptography is there over TLS only. */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6 without padding. */
export function base32(bytes: Uint8Array): string {
	let text = "";
	let bits = 0;
	let have = 0;
	for (const byte of bytes) {
		bits = (bits << 8) | byte;
		have += 8;
		while (have >= 5) {
			have -= 5;
			text += alphabet[(bits >>> have) & 31];
		}
		bits &= (1 << have) - 1;
	}
	return have > 0 ? text + alphabet[(bits << (5 - have)) & 31] : text;
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** FIPS 180-4 §6.1. */
function sha1(message: Uint8Array): Uint8Array {
	const length = (((message.length + 8) >> 6) + 1) << 6;
	const padded = new DataView(new ArrayBuffer(length));
	message.forEach((byte, at) => padded.setUint8(at, byte));
	padded.setUint8(message.length, 0x80);
	padded.setUint32(length - 4, message.length * 8);

	const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as [number, number, number, number, number];
	const w = new Int32Array(80);
	for (let block = 0; block < length; block += 64) {
		for (let n = 0; n < 80; n++)
			w[n] = n < 16 ? padded.getInt32(block + 4 * n) : rotate(w[n - 3]! ^ w[n - 8]! ^ w[n - 14]! ^ w[n - 16]!, 1);
		let [a, b, c, d, e] = state;
		for (let n = 0; n < 80; n++) {
			const [f, k] =
				n < 20 ? [(b & c) | (~b & d), 0x5a827999]
				: n < 40 ? [b ^ c ^ d, 0x6ed9eba1]
				: n < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
				: [b ^ c ^ d, 0xca62c1d6];
			const next = (rotate(a, 5) + f + e + k + w[n]!) | 0;
			[a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
		}
		[a, b, c, d, e].forEach((word, at) => (state[at] = (state[at]! + word) | 0));
	}
	const out = new DataView(new ArrayBuffer(20));
	state.forEach((word, at) => out.setInt32(4 * at, word));
	return new Uint8Array(out.buffer);
}

/** RFC 2104; the key is shorter than a block. */
function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
	const under = (mask: number, rest: Uint8Array): Uint8Array => {
		const block = new Uint8Array(64 + rest.length).fill(mask, 0, 64);
		key.forEach((byte, at) => (block[at] = byte ^ mask));
		block.set(rest, 64);
		return sha1(block);
	};
	return under(0x5c, under(0x36, message));
}

/** The code of that moment, in seconds since 1970. */
export function code(secret: Uint8Array, seconds: number): string {
	const counter = new DataView(new ArrayBuffer(8));
	counter.setUint32(4, Math.floor(seconds / 30));
	const mac = new DataView(hmac(secret, new Uint8Array(counter.buffer)).buffer);
	const value = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff;
	return String(value % 1_000_000).padStart(6, "0");
}

/** Whether `typed` is the code of this moment; clocks differ by one step to each side. */
export function fits(secret: Uint8Array, typed: string, seconds: number): boolean {
	return [-30, 0, 30].some((off) => code(secret, seconds + off) === typed);
}
