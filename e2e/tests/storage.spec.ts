import { type Page } from "@playwright/test";
import { expect, expectAccessible } from "../support/fixtures";
import { enter, test as base } from "../support/own-world";
import { counterpart } from "../support/process";

/** Azurite, as it says of itself. */
interface Storage {
  endpoint: string;
  account: string;
  key: string;
  container: string;
  listing: string;
}

const test = base.extend<object, { storage: Storage }>({
  storage: [
    async ({}, use) => {
      const running = await counterpart<Storage>("blob-storage.mjs");
      await use(running.says);
      await running.stop();
    },
    { scope: "worker" },
  ],
});

async function save(page: Page, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(value);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
}

test("st_9 a storage account is set on its screen, tested, and then invoices can be stored there", async ({ page, own, storage }) => {
  await enter(page, own);
  const store = page.getByRole("switch", { name: "Store Invoices In Azure Storage" });
  await page.goto("/settings?section=invoices");
  await store.check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Test the storage connection first.")).toBeVisible();

  await page.goto("/settings?section=storage");
  const test = page.getByRole("button", { name: "Test", exact: true });
  await test.click();
  await expect(page.getByText("Save Storage Blob Endpoint, Storage Account Name and Storage Credential first.")).toBeVisible();

  await page.getByLabel(/^Storage Credential( \(optional\))?$/).fill(storage.key);
  await save(page, { "Storage Blob Endpoint": storage.endpoint, "Storage Account Name": storage.account, "Storage Container": "receipts" });
  await test.click();
  await expect(page.getByText("The container does not exist in this storage account.")).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel(/^Storage Credential( \(optional\))?$/).fill("d3Jvbmcga2V5");
  await save(page, { "Storage Container": storage.container });
  await test.click();
  await expect(page.getByText("The storage account refused the credential.")).toBeVisible();

  await page.getByLabel(/^Storage Credential( \(optional\))?$/).fill(storage.key);
  await save(page, {});
  await test.click();
  await expect(page.getByText(`A file was written to the container ${storage.container} and deleted again.`)).toBeVisible();
  expect(await (await fetch(storage.listing)).json()).toEqual([]);
  await expectAccessible(page);

  await page.goto("/settings?section=invoices");
  await store.check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
});

test("st_9 an address nobody answers at is told, and changing the connection asks for the key again", async ({ page, own, storage }) => {
  await enter(page, own);
  await page.goto("/settings?section=storage");
  await page.getByLabel(/^Storage Credential( \(optional\))?$/).fill(storage.key);
  await save(page, { "Storage Blob Endpoint": `http://127.0.0.1:9/${storage.account}`, "Storage Account Name": storage.account });
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText("The storage account cannot be reached: cannot connect: the connection was refused.")).toBeVisible();
  await save(page, { "Storage Blob Endpoint": storage.endpoint });
  await expect(page.getByText(/Not stored yet\./)).toBeVisible();
});
