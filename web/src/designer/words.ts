/* SPDX-License-Identifier: Apache-2.0 */
/* What the designer says in the language in force: a dictionary of its own, which no other page loads. */
import { wordsOf } from "../i18n";
import { en } from "./en";
import { zh } from "./zh";

export const { t: d, say } = wordsOf(zh, en);
