import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";

/** A program of this folder that plays the other side, and what it says of itself. */
export interface Counterpart<Says> {
  says: Says;
  stop: () => Promise<void>;
}

/** Starts a counterpart and waits for the line in which it says where it answers. */
export async function counterpart<Says>(program: string, ...args: string[]): Promise<Counterpart<Says>> {
  // It ends with its standard input, also when this process is killed.
  const child = spawn(process.execPath, [join(__dirname, program), ...args], { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (text) => (complaints += text));
  const ended = new Promise<never>((_, refuse) => child.on("exit", () => refuse(new Error(`${program} ended: ${complaints}`))));
  // Ending is an error only while its first line is waited for.
  ended.catch(() => undefined);
  const first = new Promise<string>((said) => createInterface(child.stdout).once("line", said));
  const says: Says = JSON.parse(await Promise.race([first, ended]));
  const stop = () =>
    new Promise<void>((done) => {
      child.on("exit", () => done());
      child.stdin.end();
    });
  return { says, stop };
}
