import { readFileSync } from "node:fs";
import { Kind, parse, print } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SessionStatus } from "../../simulator/world/records.ts";
import { type Office, openOffice, type StaffMember } from "../kit/office.ts";
import { answeredChat, operatorOf } from "./refusals.ts";

let office: Office;

beforeAll(async () => {
  office = await openOffice();
});

afterAll(() => office.close());

interface Scene {
  readonly as: StaffMember;
  readonly variables: Record<string, unknown>;
}

/** The operator of a running chat, asking about it. */
async function ofOperator(
  variablesOf: (known: { chatId: string; sessionId: string; userCode: string }) => Record<string, unknown>,
): Promise<Scene> {
  const chat = answeredChat(office);
  const as = office.staff(chat.ownerId);
  const { userCode } = await as.act("query ($id: ID!) { chat(by: {id: $id}) { userCode } }", { id: chat.id });
  const sessionId = String(office.portal.world.openSession(chat.id)?.id);
  return { as, variables: variablesOf({ chatId: String(chat.id), sessionId, userCode }) };
}

function lastMonths(): { from: string; to: string } {
  return { from: new Date(Date.now() - 100 * 86_400_000).toISOString(), to: new Date().toISOString() };
}

const ofSupervisor = (variables: Record<string, unknown> = {}): Scene => ({ as: office.supervisor, variables });

/** A scene for each named operation, in which it must find something. */
const SCENES: Readonly<Record<string, () => Scene | Promise<Scene>>> = {
  SearchChats: () => ofSupervisor({ text: "on" }),
  Inbox: () => ofOperator(() => ({ first: 10 })),
  UnassignedChats: () => {
    const { data } = office.chatWith(SessionStatus.new);
    return { as: operatorOf(office, data.lineId), variables: { lineIds: [String(data.lineId)] } };
  },
  Chat: () => ofOperator(({ chatId }) => ({ id: chatId })),
  ChatIdByUserCode: () => ofOperator(({ userCode }) => ({ userCode })),
  ChatByUserCodeWithSession: () => ofOperator(({ userCode }) => ({ userCode })),
  ChatBySession: () => ofOperator(({ sessionId }) => ({ sessionId })),
  ChatMessages: () => ofOperator(({ chatId }) => ({ id: chatId })),
  ChatParticipants: () => ofOperator(({ chatId }) => ({ id: chatId })),
  SessionChat: () => ofOperator(({ sessionId }) => ({ id: sessionId })),
  SessionHistory: () => ofOperator(({ sessionId }) => ({ id: sessionId })),
  LatestSessionOfChat: () => ofSupervisor({ chatId: String(office.chatWith(SessionStatus.operatorReplied).id) }),
  Capabilities: () => ofSupervisor(),
  Sessions: () => ofSupervisor({ filter: { customerRating: "ANY" }, first: 20 }),
  SessionFacts: () => ofOperator(({ sessionId }) => ({ id: sessionId })),
  SessionsOfChat: () => ofOperator(({ chatId }) => ({ id: chatId })),
  SessionsOfCrmEntity: () => {
    const activity = [...office.portal.world.activities.values()].find(({ sessionId }) => sessionId > 0);
    return ofSupervisor({ ref: { type: activity?.owner.type, entityId: String(activity?.owner.id) } });
  },
  OperatorLoad: () => ofSupervisor(),
  LineStatistics: () => ofSupervisor({ period: lastMonths() }),
  SessionRatings: () => ofSupervisor({ period: lastMonths() }),
  User: () => ofSupervisor({ id: String(office.supervisor.id) }),
  Users: () => ofSupervisor({ ids: office.portal.users.map(({ id }) => String(id)) }),
};

const operations = ["chats", "sessions-and-users", "session-lists"].flatMap((file) =>
  parse(readFileSync(`examples/operations/${file}.graphql`, "utf8")).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? [{ name: definition.name?.value ?? "", source: print(definition) }]
      : [],
  ),
);

describe("each example operation finds what its name says", () => {
  test.each(operations)("$name", async ({ name, source }) => {
    const scene = SCENES[name];
    if (scene === undefined) throw new Error(`${name} has no scene`);
    const { as, variables } = await scene();
    const found = await as.act(source, variables);
    expect(found).not.toBeNull();
    if (Array.isArray(found)) expect(found).not.toContain(null);
    const lists = [
      found.nodes,
      found.messages?.nodes,
      found.participants?.nodes,
      found.currentSession?.messages?.nodes,
      found.sessions?.nodes,
      found.byOperator,
    ];
    for (const list of lists) if (list !== undefined) expect(list).not.toEqual([]);
  });

  test("and no scene is left over", () => {
    expect(Object.keys(SCENES).sort()).toEqual(operations.map(({ name }) => name).sort());
  });
});
