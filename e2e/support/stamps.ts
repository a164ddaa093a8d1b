import { readFileSync } from "node:fs";
import { createServer, request, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";

/** A web server on a port of its own, as an operator might mistake it for a stamp. */
export interface Stamp {
  address: string;
  close: () => Promise<void>;
}

async function listening(server: Server, scheme: string): Promise<Stamp> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((done) => {
      server.closeAllConnections();
      server.close(() => done());
    });
  return { address: `${scheme}://127.0.0.1:${port}`, close };
}

const page: RequestListener = (_, answer) => {
  answer.writeHead(200, { "content-type": "text/html" });
  answer.end("<!doctype html><title>Portal</title><p>Sign in to the portal");
};

/** Answers every address with a page, as a portal does. */
export const portal = (): Promise<Stamp> => listening(createServer(page), "http");

/** Answers with a certificate that nobody trusts. */
export function untrusted(): Promise<Stamp> {
  const pem = readFileSync(join(__dirname, "untrusted.pem"));
  return listening(createTlsServer({ key: pem, cert: pem }, page) as unknown as Server, "https");
}

/** Passes everything on to a real stamp until it is broken; from then on it answers pages. */
export async function breakable(target: string): Promise<Stamp & { break: () => void }> {
  let broken = false;
  const server = createServer((question, answer) => {
    if (broken) return page(question, answer);
    const onward = request(target + question.url, { method: question.method, headers: { ...question.headers, host: new URL(target).host } }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    question.pipe(onward);
  });
  return { ...(await listening(server, "http")), break: () => (broken = true) };
}

/** A region as the API shows it. */
export interface Region {
  id: string;
  name: string;
  admin_endpoint: string;
  tenant_endpoint: string;
  identity_system: string;
  directory: string | null;
  login_endpoint: string;
  client_id: string;
}

/** The regions of the world, which answer like real stamps. */
export async function regions(page: Page): Promise<Region[]> {
  const { items } = await (await page.request.get("/api/v1/regions?limit=200")).json();
  return items.filter(({ name }: Region) => ["zrh1", "osl1"].includes(name));
}

/** Adds a region on the screen and stops at its page. */
export async function addRegion(page: Page, name: string, endpoint: string, secret: string, like?: Region): Promise<void> {
  await page.goto("/regions/create");
  await page.getByLabel("Region Name").fill(name);
  await page.getByLabel("Admin Endpoint").fill(endpoint);
  if (like?.directory) await page.getByLabel("Directory").fill(like.directory);
  await page.getByLabel("Client Id").fill(like?.client_id ?? "1f0c1c52-8d6f-4d37-b7a5-5d1f2e9c8b77");
  await page.getByLabel("Client Secret").fill(secret);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}
