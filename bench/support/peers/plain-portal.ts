import { Pool } from "undici";
import { z } from "zod";

/** What a program that serves the workloads is started with. */
const spec = z.object({ webhooks: z.array(z.string()).min(1), connections: z.number() });

interface WireMessage {
  readonly id: number | string;
  readonly senderid: number | string;
  readonly date: string;
  readonly text: string;
  readonly params?: { readonly connectorMid?: readonly string[]; readonly fileId?: readonly (number | string)[] };
}

interface WireNamed {
  readonly id: number | string;
  readonly name: string;
}

export interface WireHistory {
  readonly sessionId: number | string;
  readonly chatId: number | string;
  readonly canJoin: string | boolean;
  readonly message: Readonly<Record<string, WireMessage>>;
  readonly users: Readonly<Record<string, WireNamed>>;
  readonly files: Readonly<Record<string, WireNamed>>;
  readonly userInChat: Readonly<Record<string, readonly (number | string)[]>>;
}

export interface WireChat {
  readonly id: number | string;
  readonly name: string;
  readonly owner: number | string;
  readonly entity_data_1: string;
  readonly message_count: number;
  readonly user_counter: number;
  readonly readed_list: readonly {
    readonly user_id: number | string;
    readonly user_name: string;
    readonly message_id: number | string;
    readonly date: string;
  }[];
}

export interface WireRecent {
  readonly items: readonly { readonly chat_id: number | string; readonly chat: WireChat }[];
}

export interface WireLine {
  readonly ID: number | string;
  readonly LINE_NAME: string;
  readonly ACTIVE: string;
}

/** The portal as a program without a gateway reads it: each call a request at once, the answer parsed and trusted. */
export interface PlainPortal {
  call<T>(method: string, params: unknown): Promise<T>;
  /** Several commands in one request; the answers by their names. */
  batch<T>(commands: Readonly<Record<string, string>>): Promise<Readonly<Record<string, T>>>;
}

export const RECENT = (first: number) => ({ SKIP_DIALOG: "Y", SKIP_CHAT: "Y", OFFSET: 0, LIMIT: first });
export const LINES = (first: number) => ({
  PARAMS: { order: { ID: "ASC" }, limit: first + 1, offset: 0 },
  OPTIONS: { QUEUE: "Y", CONFIG_QUEUE: "Y" },
});

/** Portals by key, read from the program's argument: `keyOf` the index of a webhook. */
export function openPlainPortals(): (key: string | undefined) => PlainPortal {
  const { webhooks, connections } = spec.parse(JSON.parse(process.argv[2] ?? ""));
  const [first = ""] = webhooks;
  const pool = new Pool(new URL(first).origin, { connections, pipelining: 1 });
  const portals = webhooks.map((webhook) => openPlainPortal(pool, new URL(webhook).pathname));
  const [fallback] = portals;
  if (fallback === undefined) throw new Error("unreachable: there is a webhook");
  return (key) => portals[Number(/\d+$/.exec(key ?? "")?.[0] ?? 0)] ?? fallback;
}

function openPlainPortal(pool: Pool, path: string): PlainPortal {
  async function call<T>(method: string, params: unknown): Promise<T> {
    const response = await pool.request({
      path: `${path}${method}`,
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(params),
    });
    // A peer takes what the portal says as it is: checking it would only make it slower.
    const { result } = (await response.body.json()) as { readonly result: T };
    return result;
  }
  return {
    call,
    async batch<T>(cmd: Readonly<Record<string, string>>) {
      return (await call<{ readonly result: Readonly<Record<string, T>> }>("batch", { halt: 0, cmd })).result;
    },
  };
}
