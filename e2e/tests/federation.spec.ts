import { request as newRequest, type Browser, type Page } from "@playwright/test";
import { expect, expectAccessible, knownOrigins } from "../support/fixtures";
import { enter, inviteReader, test as base, type OwnWorld } from "../support/own-world";
import { activate, givePassword, type Person } from "../support/people";
import { counterpart } from "../support/process";

/** The certified provider, as it says of itself. */
interface Provider {
  issuer: string;
  client_id: string;
  client_secret: string;
}

/** Each worker has a provider that knows its world; what a test needs of it is named apart, so tests do not meet. */
const test = base.extend<object, { provider: Provider }>({
  provider: [
    async ({ own }, use) => {
      const running = await counterpart<Provider>("identity-provider.mjs", `${own.address}/api/v1/federation/callback`);
      knownOrigins.add(running.says.issuer);
      await use(running.says);
      await running.stop();
    },
    { scope: "worker" },
  ],
});

let made = 0;

/** A name nobody has yet. */
function fresh(what: string): string {
  made += 1;
  return `${what} ${process.pid}-${made}`;
}

async function added(own: OwnWorld, provider: Provider): Promise<string> {
  const name = fresh("Skyline Staff");
  const answer = await own.api.post("/api/v1/identity-providers", {
    data: { name, kind: "openid_connect", ...provider, scopes: ["profile"], enabled: true },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return name;
}

/** Fills the page of the provider, which may remember the browser already. */
async function atProvider(page: Page, subject: string): Promise<void> {
  await expect(page.getByRole("heading", { name: "Identity provider" })).toBeVisible();
  await page.getByLabel("Name").fill(subject);
  await page.getByLabel("Password").fill("known to the provider alone");
  await page.getByRole("button", { name: "Continue" }).click();
}

async function signInAt(page: Page, name: string, subject: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: `Sign in with ${name}` }).click();
  await atProvider(page, subject);
}

const inside = (page: Page) => expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();

/** Somebody else's browser. */
async function elsewhere(browser: Browser, own: OwnWorld): Promise<Page> {
  const context = await browser.newContext({ baseURL: own.address });
  return context.newPage();
}

async function activated(page: Page, own: OwnWorld): Promise<Person> {
  const person = await inviteReader(own);
  await activate(page, person, own.invitationLink(person.email));
  await inside(page);
  return person;
}

async function linked(page: Page, name: string, subject: string): Promise<void> {
  await page.goto("/profile");
  await page.getByRole("button", { name: `Link ${name}` }).click();
  await atProvider(page, subject);
  await expect(page.getByText("The identity is linked.")).toBeVisible();
  await expect(page.getByRole("rowheader", { name, exact: true })).toBeVisible();
}

test("i_40 an administrator adds a provider, and an address that is none is refused at its field", async ({ page, own, provider }) => {
  await enter(page, own);
  await page.goto("/settings?section=sign-in");
  await page.getByRole("button", { name: "Create" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Create identity provider" });
  const name = fresh("Staff directory");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Kind").selectOption({ label: "OpenID Connect" });
  await dialog.getByLabel("Client Id").fill(provider.client_id);
  await dialog.getByLabel("Client Secret").fill(provider.client_secret);
  for (const [issuer, sentence] of [
    ["http://127.0.0.1:9", /cannot be asked: cannot connect/],
    [`${provider.issuer}/nothing`, /it answers 404/],
    [`${provider.issuer}/elsewhere`, /names another issuer/],
    ["ftp://127.0.0.1", /Enter the https address/],
  ] as const) {
    await dialog.getByLabel("Issuer").fill(issuer);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog.locator("p.wrong"), issuer).toContainText(sentence);
    await expect(dialog.getByLabel("Issuer")).toHaveAttribute("aria-invalid", "true");
  }
  await expectAccessible(page);
  await dialog.getByLabel("Issuer").fill(provider.issuer);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: name });
  await expect(row).toContainText(provider.issuer);
  await expect(row).toContainText("Enabled");
  await expectAccessible(page);
});

test("i_43 i_45 an identity is linked under Profile, signs in, and with Federated Only nothing else does", async ({ page, browser, own, provider }) => {
  const name = await added(own, provider);
  const person = await activated(page, own);
  const subject = fresh("noor");
  await linked(page, name, subject);
  await expectAccessible(page);

  const other = await elsewhere(browser, own);
  await signInAt(other, name, subject);
  await inside(other);
  const session = await (await other.request.get("/api/v1/session")).json();
  expect(session.user.email_address).toBe(person.email);

  const forced = await own.api.put(`/api/v1/users/${person.id}/federated-only`, { data: { on: true } });
  expect(forced.ok(), await forced.text()).toBe(true);
  expect((await other.request.get("/api/v1/session")).status()).toBe(401);
  const third = await elsewhere(browser, own);
  await givePassword(third, person.email, person.password);
  await expect(third.getByRole("alert").first()).toBeVisible();
  await signInAt(third, name, subject);
  await inside(third);

  // The only way in stays.
  await third.goto("/profile");
  await expect(third.getByText("there is no password here")).toBeVisible();
  await third.getByRole("button", { name: "Unlink" }).click();
  const question = third.getByRole("dialog", { name: `Unlink ${name}` });
  await question.getByRole("button", { name: "Unlink" }).click();
  await expect(question.getByText("This is your only way to sign in.")).toBeVisible();
  await other.context().close();
  await third.context().close();
});

