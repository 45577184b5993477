import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { maySeeDialog } from "../../../simulator/methods/dialog-access.ts";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { leaveChat } from "../../../simulator/world/members.ts";
import type { Chat } from "../../../simulator/world/records.ts";
import { hashSecret } from "../../../src/installation/installation.ts";
import { createInstallationStore, INSTALLATION_NAMESPACES } from "../../../src/installation/installation-store.ts";
import { addKey, type KeyTerms } from "../../../src/server/identity/keys-file.ts";
import { openEventStorage } from "../../../src/subscriptions/events/event-storage.ts";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { freePort } from "../../kit/free-port.ts";
import { startGatewayHere } from "../../kit/gateway-here.ts";
import { connectSocket, currentCursor, type StreamResult } from "../../kit/socket-client.ts";
import { progress, until } from "../../kit/until.ts";
import type { Sender } from "../../subscriptions/deliveries.ts";
import { createPoster, messageForm } from "./event-sender.ts";
import { type ChatPlace, placeOf, temporaryDirectory } from "./installed-portal.ts";

const CHATS_PER_PORTAL = 12;
const ROUNDS = 4;

interface Tenant {
  readonly portal: RunningPortal;
  readonly sender: Sender;
  readonly places: readonly ChatPlace[];
}

/** Who listens, and the portal's own answer to which chats he may see. */
interface Viewer {
  readonly tenant: Tenant;
  readonly key: string;
  readonly maySee: (place: ChatPlace) => boolean;
}

async function openTenants(count: number): Promise<Tenant[]> {
  const tenants: Tenant[] = [];
  for (let seed = 1; seed <= count; seed += 1) {
    const portal = await startPortal({ size: 0.1, plan: "on-premise", seed });
    onTestFinished(() => portal.close());
    const chats = [...portal.world.chats.values()].filter(({ kind }) => kind === "lines");
    tenants.push({
      portal,
      sender: { memberId: portal.memberId, applicationToken: randomBytes(16).toString("hex") },
      places: chats.slice(0, CHATS_PER_PORTAL).map(placeOf),
    });
  }
  return tenants;
}

/** The application as if it had been installed in each portal: its tokens are the portal's own. */
async function install(tenants: readonly Tenant[], directory: string, encryptionKey: Buffer): Promise<void> {
  const storage = await openEventStorage(
    { kind: "lmdb", directory: join(directory, "live") },
    { namespaces: INSTALLATION_NAMESPACES },
  );
  const store = createInstallationStore({
    keyValues: storage.keyValues,
    encryptionKey,
    clientSecret: "client-secret-0123456789",
    tokenUrl: "http://127.0.0.1:9/oauth/token/",
  });
  for (const { portal, sender } of tenants) {
    await store.save({
      memberId: sender.memberId,
      host: new URL(portal.url).host,
      clientId: portal.application.clientId,
      tokens: portal.issueTokens(portal.world.supervisorId),
      applicationTokenHash: hashSecret(sender.applicationToken),
      offerHash: hashSecret("offer"),
      scopes: ["imopenlines", "im"],
      userId: String(portal.world.supervisorId),
      status: "active",
      installedAt: new Date(),
    });
  }
  await storage.close();
}

/** The dialogs of a user: he takes part, or they are offered to him. */
function isInside(chat: Chat, userId: number): boolean {
  return chat.members.has(userId) || chat.recents.has(userId);
}

interface Stage {
  readonly origin: string;
  /** A key of a person of a tenant, with the rights given. */
  viewer(tenant: Tenant, person: number, rights?: KeyTerms): Viewer;
}

/** A gateway before all these portals; `prepare` makes the keys before it starts. */
async function startStage<T>(
  tenants: readonly Tenant[],
  prepare: (viewer: Stage["viewer"]) => T,
): Promise<{ origin: string; prepared: T }> {
  const directory = await temporaryDirectory("gateway");
  const encryptionKey = randomBytes(32);
  await install(tenants, directory, encryptionKey);
  const credentials: Record<string, { webhook: string }> = {};
  const keysFile = join(directory, "keys.json");
  let keys = 0;
  const prepared = prepare((tenant, person, rights = {}) => {
    const user = tenant.portal.users[person];
    if (user === undefined) throw new Error("no such person");
    const credential = `${tenants.indexOf(tenant)}-${user.id}`;
    credentials[credential] = { webhook: user.webhookUrl };
    keys += 1;
    const { world } = tenant.portal;
    return {
      tenant,
      key: addKey(keysFile, `key-${keys}`, credential, rights),
      maySee: (place) =>
        rights.events === "all" ||
        rights.lines?.includes(String(place.lineId)) === true ||
        isInside(world.chat(place.chatId), user.id),
    };
  });
  const credentialsFile = join(directory, "credentials.json");
  await writeFile(credentialsFile, JSON.stringify(credentials), { mode: 0o600 });
  const origin = await startGatewayHere({
    GATEWAY_PORT: String(await freePort()),
    GATEWAY_DATA_DIR: directory,
    GATEWAY_KEYS_FILE: keysFile,
    GATEWAY_ENCRYPTION_KEY: encryptionKey.toString("hex"),
    GATEWAY_ACCESS_RECHECK_SECONDS: "1",
    BITRIX24_CREDENTIALS_FILE: credentialsFile,
    BITRIX24_PLAN: "on-premise",
    BITRIX24_CLIENT_ID: "local.test.1",
    BITRIX24_CLIENT_SECRET: "client-secret-0123456789",
    BITRIX24_TOKEN_URL: "http://127.0.0.1:9/oauth/token/",
  });
  return { origin, prepared };
}

