// A certified OpenID Connect provider as a process of its own.
//
//   node identity-provider.mjs <redirect uri>
//
// Prints one line of JSON: where it answers, the client it knows and the client's secret. Every name may sign in with
// any password; a name that ends in `+mfa` also proved a second factor. `/elsewhere` describes itself as the provider at
// the root, as an address does that somebody entered wrongly.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [redirectUri] = process.argv.slice(2);
if (!redirectUri) throw new Error("usage: node identity-provider.mjs <redirect uri>");

const server = createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const issuer = `http://127.0.0.1:${server.address().port}`;
const client = { client_id: "cms", client_secret: randomBytes(16).toString("hex") };
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

const provider = new Provider(issuer, {
  clients: [{ ...client, redirect_uris: [redirectUri], response_types: ["code"], grant_types: ["authorization_code"] }],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "first", alg: "RS256", use: "sig" }] },
  pkce: { required: () => true },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  claims: { openid: ["sub", "amr", "auth_time"], profile: [] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  // Whoever signed in has agreed: the client belongs to the same organisation.
  async loadExistingGrant(context) {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope(context.oidc.params.scope);
    await grant.save();
    return grant;
  },
});

const form = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Identity provider</title>
<h1>Identity provider</h1><form method="post"><label>Name <input name="login" required></label>
<label>Password <input name="password" type="password" required></label><button>Continue</button></form></html>`;

async function fields(request) {
  let body = "";
  for await (const part of request) body += part;
  return new URLSearchParams(body);
}

async function signIn(request, answer) {
  if (request.method === "GET") {
    await provider.interactionDetails(request, answer);
    answer.writeHead(200, { "content-type": "text/html" }).end(form);
    return;
  }
  const login = (await fields(request)).get("login");
  const amr = login.endsWith("+mfa") ? ["pwd", "mfa"] : ["pwd"];
  const result = { login: { accountId: login, amr } };
  await provider.interactionFinished(request, answer, result, { mergeWithLastSubmission: false });
}

const answers = provider.callback();
server.on("request", async (request, answer) => {
  try {
    if (request.url.startsWith("/interaction/")) return await signIn(request, answer);
    if (request.url === "/elsewhere/.well-known/openid-configuration") request.url = request.url.slice("/elsewhere".length);
    return answers(request, answer);
  } catch (error) {
    answer.writeHead(500).end(String(error));
  }
});
// Whoever started this process holds its standard input; when that ends, so does this.
process.stdin.on("end", () => process.exit(0)).resume();
console.log(JSON.stringify({ issuer, ...client }));
