import { defineConfig } from "@playwright/test";
import { world } from "./support/world";

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  // A flaky test is a defect, never tried again until it is green.
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: world.address,
    browserName: "chromium",
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    },
    screenshot: "only-on-failure",
  },
});
