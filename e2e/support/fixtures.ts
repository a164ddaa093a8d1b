import { test as base, expect, type Page } from "@playwright/test";
import AxeBuilder from "@axe-core/playwright";
import { world } from "./world";

/** Where pages of a test may come from and ask. */
export const knownOrigins = new Set([world.address]);

/** Signs in through the page, as a person does. */
export async function signIn(page: Page, role: string): Promise<void> {
  const user = world.users[role];
  await page.goto("/");
  await page.getByLabel("Email Address").fill(user.email_address);
  await page.getByLabel("Password").fill(user.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
}

/** Fails on every finding of axe that is serious or worse. */
export async function expectAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze();
  const grave = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}

let sources = 0;

/** A test whose page must not break the content policy, throw, or ask another origin for anything. */
export const test = base.extend<{ clean: void }>({
  // Wrong passwords are limited by source (S-52): each test is somebody else, at another address.
  extraHTTPHeaders: async ({}, use, about) => {
    sources += 1;
    await use({ "X-Forwarded-For": `10.${about.workerIndex % 256}.${sources >> 8}.${sources % 256}` });
  },
  clean: [
    async ({ page, baseURL }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        // A refusal by the API is part of what is tested (401 before the sign-in, 404 of the set-up page, 409 of a name
        // that is taken, 403 where a fresh proof is asked for); Chromium prints each as an error.
        const refused = /status of 4(01|03|04|09|22)/.test(message.text());
        if (message.type() === "error" && !refused) complaints.push(message.text());
      });
      page.on("request", (request) => {
        const url = request.url();
        if (!knownOrigins.has(new URL(url).origin) && !url.startsWith("data:")) complaints.push(`asked for ${url}`);
      });
      await use();
      // Somebody who is not signed out keeps one of their ten sessions and may end that of a test still running (I-60).
      const headers = { "X-CMS-Request": "1", Origin: baseURL ?? "" };
      expect((await page.request.delete("/api/v1/session", { headers })).status()).toBe(204);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
