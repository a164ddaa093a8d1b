import { request as standalone, type Locator, type Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { choose } from "../support/people";
import { world } from "../support/world";

const administrators: [string, string, [string, string][]][] = [
  ["platform_administrator", "Platform Reader", []],
  ["distributor_administrator", "Partner Reader", [["Partner", "Fjord Cloud"]]],
  ["partner_administrator", "Tenant Administrator", [["Tenant", "Harbour Freight"]]],
  ["tenant_administrator", "Tenant Reader", []],
];

let made = 0;

/** A name no other account has. */
function name(): string {
  made += 1;
  return `Warehouse ${Date.now().toString(36)}${process.pid.toString(36)}${made}`;
}

/** A day so many days from now, as a date field takes it. */
function day(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

async function open(page: Page): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Service Accounts" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Service Accounts" })).toBeVisible();
}

function row(page: Page, account: string): Locator {
  return page.getByRole("row").filter({ hasText: account });
}

/** Takes the key out of the dialog that shows it once. */
async function take(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog", { name: "The new key" });
  await expect(dialog).toBeVisible();
  const key = (await dialog.locator("code.key").textContent()) ?? "";
  expect(key).toMatch(/^cms_[0-9a-f]{16}_[0-9a-f]{64}$/);
  await expect(dialog.getByRole("button", { name: "Copy key" })).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await expect(dialog).toBeHidden();
  expect(await page.content()).not.toContain(key);
  return key;
}

/** What a program gets: the status of the exchange and, with its token, that of a read. */
async function use(key: string): Promise<[number, number]> {
  const program = await standalone.newContext({ baseURL: world.address });
  const issued = await program.post("/api/v1/token", { data: { key } });
  const token = issued.ok() ? (await issued.json()).access_token : "none";
  const read = await program.get("/api/v1/tenants", { headers: { Authorization: `Bearer ${token}` } });
  await program.dispose();
  return [issued.status(), read.status()];
}

async function create(page: Page, account: string, role: string, pickers: [string, string][]): Promise<string> {
  await page.getByRole("button", { name: "Create" }).click();
  const dialog = page.getByRole("dialog", { name: "Create service account" });
  await dialog.getByLabel("Name").fill(account);
  await dialog.getByLabel("User Role").selectOption({ label: role });
  for (const [label, entity] of pickers) await choose(page, label, entity);
  await dialog.getByLabel("Key expires on").fill(day(30));
  await dialog.getByRole("button", { name: "Create" }).click();
  return take(page);
}

for (const [role, granted, pickers] of administrators) {
  test(`${role} creates a service account, rotates its key and revokes it`, async ({ page }) => {
    const account = name();
    await signIn(page, role);
    await open(page);
    const first = await create(page, account, granted, pickers);
    await expect(row(page, account)).toContainText(granted);
    await expect(row(page, account)).toContainText("Active");
    expect(await use(first)).toEqual([200, 200]);
    await expectAccessible(page);

    // A second key beside the first, then the first alone is revoked.
    await row(page, account).getByRole("button", { name: "Rotate key" }).click();
    const rotating = page.getByRole("dialog", { name: `Rotate key of ${account}` });
    await rotating.getByLabel("Key expires on").fill(day(60));
    await rotating.getByRole("button", { name: "Rotate key" }).click();
    const second = await take(page);
    expect([await use(first), await use(second)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    await row(page, account).getByRole("button", { name: "Rotate key" }).click();
    await rotating.getByRole("button", { name: "Rotate key" }).click();
    await expect(rotating.getByText("Two keys are live.").first()).toBeVisible();
    await rotating.getByRole("button", { name: "Cancel" }).click();
    const id = first.slice(4, 20);
    const line = row(page, account).locator(".actions").filter({ hasText: id });
    await line.getByRole("button", { name: "Revoke key" }).click();
    await page
      .getByRole("dialog", { name: `Revoke the key ${id}` })
      .getByRole("button", { name: "Revoke key" })
      .click();
    await expect(row(page, account).getByText(id)).toHaveCount(0);
    expect([await use(first), await use(second)]).toEqual([
      [401, 401],
      [200, 200],
    ]);

    await row(page, account).getByRole("button", { name: "Revoke", exact: true }).click();
    await page
      .getByRole("dialog", { name: `Revoke ${account}` })
      .getByRole("button", { name: "Revoke" })
      .click();
    await expect(row(page, account)).toContainText("Revoked");
    await expect(row(page, account).getByRole("button")).toHaveCount(0);
    expect(await use(second)).toEqual([401, 401]);
  });
}

test("what is wrong with a new service account stands at its fields, and nothing is created", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await open(page);
  const account = name();
  await page.getByRole("button", { name: "Create" }).click();
  const dialog = page.getByRole("dialog", { name: "Create service account" });
  await dialog.getByLabel("Name").fill(account);
  await dialog.getByLabel("User Role").selectOption({ label: "Platform Reader" });
  await dialog.getByLabel("Source Networks").fill("192.0.2.0/24\neverywhere");
  await dialog.getByLabel("Key expires on").fill(day(400));
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByLabel("Source Networks")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByText("Enter a network such as 192.0.2.0/24.").last()).toBeVisible();
  await expect(dialog.getByLabel("Key expires on")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByText("A key works for at most 365 days.").last()).toBeVisible();
  await dialog.getByLabel("Source Networks").fill("192.0.2.0/24");
  await dialog.getByLabel("Key expires on").fill(day(10));
  await dialog.getByRole("button", { name: "Create" }).click();
  const key = await take(page);
  await expect(row(page, account)).toContainText("192.0.2.0/24");
  await expect(row(page, account)).toContainText("Ends soon");
  expect(await use(key), "from elsewhere").toEqual([401, 401]);
});

test("a platform reader sees the service accounts and changes none; other readers do not see them", async ({ page }) => {
  await signIn(page, "platform_reader");
  await open(page);
  await expect(row(page, "Data warehouse").first()).toBeVisible();
  await expect(page.getByRole("button", { name: /Create|Rotate|Revoke/ })).toHaveCount(0);
  const reader = await standalone.newContext({ baseURL: world.address });
  const user = world.users.partner_reader;
  await reader.post("/api/v1/session", { headers: { "X-CMS-Request": "1", Origin: world.address }, data: user });
  expect((await reader.get("/api/v1/service-accounts")).status()).toBe(403);
  await reader.dispose();
});
