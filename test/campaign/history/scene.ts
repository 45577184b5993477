import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { maySeeDialog } from "../../../simulator/methods/dialog-access.ts";
import { addKey } from "../../../src/server/identity/keys-file.ts";
import { freePort } from "../../kit/free-port.ts";
import { type GatewayProcess, startGatewayProcess } from "../../kit/gateway-process.ts";
import { type RedisServer, startRedisServer } from "../../kit/redis-server.ts";
import { currentCursor } from "../../kit/socket-client.ts";
import type { Sender } from "../../subscriptions/deliveries.ts";
import type { SentEvent } from "../live/event-sender.ts";
import { type ChatPlace, openGatewayOffice, temporaryDirectory } from "../live/installed-portal.ts";
import type { Interest } from "../live/resuming-subscriber.ts";
import { openTcpGate, type TcpGate } from "./tcp-gate.ts";

/** One gateway of a scene, and what can be done to it. */
export interface Member {
  readonly origin: string;
  readonly directory: string;
  /** Its own way to Redis, where there is one. */
  readonly gate: TcpGate | undefined;
  process(): GatewayProcess;
  /** Starts it again, on the same port and directory. */
  start(more?: Readonly<Record<string, string>>): Promise<void>;
}

/** A portal, one gateway with a directory or two with Redis, and who may listen to what. */
export interface Scene {
  readonly members: readonly Member[];
  readonly redis: RedisServer | undefined;
  readonly sender: Sender;
  readonly places: readonly ChatPlace[];
  readonly seats: readonly Seat[];
  readonly cursor: string;
}

/** A kind of subscriber. */
export interface Seat {
  readonly name: string;
  readonly key: string;
  readonly interest: Interest;
}

const PLACES = 6;

export async function openScene(gateways: 1 | 2, more: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const office = await openGatewayOffice();
  const [supervisor, operator] = office.portal.users;
  if (supervisor === undefined || operator === undefined) throw new Error("a portal without people");
  const directory = await temporaryDirectory("history");
  const credentials = join(directory, "credentials.json");
  const people = { supervisor: { webhook: supervisor.webhookUrl }, operator: { webhook: operator.webhookUrl } };
  await writeFile(credentials, JSON.stringify(people), { mode: 0o600 });
  const places = office.places().slice(0, PLACES);
  const line = String(places[0]?.lineId);
  const keys = join(directory, "keys.json");
  const all = addKey(keys, "all", "supervisor", { events: "all" });
  const ofLine = addKey(keys, "line", "operator", { lines: [line] });
  const own = addKey(keys, "own", "operator");
  const { world } = office.portal;
  const seesChat = ({ place }: SentEvent): boolean => maySeeDialog(world, operator.id, world.chat(place.chatId));

  const redis = gateways === 2 ? await startRedisServer() : undefined;
  if (redis !== undefined) onTestFinished(() => redis.close());
  const members: Member[] = [];
  for (let index = 0; index < gateways; index += 1) members.push(await addMember());

  async function addMember(): Promise<Member> {
    const port = await freePort();
    const data = await office.dataDirectory();
    const gate = redis === undefined ? undefined : await openTcpGate(redis.port);
    if (gate !== undefined) onTestFinished(() => gate.end());
    const settings = office.settings(port, data, {
      GATEWAY_KEYS_FILE: keys,
      BITRIX24_CREDENTIALS_FILE: credentials,
      ...(gate === undefined ? {} : { REDIS_URL: `redis://127.0.0.1:${gate.port}` }),
      ...more,
    });
    let running: GatewayProcess | undefined;
    async function start(extra: Readonly<Record<string, string>> = {}): Promise<void> {
      running = await startGatewayProcess({ ...settings, ...extra });
    }
    await start();
    onTestFinished(async () => running?.kill());
    return {
      origin: `http://127.0.0.1:${port}`,
      directory: data,
      gate,
      start,
      process() {
        if (running === undefined) throw new Error("not started");
        return running;
      },
    };
  }

  const [first] = members;
  if (first === undefined) throw new Error("no gateway");
  const sender = await office.install(first.origin);
  const outgoing = "directions: [OUTGOING]";
  const isOutgoing = ({ direction }: SentEvent): boolean => direction === "OUTGOING";
  const ofChat = String(places[1]?.chatId);
  const seats: Seat[] = [
    { name: "all", key: all, interest: { field: "openLineEvents", filter: "", matches: () => true } },
    {
      name: "all, incoming messages",
      key: all,
      interest: { field: "messageAdded", filter: "directions: [INCOMING]", matches: (event) => !isOutgoing(event) },
    },
    {
      name: "all, one chat",
      key: all,
      interest: {
        field: "openLineEvents",
        filter: `chatIds: ["${ofChat}"], ${outgoing}`,
        matches: (event) => isOutgoing(event) && String(event.place.chatId) === ofChat,
      },
    },
    {
      name: "one line",
      key: ofLine,
      interest: {
        field: "messageAdded",
        filter: outgoing,
        matches: (event) => isOutgoing(event) && (String(event.place.lineId) === line || seesChat(event)),
      },
    },
    {
      name: "own chats",
      key: own,
      interest: {
        field: "openLineEvents",
        filter: outgoing,
        matches: (event) => isOutgoing(event) && seesChat(event),
      },
    },
  ];
  return { members, redis, sender, places, seats, cursor: await currentCursor(first.origin, all) };
}
