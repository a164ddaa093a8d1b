import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { activate, apiSignIn, givePassword, invite, register, totp, type Person } from "../support/people";
import { world } from "../support/world";
import type { Browser, Page } from "@playwright/test";

/** A person of the test's own, active and signed in on `page`; `more` is what the invitation says besides. */
async function member(page: Page, browser: Browser, more: Record<string, unknown> = {}): Promise<Person> {
  const office = await browser.newContext({ baseURL: world.address });
  const admin = world.users.platform_administrator;
  await apiSignIn(office.request, admin.email_address, admin.password);
  const person = await invite(office.request, more);
  await office.close();
  await activate(page, person);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  return person;
}

test("every role opens its profile, with its own data and no grave finding of axe", async ({ page }) => {
  await signIn(page, "tenant_reader");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Profile" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Profile" })).toBeVisible();
  await expect(page.getByText(world.users.tenant_reader.email_address).first()).toBeVisible();
  await expect(page.getByRole("region", { name: /own sessions/i })).toBeVisible();
  await expectAccessible(page);
});

test("i_7 names, phone, locale and time zone are changed and shown at once", async ({ page, browser }) => {
  await member(page, browser);
  await page.goto("/profile");
  await page.getByLabel("First Name").fill("Leonor");
  await page.getByLabel("Phone Number").fill("+351 21 5550");
  await page.getByLabel("Locale").selectOption("de-CH");
  await page.getByLabel("Time Zone").selectOption("Europe/Zurich");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await expect(page.getByRole("banner").getByText(/Leonor/)).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Time Zone")).toHaveValue("Europe/Zurich");
  await expect(page.getByLabel("Locale")).toHaveValue("de-CH");
});

test("i_7 amounts and times are shown as the profile asks for them", async ({ page, browser }) => {
  await member(page, browser, { role: "platform_reader", anchor_id: undefined });
  const { items } = await (await page.request.get("/api/v1/invoices?limit=200&status=issued")).json();
  const large = items.find((one: any) => /^\d{4,}\.\d+$/.test(one.total_amount.amount));
  expect(large, "an issued invoice of a thousand or more").toBeTruthy();
  const { amount, currency } = large.total_amount;
  const [whole, fraction] = amount.split(".");
  const written = (group: string, point: string) =>
    `${whole.replace(/\B(?=(\d{3})+$)/g, group)}${point}${fraction} ${currency}`;
  const invoice = await (await page.request.get(`/api/v1/invoices/${large.id}`)).json();
  const generated = (timeZone: string) =>
    new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
      new Date(invoice.generated_at),
    );
  const facts = page.locator("dl.facts").first();
  const own = page.getByRole("region", { name: /own sessions/i });

  await page.goto(`/invoices/${large.id}`);
  await expect(facts).toContainText(written(" ", "."));
  await expect(facts).toContainText(`${generated("UTC")} UTC`);

  await page.goto("/profile");
  await expect(own).toContainText(" UTC");
  await page.getByLabel("Locale").selectOption("de-DE");
  await page.getByLabel("Time Zone").selectOption("Europe/Zurich");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  // Without reading the page again.
  await expect(own).toContainText("Europe/Zurich");
  await expect(own).not.toContainText(" UTC");

  await page.goto(`/invoices/${large.id}`);
  await expect(facts).toContainText(written(".", ","));
  await expect(facts).toContainText(`${generated("Europe/Zurich")} Europe/Zurich`);
  // The billing month is no instant.
  const month = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "short", year: "numeric" });
  await expect(facts).toContainText(month.format(new Date(`${large.period}-01T00:00:00Z`)).replace("Sept", "Sep"));
});

