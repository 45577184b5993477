import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningPortal } from "../../simulator/portal.ts";
import { runGateway } from "./gateway-here.ts";

export interface GatewayOptions {
  /** Each of its people gets a key, named as `keyFor` says. */
  readonly portal: RunningPortal;
  /** Further keys: name to webhook address. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Names of keys that may see every live event of the portal. */
  readonly seeingAll?: readonly string[];
  /** The portal fails on purpose: reads are repeated, which no cost reckons with. */
  readonly isDisturbed?: boolean;
  /** Settings that replace those of the harness. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [name: string]: unknown };
}

export interface GraphqlAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of queries whose shape they wrote themselves.
  readonly data: any;
  readonly errors: readonly GraphqlError[] | undefined;
  readonly extensions: {
    readonly upstream: {
      readonly requests: number;
      readonly commands: number;
      readonly cost: number;
      readonly kept?: number;
      readonly waitedMs: number;
    };
  };
}

export interface RequestOptions {
  /** Name of a person or of a further key; by default the first of the portal's people (the supervisor). `null` sends none. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestGateway {
  readonly url: string;
  /** Key of a person (`keyFor`) or a further name. */
  keyOf(name: string): string;
  graphql(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    options?: RequestOptions,
  ): Promise<GraphqlAnswer>;
  close(): Promise<void>;
}

/** The key name of one of the portal's people: first name in lower case with the id, as in `anna-27`. */
export function keyFor(user: { readonly id: number; readonly name: string }): string {
  const first = user.name
    .split(" ")[0]
    ?.replace(/[^A-Za-z]/g, "")
    .toLowerCase();
  return `${first === undefined || first === "" ? "user" : first}-${user.id}`;
}

/** Starts the real server in this process on a free port. */
export async function startGateway({
  portal,
  keys = {},
  seeingAll = [],
  isDisturbed = false,
  env = {},
}: GatewayOptions): Promise<TestGateway> {
  const directory = await mkdtemp(join(tmpdir(), "gateway-test-"));
  const webhooks = new Map(portal.users.map((user) => [keyFor(user), user.webhookUrl]));
  for (const [name, webhook] of Object.entries(keys)) webhooks.set(name, webhook);
  const keyOf = (name: string): string => `${name}-key-of-a-test`;
  const server = await runGateway({
    GATEWAY_DATA_DIR: directory,
    GATEWAY_INTROSPECTION: "true",
    // With COMPILED_QUERIES=off all of it runs on graphql-js.
    GATEWAY_COMPILED_QUERIES: process.env.COMPILED_QUERIES ?? "on",
    GATEWAY_API_KEYS: [...webhooks.keys()]
      .map((name) => `${name}:${keyOf(name)}:${name}${seeingAll.includes(name) ? ":all" : ""}`)
      .join(","),
    BITRIX24_CREDENTIALS_FILE: await writeCredentials(directory, webhooks),
    ...env,
  });
  const firstKey = [...webhooks.keys()][0] ?? null;

  return {
    url: server.url,
    keyOf,
    async graphql(query, variables = {}, { key = firstKey, headers = {} } = {}) {
      const response = await fetch(server.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(key === null ? {} : { "x-api-key": keyOf(key) }),
          ...headers,
        },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors, extensions } = (await response.json()) as Omit<GraphqlAnswer, "status">;
      // Whatever a test asks of an undisturbed portal, it was weighed as that much at least before it began.
      const upstream = extensions?.upstream;
      if (!isDisturbed && upstream !== undefined && upstream.commands > upstream.cost) {
        throw new Error(`${upstream.commands} commands were spent, ${upstream.cost} were reckoned with: ${query}`);
      }
      return { status: response.status, data, errors, extensions };
    },
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function writeCredentials(directory: string, webhooks: ReadonlyMap<string, string>): Promise<string> {
  const path = join(directory, "credentials.json");
  const content = Object.fromEntries([...webhooks].map(([name, webhook]) => [name, { webhook }]));
  await writeFile(path, JSON.stringify(content), { mode: 0o600 });
  return path;
}