const TEXTS =
  "subscription ($after: EventCursor) { messageAdded(after: $after) { cursor content { text } chat { title } } }";

/** Who names a chat sees it with any right to it, not only as one of the own dialogs. */
const NAMED_TEXTS =
  "subscription ($chatIds: [ID!]) { messageAdded(filter: { chatIds: $chatIds }) { content { text } chat { title } } }";

/** The text of a delivered message, or what came in its place. */
function textOf({ data, errors }: StreamResult): string {
  // The document asked for exactly this.
  const event = data?.messageAdded as { content: { text: string } } | null | undefined;
  return event?.content.text ?? JSON.stringify(errors);
}

/** What a listener was handed: messages, and the cursors of those that were left out with a word as nobody could be asked in time. */
interface Handed {
  readonly texts: string[];
  readonly withheld: string[];
}

/** Takes results over; `textAt` learns which message is at a cursor. */
function takeInto({ texts, withheld }: Handed, textAt: Map<string, string>): (result: StreamResult) => void {
  return (result) => {
    const [{ extensions } = {}] = result.errors ?? [];
    if (extensions?.code === "EVENT_WITHHELD") {
      withheld.push(String(extensions.cursor));
      return;
    }
    const text = textOf(result);
    texts.push(text);
    const event = result.data?.messageAdded;
    if (typeof event === "object" && event !== null && "cursor" in event) textAt.set(String(event.cursor), text);
  };
}

const canary = ({ sender }: Tenant, place: ChatPlace, number: number): string =>
  `canary ${sender.memberId} ${place.chatId} ${number}`;

describe("events of 20 portals before 200 viewers, slow and fast", () => {
  it("reach exactly those who may see them, and no other", async () => {
    const tenants = await openTenants(20);
    const { origin, prepared: viewers } = await startStage(tenants, (viewer) =>
      tenants.flatMap((tenant) => [
        viewer(tenant, 0, { events: "all" }),
        viewer(tenant, 1, { events: "all" }),
        viewer(tenant, 2, { lines: [String(tenant.places[0]?.lineId)] }),
        viewer(tenant, 3, { lines: [String(tenant.places[1]?.lineId), String(tenant.places[2]?.lineId)] }),
        ...[1, 2, 3, 4, 5, 6].map((person) => viewer(tenant, person)),
      ]),
    );
    expect(viewers.length).toBe(200);
    const textAt = new Map<string, string>();
    const listeners = await Promise.all(
      viewers.map(async ({ key }, index) => {
        const handed: Handed = { texts: [], withheld: [] };
        const onResult = takeInto(handed, textAt);
        const isSlow = index % 3 === 0;
        // A socket that does not answer pings is given up after a while; an event stream may be left unread for long.
        if (isSlow || index % 5 === 4) {
          // An answer that has begun does not tell that the stream is open yet: a cursor makes sure of what it begins with.
          const variables = { after: await currentCursor(origin, key) };
          const stream = await openEventStream(origin, TEXTS, { key, variables, onResult });
          if (isSlow) stream.stall();
          return { handed, goOn: stream.goOn, close: async () => stream.close() };
        }
        const client = await connectSocket(origin, { key });
        client.open(TEXTS, { onResult });
        await client.settled();
        return { handed, goOn: () => {}, close: () => client.close() };
      }),
    );
    onTestFinished(async () => {
      for (const { goOn } of listeners) goOn();
      await Promise.all(listeners.map(({ close }) => close()));
    });

    const poster = createPoster();
    const post = async (tenant: Tenant): Promise<void> => {
      for (let number = 0; number < ROUNDS; number += 1) {
        for (const place of tenant.places) {
          const event = { text: canary(tenant, place, number), place, direction: "OUTGOING" } as const;
          const status = await poster.post(origin, messageForm(event, tenant.sender));
          if (status !== 200) throw new Error(`answered ${status}`);
        }
      }
    };
    await Promise.all(tenants.map(post));
    await poster.close();
    for (const { goOn } of listeners) goOn();
    const expected = viewers.map(({ tenant, maySee }) =>
      Array.from({ length: ROUNDS }, (_, number) =>
        tenant.places.filter(maySee).map((place) => canary(tenant, place, number)),
      ).flat(),
    );
    // On a machine that is busy the portals may not answer in time: what is left out is said, and counts for that listener alone.
    const due = (): string[][] =>
      listeners.map(({ handed }, index) => {
        const withheld = new Set(handed.withheld.map((cursor) => textAt.get(cursor)));
        return expected[index]?.filter((text) => handed.texts.includes(text) || !withheld.has(text)) ?? [];
      });
    const count = (): number =>
      listeners.reduce((sum, { handed }) => sum + handed.texts.length + handed.withheld.length, 0);
    await progress(
      () => due().every((texts, index) => (listeners[index]?.handed.texts.length ?? 0) >= texts.length),
      count,
    );

    expect(listeners.map(({ handed }) => handed.texts)).toEqual(due());
    const own = expected.filter((_, index) => index % 10 >= 4);
    const whole = CHATS_PER_PORTAL * ROUNDS;
    // The rights differ, so that the test tells something.
    expect(own.some((texts) => texts.length > 0 && texts.length < whole)).toBe(true);
  }, 600_000);
});

