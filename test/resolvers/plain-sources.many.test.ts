import {
  execute,
  GraphQLList,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  isObjectType,
  parse,
  validate,
} from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { networkCodes } from "../../simulator/seed/seed.ts";
import { addMessage } from "../../simulator/world/messages.ts";
import { SessionStatus } from "../../simulator/world/records.ts";
import { createPortals, type Portals } from "../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../src/datasources/bitrix24/usage.ts";
import { createHistoryCaches } from "../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, type OperationContext, WITHOUT_STORE } from "../../src/resolvers/engine/context.ts";
import type { StoredEvent, StoredMessage } from "../../src/subscriptions/events/stored-event.ts";
import { type InboxDelivery, InboxRequest } from "../../src/subscriptions/live/inbox/inbox-request.ts";
import type { LiveDelivery } from "../../src/subscriptions/live/live-request.ts";
import { faultsOf, inspectSources, type SourceInspection } from "./source-inspection.ts";
import { type ArgumentLiterals, wholeField } from "./whole-selection.ts";

let portal: RunningPortal;
let portals: Portals;
let schema: GraphQLSchema;
let inspection: SourceInspection;
/** An operator with a running chat, in whose name everything is asked. */
let operatorId: number;
let chatId: number;

beforeAll(async () => {
  portal = await startPortal({ size: 0.3, plan: "on-premise" });
  portals = createPortals({ plan: "on-premise", allowHttp: false, allowedHosts: [] });
  schema = buildSchema();
  inspection = inspectSources(schema);
  const chat = [...portal.world.chats.values()].find(
    ({ id, ownerId, crm }) =>
      crm.saved &&
      portal.world.openSession(id)?.status === SessionStatus.operatorReplied &&
      portal.users.some((user) => user.id === ownerId),
  );
  if (chat === undefined) throw new Error("no running chat");
  operatorId = chat.ownerId;
  chatId = chat.id;
  const attachment = {
    ID: 1,
    BLOCKS: [
      { MESSAGE: "Parcel 17" },
      { LINK: [{ NAME: "Terms" }] },
      { IMAGE: [{ NAME: "Box" }] },
      { FILE: [{ NAME: "bill.pdf" }] },
      { USER: [{ NAME: "Anna" }] },
      { GRID: [{ NAME: "Agent", USER_ID: operatorId }] },
      { DELIMITER: {} },
      { HOLOGRAM: {} },
    ],
  };
  const params = { ATTACH: [attachment], LIKE: [operatorId] };
  addMessage(portal.world, chat, { authorId: operatorId, text: "See below", params });
});

afterAll(async () => {
  await portals.close();
  await portal.close();
});

function newContext(userId = operatorId): OperationContext {
  const webhook = portal.users.find(({ id }) => id === userId)?.webhookUrl ?? "";
  const usage = new UpstreamUsage();
  const { signal } = new AbortController();
  const credential = { kind: "webhook", url: webhook } as const;
  const session = portals.session(credential, { signal, deadlineAt: performance.now() + 60_000, usage });
  return {
    viewer: { kind: "open", label: "test" },
    portal: session,
    loaders: createLoaders(session, createHistoryCaches().forOperation("test")),
    signal,
    usage,
    upstreamStatus: () => ({
      ...portals.status(credential),
      blockedMethods: [{ method: "im.recent.list", until: new Date() }],
    }),
    live: NO_LIVE_LOG,
    ...WITHOUT_STORE,
  };
}

