import { type DocumentNode, getOperationAST, Kind, parse, print } from "graphql";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { type Chat, SessionStatus } from "../../../simulator/world/records.ts";
import type { World } from "../../../simulator/world/world.ts";
import { ANNA, HELENA, type Scene } from "./scene.ts";

/** What a block of GraphQL was answered. */
export interface Answered {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string }[];
  readonly extensions?: unknown;
}

const OPERATORS_DOCUMENTS = /operator-screen|README|first-ten|from-rest|live-events|files|errors/;

/** Whose eyes a document takes. */
export function keyFor(document: string): string {
  return OPERATORS_DOCUMENTS.test(document) ? ANNA : HELENA;
}

/** Runs a document as somebody, with values for whatever variables it declares. Throws what is wrong with it. */
export async function runGraphql(
  { origin, portal }: Scene,
  text: string,
  key: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answered> {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error("one operation for each block, please");
  const values = { ...sampleVariables(document, portal.world, key), ...variables };
  if (operation.operation === "subscription") return await openSubscription(origin, print(document), key, values);
  const response = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": key },
    body: JSON.stringify({ query: text, variables: values }),
  });
  const answered: Answered = JSON.parse(await response.text());
  const problems = [...(answered.errors ?? []).map(({ message }) => message), ...userErrors(answered.data)];
  if (problems.length > 0) throw new Error(`${problems.join("\n")}\nwith ${JSON.stringify(values)}`);
  return answered;
}

/** Resolves when the gateway has opened it; a second operation of the same socket is answered only then. */
async function openSubscription(
  origin: string,
  query: string,
  key: string,
  variables: Record<string, unknown>,
): Promise<Answered> {
  const client = createClient({
    url: `${origin.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { "x-api-key": key },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const failed = (error: unknown) => reject(new Error(JSON.stringify(error)));
      client.subscribe(
        { query, variables },
        { next: ({ errors }) => errors && failed(errors), error: failed, complete: () => failed("it ended at once") },
      );
      client.subscribe({ query: "{ eventCursor }" }, { next: () => {}, error: failed, complete: resolve });
    });
  } finally {
    await client.dispose();
  }
  return {};
}

function userErrors(data: Answered["data"]): string[] {
  return Object.values(data ?? {}).flatMap((payload) =>
    typeof payload === "object" && payload !== null && "userErrors" in payload && Array.isArray(payload.userErrors)
      ? payload.userErrors.map((each) => JSON.stringify(each))
      : [],
  );
}

/** By the name of the operation, where another object is wanted than usual. */
const CHATS: Readonly<Record<string, (world: World, userId: number) => number | undefined>> = {
  Answer: (world, userId) =>
    [...world.chats.values()].find(
      ({ id, ownerId, recents }) =>
        ownerId === 0 && recents.has(userId) && world.openSession(id)?.status === SessionStatus.new,
    )?.id,
  WriteFromCard: (world) => [...world.chats.values()].find((chat) => isOfResponsible(world, chat))?.id,
  HandOn: (world) => [...world.chats.values()].find(({ id }) => isWithBot(world, id))?.id,
};

/** Its operator is who is responsible for its lead, and has answered. */
function isOfResponsible(world: World, { id, ownerId, crm }: Chat): boolean {
  const lead = crm.links.find(({ type }) => type === "LEAD");
  const status = world.openSession(id)?.status ?? SessionStatus.new;
  if (
    lead === undefined ||
    ownerId === 0 ||
    status < SessionStatus.answered ||
    status >= SessionStatus.waitingForCustomer
  )
    return false;
  return world.crm.get(world.crmKey(lead.type, lead.id))?.assignedTo === ownerId;
}

function isWithBot(world: World, chatId: number): boolean {
  const session = world.openSession(chatId);
  return session !== undefined && world.users.get(session.operatorId)?.kind === "bot";
}

function sampleVariables(document: DocumentNode, world: World, key: string): Record<string, unknown> {
  const operation = getOperationAST(document);
  const userId = key === ANNA ? 27 : 1;
  const own = [...world.chats.values()].find(
    ({ id, ownerId, kind }) =>
      kind === "lines" && world.openSession(id) !== undefined && (key !== ANNA || ownerId === userId),
  );
  const chatId = CHATS[operation?.name?.value ?? ""]?.(world, userId) ?? own?.id;
  const chat = world.chats.get(chatId ?? 0);
  const hasLead = ({ crm }: Chat) => crm.links.some(({ type }) => type === "LEAD");
  const lead = chat !== undefined && hasLead(chat) ? chat : [...world.chats.values()].find(hasLead);
  const leadId = lead?.crm.links.find(({ type }) => type === "LEAD")?.id;
  const closed = [...world.sessions.values()].find(({ closedAt }) => closedAt !== null);
  const samples: Readonly<Record<string, unknown>> = {
    chatId: String(chatId),
    chatIds: [String(chatId)],
    lineId: "22",
    lineIds: ["22"],
    text: "Good morning",
    key: crypto.randomUUID(),
    rating: 5,
    comment: "Well done",
    sessionId: String(closed?.id),
    authorId: String(chat?.ownerId),
    period: { from: new Date(Date.now() - 30 * 86_400_000), to: new Date() },
    entity: { type: "LEAD", entityId: String(leadId) },
  };
  const names = operation?.variableDefinitions?.map(({ variable }) => variable.name.value) ?? [];
  return Object.fromEntries(names.filter((name) => name in samples).map((name) => [name, samples[name]]));
}

export function operationName(text: string): string | undefined {
  const [definition] = parse(text).definitions;
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.name?.value : undefined;
}
