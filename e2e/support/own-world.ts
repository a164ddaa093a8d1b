import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type APIRequestContext, type Page, request } from "@playwright/test";
import { expect, knownOrigins, test as base } from "./fixtures";
import { givePassword, someone, type Person } from "./people";
import { world } from "./world";

/** A server with a database of its own, for tests that change what holds for everybody: mail, storage, sign-in. */
export interface OwnWorld {
  address: string;
  administrator: { email: string; password: string };
  /** The API, signed in as the administrator. */
  api: APIRequestContext;
  /** The link of an invitation, as an operator without a mail server gets it. */
  invitationLink: (email: string) => string;
  /** What the server logged. */
  log: () => string;
  stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

async function answers(address: string, log: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`the server does not answer:\n${readFileSync(log, "utf8")}`);
}

/** Starts a server; its host trusts the certificates of `support/tls`. */
export async function startWorld(): Promise<OwnWorld> {
  const folder = mkdtempSync(join(tmpdir(), "cms-own-"));
  const port = await freePort();
  const address = `http://localhost:${port}`;
  const environment = {
    PATH: process.env.PATH,
    CMS_DATA_DIR: folder,
    CMS_LISTEN: `127.0.0.1:${port}`,
    CMS_PUBLIC_URL: address,
    CMS_WEB_DIR: world.web_dir,
    CMS_API_REQUESTS_A_MINUTE: "0",
    CMS_EGRESS_ALLOW_CIDRS: '["127.0.0.0/8"]',
    CMS_LOG: "warn",
    SSL_CERT_FILE: join(__dirname, "tls/authority.pem"),
  };
  const log = join(folder, "server.log");
  const file = openSync(log, "w");
  const server = spawn(world.program, ["serve"], { env: environment, cwd: folder, stdio: ["ignore", file, file] });
  const end = () => server.kill("SIGKILL");
  process.once("exit", end);
  await answers(address, log);
  const headers = { "X-CMS-Request": "1", Origin: address };
  const api = await request.newContext({ baseURL: address, extraHTTPHeaders: headers });
  const administrator = { email: "ada.keller@skyline-clouds.example", password: "granite-lantern-orbit-27" };
  const made = await api.post("/api/v1/setup", {
    data: {
      token: readFileSync(join(folder, "bootstrap-token"), "utf8").trim(),
      first_name: "Ada",
      last_name: "Keller",
      email_address: administrator.email,
      password: administrator.password,
      mfa_required: false,
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  knownOrigins.add(address);
  return {
    address,
    administrator,
    api,
    invitationLink: (email) =>
      execFileSync(world.program, ["admin", "invitation-link", email], { env: environment, cwd: folder, encoding: "utf8" }).trim(),
    log: () => readFileSync(log, "utf8"),
    stop: async () => {
      await api.dispose();
      await new Promise<void>((done) => {
        server.once("exit", () => done());
        end();
      });
      process.removeListener("exit", end);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A test whose pages are those of a world of its own; when it fails, it says what the server logged. */
export const test = base.extend<{ told: void }, { own: OwnWorld }>({
  told: [
    async ({ own }, use, about) => {
      await use();
      if (about.status !== about.expectedStatus) console.log(own.log());
    },
    { auto: true },
  ],
  own: [
    async ({}, use) => {
      const own = await startWorld();
      await use(own);
      await own.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ own }, use) => use(own.address),
});

/** Signs the administrator of the world in. */
export async function enter(page: Page, own: OwnWorld): Promise<void> {
  await givePassword(page, own.administrator.email, own.administrator.password);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
}

/** Invites a platform reader of the world. */
export async function inviteReader(own: OwnWorld, more: Record<string, unknown> = {}): Promise<Person> {
  const person = someone();
  const answer = await own.api.post("/api/v1/users", {
    data: {
      first_name: person.first,
      last_name: person.last,
      email_address: person.email,
      role: "platform_reader",
      mfa_required: false,
      federated_only: false,
      ...more,
    },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  person.id = (await answer.json()).id;
  return person;
}

/** Saves settings of a protected section. */
export async function saveSettings(own: OwnWorld, section: string, values: Record<string, unknown>): Promise<void> {
  const etag = (await own.api.get("/api/v1/settings")).headers().etag;
  const saved = await own.api.put(`/api/v1/protected-settings/${section}`, { headers: { "If-Match": etag }, data: { values } });
  expect(saved.status(), await saved.text()).toBe(200);
}
