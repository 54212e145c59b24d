/* SPDX-License-Identifier: Apache-2.0 */
/* Who can log in: the names and one-time passwords that `yongyun init` printed, from the file
 * $YONGYUN_PASSWORDS_FILE (lines NAME PASSWORD). A password that a journey changes is written back into it, so
 * that pictures and a second run find the one that counts. */
import { readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";

export interface Person {
	name: string;
	department: string;
	password: string;
}

function demanded(variable: string): string {
	const value = process.env[variable];
	if (value === undefined || value === "")
		throw new Error(`${variable} is not set: see web/README.md`);
	return value;
}

export const base = demanded("YONGYUN_URL").replace(/\/$/, "");
/** The three administrators are the city's and not of a department. */
const administrator = /^(sys|sec|audit)admin$/;
const department = process.env["YONGYUN_DEPARTMENT"] ?? "Default";

const file = demanded("YONGYUN_PASSWORDS_FILE");

export function people(): Person[] {
	return readFileSync(file, "utf8")
		.split("\n")
		.map((line) => line.trim())
		.filter((line) => line !== "" && !line.startsWith("#"))
		.map((line) => {
			const cut = line.search(/\s/);
			if (cut < 0)
				throw new Error(`${file}: "${line}" is not NAME PASSWORD`);
			const name = line.slice(0, cut);
			return {
				name,
				department: administrator.test(name) ? "Default" : department,
				password: line.slice(cut).trim(),
			};
		});
}

/** A password that every rule of the house accepts: long, with letters of both cases, digits and a sign. */
export function freshPassword(): string {
	return `Yy-${randomBytes(9).toString("hex")}-7K`;
}

export function keep(person: Person, password: string): void {
	person.password = password;
	const lines = people().map((p) => (p.name === person.name ? person : p));
	writeFileSync(file, lines.map((p) => `${p.name} ${p.password}\n`).join(""), { mode: 0o600 });
}

/** Nothing that a stand-in answers may count as a passed journey. */
export async function profileOfDaemon(): Promise<string> {
	const answer = await fetch(`${base}/api/v1/about`);
	if (!answer.ok)
		throw new Error(`${base}/api/v1/about answers ${answer.status}`);
	const about = (await answer.json()) as { version: string; profile: string };
	if (about.version.includes("stand-in") && process.env["YONGYUN_REHEARSAL"] !== "1")
		throw new Error(`${base} is the stand-in of mock/, not a daemon`);
	return about.profile;
}

/** The data stewards that tools/catalogue.sh made: lines NAME DEPARTMENT PASSWORD of $YONGYUN_STEWARDS_FILE. */
function stewards(): [Person, Person] {
	const found = readFileSync(demanded("YONGYUN_STEWARDS_FILE"), "utf8")
		.split("\n")
		.map((line) => line.split(" "))
		.flatMap(([name, of, password]): Person[] => (name && of && password ? [{ name, department: of, password }] : []));
	const [first, second] = found;
	if (!first || !second)
		throw new Error("$YONGYUN_STEWARDS_FILE does not name two stewards");
	return [first, second];
}

/** Of whom the theme bases know: what tools/theme.sh has left beside the stewards. */
export function resident(): { number: string; name: string } {
	const [number, name] = readFileSync(new URL("resident", `file://${demanded("YONGYUN_STEWARDS_FILE")}`), "utf8").trim().split(" ");
	if (!number || !name)
		throw new Error("no resident stands beside $YONGYUN_STEWARDS_FILE");
	return { number, name };
}

/** What everybody finds in the guide, and who has written and decided it: what tools/hall.sh has left beside the stewards. */
export function published(): { item: string; theme: string; editor: Person; approver: Person } {
	const lines = readFileSync(new URL("hall", `file://${demanded("YONGYUN_STEWARDS_FILE")}`), "utf8").trim().split("\n");
	const [codes = [], ...people] = lines.map((line) => line.split(" "));
	const [item, theme] = codes;
	const [editor, approver] = people.flatMap(([name, of, password]): Person[] => (name && of && password ? [{ name, department: of, password }] : []));
	if (!item || !theme || !editor || !approver)
		throw new Error("no item stands beside $YONGYUN_STEWARDS_FILE");
	return { item, theme, editor, approver };
}

/** For what one applies, who does so, the clerk at the window, and the one who receives: what tools/cases.sh has left beside the stewards. */
export function applicants(): { item: string; he: Person; lin: Person; fang: Person } {
	const [item, ...lines] = readFileSync(new URL("cases", `file://${demanded("YONGYUN_STEWARDS_FILE")}`), "utf8").trim().split("\n");
	const [he, lin, fang] = lines.map((line) => line.split(" ")).flatMap(([name, of, password]): Person[] => (name && of && password ? [{ name, department: of, password }] : []));
	if (!item || !he || !lin || !fang)
		throw new Error("no item to apply for stands beside $YONGYUN_STEWARDS_FILE");
	return { item, he, lin, fang };
}

export interface Cast {
	/** Holds a VDC. */
	user: Person;
	/** Holds the same VDC; null where the profile has no such person. */
	colleague: Person | null;
	/** Reads the audit; null where the profile has no such person. */
	auditor: Person | null;
	/** Gives resources, makes people; where the profile has no such persons, the one who is everybody. */
	keeper: Person;
	guard: Person;
	/** Two people of one department who keep its data. */
	stewards: () => [Person, Person];
}

/** Picks the people by their names: in the test profile there is only one, who then is everybody. */
export function cast(profile: string): Cast {
	const all = people();
	const first = all[0];
	if (!first)
		throw new Error("the file of passwords is empty");
	if (profile === "openstack")
		return { user: first, colleague: null, auditor: null, keeper: first, guard: first, stewards };
	const auditor = all.find((person) => person.name === "auditadmin") ?? null;
	const [user, colleague = null] = all.filter((person) => !administrator.test(person.name));
	if (!user)
		throw new Error("the file of passwords names nobody who holds a VDC");
	const named = (name: string): Person => {
		const found = all.find((person) => person.name === name);
		if (!found)
			throw new Error(`the file of passwords does not name ${name}`);
		return found;
	};
	return { user, colleague, auditor, keeper: named("sysadmin"), guard: named("secadmin"), stewards };
}
