import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { world } from "../support/world";

test("a wrong password is refused in one sentence that does not say what was wrong", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Email Address").fill("nobody@skyline-clouds.example");
  await page.getByLabel("Password").fill("not-the-password-at-all");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Main" })).toHaveCount(0);
});

test("the wrong password of a real account is refused in the same sentence as an unknown account", async ({ page }) => {
  const refused = async (address: string) => {
    await page.goto("/");
    await page.getByLabel("Email Address").fill(address);
    await page.getByLabel("Password").fill("not-the-password-at-all");
    await page.getByRole("button", { name: "Sign in" }).click();
    const sentence = await page.getByRole("alert").first().locator("p").first().textContent();
    await expect(page.getByRole("navigation", { name: "Main" })).toHaveCount(0);
    return sentence;
  };
  const known = await refused(world.users.platform_reader.email_address);
  expect(known).toBeTruthy();
  expect(await refused("nobody@skyline-clouds.example")).toBe(known);
  expect((await page.request.get("/api/v1/session")).status()).toBe(401);
});

test("a link to an inner page asks to sign in and then opens that page with its filters", async ({ page }) => {
  const { email_address, password } = world.users.platform_reader;
  await page.goto(`/invoices?period=${world.periods[2]}&sort=-number`);
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await page.getByLabel("Email Address").fill(email_address);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Invoices" })).toBeVisible();
  const url = new URL(page.url());
  expect(url.pathname).toBe("/invoices");
  expect(url.searchParams.get("period")).toBe(world.periods[2]);
  await expect(page.getByRole("rowheader").first()).toBeVisible();
});

test("signing out ends the session on the server, not only on the screen", async ({ page }) => {
  await signIn(page, "platform_reader");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  expect((await page.request.get("/api/v1/session")).status()).toBe(401);
});

test("s_41 the page forbids inline code and every script and style carries its integrity", async ({ page }) => {
  const answer = await page.goto("/");
  const policy = answer?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe-inline");
  for (const file of await page.locator("script, link[rel=stylesheet], link[rel=modulepreload]").all()) {
    expect(await file.getAttribute("integrity")).toMatch(/^sha384-/);
  }
});

test("the sign-in page has no grave finding of axe", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expectAccessible(page);
});

for (const role of Object.keys(world.users)) {
  test(`${role} signs in and sees only pages of their own`, async ({ page }) => {
    await signIn(page, role);
    const main = page.getByRole("navigation", { name: "Main" });
    const platform = role.startsWith("platform");
    const tenant = role.startsWith("tenant");
    await expect(main.getByRole("link", { name: "Distributors" })).toHaveCount(platform || role.startsWith("distributor") ? 1 : 0);
    await expect(main.getByRole("link", { name: "System Settings" })).toHaveCount(platform ? 1 : 0);
    await page.goto(tenant ? "/invoices" : "/tenants");
    await expect(page.getByRole("table")).toBeVisible();
  });
}
