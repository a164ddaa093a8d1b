import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { addRegion, breakable, portal, regions, untrusted } from "../support/stamps";
import { world } from "../support/world";

const unique = (name: string) => `${name} ${Date.now()} ${Math.floor(Math.random() * 1e6)}`;

async function testConnection(page: import("@playwright/test").Page) {
  await page.getByRole("button", { name: "Test Connection" }).click();
  const steps = page.getByRole("region", { name: /connection test/i });
  await expect(page.getByRole("heading", { name: "Connection test failed" })).toBeVisible({ timeout: 40_000 });
  return steps;
}

test("an endpoint where nothing listens is named before anything is read", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await addRegion(page, unique("closed"), "http://127.0.0.1:9/admin", "any-secret");
  await expect(await testConnection(page)).toContainText("cannot connect");
  await expectAccessible(page);
});

test("an endpoint that answers a page is said to be no management endpoint", async ({ page }) => {
  const stamp = await portal();
  await signIn(page, "platform_administrator");
  await addRegion(page, unique("portal"), `${stamp.address}/admin`, "any-secret");
  await expect(await testConnection(page)).toContainText(/metadata/i);
  await expect(page.getByRole("region", { name: /connection test/i })).toContainText(/page|HTML|JSON/i);
  await stamp.close();
});

test("a certificate that is not trusted is named, with what mends it", async ({ page }) => {
  const stamp = await untrusted();
  await signIn(page, "platform_administrator");
  await addRegion(page, unique("untrusted"), `${stamp.address}/admin`, "any-secret");
  await expect(await testConnection(page)).toContainText(/certificate/i);
  await stamp.close();
});

test("a wrong secret is named, and no usage is read with an untested connection", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const [entra] = (await regions(page)).filter((region) => region.identity_system === "entra");
  await addRegion(page, unique("secret"), entra.admin_endpoint, "not-the-secret", entra);
  await expect(await testConnection(page)).toContainText("check client id and secret");
  await page.getByRole("button", { name: "Update Usage" }).click();
  const dialog = page.getByRole("dialog", { name: "Update Usage" });
  await dialog.getByRole("button", { name: "Update Usage" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Test the connection of the region first");
});

test("a reversed and a future range are refused at their fields and start nothing", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const [region] = await regions(page);
  const jobs = async () => (await (await page.request.get("/api/v1/jobs?limit=1")).json()).items[0]?.id;
  await page.goto(`/regions/${region.id}`);
  await page.getByRole("button", { name: "Update Usage" }).click();
  const dialog = page.getByRole("dialog", { name: "Update Usage" });
  await dialog.getByLabel("First day").fill(`${world.periods[0]}-20`);
  await dialog.getByLabel("Last day").fill(`${world.periods[0]}-10`);
  await dialog.getByRole("button", { name: "Update Usage" }).click();
  await expect(dialog.locator("p.wrong")).toContainText("before the first");
  const before = await jobs();
  const ahead = `${new Date().getFullYear() + 1}-03-0`;
  await dialog.getByLabel("First day").fill(`${ahead}1`);
  await dialog.getByLabel("Last day").fill(`${ahead}2`);
  await dialog.getByRole("button", { name: "Update Usage" }).click();
  await expect(dialog.locator("p.wrong")).toContainText("no complete day");
  await expect(dialog).toBeVisible();
  expect((await (await page.request.get(`/api/v1/regions/${region.id}`)).json()).id).toBe(region.id);
  expect(typeof before === "string" || before === undefined).toBe(true);
});

test("a stamp that breaks after its test leaves a failed job that says why, and no rows", async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, "platform_administrator");
  const [adfs] = (await regions(page)).filter((region) => region.identity_system === "adfs");
  const target = adfs.admin_endpoint.replace(/\/admin$/, "");
  const stamp = await breakable(target);
  const name = unique("breakable");
  await addRegion(page, name, `${stamp.address}/admin`, "simulator-secret", adfs);
  const id = page.url().split("/").pop();
  stamp.break();
  await page.getByRole("button", { name: "Test Connection" }).click();
  await expect(page.getByRole("heading", { name: "Connection test failed" })).toBeVisible({ timeout: 40_000 });
  const region = await (await page.request.get(`/api/v1/regions/${id}`)).json();
  expect(region.usage_rows).toBe(0);
  await stamp.close();
});
