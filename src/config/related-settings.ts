import { isLoopback } from "../datasources/bitrix24/loopback.ts";
import type { Config } from "./config.ts";
import { credentialHost, DEFAULT_CREDENTIAL } from "./credentials.ts";
import { credentialProblem } from "./key-credential.ts";

/** Settings that need each other, checked once each of them is right by itself. */
export function relatedProblems(config: Config): string[] {
  const problems: string[] = [];
  for (const [name, credential] of config.portal.credentials) {
    if (credential.kind !== "webhook" || config.portal.allowHttp) continue;
    const url = new URL(credential.url);
    if (url.protocol !== "http:" || isLoopback(url.hostname)) continue;
    const source = name === DEFAULT_CREDENTIAL ? "BITRIX24_WEBHOOK_URL" : `The credential ${name}`;
    problems.push(`${source} must use https; BITRIX24_ALLOW_HTTP=true permits http for ${credentialHost(credential)}`);
  }
  problems.push(...tokenUrlProblems(config));
  for (const { name, credential } of config.keys.configured) {
    const problem = credentialProblem(credential, config.portal.credentials);
    if (problem !== undefined) problems.push(`GATEWAY_API_KEYS: the key ${name} ${problem}`);
  }
  problems.push(...identityProblems(config));
  problems.push(...outgoingWebhookProblems(config));
  if (config.portal.credentials.size === 0 && config.portal.userTokenHosts.length === 0) {
    problems.push(
      "No portal is configured: set BITRIX24_WEBHOOK_URL, BITRIX24_CREDENTIALS_FILE or BITRIX24_PORTALS (npm start without them runs the demo)",
    );
  }
  return problems;
}

/** An application's secret and tokens go there. */
function tokenUrlProblems({ portal, live }: Config): string[] {
  const urls = new Map<string, string | undefined>([["BITRIX24_TOKEN_URL", live.application?.tokenUrl]]);
  for (const [name, credential] of portal.credentials) {
    if (credential.kind === "application") urls.set(`tokenUrl of the credential ${name}`, credential.tokenUrl);
  }
  return [...urls].flatMap(([source, url]) => {
    if (url === undefined || portal.allowHttp) return [];
    const { protocol, hostname, host } = new URL(url);
    if (protocol === "https:" || isLoopback(hostname)) return [];
    return [`${source} must use https; BITRIX24_ALLOW_HTTP=true permits http for ${host}`];
  });
}

function identityProblems({ identity: { rules, jsonWebTokens }, portal }: Config): string[] {
  const problems: string[] = [];
  for (const { portal: host } of rules.users) {
    if (!portal.userTokenHosts.includes(host)) {
      problems.push(`GATEWAY_IDENTITY_FILE has a rule for users of ${host}, which is not in BITRIX24_PORTALS`);
    }
  }
  for (const { claim, credential } of rules.claims) {
    if (!portal.credentials.has(credential)) {
      problems.push(
        `GATEWAY_IDENTITY_FILE: the rule for the claim ${claim} names the credential ${credential}, which is not configured`,
      );
    }
  }
  if (jsonWebTokens !== undefined && rules.claims.length === 0) {
    problems.push("GATEWAY_JWT_ISSUER needs rules for claims in GATEWAY_IDENTITY_FILE: what is in no rule is refused");
  }
  if (jsonWebTokens === undefined && rules.claims.length > 0) {
    problems.push("GATEWAY_IDENTITY_FILE has rules for claims, which need GATEWAY_JWT_ISSUER");
  }
  return problems;
}

/** What they tell has to be looked up, with a credential of the same portal. */
function outgoingWebhookProblems({ live, portal }: Config): string[] {
  const hosts = new Set([...portal.credentials.values()].map(credentialHost));
  return live.outgoingWebhooks.flatMap(({ host }) =>
    hosts.has(host) || (live.application !== undefined && portal.userTokenHosts.includes(host))
      ? []
      : [`BITRIX24_OUTGOING_WEBHOOKS names ${host}, of which no credential is configured to look up what it tells`],
  );
}