/** Arguments by name; a few only for one field. */
function literals(): ArgumentLiterals {
  const id = `"${chatId}"`;
  const chat = portal.world.chat(chatId);
  const message = `"${chat.messages.at(-1)?.id}"`;
  const session = `"${portal.world.openSession(chatId)?.id}"`;
  const line = `"${chat.data.lineId}"`;
  const entity = `{ type: ${chat.crm.type}, entityId: "${chat.crm.id}" }`;
  return {
    "fileUploadStart.name": '"scan.png"',
    "fileUploadStart.size": "3",
    "fileUploadStart.contentType": '"image/png"',
    "chatFileSend.uploadId": '"unknown"',
    "chat.by": `{ id: ${id} }`,
    "session.by": `{ id: ${session} }`,
    "messages.last": "3",
    "files.first": "3",
    "participants.first": "3",
    "inbox.first": "3",
    "sessions.first": "3",
    "operatorLoad.first": "3",
    "sessionRatings.first": "3",
    period: `{ from: "${new Date(Date.now() - 300 * 86_400_000).toISOString()}", to: "${new Date().toISOString()}" }`,
    "openLines.first": "2",
    "operators.first": "3",
    "openLine.id": line,
    "user.id": `"${operatorId}"`,
    ids: `["${operatorId}"]`,
    ref: entity,
    entity,
    chatId: id,
    sessionId: session,
    openLineId: line,
    messageId: message,
    userId: `"${operatorId}"`,
    authorId: `"${operatorId}"`,
    text: '"Good morning"',
    muted: "false",
    "chatSearch.text": JSON.stringify(chat.title.split(" ")[0]),
    "quickReplies.lineId": line,
    pinned: "true",
    reaction: "LIKE",
    enabled: "false",
    rating: "4",
    kind: "DEFAULT",
    code: `"${networkCodes.active}"`,
    "chatTransfer.to": `{ lineId: ${line} }`,
    "botChatTransfer.to": `{ lineId: ${line} }`,
    leave: "true",
    "openLineCreate.input": '{ name: "Another" }',
    "openLineUpdate.input": '{ name: "Renamed", operatorIdentity: { mode: HIDDEN, default: { name: "Desk" } } }',
    "networkMessageSend.input": `{ code: "${networkCodes.active}", recipientId: "${operatorId}", text: "News" }`,
  };
}

async function run(
  kind: "query" | "mutation" | "subscription",
  selection: string,
  { rootValue, contextValue = newContext() }: { rootValue?: unknown; contextValue?: OperationContext } = {},
): Promise<void> {
  const document = parse(`${kind} { ${selection} }`);
  expect(validate(schema, document)).toEqual([]);
  await execute({ schema, document, rootValue, contextValue });
}

function rootFields(type: GraphQLObjectType | null | undefined): string[] {
  const fields = Object.values(type?.getFields() ?? {});
  return fields.map((field) => wholeField(schema, field, literals(), 5) ?? "");
}

function deliveries(): LiveDelivery[] {
  const common = {
    address: {
      connectorId: "livechat",
      lineId: "1",
      chatId: String(chatId),
      externalChatId: "x",
      namedChatId: null,
      userId: null,
    },
    dispatchedAt: "2026-06-01T10:00:00Z",
  };
  const file = {
    name: "a.png",
    kind: "image",
    mimeType: null,
    size: 1,
    url: null,
    downloadUrl: null,
    width: 1,
    height: 1,
  };
  const message: StoredMessage = {
    messageId: String(portal.world.chat(chatId).messages.at(-1)?.id),
    externalIds: [],
    text: "Hello",
    authorId: String(operatorId),
    isSystem: false,
    files: [file],
    sentAt: null,
  };
  const events: Exclude<StoredEvent, { kind: "gap" }>[] = [
    { ...common, kind: "messageAdded", direction: "INCOMING", message },
    { ...common, kind: "messageUpdated", direction: "OUTGOING", message },
    { ...common, kind: "messageDeleted", direction: "OUTGOING", messageId: "1", externalIds: [] },
    { ...common, kind: "sessionStarted", sessionId: null },
    { ...common, kind: "sessionFinished", sessionId: null },
    { ...common, kind: "chatChanged", source: "ANSWER", changed: [], formerUserIds: [] },
  ];
  const now = new Date("2026-06-01T10:00:00Z");
  return [
    ...events.map((event) => ({ kind: "event", event }) as const),
    { kind: "gap", since: now, until: now, refetchAfterMs: 1 } as const,
    { kind: "checkpoint" } as const,
  ].map((content) => ({ cursor: "c", receivedAt: now, content }));
}

