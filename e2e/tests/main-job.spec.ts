import { readFileSync } from "node:fs";
import { expect, signIn, test } from "../support/fixtures";
import { world } from "../support/world";

test("from usage to an issued invoice: update, generate, explain, issue, download", async ({ page }) => {
  test.setTimeout(180_000);
  // No other test changes this month.
  const period = world.periods[1];
  await signIn(page, "platform_administrator");

  await page.goto("/regions");
  await page.getByRole("link", { name: "osl1", exact: true }).click();
  await page.getByRole("button", { name: "Update Usage" }).click();
  const range = page.getByRole("dialog", { name: "Update Usage" });
  await range.getByLabel("First day").fill(`${period}-01`);
  await range.getByLabel("Last day").fill(`${period}-02`);
  await range.getByRole("button", { name: "Update Usage" }).click();
  const collection = page.getByRole("region", { name: "Job" });
  await expect(collection).toContainText("Succeeded", { timeout: 90_000 });

  await page.goto("/invoices");
  await page.getByRole("button", { name: "Generate" }).click();
  const generation = page.getByRole("dialog", { name: "Generate" });
  await generation.getByLabel("Billing Period").fill(period);
  await generation.getByRole("button", { name: "Generate" }).click();
  await expect(page.getByRole("region", { name: "Job" })).toContainText("Succeeded", { timeout: 90_000 });

  const previews = await (await page.request.get(`/api/v1/invoices?status=preview&period=${period}&limit=1`)).json();
  const { id } = previews.items[0];
  await page.goto(`/invoices/${id}`);
  await page.getByRole("button", { name: /^Explain / }).first().click();
  await expect(page.getByText(/Rule P-\d+/).first()).toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Issue", exact: true }).click();
  const question = page.getByRole("dialog", { name: "Issue invoice" });
  await expect(question).toContainText("Total");
  await question.getByRole("button", { name: "Issue" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("INV-");

  const issued = await (await page.request.get(`/api/v1/invoices/${id}`)).json();
  expect(issued.summary.status).toBe("issued");
  const file = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download PDF" }).click();
  const download = await file;
  expect(download.suggestedFilename()).toMatch(/\.pdf$/);
  const bytes = readFileSync(await download.path());
  expect(bytes.subarray(0, 5).toString()).toBe("%PDF-");
  expect(bytes.length).toBeGreaterThan(5_000);
  const again = await page.request.get(`/api/v1/invoices/${id}/document?format=pdf`);
  expect(bytes.equals(await again.body())).toBe(true);
});
