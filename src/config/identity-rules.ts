import { readFileSync } from "node:fs";
import { z } from "zod";
import { systemErrorCode } from "./credentials.ts";
import { grantedRights, type IdentityRights, lineIds, rightList, rightsProblem, writtenScope } from "./rights.ts";
import { portalHost } from "./setting-values.ts";

/** What a user of a portal may do who comes with his own access token. Who is in no rule may do everything, with events of his own chats. */
export interface UserRule {
  readonly portal: string;
  readonly userIds: ReadonlySet<string>;
  readonly rights: IdentityRights;
}

/** What a token of the identity provider stands for whose claim has (or holds) a value. */
export interface ClaimRule {
  /** Name of the claim, or the path to it with dots. */
  readonly claim: string;
  readonly value: string;
  /** Name of the credential it acts with. */
  readonly credential: string;
  readonly rights: IdentityRights;
}

/** In the order of the file: the first rule that fits decides. */
export interface IdentityRules {
  readonly users: readonly UserRule[];
  readonly claims: readonly ClaimRule[];
}

export const NO_IDENTITY_RULES: IdentityRules = { users: [], claims: [] };

const written = { rights: rightList.optional(), events: writtenScope.optional(), lines: lineIds.optional() };
const identityFile = z.strictObject({
  users: z
    .array(z.strictObject({ portal: portalHost, userIds: z.array(z.string().regex(/^[1-9][0-9]*$/)), ...written }))
    .default([]),
  claims: z
    .array(
      z.strictObject({
        claim: z.string().min(1),
        value: z.string().min(1),
        credential: z.string().min(1),
        ...written,
        // Whoever comes from outside of Bitrix24 reads, unless the rule says more.
        rights: rightList.default(["query"]),
      }),
    )
    .default([]),
});

/**
 * Reads the rules for users and claims: `{"users": [{"portal": "…", "userIds": ["1"], "events": "all"}], "claims": [{"claim": "groups",
 * "value": "support", "credential": "anna", "rights": ["query", "act"]}]}`. Throws an `Error` whose message names the place that is wrong.
 */
export function readIdentityRules(path: string): IdentityRules {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(error instanceof SyntaxError ? "is not JSON" : `cannot be read (${systemErrorCode(error)})`);
  }
  const parsed = identityFile.safeParse(content);
  if (!parsed.success) {
    const { path: place = [], message } = parsed.error.issues[0] ?? {};
    throw new Error(`has a wrong rule: ${[...place.map(String), message ?? "not understood"].join(" ")}`);
  }
  const { users, claims } = parsed.data;
  for (const [place, rule] of [...numbered("users", users), ...numbered("claims", claims)]) {
    const problem = rightsProblem(rule);
    if (problem !== undefined) throw new Error(`has a wrong rule: ${place} ${problem}`);
  }
  return {
    users: users.map((rule) => ({
      portal: rule.portal,
      userIds: new Set(rule.userIds),
      rights: grantedRights(rule),
    })),
    claims: claims.map((rule) => ({
      claim: rule.claim,
      value: rule.value,
      credential: rule.credential,
      rights: grantedRights(rule),
    })),
  };
}

function numbered<T>(name: string, rules: readonly T[]): [string, T][] {
  return rules.map((rule, index) => [`${name} ${index}`, rule]);
}
