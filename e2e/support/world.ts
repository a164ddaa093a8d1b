import { readFileSync } from "node:fs";

/** What `cargo xtask` says about the world it started for the browser. */
export interface World {
  address: string;
  users: Record<string, { email_address: string; password: string }>;
  periods: string[];
  /** The server's program, for what an operator does at the console. */
  program: string;
  /** The folder of the built web app. */
  web_dir: string;
  /** The folder of its data. */
  data_dir: string;
}

const file = process.env.E2E_WORLD;
if (!file) {
  throw new Error("E2E_WORLD is not set: `cargo xtask test` starts a world and runs these tests against it.");
}

export const world: World = JSON.parse(readFileSync(file, "utf8"));
