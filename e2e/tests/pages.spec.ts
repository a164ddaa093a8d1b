import { expect, expectAccessible, signIn, test } from "../support/fixtures";

const pages = [
  ["/", "Dashboard"],
  ["/distributors", "Distributors"],
  ["/partners", "Partners"],
  ["/tenants", "Tenants"],
  ["/regions", "Regions"],
  ["/subscriptions", "Subscriptions"],
  ["/price-lists", "Pricing"],
  ["/invoices", "Invoices"],
  ["/usage-records", "Usage"],
  ["/jobs", "Jobs"],
  ["/alerts", "Alerts"],
  ["/settings", "System Settings"],
  ["/users", "Users"],
] as const;

test("every page of the menu opens with its heading and has no grave finding of axe", async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, "platform_administrator");
  for (const [path, heading] of pages) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    await expect(page.getByText("Loading", { exact: true })).toHaveCount(0);
    await expectAccessible(page);
  }
});

test("an administrator adds a distributor, finds it, and the same name again is refused", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const name = `Baltic Channel ${Date.now()}`;
  const save = async () => {
    await page.goto("/distributors/create");
    await page.getByLabel("Distributor Name").fill(name);
    await page.getByLabel("Legal Name").fill(name);
    await page.getByRole("textbox", { name: "Country" }).fill("EE");
    await page.getByRole("button", { name: "Save" }).click();
  };
  await save();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.goto("/distributors");
  await page.getByRole("searchbox").fill(name);
  await expect(page.getByRole("rowheader", { name })).toHaveCount(1);
  await save();
  await expect(page.getByRole("alert")).toContainText(/name/i);
  await expect(page).toHaveURL(/\/distributors\/create$/);
});

test("the keyboard reaches the content past the menu", async ({ page }) => {
  await signIn(page, "platform_reader");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
});