describe("a right withdrawn in the portal", () => {
  it("ends the flow of that chat at the next check, for a line's operator and for a member, and of no other chat", async () => {
    const [tenant] = await openTenants(1);
    if (tenant === undefined) throw new Error("no tenant");
    const { world } = tenant.portal;
    const places = [...world.chats.values()].filter(({ kind }) => kind === "lines").map(placeOf);
    const person = tenant.portal.users.findIndex(
      ({ id, role }) =>
        role === "operator" &&
        places.some(({ chatId }) => isOnlyByLine(id, chatId)) &&
        places.filter(({ chatId }) => isOnlyAsMember(id, chatId)).length >= 2,
    );
    const user = tenant.portal.users[person];
    if (user === undefined) throw new Error("no operator like that");
    function isOnlyByLine(userId: number, chatId: number): boolean {
      const chat = world.chat(chatId);
      return !isInside(chat, userId) && !chat.crm.saved && world.rights.has(userId, "JOIN", chat.data.lineId);
    }
    function isOnlyAsMember(userId: number, chatId: number): boolean {
      const chat = world.chat(chatId);
      return chat.members.has(userId) && !chat.crm.saved;
    }
    const byLine = places.find(({ chatId }) => isOnlyByLine(user.id, chatId));
    const [left, kept] = places.filter(({ chatId }) => isOnlyAsMember(user.id, chatId));
    if (byLine === undefined || left === undefined || kept === undefined) throw new Error("no chats like that");
    const { origin, prepared } = await startStage([tenant], (viewer) => ({
      own: viewer(tenant, person),
      all: viewer(tenant, person, { events: "all" }),
      granted: viewer(tenant, person, { lines: [String(byLine.lineId)] }),
    }));
    const listen = async ({ key }: Viewer): Promise<string[]> => {
      const client = await connectSocket(origin, { key });
      onTestFinished(() => client.close());
      const texts: string[] = [];
      const variables = { chatIds: [byLine, left, kept].map(({ chatId }) => String(chatId)) };
      client.open(NAMED_TEXTS, { variables, onResult: (result) => void texts.push(textOf(result)) });
      await client.settled();
      return texts;
    };
    const own = await listen(prepared.own);
    const all = await listen(prepared.all);
    const granted = await listen(prepared.granted);
    const poster = createPoster();
    onTestFinished(() => poster.close());
    let number = 0;
    /** An event in each of the three chats; the last one is always for all three. Resolves when they have it. */
    const round = async (): Promise<string[]> => {
      number += 1;
      const texts = [byLine, left, kept].map((place) => canary(tenant, place, number));
      for (const [index, place] of [byLine, left, kept].entries()) {
        const event = { text: texts[index] ?? "", place, direction: "OUTGOING" } as const;
        expect(await poster.post(origin, messageForm(event, tenant.sender))).toBe(200);
      }
      const last = texts[2] ?? "";
      await until(() => [own, all, granted].every((seen) => seen.includes(last)));
      return texts;
    };
    const before = await round();
    expect(own).toEqual(before);

    world.rights.withdraw(user.id, "JOIN");
    leaveChat(world, world.chat(left.chatId), [user.id]);
    world.chat(left.chatId).ownerId = 0;
    expect(maySeeDialog(world, user.id, world.chat(left.chatId))).toBe(false);
    await until(async () => {
      const [line = "", member = ""] = await round();
      return !own.includes(line) && !own.includes(member);
    });
    const ended = number;
    for (let each = 0; each < 5; each += 1) {
      const [, , last = ""] = await round();
      expect(own.at(-1)).toBe(last);
    }
    const late = own.filter((text) => Number(text.split(" ")[3]) > ended);
    expect(late).toEqual(late.filter((text) => text.includes(` ${kept.chatId} `)));
    expect(late.length).toBe(5);
    // Who sees all, or the line by configuration, is not concerned.
    expect(all.length).toBe(number * 3);
    const ofLine = [byLine, left, kept].filter(
      ({ lineId, chatId }) => lineId === byLine.lineId && chatId !== kept.chatId,
    );
    for (const place of ofLine) expect(granted).toContain(canary(tenant, place, number));
  });
});
