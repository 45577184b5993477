import type { Application } from "../protocol/credentials.ts";
import type { FileTokens } from "../protocol/file-tokens.ts";
import type { Params } from "../protocol/php-form.ts";
import type { World } from "../world/world.ts";

export type PortalLanguage = "en" | "de" | "ru";

/** Who calls: a webhook of one user, or a user's token of an application. */
export interface Credential {
  kind: "webhook" | "oauth";
  /** Names the credential in the operating-time limiter. */
  id: string;
  userId: number;
  scopes: readonly string[];
  /** The application's id; empty for webhooks. */
  clientId: string;
  /** Absent for webhooks. */
  application?: Application;
}

/** One call of a method: parameters as PHP would see them, the acting user and the world to act on. */
export interface Call {
  world: World;
  params: Params;
  userId: number;
  credential: Credential;
  /** One map per HTTP request: what the vendor's process keeps between the commands of a batch. */
  cache: Map<string, unknown>;
  portal: PortalIdentity;
}

export interface PortalIdentity {
  url: string;
  memberId: string;
  language: PortalLanguage;
  age: PortalAge;
  /** Links to contents that need no session. */
  fileTokens: FileTokens;
  /** Whether its plan has the reports of Open Channels. */
  hasReports: boolean;
  /** What `userCode` of a reported session is: the customer's id in the channel, or the four parts of the classic methods. */
  sessionUserCode: "external" | "full";
  /** Under which of the two documented keys the statistics of sessions come. */
  statKey: "sessions" | "stats";
}

/** From when the portal's software is: without v2 methods, with the first of them, with all that is documented today. */
export type PortalAge = 2024 | 2025 | 2026;

export interface Method {
  name: string;
  /** The scope that must be granted; "" = always available. Several = any one of them. */
  scope: readonly string[];
  kind: "read" | "write";
  run(call: Call): unknown;
}

/** A result of a standard list method, with the envelope's `total` and `next`. */
export class PagedResult {
  readonly result: unknown;
  /** undefined = the caller asked not to count. */
  readonly total: number | undefined;
  readonly next: number | undefined;

  constructor(result: unknown, total: number | undefined, next?: number) {
    this.result = result;
    this.total = total;
    this.next = next;
  }
}

export function read(name: string, scope: string | readonly string[], run: (call: Call) => unknown): Method {
  return { name, scope: scopes(scope), kind: "read", run };
}

export function write(name: string, scope: string | readonly string[], run: (call: Call) => unknown): Method {
  return { name, scope: scopes(scope), kind: "write", run };
}

function scopes(scope: string | readonly string[]): readonly string[] {
  if (typeof scope !== "string") return scope;
  return scope === "" ? [] : [scope];
}
