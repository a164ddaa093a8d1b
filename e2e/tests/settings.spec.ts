import { type Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test } from "../support/fixtures";

/** The sections of the how-to with each label in the control it names. */
const sections: Record<string, [label: string, role: "switch" | "spinbutton" | "textbox" | "combobox" | "colour" | "file"][]> = {
  Tenants: [
    ["Partner Self Provisioning", "switch"],
    ["Distributor Self Provisioning", "switch"],
    ["Default Tenant Currency", "combobox"],
  ],
  Subscriptions: [
    ["Tenant Self Provisioning", "switch"],
    ["Partner Provisioning", "switch"],
    ["Distributor Provisioning", "switch"],
    ["Auto Created Subscription Tenant Id", "combobox"],
    ["Perform Tenant Identity Health Checks", "switch"],
    ["Auto Create Missing Subscriptions", "switch"],
  ],
  Invoices: [
    ["Invoice Submission Delay (Days)", "spinbutton"],
    ["Header Background Colour", "colour"],
    ["Body Background Colour", "colour"],
    ["Footer Background Colour", "colour"],
    ["Header Font Colour", "colour"],
    ["Body Font Colour", "colour"],
    ["Footer Font Colour", "colour"],
    ["Grouping Background Colour", "colour"],
    ["Grouping Font Colour", "colour"],
    ["Invoice Header Logo", "file"],
    ["Invoice Payment Details", "textbox"],
    ["Auto Create Invoices", "switch"],
    ["Auto Email Invoices", "switch"],
    ["Delinquent Payment Notification Interval (Days)", "spinbutton"],
    ["Send Delinquent Payment Notifications", "switch"],
    ["Store Invoices In Azure Storage", "switch"],
    ["Default Invoice Payment Terms (Days)", "spinbutton"],
  ],
  Users: [
    ["Tenant Self Provisioning", "switch"],
    ["Partner Self Provisioning", "switch"],
    ["Distributor Self Provisioning", "switch"],
    ["Require User Activation", "switch"],
    ["Require User Activation Code", "switch"],
  ],
  Billing: [
    ["Default Platform Currency", "combobox"],
    ["Use Monthly Variable Pricing", "switch"],
  ],
  Calculator: [
    ["Show To Tenants", "switch"],
    ["Show To Partners", "switch"],
    ["Show To Distributors", "switch"],
  ],
  Platforms: [["Report Platform Alerts", "switch"]],
  Jobs: [["Job Maximum Runtime (Hours)", "spinbutton"]],
};

const kinds: Record<string, string> = { colour: "color", file: "file" };

async function open(page: Page, section: string): Promise<void> {
  await page.goto(`/settings?section=${section.toLowerCase()}`);
  await expect(page.getByRole("heading", { level: 1, name: "System Settings" })).toBeVisible();
  await expect(page.getByRole("group", { name: section, exact: true })).toBeVisible();
}

for (const [section, labels] of Object.entries(sections)) {
  test(`${section}: every label of the how-to stands at the control it names`, async ({ page }) => {
    await signIn(page, "platform_administrator");
    await open(page, section);
    for (const [label, role] of labels) {
      const named = page.locator(".field").filter({ has: page.locator("label", { hasText: new RegExp(`^${label.replace(/[()]/g, "\\$&")}( \\(optional\\))?$`) }) });
      await expect(named, label).toHaveCount(1);
      const kind = kinds[role];
      const control = kind ? named.locator(`input[type=${kind}]`) : named.getByRole(role as "switch");
      await expect(control, label).toBeEnabled();
    }
    await expect(page.getByRole("button", { name: "Save" })).toBeVisible();
    await expectAccessible(page);
  });
}

test("a value out of its bounds is refused at its field and nothing changes", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await open(page, "Jobs");
  const hours = page.getByLabel("Job Maximum Runtime (Hours)");
  const before = await hours.inputValue();
  await hours.fill("169");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("p.wrong")).toBeVisible();
  await expect(hours).toHaveAttribute("aria-invalid", "true");
  await page.goto("/settings?section=jobs");
  await expect(hours).toHaveValue(before);
});

