/* SPDX-License-Identifier: Apache-2.0 */
/* The terms of an item as people read them. */
import { say } from "./i18n";

/** So many working days, days or minutes. */
export const term = (n: number, unit: string): string => say("termUnit", unit).replace("{n}", String(n));
