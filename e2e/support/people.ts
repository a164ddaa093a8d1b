import { createHmac } from "node:crypto";
import { execFileSync } from "node:child_process";
import { expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";
import { world } from "./world";

/** Headers of a change, as the web app sends them. */
export const change = { "X-CMS-Request": "1", Origin: world.address };

/** A person made for one test, so that tests do not touch each other's accounts. */
export interface Person {
  id: string;
  first: string;
  last: string;
  email: string;
  password: string;
}

let made = 0;

/** A name and an address nobody has yet. */
export function someone(): Person {
  made += 1;
  const mark = `${Date.now().toString(36)}${process.pid.toString(36)}${made}`;
  return {
    id: "",
    first: "Noor",
    last: `Vale ${mark}`,
    email: `noor.${mark}@harbourfreight.example`,
    password: `violet-harbour-${mark}-lantern`,
  };
}

/** Signs in at the API, with cookies of its own. */
export async function apiSignIn(request: APIRequestContext, email: string, password: string): Promise<void> {
  const answer = await request.post("/api/v1/session", { headers: change, data: { email_address: email, password } });
  expect(answer.status()).toBe(200);
}

/** The link of an invitation, as an operator without a mail server gets it. */
export function invitationLink(email: string): string {
  const link = execFileSync(world.program, ["admin", "invitation-link", email], {
    env: { PATH: process.env.PATH, CMS_DATA_DIR: world.data_dir, CMS_PUBLIC_URL: world.address },
    cwd: world.data_dir,
    encoding: "utf8",
  });
  return link.trim();
}

/** Invites a tenant reader of the first tenant, by the API. `request` is signed in as an administrator. */
export async function invite(request: APIRequestContext, more: Record<string, unknown> = {}): Promise<Person> {
  const person = someone();
  const tenants = await (await request.get("/api/v1/tenants?limit=1&sort=name&search=Harbour")).json();
  const answer = await request.post("/api/v1/users", {
    headers: change,
    data: {
      first_name: person.first,
      last_name: person.last,
      email_address: person.email,
      role: "tenant_reader",
      anchor_id: tenants.items[0].id,
      mfa_required: false,
      federated_only: false,
      ...more,
    },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  person.id = (await answer.json()).id;
  return person;
}

/** Activates an invited person through the page. */
export async function activate(page: Page, person: Person, link = invitationLink(person.email)): Promise<void> {
  await page.goto(link);
  await page.getByLabel("New password").fill(person.password);
  await page.getByLabel("Repeat the password").fill(person.password);
  await page.getByRole("button", { name: "Activate" }).click();
}

/** Fills the page of the password. */
export async function givePassword(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Email Address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Chooses a record in a box that searches on the server. */
export async function choose(page: Page, label: string, name: string): Promise<void> {
  const box = page.getByRole("combobox", { name: label });
  await box.fill(name);
  await page.getByRole("option", { name, exact: true }).click();
  await expect(box).toHaveValue(name);
}

/** Chooses one of the records such a box offers before anything is typed. */
export async function chooseAt(scope: Page | Locator, label: string, index: number): Promise<void> {
  await scope.getByRole("combobox", { name: label, exact: true }).click();
  await scope.getByRole("listbox", { name: "Matches" }).getByRole("option").nth(index).click();
}

/** The code of RFC 6238 for a secret in base 32, `steps` half minutes from now. Written for the tests alone. */
export function totp(secret: string, steps = 0): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "";
  for (const letter of secret.replace(/[\s=]/g, "")) {
    bits += alphabet.indexOf(letter).toString(2).padStart(5, "0");
  }
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return ((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).toString().padStart(6, "0");
}

/** Registers an authenticator in the steps that are on the screen; gives back its secret and the recovery codes. */
export async function register(page: Page): Promise<{ secret: string; codes: string[] }> {
  await expect(page.getByRole("img", { name: "QR code of the secret" })).toBeVisible();
  const secret = ((await page.locator(".secret code").textContent()) ?? "").replace(/\s/g, "");
  // The previous and the present code are accepted; both belong to one half minute only when asked for together.
  await page.getByLabel("First code").fill(totp(secret, -1));
  await page.getByLabel("Second code").fill(totp(secret));
  await page.getByRole("button", { name: "Register", exact: true }).click();
  const list = page.getByRole("list", { name: "Recovery codes" });
  await expect(list.getByRole("listitem")).toHaveCount(10);
  return { secret, codes: await list.getByRole("listitem").allTextContents() };
}
