import { readFileSync } from "node:fs";
import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { change } from "../support/people";
import { world } from "../support/world";

// Both tests change invoices of the same month, so one follows the other.
test.describe.configure({ mode: "serial" });

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

test("several previews are issued or deleted at once, and a refusal says why without stopping the others", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await signIn(page, "platform_administrator");
  const period = world.periods[1];
  const listed = await (
    await page.request.get(`/api/v1/invoices?status=preview&period=${period}&limit=200`)
  ).json();
  const ready = listed.items.filter((one: { blockers: string[]; stale: boolean }) => !one.blockers.length && !one.stale);
  expect(ready.length).toBeGreaterThan(3);
  const [first, second, third] = ready.slice(-3) as { id: string; tenant: { name: string } }[];
  const open = () => page.goto(`/invoices?status=preview&period=${period}&limit=200`);
  const tick = (one: { tenant: { name: string } }) =>
    page.getByRole("checkbox", { name: new RegExp(`^Select ${one.tenant.name},`) }).check();
  const bar = page.getByRole("region", { name: "Selected invoices" });

  // One of the two is gone by the time it is issued.
  await open();
  await tick(first);
  await tick(second);
  await expect(bar).toContainText("Selected 2");
  await expectAccessible(page);
  await page.request.delete(`/api/v1/invoices/${first.id}`, { headers: change });
  await bar.getByRole("button", { name: "Issue" }).click();
  const question = page.getByRole("dialog", { name: "Issue the selected invoices" });
  await expect(question).toContainText(second.tenant.name);
  await question.getByRole("button", { name: "Issue" }).click();
  await expect(page.getByRole("alert")).toContainText(first.tenant.name);
  const issued = await (await page.request.get(`/api/v1/invoices/${second.id}`)).json();
  expect(issued.summary.status).toBe("issued");

  await open();
  await tick(third);
  await bar.getByRole("button", { name: "Delete" }).click();
  const sure = page.getByRole("dialog", { name: "Delete the selected previews" });
  await sure.getByRole("button", { name: "Delete" }).click();
  await expect(bar).toHaveCount(0);
  expect((await page.request.get(`/api/v1/invoices/${third.id}`)).status()).toBe(404);
});
