import { type Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { chooseAt } from "../support/people";

const unique = (name: string) => `${name} ${Date.now()} ${Math.floor(Math.random() * 1e6)}`;

/** Every role that may add, change and delete an entity of a kind (how-to, Relationship Management). */
const steps = [
  { kind: "Distributor", menu: "Distributors", roles: ["platform_administrator"], parent: undefined },
  { kind: "Partner", menu: "Partners", roles: ["platform_administrator", "distributor_administrator"], parent: "Distributor" },
  {
    kind: "Tenant",
    menu: "Tenants",
    roles: ["platform_administrator", "distributor_administrator", "partner_administrator"],
    parent: "Partner",
  },
];

async function create(page: Page, kind: string, menu: string, parent: string | undefined, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: menu }).click();
  await page.getByRole("link", { name: "Create" }).first().click();
  await page.getByLabel(`${kind} Name`).fill(name);
  if (parent) await chooseAt(page, parent, 0);
  await page.getByLabel("Legal Name").fill(`${name} AG`);
  await page.getByRole("textbox", { name: "Country" }).fill("CH");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

for (const { kind, menu, roles, parent } of steps) {
  for (const role of roles) {
    test(`${role} adds, changes and deletes a ${kind.toLowerCase()}`, async ({ page }) => {
      test.setTimeout(90_000);
      const name = unique(kind);
      await signIn(page, role);
      await create(page, kind, menu, parent, name);
      await expectAccessible(page);

      await page.getByLabel("Contact Person").fill("Jo Lind");
      await page.getByLabel("Contact Email Address").fill("jo.lind@harbour.example");
      await page.getByRole("switch", { name: "Separate Billing Address" }).check();
      const billing = page.getByRole("group", { name: "Billing Address" });
      await billing.getByLabel("Street").fill("Invoice Hall 7\nDoor C");
      await billing.getByLabel("City").fill("Basel");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByText("Saved.")).toBeVisible();
      await page.reload();
      await expect(page.getByLabel("Contact Person")).toHaveValue("Jo Lind");
      await expect(page.getByLabel("Contact Email Address")).toHaveValue("jo.lind@harbour.example");
      await expect(billing.getByLabel("City")).toHaveValue("Basel");
      const { id } = await (await page.request.get(`/api/v1${new URL(page.url()).pathname}`)).json();

      await page.getByRole("button", { name: "Delete" }).click();
      const question = page.getByRole("dialog", { name: `Delete ${kind.toLowerCase()} ${name}` });
      await question.getByLabel(/^Type /).fill("something else");
      await question.getByRole("button", { name: "Delete" }).click();
      await expect(question.locator("p.wrong")).toContainText("not the same");
      await question.getByLabel(/^Type /).fill(name);
      await question.getByRole("button", { name: "Delete" }).click();
      await expect(page.getByRole("heading", { level: 1, name: menu })).toBeVisible();
      await page.getByRole("searchbox").fill(name);
      await expect(page.getByRole("rowheader", { name })).toHaveCount(0);
      expect((await page.request.get(`/api/v1/${menu.toLowerCase()}/${id}`)).status()).toBe(404);
    });
  }
}

test("a partner with tenants is not deleted, and the page says why", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await page.goto("/partners");
  await page.getByRole("rowheader", { name: "Fjord Cloud" }).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: "Fjord Cloud" })).toBeVisible();
  await page.getByRole("button", { name: "Delete" }).click();
  const question = page.getByRole("dialog", { name: "Delete partner Fjord Cloud" });
  await expect(question).toContainText(/tenants/);
  await expect(question.getByRole("button", { name: "Delete" })).toHaveCount(0);
  await expectAccessible(page);
  await question.getByRole("button", { name: "Close" }).last().click();
  await expect(question).toBeHidden();
});

test("the page of a partner shows what is above and below it and who administrates it", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await page.goto("/partners");
  await page.getByRole("rowheader", { name: "Fjord Cloud" }).getByRole("link").click();
  await expect(page.getByRole("link", { name: "Aurora Distribution" }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Harbour Freight" })).toBeVisible();
  await expect(page.getByRole("region", { name: /administrators/i })).toContainText("beat.zumstein@fjordcloud.example");
  await page.getByRole("link", { name: "Harbour Freight" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Harbour Freight" })).toBeVisible();
});

test("a tenant moves to another partner from a coming month on, and the move can be withdrawn", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const name = unique("Mover");
  await create(page, "Tenant", "Tenants", "Partner", name);
  await page.getByRole("button", { name: "Move" }).click();
  const dialog = page.getByRole("dialog", { name: `Move tenant ${name}` });
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(dialog.getByRole("combobox", { name: "Partner" })).toHaveJSProperty("validity.valueMissing", true);
  await chooseAt(dialog, "Partner", 2);
  await dialog.getByRole("button", { name: "Move" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/^Moves to /)).toBeVisible();
  await page.getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByText(/^Moves to /)).toHaveCount(0);
});

test("a list is searched, sorted and paged by the server and its address can be linked", async ({ page }) => {
  await signIn(page, "platform_reader");
  await page.goto("/tenants?sort=-name");
  const names = page.getByRole("rowheader");
  await expect(names.first()).toBeVisible();
  const down = await names.allTextContents();
  await page.getByRole("columnheader", { name: /Name/ }).getByRole("button").click();
  await expect(page).not.toHaveURL(/sort=-name/);
  await page.goto("/tenants?sort=name");
  await expect(names.first()).not.toHaveText(down[0]);
  await page.goto("/tenants?search=harbour");
  await expect(names).toHaveCount(1);
  await expect(page.getByRole("searchbox")).toHaveValue("harbour");
});

for (const [role, path] of [
  ["distributor_administrator", "/distributors/create"],
  ["partner_administrator", "/partners/create"],
  ["tenant_administrator", "/tenants/create"],
  ["platform_reader", "/distributors/create"],
] as const) {
  test(`${role} may not open ${path} and is told so`, async ({ page }) => {
    await signIn(page, role);
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: "Not allowed" })).toBeVisible();
    await expectAccessible(page);
  });
}
