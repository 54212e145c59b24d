/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test, vi } from "vitest";
import { Problem } from "../api/problem";
import { useForm } from "./form";

const form = () => useForm<"name" | "image">({ name: "name", imageRef: "image" });
const nothing = () => ({});
const refuse = (field: string | null) => async (): Promise<never> => {
	throw new Problem(400, "bad-input", "not so", field);
};

test("a form that is not filled in is not sent", async () => {
	const send = vi.fn();
	const f = form();
	expect(await f.submit(() => ({ name: "give it a name" }), send)).toBe(false);
	expect(send).not.toHaveBeenCalled();
	expect(f.errors.name).toBe("give it a name");
});

test("a refusal stands beside the field that it names", async () => {
	const f = form();
	expect(await f.submit(nothing, refuse("imageRef"))).toBe(false);
	expect(f.errors).toEqual({ image: "not so" });
	expect(f.problem.value).toBeNull();
});

test("a field deep in the request is found by its last known part", async () => {
	const f = form();
	await f.submit(nothing, refuse("server.imageRef.0"));
	expect(f.errors).toEqual({ image: "not so" });
});

test.each([[null], ["flavorRef"]])("a refusal that names no field of the form (%s) stands by itself", async (field) => {
	const f = form();
	await f.submit(nothing, refuse(field));
	expect(f.errors).toEqual({});
	expect(f.problem.value).toMatchObject({ message: "not so" });
});

test("a second press while the first is under way sends nothing", async () => {
	const f = form();
	let finish = (): void => undefined;
	const send = vi.fn(() => new Promise<void>((done) => (finish = done)));
	const first = f.submit(nothing, send);
	expect(await f.submit(nothing, send)).toBe(false);
	finish();
	expect(await first).toBe(true);
	expect(send).toHaveBeenCalledOnce();
});

test("an error of the portal's own code is not taken for a refusal", async () => {
	const f = form();
	await expect(f.submit(nothing, async () => { throw new TypeError("bug"); })).rejects.toThrow(TypeError);
	expect(f.busy.value).toBe(false);
});
