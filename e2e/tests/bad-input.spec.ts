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

/** The stamp's login address is shown and confirmed, which lets the test go on by itself (U-10). */
async function confirmLogin(page: import("@playwright/test").Page, login: string) {
  await page.getByRole("button", { name: "Test Connection" }).click();
  await expect(page.getByRole("heading", { name: "Login endpoint to confirm" })).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText(`goes to ${login} once you confirm`)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Confirm Login Endpoint" }).click();
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
  await expect(await testConnection(page)).toContainText("not a management endpoint of Azure Stack Hub; check the endpoint");
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
  const entra = (await regions(page)).find(({ name }) => name === "zrh1");
  await addRegion(page, unique("secret"), entra?.admin_endpoint ?? "", "not-the-secret", entra);
  await confirmLogin(page, entra?.login_endpoint ?? "");
  await expect(page.getByRole("heading", { name: "Connection test failed" })).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole("region", { name: /connection test/i })).toContainText("check client id and secret");
  await page.getByRole("button", { name: "Update Usage" }).click();
  const dialog = page.getByRole("dialog", { name: "Update Usage" });
  await dialog.getByRole("button", { name: "Update Usage" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Test the connection of the region first");
});

test("a reversed and a future range are refused at their fields and start nothing", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const region = (await regions(page)).find(({ name }) => name === "zrh1");
  const jobs = async () => {
    const { items } = await (await page.request.get("/api/v1/jobs?limit=200")).json();
    return items.filter((job: unknown) => JSON.stringify(job).includes(region?.id ?? "?")).length;
  };
  const before = await jobs();
  await page.goto(`/regions/${region?.id}`);
  await page.getByRole("button", { name: "Update Usage" }).click();
  const dialog = page.getByRole("dialog", { name: "Update Usage" });
  await dialog.getByLabel("First day").fill(`${world.periods[0]}-20`);
  await dialog.getByLabel("Last day").fill(`${world.periods[0]}-10`);
  await dialog.getByRole("button", { name: "Update Usage" }).click();
  await expect(dialog.locator("p.wrong")).toContainText("before the first");
  const ahead = `${new Date().getFullYear() + 1}-03-0`;
  await dialog.getByLabel("First day").fill(`${ahead}1`);
  await dialog.getByLabel("Last day").fill(`${ahead}2`);
  await dialog.getByRole("button", { name: "Update Usage" }).click();
  await expect(dialog.locator("p.wrong")).toContainText("no complete day");
  expect(await jobs()).toBe(before);
});

test("a stamp that breaks after its test leaves a failed job that says why, and no rows", async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, "platform_administrator");
  const adfs = (await regions(page)).find(({ name }) => name === "osl1");
  const stamp = await breakable(adfs?.admin_endpoint.replace(/\/admin$/, "") ?? "");
  await addRegion(page, unique("breakable"), `${stamp.address}/admin`, "simulated-secret", adfs);
  const id = page.url().split("/").pop();
  await confirmLogin(page, adfs?.login_endpoint ?? "");
  await expect(page.getByRole("heading", { name: "Connection test passed" })).toBeVisible({ timeout: 40_000 });
  stamp.break();
  await page.getByRole("button", { name: "Update Usage" }).click();
  const dialog = page.getByRole("dialog", { name: "Update Usage" });
  await dialog.getByLabel("First day").fill(`${world.periods[0]}-01`);
  await dialog.getByLabel("Last day").fill(`${world.periods[0]}-02`);
  await dialog.getByRole("button", { name: "Update Usage" }).click();
  const job = page.getByRole("region", { name: "Job" });
  await expect(job).toContainText("Failed", { timeout: 60_000 });
  await expect(job).toContainText(/check the endpoint|not a management endpoint|not what Azure Stack Hub answers|JSON/i);
  await expectAccessible(page);
  const region = await (await page.request.get(`/api/v1/regions/${id}`)).json();
  expect(region.usage_rows).toBe(0);
  await stamp.close();

  const path = await job.getByRole("link").first().getAttribute("href");
  await page.getByRole("link", { name: /^Alerts, \d+ open$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Alerts" })).toBeVisible();
  const alert = page.getByRole("row").filter({ has: page.locator(`a[href="${path}"]`) });
  await expect(alert).toContainText("Job failed");
  await expect(alert).toContainText("Open");
  await expectAccessible(page);
  await alert.getByRole("button", { name: "Acknowledge" }).click();
  await expect(alert).toContainText("Acknowledged");
  await expect(alert.getByRole("button", { name: "Acknowledge" })).toHaveCount(0);
  await alert.getByRole("button", { name: "Close" }).click();
  await expect(alert).toHaveCount(0);
});

test("a reader sees the alerts of its branch and can change none", async ({ page }) => {
  await signIn(page, "tenant_reader");
  await page.getByRole("link", { name: /^Alerts/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Alerts" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Acknowledge" })).toHaveCount(0);
  await expectAccessible(page);
});
