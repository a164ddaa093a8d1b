import { type Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test } from "../support/fixtures";

const schemes = [
  ["dark", { width: 1280, height: 900 }],
  ["light", { width: 390, height: 844 }],
  ["dark", { width: 390, height: 844 }],
] as const;

async function first(page: Page, list: string): Promise<string> {
  const { items } = await (await page.request.get(`/api/v1${list}`)).json();
  return items[0].id;
}

/** Nothing sticks out of the window: only tables scroll sideways, inside their own frame. */
async function expectFits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBeLessThanOrEqual(0);
}

for (const [scheme, viewport] of schemes) {
  test(`regions, prices, an invoice being explained, relationships and settings: ${scheme}, ${viewport.width} px`, async ({ page }) => {
    test.setTimeout(300_000);
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await signInSmall(page, viewport);
    const places = [
      "/regions",
      `/regions/${await first(page, "/regions?limit=1")}`,
      `/price-lists/${await first(page, "/price-lists?limit=1")}`,
      "/distributors",
      `/partners/${await first(page, "/partners?limit=1")}`,
      "/settings?section=invoices",
      "/permissions",
    ];
    for (const place of places) {
      await page.goto(place);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByText("Loading", { exact: true })).toHaveCount(0);
      await expectAccessible(page);
      await expectFits(page);
    }
    await page.goto(`/invoices/${await first(page, "/invoices?limit=1&status=issued")}`);
    await page.getByRole("button", { name: /^Explain / }).first().click();
    await expect(page.getByRole("dialog", { name: "Explain" }).getByText(/Rule P-\d+/).first()).toBeVisible();
    await expectAccessible(page);
    await expectFits(page);
  });
}

/** The menu is folded on a phone, so the sign-in is made at full width. */
async function signInSmall(page: Page, viewport: { width: number; height: number }): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 });
  await signIn(page, "platform_administrator");
  await page.setViewportSize(viewport);
}
