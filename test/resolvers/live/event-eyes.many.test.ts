import { execute, type GraphQLSchema, parse, validate } from "graphql";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { SessionStatus } from "../../../simulator/world/records.ts";
import type { PortalSession } from "../../../src/datasources/bitrix24/calls.ts";
import { createPortals, type Portals } from "../../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../../src/datasources/bitrix24/usage.ts";
import { createHistoryCaches } from "../../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, type OperationContext, WITHOUT_STORE } from "../../../src/resolvers/engine/context.ts";
import { eventEyes } from "../../../src/server/event-eyes.ts";
import type { ChatStoredEvent } from "../../../src/subscriptions/events/event-filter.ts";
import { createGathering } from "../../../src/subscriptions/live/gathering.ts";
import { createPortalAnswers } from "../../../src/subscriptions/live/portal-answers.ts";
import { wholeField } from "../whole-selection.ts";

let portal: RunningPortal;
let portals: Portals;
let schema: GraphQLSchema;
let chatId: string;
let lineId: string;
let operatorId: number;

beforeAll(async () => {
  portal = await startPortal({ size: 0.3, plan: "on-premise" });
  portals = createPortals({ plan: "on-premise", allowHttp: false, allowedHosts: [] });
  schema = buildSchema();
  const chat = [...portal.world.chats.values()].find(
    ({ id, ownerId, crm }) =>
      crm.saved &&
      portal.world.openSession(id)?.status === SessionStatus.operatorReplied &&
      portal.users.some((user) => user.id === ownerId),
  );
  if (chat === undefined) throw new Error("no running chat");
  chatId = String(chat.id);
  lineId = String(chat.data.lineId);
  operatorId = chat.ownerId;
});
afterAll(async () => {
  await portals.close();
  await portal.close();
});

/** What one credential was used for. */
interface Eyes {
  readonly session: PortalSession;
  readonly asked: { readonly method: string; readonly params: unknown }[];
}

function eyesOf(userId: number): Eyes {
  const url = portal.users.find(({ id }) => id === userId)?.webhookUrl ?? "";
  const asked: Eyes["asked"] = [];
  const session = portals.session(
    { kind: "webhook", url },
    {
      signal: new AbortController().signal,
      deadlineAt: performance.now() + 60_000,
      usage: new UpstreamUsage(),
      fresh: true,
    },
  );
  const note = ({ method, params }: { method: string; params: unknown }): void => void asked.push({ method, params });
  return {
    asked,
    session: {
      ...session,
      read(call, options) {
        note(call);
        return session.read(call, options);
      },
      readLinked(first, second) {
        note(first);
        return session.readLinked(first, second);
      },
    },
  };
}

function events(): ChatStoredEvent[] {
  const address = {
    connectorId: "livechat",
    lineId,
    chatId,
    externalChatId: null,
    namedChatId: null,
    userId: null,
  };
  const message = {
    messageId: String(portal.world.chat(Number(chatId)).messages.at(-1)?.id),
    externalIds: [],
    text: "hello",
    authorId: String(operatorId),
    isSystem: false,
    files: [],
    sentAt: null,
  };
  const common = { address, dispatchedAt: null };
  return [
    { ...common, kind: "messageAdded", direction: "INCOMING", message },
    { ...common, kind: "messageUpdated", direction: "OUTGOING", message },
    { ...common, kind: "messageDeleted", direction: "OUTGOING", messageId: "1", externalIds: [] },
    { ...common, kind: "sessionStarted", sessionId: null },
    { ...common, kind: "sessionFinished", sessionId: null },
    { ...common, kind: "chatChanged", source: "ANSWER", changed: [], formerUserIds: [] },
  ];
}

interface Executed {
  readonly data: unknown;
  readonly own: Eyes;
  readonly application: Eyes;
}

