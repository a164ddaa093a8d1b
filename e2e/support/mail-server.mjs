// A mail server as a process of its own: STARTTLS, then an account, then mail.
//
//   node mail-server.mjs <file with key and certificate>
//
// Prints one line of JSON: port, account and the address of its mailbox. `GET /?to=…` answers every mail to that address
// that it took, oldest first, as JSON. An address that begins with `nobody` is refused.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const [file] = process.argv.slice(2);
if (!file) throw new Error("usage: node mail-server.mjs <file with key and certificate>");
const pem = readFileSync(file);
const account = { user_name: "cms", password: randomBytes(12).toString("hex") };
const taken = [];

const refusal = (text, responseCode) => Object.assign(new Error(text), { responseCode });
const smtp = new SMTPServer({
  key: pem,
  cert: pem,
  authMethods: ["PLAIN", "LOGIN"],
  logger: false,
  onAuth({ username, password }, session, done) {
    const known = session.secure && username === account.user_name && password === account.password;
    if (known) done(null, { user: username });
    else done(refusal("wrong user name or password", 535));
  },
  onRcptTo({ address }, _, done) {
    done(address.startsWith("nobody") ? refusal("no such mailbox", 550) : null);
  },
  onData(stream, session, done) {
    simpleParser(stream).then((mail) => {
      taken.push({
        to: session.envelope.rcptTo.map(({ address }) => address),
        from: session.envelope.mailFrom.address,
        user: session.user,
        tls: session.tlsOptions?.version ?? (session.secure ? "TLS" : ""),
        subject: mail.subject,
        message_id: mail.messageId,
        text: mail.text,
      });
      done();
    }, done);
  },
});
// A client that does not trust the certificate ends the connection; the next one may.
smtp.on("error", () => undefined);
await new Promise((ready) => smtp.listen(0, "127.0.0.1", ready));

const mailbox = createServer((request, answer) => {
  const to = new URL(request.url, "http://mailbox").searchParams.get("to");
  answer.writeHead(200, { "content-type": "application/json" });
  answer.end(JSON.stringify(taken.filter((mail) => !to || mail.to.includes(to))));
});
await new Promise((ready) => mailbox.listen(0, "127.0.0.1", ready));
const mailboxUrl = `http://127.0.0.1:${mailbox.address().port}`;
// Whoever started this process holds its standard input; when that ends, so does this.
process.stdin.on("end", () => process.exit(0)).resume();
console.log(JSON.stringify({ host: "127.0.0.1", port: smtp.server.address().port, ...account, mailbox: mailboxUrl }));
