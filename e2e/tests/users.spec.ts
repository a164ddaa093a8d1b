import { expect, expectAccessible, signIn, test } from "../support/fixtures";
import { activate, apiSignIn, choose, givePassword, invitationLink, invite, someone } from "../support/people";
import { world } from "../support/world";
import type { Page } from "@playwright/test";

const administrators = [
  "platform_administrator",
  "distributor_administrator",
  "partner_administrator",
  "tenant_administrator",
] as const;

/** The pickers each administrator is offered for a tenant's user: only what they may choose. */
const pickers: Record<string, [string, string][]> = {
  platform_administrator: [
    ["Distributor", "Aurora Distribution"],
    ["Partner", "Fjord Cloud"],
    ["Tenant", "Harbour Freight"],
  ],
  distributor_administrator: [
    ["Partner", "Fjord Cloud"],
    ["Tenant", "Harbour Freight"],
  ],
  partner_administrator: [["Tenant", "Harbour Freight"]],
  tenant_administrator: [],
};

async function openUser(page: Page, id: string): Promise<void> {
  await page.goto(`/users/${id}`);
  await expect(page.getByRole("button", { name: "Save" })).toBeVisible();
}

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
}

for (const role of administrators) {
  test(`${role} adds a user, finds it, modifies it and deletes it`, async ({ page }) => {
    const person = someone();
    await signIn(page, role);
    // Add a new User: Settings, Users, Create.
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Users" }).click();
    await page.getByRole("link", { name: "Create" }).click();
    await page.getByLabel("First Name").fill(person.first);
    await page.getByLabel("Last Name").fill(person.last);
    await page.getByLabel("Email Address").fill(person.email);
    await page.getByLabel("Phone Number").fill("+49 40 5550");
    await page.getByLabel("User Role").selectOption({ label: "Tenant Reader" });
    for (const [label, name] of pickers[role]) await choose(page, label, name);
    await expect(page.getByRole("combobox", { name: /^(Distributor|Partner|Tenant)/ })).toHaveCount(pickers[role].length);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1, name: `${person.first} ${person.last}` })).toBeVisible();
    await expect(page.getByText("Invited", { exact: true })).toBeVisible();
    await expectAccessible(page);

    // Modify an existing User.
    await page.getByLabel("First Name").fill("Nora");
    await page.getByLabel("User Role").selectOption({ label: "Tenant Administrator" });
    await expect(page.getByText("no longer Tenant Reader")).toBeVisible();
    await save(page);
    await page.goto("/users");
    await page.getByRole("searchbox").fill(person.last);
    await page.getByRole("searchbox").press("Enter");
    await expect(page.getByRole("rowheader", { name: `Nora ${person.last}` })).toHaveCount(1);
    await expect(page.getByRole("cell", { name: "Tenant Administrator" }).first()).toBeVisible();
    await page.getByRole("link", { name: `Nora ${person.last}` }).click();

    // Delete a User: a wrong name is refused, the right one deletes.
    await page.getByRole("button", { name: "Delete" }).click();
    const question = page.getByRole("dialog", { name: /Delete user/ });
    await question.getByRole("textbox").fill("somebody else");
    await question.getByRole("button", { name: "Delete" }).click();
    await expect(question.getByText("The name is not the same.").first()).toBeVisible();
    await question.getByRole("textbox").fill(person.email);
    await question.getByRole("button", { name: "Delete" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Users" })).toBeVisible();
    await page.getByRole("searchbox").fill(person.last);
    await page.getByRole("searchbox").press("Enter");
    await expect(page.getByText("No users match these filters.")).toBeVisible();
  });

  test(`${role} disables, enables, locks, unlocks and enforces MFA`, async ({ page, browser }) => {
    await signIn(page, role);
    const person = await invite(page.request);
    const context = await browser.newContext({ baseURL: world.address });
    const theirs = await context.newPage();
    await activate(theirs, person);
    await expect(theirs.getByRole("navigation", { name: "Main" })).toBeVisible();

    // Disable: the session ends at once, the password no longer lets in.
    await openUser(page, person.id);
    await page.getByLabel("Disabled").check();
    await save(page);
    await expect(page.getByText("Disabled", { exact: true }).first()).toBeVisible();
    expect((await theirs.request.get("/api/v1/session")).status()).toBe(401);
    await givePassword(theirs, person.email, person.password);
    await expect(theirs.getByRole("alert").first()).toBeVisible();
    await page.getByLabel("Disabled").uncheck();
    await save(page);
    await givePassword(theirs, person.email, person.password);
    await expect(theirs.getByRole("navigation", { name: "Main" })).toBeVisible();

    // Lock, then Unlock a User: unset Locked Out, Save.
    await page.getByLabel("Locked Out").check();
    await save(page);
    expect((await theirs.request.get("/api/v1/session")).status()).toBe(401);
    await page.getByLabel("Locked Out").uncheck();
    await save(page);

    // Enforce MFA: at the next sign-in an authenticator is registered.
    await page.getByLabel("MFA Required").check();
    await save(page);
    await givePassword(theirs, person.email, person.password);
    await expect(theirs.getByRole("heading", { name: "Register an authenticator" })).toBeVisible();
    await context.close();
  });

  test(`${role} cannot force Federated Only while no provider is enabled, and nothing changes`, async ({ page }) => {
    await signIn(page, role);
    const options = await (await page.request.get("/api/v1/sign-in-options")).json().catch(() => ({}));
    expect(options.identity_providers ?? []).toEqual([]);
    const person = await invite(page.request);
    await openUser(page, person.id);
    await page.getByLabel("Federated Only").check();
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("alert").first()).toContainText("No identity provider is enabled");
    const stored = await (await page.request.get(`/api/v1/users/${person.id}`)).json();
    expect(stored.federated_only).toBe(false);
  });
}

