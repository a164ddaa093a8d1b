import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { world } from "../support/world";

test("an invoice opens, adds up and explains a line down to its rules", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await page.goto("/invoices");
  await page.getByRole("rowheader").first().getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/Invoice|Preview/);
  await expect(page.getByText("Total").first()).toBeVisible();
  await expectAccessible(page);
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
