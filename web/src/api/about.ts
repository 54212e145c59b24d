/* SPDX-License-Identifier: Apache-2.0 */
/* Which city this is and what it runs on: /api/v1/about, open to everybody. */
import { get } from "./http";
import type { Profile } from "./session";

export interface Engine {
	driver: string;
	/** False when a stand-in runs in the engine's place. */
	real: boolean;
	/** The daemon's own sentence about it. */
	says: string;
}

export interface About {
	version: string;
	profile: Profile;
	city: string;
	engines: Record<string, Engine>;
}

export const readAbout = (): Promise<About> => get("/api/v1/about");