test("an invitation can be sent again and every session ended, each after a question", async ({ page, browser }) => {
  await signIn(page, "platform_administrator");
  const person = await invite(page.request);
  await openUser(page, person.id);
  const act = async (label: string) => {
    await page.getByRole("button", { name: label }).click();
    await page.getByRole("dialog", { name: label }).getByRole("button", { name: label }).click();
  };
  await act("Send Activation Again");
  await expect(page.getByText("The invitation is on its way")).toBeVisible();
  const context = await browser.newContext({ baseURL: world.address });
  const theirs = await context.newPage();
  await activate(theirs, person);
  await expect(theirs.getByRole("navigation", { name: "Main" })).toBeVisible();
  await openUser(page, person.id);
  await act("Sign Out Everywhere");
  await expect(page.getByText("Every session is ended")).toBeVisible();
  expect((await theirs.request.get("/api/v1/session")).status()).toBe(401);
  await act("Send Password Reset");
  await expect(page.getByText("The link is on its way")).toBeVisible();
  await context.close();
});

test("pm_11 nobody is offered a role above their own", async ({ page }) => {
  await signIn(page, "partner_administrator");
  await page.goto("/users/create");
  await expect(page.getByLabel("User Role").locator("option")).toHaveText([
    "Select …",
    "Partner Administrator",
    "Tenant Administrator",
    "Partner Reader",
    "Tenant Reader",
  ]);
  await page.getByLabel("User Role").selectOption({ label: "Tenant Reader" });
  await page.getByRole("combobox", { name: "Tenant" }).fill("Aare Insurance");
  await expect(page.getByText("No match.")).toBeVisible();
});

test("a refused address stands at its field and what was typed stays", async ({ page }) => {
  await signIn(page, "tenant_administrator");
  await page.goto("/users/create");
  await page.getByLabel("First Name").fill("Ada");
  await page.getByLabel("Last Name").fill("Twice");
  await page.getByLabel("Email Address").fill(world.users.tenant_administrator.email_address);
  await page.getByLabel("User Role").selectOption({ label: "Tenant Reader" });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Email Address")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Last Name")).toHaveValue("Twice");
  await expect(page).toHaveURL(/\/users\/create/);
});

