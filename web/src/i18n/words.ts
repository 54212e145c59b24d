/* SPDX-License-Identifier: Apache-2.0 */
/* The form of a dictionary, taken from the Chinese one. */
import type { zh } from "./zh";

export type Words = typeof zh;

/** The paths of a dictionary's texts: group and name. */
export type Path<T> = {
	[K in keyof T & string]: T[K] extends string ? K : `${K}.${Path<T[K]>}`;
}[keyof T & string];

/** The name of a text: "servers.title". A name that no dictionary has does not compile. */
export type Word = Path<Words>;
