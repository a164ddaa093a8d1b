import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { chooseAt } from "../support/people";

test("a price list for a tenant: created, an item with tiers added, a gap told, published", async ({ page }) => {
  test.setTimeout(90_000);
  const name = `Committed use ${Date.now()}`;
  await signIn(page, "platform_administrator");
  await page.goto("/price-lists");
  await page.getByRole("button", { name: "Create" }).first().click();
  const create = page.getByRole("dialog", { name: "Create price list" });
  await create.getByLabel("Scope").selectOption("tenant");
  await expect(create.getByLabel("Tenant")).toBeVisible();
  await chooseAt(create, "Tenant", 19);
  await create.getByLabel("Display Name").fill(name);
  await create.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  await page.getByRole("button", { name: "Add Meter/SKU" }).click();
  const item = page.getByRole("dialog", { name: "Meter/SKU" });
  await expect.poll(() => item.getByLabel("Meter", { exact: true }).locator("option").count()).toBeGreaterThan(2);
  await item.getByLabel("Meter", { exact: true }).selectOption({ index: 1 });
  await item.getByLabel("Rate", { exact: true }).first().fill("0.05");
  await item.getByRole("button", { name: "Add Tiered Threshold" }).click();
  const tier = item.getByRole("group", { name: "Tier 1" });
  await tier.getByLabel("From Quantity").fill("100");
  await tier.getByLabel("To Quantity").fill("50");
  await tier.getByLabel("Rate").fill("0.04");
  await expectAccessible(page);
  await item.getByRole("button", { name: "Save" }).click();
  await expect(item.getByRole("alert")).toBeVisible();
  await tier.getByLabel("To Quantity").fill("500");
  await item.getByRole("button", { name: "Save" }).click();
  await expect(item).toBeHidden();
  await expect(page.getByRole("table")).toContainText("0.05");
  await expect(page.getByRole("table")).toContainText("100");

  await page.getByRole("button", { name: "Publish" }).click();
  const publish = page.getByRole("dialog", { name: "Publish the draft" });
  await expectAccessible(page);
  await publish.getByRole("button", { name: "Publish" }).click();
  await expect(publish).toBeHidden();
  await expect(page.getByText("Published").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish" })).toHaveCount(0);
});
