/* SPDX-License-Identifier: Apache-2.0 */
/* Where two texts differ, character by character: what both have in the same order is not marked. */

export interface Piece {
	text: string;
	/** Only this side has it. */
	odd: boolean;
}

/* Longer texts are shown without marks: the table grows with the square. */
const longest = 400;

function lengths(a: string[], b: string[]): number[][] {
	const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
	for (let i = a.length - 1; i >= 0; i--)
		for (let j = b.length - 1; j >= 0; j--)
			table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
	return table;
}

function add(pieces: Piece[], text: string, odd: boolean): void {
	const last = pieces[pieces.length - 1];
	if (last?.odd === odd)
		last.text += text;
	else
		pieces.push({ text, odd });
}

/** Both texts in pieces, those first that stand first. */
export function differences(left: string, right: string): [Piece[], Piece[]] {
	const a = [...left];
	const b = [...right];
	const pieces: [Piece[], Piece[]] = [[], []];
	if (a.length > longest || b.length > longest)
		return [[{ text: left, odd: false }], [{ text: right, odd: false }]];
	const table = lengths(a, b);
	let i = 0;
	let j = 0;
	while (i < a.length || j < b.length) {
		if (i < a.length && j < b.length && a[i] === b[j]) {
			add(pieces[0], a[i++]!, false);
			add(pieces[1], b[j++]!, false);
		} else if (j >= b.length || (i < a.length && table[i + 1]![j]! >= table[i]![j + 1]!)) {
			add(pieces[0], a[i++]!, true);
		} else {
			add(pieces[1], b[j++]!, true);
		}
	}
	return pieces;
}