/** A list with one row, as it is told first. */
function inboxDelivery(): InboxDelivery {
  const id = String(chatId);
  const item = {
    id,
    record: { id, source: "partial" },
    preview: null,
    status: null,
    statusCode: null,
    isPinned: null,
    isMarkedAsUnread: null,
    changedAt: null,
  } as const;
  const request = new InboxRequest({ first: 1, matches: () => true });
  return { request, users: [], isWholeList: true, order: [id], changed: [item], removedIds: [], hasMore: false };
}

describe("no object that an executor reads has a promise or a function for a property", () => {
  test("whatever is asked for, changed or delivered", async () => {
    const contextOfSupervisor = newContext(portal.world.supervisorId);
    const [update = ""] = rootFields(schema.getMutationType()).filter((each) => each.startsWith("openLineUpdate"));
    await run("mutation", update, { contextValue: contextOfSupervisor });
    for (const selection of rootFields(schema.getQueryType())) await run("query", selection);
    for (const delivery of deliveries()) {
      const [everything = ""] = rootFields(schema.getSubscriptionType()).filter((each) =>
        each.startsWith("openLineEvents"),
      );
      await run("subscription", everything, { rootValue: delivery });
    }
    const [watched = ""] = rootFields(schema.getSubscriptionType()).filter((each) => each.startsWith("inboxChanged"));
    await run("subscription", watched, { rootValue: inboxDelivery() });
    // Deeper than everything else is asked for.
    const parts =
      "... on AttachmentLinks { links { name } } ... on AttachmentPictures { pictures { name } } ... on AttachmentFiles { files { name } } ... on AttachmentPeople { people { name } } ... on AttachmentGrid { cells { user { id } } }";
    await run("query", `chat(by: { id: "${chatId}" }) { messages { nodes { attachments { blocks { ${parts} } } } } }`);
    // No chat of the simulated portal is public.
    const contextValue = newContext();
    const publicLink = { code: "c", url: "https://portal.example.com/c" };
    contextValue.loaders.chats.prime({ id: String(chatId), source: "full", publicLink });
    await run("query", `chat(by: { id: "${chatId}" }) { publicLink { code url } }`, { contextValue });
    for (const selection of rootFields(schema.getMutationType())) await run("mutation", selection);

    expect([...inspection.faults]).toEqual([]);
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].map(
      (type) => type?.name,
    );
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && !type.name.startsWith("__"),
    );
    const unseen = types.map(({ name }) => name).filter((name) => !inspection.seen.has(name) && !roots.includes(name));
    expect(unseen).toEqual([]);
  });
});

describe("the inspection itself", () => {
  class Lazy {
    get later(): Promise<number> {
      return Promise.resolve(1);
    }
    get loader(): () => number {
      return () => 1;
    }
    get value(): number {
      return 1;
    }
    method(): number {
      return 1;
    }
  }

  test("finds promises and functions among own properties and getters, and takes no method for one", () => {
    expect(faultsOf(new Lazy())).toEqual(["later: a promise", "loader: a function"]);
    expect(faultsOf({ a: 1, b: Promise.resolve(1), c: () => 1 })).toEqual(["b: a promise", "c: a function"]);
  });

  test("finds a list of promises, also in a promise", async () => {
    const list = new GraphQLList(GraphQLString);
    const later = () => Promise.resolve([Promise.resolve("a")]);
    const planted = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: "Query",
        fields: { now: { type: list, resolve: () => [Promise.resolve("a")] }, later: { type: list, resolve: later } },
      }),
    });
    const { faults } = inspectSources(planted);
    await execute({ schema: planted, document: parse("{ now later }") });
    expect([...faults]).toEqual(["Query.now: a list of promises", "Query.later: a list of promises"]);
  });
});