test("i_22 the password is changed with the present one, and the other sessions end", async ({ page, browser }) => {
  const person = await member(page, browser);
  const elsewhere = await browser.newContext({ baseURL: world.address });
  await apiSignIn(elsewhere.request, person.email, person.password);
  await page.goto("/profile");
  const next = `${person.password}-next`;
  const fill = async (present: string, first: string, second: string) => {
    await page.getByLabel("Present password").fill(present);
    await page.getByLabel("New password").fill(first);
    await page.getByLabel("Repeat the password").fill(second);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await fill(person.password, next, "another-one-altogether");
  await expect(page.getByText("The two passwords differ.").first()).toBeVisible();
  await fill("not-the-present-password", next, next);
  await expect(page.getByLabel("Present password")).toHaveAttribute("aria-invalid", "true");
  await fill(person.password, "short", "short");
  await expect(page.getByLabel("New password")).toHaveAttribute("aria-invalid", "true");
  await fill(person.password, next, next);
  await expect(page.getByText("The new password is set.")).toBeVisible();
  expect((await elsewhere.request.get("/api/v1/session")).status()).toBe(401);
  expect((await page.request.get("/api/v1/session")).status()).toBe(200);
  await elsewhere.close();
});

test("i_32 i_33 an authenticator is registered, asked for at sign-in, and replaced by a recovery code once", async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const person = await member(page, browser);
  await page.goto("/profile");
  await page.getByRole("button", { name: "Register an authenticator" }).click();
  await expect(page.getByRole("img", { name: "QR code of the secret" })).toBeVisible();
  await page.getByLabel("First code").fill("000000");
  await page.getByLabel("Second code").fill("000000");
  await page.getByRole("button", { name: "Register", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
  await expectAccessible(page);
  const { secret, codes } = await register(page);
  await expectAccessible(page);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText("Recovery codes that still work: 10.")).toBeVisible();

  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await givePassword(page, person.email, person.password);
  await expect(page.getByRole("heading", { name: "Enter the code" })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByLabel("Code")).toHaveAttribute("aria-invalid", "true");
  // The code of a step counts once; this step was used for the registration.
  await page.getByLabel("Code").fill(totp(secret, -1));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByLabel("Code")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Code").fill(codes[0]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await page.goto("/profile");
  await expect(page.getByText("Recovery codes that still work: 9.")).toBeVisible();
});

test("i_34 new recovery codes replace the old ones and are shown once", async ({ page, browser }) => {
  test.setTimeout(120_000);
  await member(page, browser);
  await page.goto("/profile");
  await page.getByRole("button", { name: "Register an authenticator" }).click();
  const { codes } = await register(page);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("button", { name: "Make new recovery codes" }).click();
  await page
    .getByRole("dialog", { name: "Make new recovery codes" })
    .getByRole("button", { name: "Make new codes" })
    .click();
  const shown = page.getByRole("dialog", { name: "Your new recovery codes" });
  await expect(shown.getByRole("listitem")).toHaveCount(10);
  const fresh = await shown.getByRole("listitem").allTextContents();
  expect(fresh.filter((code) => codes.includes(code))).toEqual([]);
  await shown.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText(fresh[0])).toHaveCount(0);
});

test("i_35 who must use MFA registers at the next sign-in and is in", async ({ page, browser }) => {
  test.setTimeout(120_000);
  const office = await browser.newContext({ baseURL: world.address });
  const admin = world.users.platform_administrator;
  await apiSignIn(office.request, admin.email_address, admin.password);
  const person = await invite(office.request, { mfa_required: true });
  await office.close();
  await activate(page, person);
  await expect(page.getByRole("heading", { name: "Register an authenticator" })).toBeVisible();
  // Half signed in reaches nothing else.
  expect((await page.request.get("/api/v1/profile")).status()).toBe(401);
  await register(page);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
});

test("i_60 own sessions are listed, one is ended, then every one", async ({ page, browser }) => {
  const person = await member(page, browser);
  const other = await browser.newContext({ baseURL: world.address });
  await apiSignIn(other.request, person.email, person.password);
  await page.goto("/profile");
  const table = page.getByRole("region", { name: /own sessions/i });
  await expect(table.getByRole("row")).toHaveCount(3);
  await expect(table.getByText("This session")).toHaveCount(1);
  await table.getByRole("button", { name: "Sign out" }).click();
  await expect(table.getByRole("row")).toHaveCount(2);
  expect((await other.request.get("/api/v1/session")).status()).toBe(401);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page
    .getByRole("dialog", { name: "Sign out everywhere" })
    .getByRole("button", { name: "Sign out everywhere" })
    .click();
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  expect((await page.request.get("/api/v1/session")).status()).toBe(401);
  await other.close();
});

test("i_8 a new address waits for its confirmation, and a false link confirms nothing", async ({ page, browser }) => {
  const person = await member(page, browser);
  await page.goto("/profile");
  const next = person.email.replace("noor", "noor.new");
  await page.getByLabel("New Email Address").fill(next);
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await expect(page.getByText(`A link was sent to ${next}.`)).toBeVisible();
  await page.goto("/confirm-email?token=not-a-token");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("This link has expired or was used already.")).toBeVisible();
  await expectAccessible(page);
});

test("i_23 the answer to a reset is the same for every address, and a false link sets nothing", async ({ page }) => {
  for (const address of [world.users.tenant_reader.email_address, "nobody@nowhere.example"]) {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Reset password" }).click();
    await page.getByLabel("Email Address").fill(address);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByText("If an account with this address can be reset")).toBeVisible();
  }
  await page.goto("/reset-password?token=not-a-token");
  await page.getByLabel("New password").fill("a-long-enough-password-1");
  await page.getByLabel("Repeat the password").fill("a-long-enough-password-1");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("This link has expired or was used already.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Send the link" })).toBeVisible();
  await expectAccessible(page);
});

for (const scheme of ["light", "dark"] as const) {
  test(`profile and users have no grave finding of axe on a phone in ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 390, height: 844 });
    await signInOnPhone(page);
    for (const path of ["/profile", "/users", "/users/create"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByText("Loading", { exact: true })).toHaveCount(0);
      await expectAccessible(page);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
    }
  });
}

/** On a phone the navigation is folded, so the menu button tells that one is in. */
async function signInOnPhone(page: Page): Promise<void> {
  const { email_address, password } = world.users.tenant_administrator;
  await givePassword(page, email_address, password);
  await expect(page.getByRole("button", { name: "Menu" })).toBeVisible();
}