test("a section is saved on its own and holds after loading again", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await open(page, "Platforms");
  const alerts = page.getByRole("switch", { name: "Report Platform Alerts" });
  const on = await alerts.isChecked();
  await alerts.setChecked(!on);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.reload();
  await expect(alerts).toBeChecked({ checked: !on });
});

test("switching the automatic creation of subscriptions on without a tenant names the field", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await open(page, "Subscriptions");
  await page.getByRole("switch", { name: "Auto Create Missing Subscriptions" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("p.wrong").first()).toBeVisible();
});

test("the look of invoices is shown before it is saved, and colours hard to read are told", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await open(page, "Invoices");
  const look = page.getByRole("img", { name: /^Invoice with the chosen colours/ });
  await page.getByLabel("Header Background Colour").fill("#1f4e79");
  await page.getByLabel("Header Font Colour").fill("#ffffff");
  await expect(look.locator("rect").first()).toHaveAttribute("fill", /#1f4e79/i);
  await expect(page.getByText(/below 4.5:1/)).toHaveCount(0);
  await page.getByLabel("Header Font Colour").fill("#204060");
  await expect(page.getByText(/^Header: .*below 4.5:1/)).toBeVisible();
  await page.getByLabel("Invoice Payment Details").fill("IBAN CH00 0000\n<b>not markup</b>");
  await expect(look).toContainText("<b>not markup</b>");
  await expectAccessible(page);
});

test("an SVG and a file of 10 MB are refused as a logo, a PNG is shown in the preview", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await open(page, "Invoices");
  const picker = page.getByLabel("Invoice Header Logo");
  await picker.setInputFiles({ name: "a.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") });
  await expect(page.locator("p.wrong")).toContainText("PNG or JPEG");
  await picker.setInputFiles({ name: "b.png", mimeType: "image/png", buffer: Buffer.alloc(10_000_000) });
  await expect(page.locator("p.wrong")).toContainText("at most 1 MiB");
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await picker.setInputFiles({ name: "c.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") });
  await expect(page.locator("p.wrong")).toHaveCount(0);
  await expect(page.locator("svg.look image")).toHaveAttribute("href", /^data:image\/png;base64,/);
});

test("a stored secret is never shown, and a connection is tested from its section", async ({ page }) => {
  await signIn(page, "platform_administrator");
  await open(page, "Mail");
  await expect(page.getByLabel("Mail Password")).toHaveAttribute("type", "password");
  await expect(page.getByLabel("Mail Password")).toHaveValue("");
  await expect(page.getByRole("button", { name: "Send Test" })).toBeVisible();
  await open(page, "Storage");
  await expect(page.getByLabel("Storage Account Name")).toBeVisible();
  // Nothing is stored here, so there is nothing to try; `storage.spec.ts` tries a storage account.
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await expect(page.getByText("Save Storage Blob Endpoint, Storage Account Name and Storage Credential first.")).toBeVisible();
  await expectAccessible(page);
});

test("a reader sees the settings and can change none", async ({ page }) => {
  await signIn(page, "platform_reader");
  await open(page, "Jobs");
  await expect(page.getByLabel("Job Maximum Runtime (Hours)")).toBeDisabled();
  await expect(page.getByRole("button", { name: "Save" })).toHaveCount(0);
});

for (const role of ["distributor_administrator", "partner_administrator", "tenant_administrator"]) {
  test(`${role} has no settings page`, async ({ page }) => {
    await signIn(page, role);
    await page.goto("/settings");
    await expect(page.getByRole("heading", { level: 1, name: "Not allowed" })).toBeVisible();
    expect([403, 404]).toContain((await page.request.get("/api/v1/settings")).status());
  });
}
