import { expect, signIn, test } from "../support/fixtures";

test("a partner sees its own tenants and nobody else's", async ({ page }) => {
  await signIn(page, "partner_administrator");
  await page.goto("/tenants");
  await expect(page.getByRole("rowheader", { name: "Harbour Freight" })).toBeVisible();
  await expect(page.getByRole("rowheader")).toHaveCount(3);
  await expect(page.getByRole("rowheader", { name: "Aare Insurance" })).toHaveCount(0);
});

test("a distributor sees the tenants of all its partners", async ({ page }) => {
  await signIn(page, "distributor_reader");
  await page.goto("/tenants");
  await expect(page.getByRole("rowheader")).toHaveCount(9);
});

test("a tenant of somebody else does not exist for a partner", async ({ browser, page }) => {
  await signIn(page, "platform_reader");
  await page.goto("/tenants");
  const foreign = await page.getByRole("link", { name: "Aare Insurance" }).getAttribute("href");
  const context = await browser.newContext();
  const partner = await context.newPage();
  await signIn(partner, "partner_administrator");
  const answer = await partner.request.get(`/api/v1${foreign}`);
  expect(answer.status()).toBe(404);
  await context.close();
});

test("b_47 a tenant sees issued invoices and no previews", async ({ page }) => {
  await signIn(page, "tenant_reader");
  await page.goto("/invoices");
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  const answer = await page.request.get("/api/v1/invoices?limit=200");
  const states = (await answer.json()).items.map((invoice: { status: string }) => invoice.status);
  expect(states).not.toContain("preview");
});

test("a reader is offered no way to change anything", async ({ page }) => {
  await signIn(page, "platform_reader");
  await page.goto("/tenants");
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Create" })).toHaveCount(0);
  await page.goto("/invoices");
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Generate" })).toHaveCount(0);
});
