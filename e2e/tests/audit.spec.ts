import { expect, expectAccessible, signIn, test } from "../support/fixtures";

test("a change stands in the audit log with its old and its new value", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const name = `Audited ${Date.now()}`;
  await page.goto("/distributors/create");
  await page.getByLabel("Distributor Name").fill(name);
  await page.getByLabel("Legal Name").fill(name);
  await page.getByRole("textbox", { name: "Country" }).fill("EE");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  const id = page.url().split("/").pop() ?? "";
  await page.goto(`/audit?target_id=${id}`);
  await page.getByRole("button", { name: "distributor.create" }).click();
  const entry = page.getByRole("dialog", { name: "Audit entry" });
  await expect(entry).toContainText(name);
  await expect(entry.getByRole("columnheader", { name: "Before" })).toBeVisible();
  await expectAccessible(page);
});

test("the page of a thing ends with its own history", async ({ page }) => {
  await signIn(page, "partner_administrator");
  const { items } = await (await page.request.get("/api/v1/tenants?limit=1")).json();
  await page.goto(`/tenants/${items[0].id}`);
  await page.getByLabel("Notes").fill(`Called on ${Date.now()}`);
  await page.getByRole("button", { name: "Save" }).click();
  const history = page.getByRole("region", { name: "History" });
  await history.getByRole("button", { name: "tenant.update" }).first().click();
  const entry = page.getByRole("dialog", { name: "Audit entry" });
  await expect(entry.getByRole("row", { name: /notes/i })).toContainText("changed");
  await expectAccessible(page);
});

test("the log is filtered by the server, verified and exported", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await page.goto("/audit?operation=distributor.create");
  await expect(page.getByRole("rowheader").first()).toContainText("distributor.create");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Verify" }).click();
  const verdict = page.getByRole("dialog", { name: "Verify the audit log" });
  await expect(verdict).toContainText("is whole");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog", { name: "Export the audit log" });
  const file = page.waitForEvent("download");
  await dialog.getByRole("link", { name: "Download" }).click();
  expect((await file).suggestedFilename()).toMatch(/\.jsonl$/);
});

test("a partner reads entries of its own branch and can neither export nor verify", async ({ page }) => {
  await signIn(page, "partner_administrator");
  await page.goto("/audit");
  await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Export" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Verify" })).toHaveCount(0);
  expect([403, 404]).toContain((await page.request.get("/api/v1/audit/export")).status());
});

test("a tenant reader has no audit page", async ({ page }) => {
  await signIn(page, "tenant_reader");
  await page.goto("/audit");
  await expect(page.getByRole("heading", { level: 1, name: "Not allowed" })).toBeVisible();
});
