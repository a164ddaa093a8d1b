import { expect, expectAccessible } from "../support/fixtures";
import { enter, inviteReader, saveSettings, test as base, type OwnWorld } from "../support/own-world";
import { givePassword } from "../support/people";
import { counterpart } from "../support/process";
import { join } from "node:path";

/** The mail server, as it says of itself. */
interface MailServer {
  host: string;
  port: number;
  user_name: string;
  password: string;
  mailbox: string;
}

interface Mail {
  from: string;
  subject: string;
  text: string;
  user: string;
}

const test = base.extend<object, { mails: MailServer }>({
  mails: [
    async ({}, use) => {
      const running = await counterpart<MailServer>("mail-server.mjs", join(__dirname, "../support/tls/server.pem"));
      await use(running.says);
      await running.stop();
    },
    { scope: "worker" },
  ],
});

/** The newest mail to an address that has this subject, as soon as it is there. */
async function mailTo(mails: MailServer, address: string, subject: string): Promise<Mail> {
  let found: Mail | undefined;
  await expect
    .poll(async () => {
      const all: Mail[] = await (await fetch(`${mails.mailbox}/?to=${encodeURIComponent(address)}`)).json();
      found = all.filter((mail) => mail.subject === subject).at(-1);
      return found !== undefined;
    }, { message: `a mail to ${address}`, timeout: 20_000 })
    .toBe(true);
  return found as Mail;
}

function linkIn({ text }: Mail): string {
  const link = text.match(/https?:\/\/\S+/);
  expect(link, text).not.toBeNull();
  return link![0];
}

async function connected(own: OwnWorld, mails: MailServer): Promise<void> {
  await saveSettings(own, "Mail", {
    "mail.host": mails.host,
    "mail.port": mails.port,
    "mail.encryption": "starttls",
    "mail.user_name": mails.user_name,
    "mail.password": mails.password,
    "mail.from_address": "cms@skyline-clouds.example",
  });
}

test("st_9 the mail server is set on its screen and tested, under STARTTLS with its account", async ({ page, own, mails }) => {
  await enter(page, own);
  await page.goto("/settings?section=mail");
  await page.getByLabel("Mail Server").fill(mails.host);
  await page.getByLabel("Mail Port").fill(String(mails.port));
  await page.getByLabel("Mail User Name").fill(mails.user_name);
  await page.getByLabel("Mail Password").fill("not the password");
  await page.getByLabel("Sender Address").fill("cms@skyline-clouds.example");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.getByRole("button", { name: "Send Test" }).click();
  await expect(page.getByText("The mail server refused the user name or password.")).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel("Mail Password").fill(mails.password);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.getByRole("button", { name: "Send Test" }).click();
  await expect(page.getByText(`A mail was sent to ${own.administrator.email}.`)).toBeVisible();
  await expectAccessible(page);
  const mail = await mailTo(mails, own.administrator.email, "Test of the mail server");
  expect(mail).toMatchObject({ user: mails.user_name, from: "cms@skyline-clouds.example" });
});

test("i_12 the invitation comes by mail, and its link and code activate the account", async ({ page, own, mails }) => {
  await connected(own, mails);
  const person = await inviteReader(own);
  const mail = await mailTo(mails, person.email, "Activate your account");
  expect(mail.text).toContain(`Hello ${person.first},`);
  const code = mail.text.match(/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/);
  expect(code, mail.text).not.toBeNull();
  await page.goto(linkIn(mail));
  await page.getByLabel("Email Address").fill(person.email);
  await page.getByLabel("New password").fill(person.password);
  await page.getByLabel("Repeat the password").fill(person.password);
  await page.getByLabel("Code from the mail").fill("AAAAA-AAAAA");
  await page.getByRole("button", { name: "Activate" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.getByLabel("Code from the mail").fill(code![0]);
  await page.getByRole("button", { name: "Activate" }).click();
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
});

test("i_23 a forgotten password is set again by the link of a mail, once", async ({ page, own, mails }) => {
  await connected(own, mails);
  const person = await inviteReader(own);
  const invitation = await mailTo(mails, person.email, "Activate your account");
  const activated = await page.request.post("/api/v1/activation", {
    headers: { "X-CMS-Request": "1", Origin: own.address },
    data: {
      token: new URL(linkIn(invitation)).searchParams.get("token"),
      password: person.password,
      email_address: person.email,
      code: invitation.text.match(/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/)![0],
    },
  });
  expect(activated.status(), await activated.text()).toBe(200);
  await page.context().clearCookies();

  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Reset password" }).click();
  await page.getByLabel("Email Address").fill(person.email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("status").filter({ hasText: /on its way/ }).first()).toBeVisible();
  const link = linkIn(await mailTo(mails, person.email, "Set a new password"));
  const password = `${person.password}-new`;
  await page.goto(link);
  await page.getByLabel("New password").fill(password);
  await page.getByLabel("Repeat the password").fill(password);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The new password is set, and every session of yours is ended.")).toBeVisible();
  await expectAccessible(page);
  await givePassword(page, person.email, person.password);
  await expect(page.getByRole("alert").first()).toBeVisible();
  await givePassword(page, person.email, password);
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  // The link works once.
  await page.goto(link);
  await page.getByLabel("New password").fill(password);
  await page.getByLabel("Repeat the password").fill(password);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("This link has expired or was used already.")).toBeVisible();
});
