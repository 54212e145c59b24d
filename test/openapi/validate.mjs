// SPDX-License-Identifier: Apache-2.0
// Whether a document is OpenAPI 3.1, by a validator that is not ours: validate.mjs FILE.
import { readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";

const document = JSON.parse(readFileSync(process.argv[2], "utf8"));
const validator = new Validator();
const verdict = await validator.validate(document);
if (!verdict.valid || validator.version !== "3.1") {
	console.error(JSON.stringify(verdict.errors ?? validator.version, null, 1).slice(0, 4000));
	process.exit(1);
}
console.log(`OpenAPI ${validator.version}: ${Object.keys(document.paths).length} paths`);