test("i_14 i_37 somebody invited as Federated Only activates at the provider; its second factor counts", async ({ page, browser, own, provider }) => {
  const name = await added(own, provider);
  for (const [subject, second] of [[fresh("uma") + "+mfa", true], [fresh("uma"), false]] as const) {
    const person = await inviteReader(own, { federated_only: true, mfa_required: true });
    const theirs = second ? page : await elsewhere(browser, own);
    await theirs.goto(own.invitationLink(person.email));
    await expect(theirs.getByLabel("New password")).toHaveCount(0);
    await theirs.getByRole("button", { name: `Activate with ${name}` }).click();
    await atProvider(theirs, subject);
    if (second) await inside(theirs);
    else await expect(theirs.getByRole("heading", { name: "Register an authenticator" })).toBeVisible();
  }
});

test("i_43 an identity nobody linked is refused with one neutral sentence, whatever its address is", async ({ page, own, provider }) => {
  const name = await added(own, provider);
  // The name at the provider is the address of an account here: that links nothing (S-34).
  await signInAt(page, name, own.administrator.email);
  await expect(page.getByText("no account here is linked with that identity")).toBeVisible();
  expect((await page.request.get("/api/v1/session")).status()).toBe(401);
  await expectAccessible(page);
});

test("s_33 an answer of the provider works once, in the browser that asked, and only from the issuer", async ({ page, browser, own, provider }) => {
  const name = await added(own, provider);
  await activated(page, own);
  const subject = fresh("ada");
  await linked(page, name, subject);

  // The browser stops before the way back, so that it can be tried in other ways first.
  const theirs = await elsewhere(browser, own);
  const held = async () => {
    await theirs.context().clearCookies({ domain: "127.0.0.1" });
    await theirs.goto("/sign-in");
    await theirs.getByRole("button", { name: `Sign in with ${name}` }).click();
    await expect(theirs.getByRole("heading", { name: "Identity provider" })).toBeVisible();
    const form = { login: subject, password: "known to the provider alone" };
    const sent = await theirs.request.post(theirs.url(), { form, maxRedirects: 0 });
    const on = new URL(sent.headers().location, provider.issuer);
    const back = await theirs.request.get(on.href, { maxRedirects: 0 });
    return new URL(back.headers().location);
  };

  const stolen = await held();
  const stranger = await elsewhere(browser, own);
  await stranger.goto(stolen.href);
  await expect(stranger.getByText("took too long")).toBeVisible();
  expect((await stranger.request.get("/api/v1/session")).status()).toBe(401);
  // Whoever tried it used it up: nobody comes in with it any more.
  await theirs.goto(stolen.href);
  await expect(theirs.getByText("took too long")).toBeVisible();

  const forged = await held();
  expect(forged.searchParams.get("iss")).toBe(provider.issuer);
  forged.searchParams.set("iss", "https://elsewhere.example");
  await theirs.goto(forged.href);
  await expect(theirs.getByText("The sign-in at the identity provider failed.")).toBeVisible();
  expect((await theirs.request.get("/api/v1/session")).status()).toBe(401);

  const good = await held();
  await theirs.goto(good.href);
  await inside(theirs);
  const again = await newRequest.newContext({ baseURL: own.address });
  expect(await (await again.get(good.href)).text()).toContain("federation=expired");
  await again.dispose();
  await stranger.context().close();
  await theirs.context().close();
});

test("an unlinked identity opens nothing any more, and one subject belongs to one person", async ({ page, browser, own, provider }) => {
  const name = await added(own, provider);
  await activated(page, own);
  const subject = fresh("kim");
  await linked(page, name, subject);

  const other = await elsewhere(browser, own);
  await activated(other, own);
  await other.goto("/profile");
  await other.getByRole("button", { name: `Link ${name}` }).click();
  await atProvider(other, subject);
  await expect(other.getByText("belongs to another account already")).toBeVisible();

  await page.getByRole("button", { name: "Unlink" }).click();
  const question = page.getByRole("dialog", { name: `Unlink ${name}` });
  await question.getByRole("button", { name: "Unlink" }).click();
  await expect(page.getByText("The identity is unlinked.")).toBeVisible();
  await expect(page.getByText("No identity is linked.")).toBeVisible();
  const third = await elsewhere(browser, own);
  await signInAt(third, name, subject);
  await expect(third.getByText("no account here is linked with that identity")).toBeVisible();
  await other.context().close();
  await third.context().close();
});
