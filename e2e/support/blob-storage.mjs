// Azurite, the emulator of Azure Storage by Microsoft, as a process of its own.
//
//   node blob-storage.mjs
//
// Prints one line of JSON: endpoint, account, key, a shared access signature for everything and one for `reading`, the
// container that exists, and `listing`, an address that answers the names of what is in it. Everything is in memory.
import { createHmac, randomBytes } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const account = "billingdocuments";
const key = randomBytes(64).toString("base64");
const container = "invoices";

async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/** One signed request, written from the description of the protocol. */
function ask(method, path, query = {}) {
  const url = new URL(`${endpoint}/${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const date = new Date().toUTCString();
  const resource = Object.keys(query).sort().map((name) => `\n${name}:${query[name]}`).join("");
  const headers = { "x-ms-date": date, "x-ms-version": "2019-07-07" };
  const text = `${method}${"\n".repeat(12)}x-ms-date:${date}\nx-ms-version:2019-07-07\n/${account}${url.pathname}${resource}`;
  const mac = createHmac("sha256", Buffer.from(key, "base64")).update(text, "utf8").digest("base64");
  return fetch(url, { method, headers: { ...headers, Authorization: `SharedKey ${account}:${mac}` } });
}

const port = await freePort();
const endpoint = `http://127.0.0.1:${port}/${account}`;
const program = createRequire(import.meta.url).resolve("azurite/dist/src/blob/main.js");
const options = ["--blobHost", "127.0.0.1", "--blobPort", String(port), "--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];
const azurite = spawn(process.execPath, [program, ...options], {
  env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` },
  stdio: ["ignore", "ignore", "inherit"],
});
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
process.on("exit", () => azurite.kill());
// Whoever started this process holds its standard input; when that ends, so does this.
process.stdin.on("end", () => process.exit(0)).resume();
azurite.on("exit", (code) => process.exit(code ?? 1));

for (let tries = 0; ; tries += 1) {
  const made = await ask("PUT", container, { restype: "container" }).catch(() => undefined);
  if (made?.status === 201) break;
  if (tries === 300 || made) throw new Error(`Azurite made no container: ${made?.status} ${await made?.text()}`);
  await new Promise((done) => setTimeout(done, 100));
}

const listing = createHttpServer(async (_, answer) => {
  const found = await (await ask("GET", container, { comp: "list", restype: "container" })).text();
  const names = [...found.matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name]) => name);
  answer.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(names));
});
await new Promise((done) => listing.listen(0, "127.0.0.1", done));
const { port: listingPort } = listing.address();

/** A shared access signature of the account for blobs, with these permissions. */
function signature(sp) {
  const [ss, srt, se, spr, sv] = ["b", "o", "2126-01-01T00:00:00Z", "https,http", "2019-07-07"];
  const text = [account, sp, ss, srt, "", se, "", spr, sv, ""].join("\n");
  const sig = createHmac("sha256", Buffer.from(key, "base64")).update(text, "utf8").digest("base64");
  return new URLSearchParams({ sv, ss, srt, sp, se, spr, sig }).toString();
}
const [sas, reading] = [signature("rwdc"), signature("r")];
console.log(JSON.stringify({ endpoint, account, key, sas, reading, container, listing: `http://127.0.0.1:${listingPort}` }));
