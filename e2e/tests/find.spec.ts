import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { choose } from "../support/people";

test("ctrl k goes to a page and to a record by the keyboard alone", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: "Go to" });
  await expect(box).toBeFocused();
  await box.fill("subscr");
  await expect(page.getByRole("option", { name: /Subscriptions/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Subscriptions" })).toBeVisible();

  await page.keyboard.press("Control+k");
  await box.fill("harbour fr");
  await expect(page.getByRole("option", { name: /Harbour Freight Tenant/ })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Harbour Freight" })).toBeVisible();
});

test("ctrl k finds nothing outside the own scope", async ({ page }) => {
  await signIn(page, "partner_administrator");
  await page.keyboard.press("Control+k");
  const searched = page.waitForResponse(/\/api\/v1\/tenants\?.*search=Aare/);
  await page.getByRole("combobox", { name: "Go to" }).fill("Aare Insurance");
  await searched;
  await expect(page.getByText("Nothing found.")).toBeVisible();
  await page.getByRole("combobox", { name: "Go to" }).fill("settings");
  await expect(page.getByRole("option", { name: /System Settings/ })).toHaveCount(0);
});

test("the path at the top narrows every list, stays in the address, and is undone by its first level", async ({
  page,
}) => {
  await signIn(page, "platform_administrator");
  await page.goto("/tenants");
  await expect(page.getByRole("rowheader", { name: "Aare Insurance" })).toBeVisible();
  await page.getByRole("button", { name: "Narrow" }).click();
  const dialog = page.getByRole("dialog", { name: "Narrow every list" });
  await dialog.getByRole("combobox", { name: /Partner/ }).fill("Fjord");
  await dialog.getByRole("option", { name: "Fjord Cloud" }).click();
  await dialog.getByRole("button", { name: "Narrow" }).click();
  const path = page.getByRole("navigation", { name: "Scope" });
  await expect(path.getByRole("link")).toHaveText(["Platform", "Aurora Distribution", "Fjord Cloud"]);
  await expect(page.getByRole("rowheader")).toHaveCount(3);
  await expect(page).toHaveURL(/scope=partner\./);

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  await expect(page).toHaveURL(/\/invoices\?scope=partner\./);
  await expect(page.getByRole("cell", { name: "Harbour Freight" }).first()).toBeVisible();
  await expect(page.getByRole("cell", { name: "Aare Insurance" })).toHaveCount(0);
  await page.reload();
  await expect(path.getByRole("link")).toHaveCount(3);

  await page.goto(`/tenants${new URL(page.url()).search}`);
  await path.getByRole("link", { name: "Aurora Distribution" }).click();
  await expect(page.getByRole("rowheader")).toHaveCount(9);
  await path.getByRole("link", { name: "Platform" }).click();
  await expect(page.getByRole("rowheader", { name: "Aare Insurance" })).toBeVisible();
  await expect(page).not.toHaveURL(/scope=/);
});

test("a table remembers its columns, and the first one always stays", async ({ page }) => {
  await signIn(page, "platform_reader");
  await page.goto("/tenants");
  const currency = page.getByRole("columnheader", { name: "Currency" });
  await expect(currency).toBeVisible();
  await page.getByText(/^Columns \d+ of \d+$/).click();
  await page.getByRole("checkbox", { name: "Currency" }).uncheck();
  await expect(currency).toHaveCount(0);
  await expect(page.getByRole("checkbox", { name: "Name" })).toBeDisabled();
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Partner" })).toBeVisible();
  await expect(currency).toHaveCount(0);
  await page.goto("/partners");
  await expect(currency).toBeVisible();
});

test("a box that searches is used by keyboard, and half a word chooses nothing", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await page.goto("/users/create");
  await page.getByLabel("User Role").selectOption({ label: "Partner Reader" });
  const box = page.getByRole("combobox", { name: /^Partner/ });
  await box.fill("fjord cl");
  await expect(page.getByRole("listbox", { name: "Matches" }).getByRole("option")).toHaveCount(1);
  await box.press("Enter");
  await expect(box).toHaveValue("Fjord Cloud");
  await box.fill("fjo");
  await box.press("Tab");
  await expect(box).toHaveValue("Fjord Cloud");
  await choose(page, "Distributor", "Helvetia Channel");
  await expect(box).toHaveValue("");
  await box.fill("fjord");
  await expect(page.getByText("No match.")).toBeVisible();
});

test("a reader selects nothing", async ({ page }) => {
  await signIn(page, "distributor_reader");
  await page.goto("/invoices?status=preview");
  await expect(page.getByRole("rowheader").first()).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /^Select/ })).toHaveCount(0);
});