/** Executes a selection of `openLineEvents` for an event, with an application that may read everything. */
async function executeFor(event: ChatStoredEvent, selection: string, viewerId = operatorId): Promise<Executed> {
  const closing = new AbortController();
  const gathering = createGathering({ idleMs: 1, loadMs: 1 });
  onTestFinished(() => {
    closing.abort();
    gathering.close();
  });
  const [own, application] = [eyesOf(viewerId), eyesOf(portal.world.supervisorId)];
  const answers = createPortalAnswers({
    sessionOf: async () => application.session,
    gathering,
    names: gathering,
    signal: closing.signal,
  });
  const inHand = { event, chat: () => chatId, seenAt: performance.now() };
  const contextValue: OperationContext = {
    viewer: { kind: "open", label: "test" },
    portal: own.session,
    loaders: createLoaders(own.session, createHistoryCaches().forOperation("test")),
    signal: closing.signal,
    usage: new UpstreamUsage(),
    upstreamStatus: () => portals.status({ kind: "webhook", url: portal.users[0]?.webhookUrl ?? "" }),
    live: NO_LIVE_LOG,
    ...WITHOUT_STORE,
    event: eventEyes({ portal: { host: "portal.example", memberId: "portal" }, answers, isShared: true, inHand }),
  };
  const rootValue = { cursor: "c", receivedAt: new Date(), content: { kind: "event", event } };
  const document = parse(`subscription { ${selection} }`);
  expect(validate(schema, document)).toEqual([]);
  const { data } = await execute({ schema, document, rootValue, contextValue });
  return { data: JSON.parse(JSON.stringify(data)), own, application };
}

/** Whether it is the event's own, which the application's credential reads for everybody. */
function isOfTheEvent({ method, params }: { readonly method: string; readonly params: unknown }): boolean {
  const text = JSON.stringify(params);
  const isOfTheChat = text === JSON.stringify({ CHAT_ID: Number(chatId) });
  switch (method) {
    case "imopenlines.dialog.get":
    case "imopenlines.session.history.get":
      return isOfTheChat;
    case "imopenlines.config.get":
      return text.includes(`"CONFIG_ID":${lineId},`);
    case "im.user.list.get":
      return true;
    default:
      return false;
  }
}

describe("the execution of a live event", () => {
  it("asks with the application's credential for what is the event's own and nothing else, whatever of the schema is selected", async () => {
    const field = schema.getSubscriptionType()?.getFields().openLineEvents;
    if (field === undefined) throw new Error("no such field");
    const selection = wholeField(
      schema,
      field,
      { "messages.last": "3", "files.first": "3", "participants.first": "3" },
      6,
    );
    if (selection === undefined) throw new Error("nothing to select");
    const methods = new Set<string>();
    for (const event of events()) {
      const { own, application } = await executeFor(event, selection);
      expect(application.asked.filter((each) => !isOfTheEvent(each))).toEqual([]);
      for (const { method } of own.asked) methods.add(method);
    }
    expect([...methods]).toEqual(
      expect.arrayContaining(["imopenlines.crm.chat.get", "im.dialog.messages.get", "imopenlines.session.history.get"]),
    );
  });

  it("needs nothing of the viewer's own for the chat, its people, its message and its session's id", async () => {
    const selection = `openLineEvents { ... on ChatEvent { line { name } chat { title state operator { name avatarUrl } customer { name } line { name } currentSession { id startedAt } } }
      ... on MessageAdded { message { id text author { name } files { name } } } ... on SessionStarted { session { id } } }`;
    for (const event of events()) {
      const { own, data } = await executeFor(event, selection);
      expect(own.asked).toEqual([]);
      expect(data).toMatchObject({ openLineEvents: { chat: { title: expect.any(String) } } });
    }
  });

  it("shows nobody what the own credential is refused, nor contact data that the application could read", async () => {
    const stranger = portal.users.find(
      ({ id, role }) => role === "operator" && !portal.world.chat(Number(chatId)).members.has(id),
    );
    const [added] = events();
    if (stranger === undefined || added === undefined) throw new Error("nobody");
    portal.world.rights.withdraw(stranger.id, "JOIN");
    onTestFinished(() => portal.world.rights.restore());
    const selection =
      "openLineEvents { ... on ChatEvent { chat { title crm { contact { entityId } } viewerRole latestSession { messages { nodes { id } } } operator { name email phones { work } } } } }";
    const { data, application } = await executeFor(added, selection, stranger.id);
    expect(data).toMatchObject({
      openLineEvents: { chat: { title: expect.any(String), crm: null, viewerRole: null } },
    });
    expect(application.asked.map(({ method }) => method)).not.toContain("imopenlines.session.history.get");
  });
});
