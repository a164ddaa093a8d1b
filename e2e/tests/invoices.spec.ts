import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { world } from "../support/world";

test("an amount explains itself: every step with its rule, ending at the amount that was clicked", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const { items } = await (await page.request.get("/api/v1/invoices?limit=1&status=issued")).json();
  await page.goto(`/invoices/${items[0].id}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/Invoice|INV-/);
  await expectAccessible(page);
  const amount = page.getByRole("button", { name: /^Explain / }).first();
  const clicked = (await amount.textContent()) ?? "";
  const answer = page.waitForResponse((response) => response.url().endsWith("/explanation"));
  await amount.click();
  const explanation = await (await answer).json();
  const panel = page.getByRole("dialog", { name: "Explain" });
  await expect(panel.locator("dd").first()).toHaveText(clicked);
  const steps = panel.locator("ol.waterfall > li");
  await expect(steps).toHaveCount(explanation.steps.length);
  for (const [index, step] of explanation.steps.entries()) {
    await expect(steps.nth(index)).toContainText(step.label);
    await expect(steps.nth(index)).toContainText(`Rule ${step.rule}`);
  }
  // What is shown is what the server stored, digit by digit.
  const digits = (text: string) => text.replace(/[^0-9.-]/g, "");
  expect(digits(clicked)).toBe(explanation.line.amount.amount);
  const shares = explanation.resources.map((resource: any) => BigInt(resource.amount.amount.replace(".", "")));
  expect(shares.reduce((sum: bigint, share: bigint) => sum + share, 0n)).toBe(BigInt(digits(clicked).replace(".", "")));
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
});

test("every amount of an invoice adds up to its total", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const list = await (await page.request.get(`/api/v1/invoices?limit=200&period=${world.periods[2]}`)).json();
  expect(list.items.length).toBeGreaterThan(20);
  for (const { id } of list.items.slice(0, 5)) {
    const invoice = await (await page.request.get(`/api/v1/invoices/${id}`)).json();
    const cents = (amount: string) => BigInt(amount.replace(".", ""));
    const lines = invoice.groups.flatMap((group: any) => group.categories.flatMap((category: any) => category.lines));
    const sum = [...lines, ...invoice.other_lines].reduce((sum: bigint, line: any) => sum + cents(line.amount.amount), 0n);
    expect(sum).toBe(cents(invoice.summary.net_amount.amount));
  }
});

test("an issued invoice downloads as PDF, a preview is marked as such in the list", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const issued = await (await page.request.get("/api/v1/invoices?limit=1&status=issued")).json();
  const document = await page.request.get(`/api/v1/invoices/${issued.items[0].id}/document?format=pdf`);
  expect(document.status()).toBe(200);
  expect((await document.body()).subarray(0, 5).toString()).toBe("%PDF-");
  await page.goto("/invoices");
  await expect(page.getByRole("cell", { name: "Preview" }).first()).toBeVisible();
});