test("pm_12 the own account is not changed among the users but under Profile", async ({ page }) => {
  await signIn(page, "distributor_administrator");
  const me = (await (await page.request.get("/api/v1/session")).json()).user.id;
  await page.goto(`/users/${me}`);
  await expect(page.getByText("This is your own account.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Delete" })).toHaveCount(0);
});

for (const role of ["platform_reader", "tenant_reader"]) {
  test(`${role} reads users and changes none`, async ({ page }) => {
    await signIn(page, role);
    await page.goto("/users");
    await page.getByRole("rowheader").first().getByRole("link").click();
    await expect(page.getByText("MFA Required")).toBeVisible();
    await expect(page.getByRole("button", { name: /Save|Delete|Reset MFA/ })).toHaveCount(0);
    await page.goto("/users/create");
    await expect(page.getByRole("heading", { name: "Not allowed" })).toBeVisible();
  });
}

test("a form is saved while the name of its scope is still on the way", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const person = await invite(page.request);
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route("**/api/v1/tenants/*", async (route) => {
    await arrived;
    await route.continue();
  });
  await openUser(page, person.id);
  await page.getByLabel("Phone Number").fill("+49 40 5551");
  await save(page);
  arrive();
  await expect(page.getByRole("combobox", { name: "Tenant" })).toHaveValue("Harbour Freight");
});

test("a user of another branch does not exist", async ({ page, browser }) => {
  await signIn(page, "platform_administrator");
  const people = await (await page.request.get("/api/v1/users?role=platform_reader")).json();
  const context = await browser.newContext({ baseURL: world.address });
  const partner = await context.newPage();
  await signIn(partner, "partner_administrator");
  await partner.goto(`/users/${people.items[0].id}`);
  await expect(partner.getByRole("heading", { name: "Not found" })).toBeVisible();
  await context.close();
});

test("s_28 a dangerous act asks for a fresh proof, and goes on by itself", async ({ page }) => {
  await signIn(page, "platform_administrator");
  const person = await invite(page.request);
  await openUser(page, person.id);
  // The session of the test is fresh, so the first answer is made to say that it is not; everything after it is real.
  let refused = 0;
  await page.route("**/disabled", async (route) => {
    if (refused > 0) return route.continue();
    refused += 1;
    await route.fulfill({
      status: 403,
      contentType: "application/problem+json",
      body: JSON.stringify({
        type: "/docs/errors#step_up_required",
        title: "A fresh proof is needed",
        status: 403,
        detail: "",
        code: "step_up_required",
        request_id: "r-1",
        errors: [],
      }),
    });
  });
  await page.getByLabel("Disabled").check();
  await page.getByRole("button", { name: "Save" }).click();
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  await question.getByLabel("Password").fill("not the password at all");
  await question.getByRole("button", { name: "Confirm" }).click();
  await expect(question.getByRole("alert")).toBeVisible();
  await expectAccessible(page);
  await question.getByLabel("Password").fill(world.users.platform_administrator.password);
  await question.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  const stored = await (await page.request.get(`/api/v1/users/${person.id}`)).json();
  expect(stored.disabled).toBe(true);
});

test("i_13 a used link leads to a page that sends a new one, whoever asks", async ({ page, browser }) => {
  const context = await browser.newContext({ baseURL: world.address });
  await apiSignIn(
    context.request,
    world.users.platform_administrator.email_address,
    world.users.platform_administrator.password,
  );
  const person = await invite(context.request);
  const link = invitationLink(person.email);
  await page.goto(link);
  await page.getByLabel("New password").fill(person.password);
  await page.getByLabel("Repeat the password").fill("something-else-entirely");
  await page.getByRole("button", { name: "Activate" }).click();
  await expect(page.getByText("The two passwords differ.").first()).toBeVisible();
  await page.getByLabel("Repeat the password").fill(person.password);
  await page.getByRole("button", { name: "Activate" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link has expired" })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Email Address").fill("nobody@nowhere.example");
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByText("If an invitation for this address is open")).toBeVisible();
  await context.close();
});
