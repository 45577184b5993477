import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Office, openOffice, type StaffMember } from "../kit/office.ts";

let office: Office;
let supervisor: StaffMember;

beforeAll(async () => {
  office = await openOffice();
  supervisor = office.supervisor;
});

afterAll(() => office.close());

/** The operator who has most in the inbox, for tests that need a long one. */
async function busiest(): Promise<StaffMember> {
  let best: { member: StaffMember; count: number } | undefined;
  for (const user of office.portal.users) {
    const member = office.staff(user.id);
    const { nodes } = await member.act("{ inbox(first: 100) { nodes { id } } }");
    if (best === undefined || nodes.length > best.count) best = { member, count: nodes.length };
  }
  if (best === undefined) throw new Error("the portal has no staff");
  return best.member;
}

interface Node {
  readonly id: string;
}

async function walk(
  member: StaffMember,
  document: string,
  variables: Record<string, unknown>,
  // biome-ignore lint/suspicious/noExplicitAny: the connection stands where the document put it.
  connectionOf: (answer: any) => { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string } },
): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  for (;;) {
    const { nodes, pageInfo } = connectionOf(await member.act(document, { ...variables, after }));
    ids.push(...nodes.map((node) => node.id));
    if (!pageInfo.hasNextPage) return ids;
    after = pageInfo.endCursor;
  }
}

describe("the inbox of an operator", () => {
  test("walked in small pages holds what one large page holds, each chat once", async () => {
    const member = await busiest();
    const document = `query ($first: Int, $after: String) { inbox(first: $first, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor }
    } }`;
    const whole = await walk(member, document, { first: 100 }, (inbox) => inbox);
    expect(whole.length).toBeGreaterThan(3);
    expect(new Set(whole).size).toBe(whole.length);
    expect(await walk(member, document, { first: 3 }, (inbox) => inbox)).toEqual(whole);
  });

  test("tells states that agree with the portal's sessions", async () => {
    const member = await busiest();
    const { nodes } = await member.act(
      "{ inbox(first: 100) { nodes { chat { id state operator { id } currentSession { id } } } } }",
    );
    for (const { chat } of nodes) {
      const session = office.portal.world.openSession(Number(chat.id));
      expect(chat.currentSession?.id ?? null).toBe(session === undefined ? null : String(session.id));
      if (session === undefined) expect(chat.state).toBe("NO_OPEN_SESSION");
      else expect(["ASSIGNED", "UNASSIGNED", "CLOSING"]).toContain(chat.state);
    }
  });

  test("filtered by state holds exactly the chats of that state", async () => {
    const member = await busiest();
    const { nodes } = await member.act("{ inbox(first: 100) { nodes { id chat { state } } } }");
    for (const state of ["ASSIGNED", "UNASSIGNED", "CLOSING", "NO_OPEN_SESSION"]) {
      const filtered = await member.act(
        "query ($states: [ChatState!]) { inbox(first: 100, filter: {states: $states}) { nodes { id } } }",
        { states: [state] },
      );
      const expected = nodes
        .filter(({ chat }: { chat: { state: string } }) => chat.state === state)
        .map((item: Node) => item.id);
      expect(filtered.nodes.map((chat: Node) => chat.id)).toEqual(expected);
    }
  });

  test("with records, previews and authors costs the portal one command", async () => {
    const member = await busiest();
    const { errors, extensions } = await member.ask(
      "{ inbox(first: 20) { nodes { preview { text author { id name } } chat { id title state line { id } viewerUnreadCount } } } }",
    );
    expect(errors).toBeUndefined();
    expect(extensions.upstream).toMatchObject({ requests: 1, commands: 1 });
  });
});

describe("a page of the inbox with the people and lines of its chats", () => {
  const PAGE = `{ inbox(first: 20) { nodes { status preview { text author { name } } chat {
    title line { name } operator { name } customer { id name kind }
  } } } }`;

  test("costs two requests at the most, and names every customer", async () => {
    const member = await busiest();
    const { data, errors, extensions } = await member.ask(PAGE);
    expect(errors).toBeUndefined();
    expect(extensions.upstream.requests).toBeLessThanOrEqual(2);
    for (const { chat } of data.inbox.nodes) expect(chat).toMatchObject({ line: { name: expect.any(String) } });
    const customers = data.inbox.nodes.filter(({ chat }: { chat: { customer: unknown } }) => chat.customer !== null);
    expect(customers.length).toBe(data.inbox.nodes.length);
    // Customers stay: the next page needs no look at who takes part.
    const again = await member.ask(PAGE);
    expect(again.data).toEqual(data);
    expect(again.extensions.upstream.commands).toBeLessThan(extensions.upstream.commands);
  });

  test("loses nothing when one of those reads is refused", async () => {
    const member = await busiest();
    office.portal.setFaults([{ kind: "error", method: "imopenlines.config.list.get", error: "ACCESS_DENIED" }]);
    const { data } = await member.ask(PAGE);
    office.portal.setFaults([]);
    for (const { chat } of data.inbox.nodes) expect(chat.customer.name).toEqual(expect.any(String));
  });
});

describe("one chat", () => {
  test("is the same by its id, its session and its customer's code", async () => {
    const chat = office.chatWith(40);
    const session = office.portal.world.openSession(chat.id);
    const byId = await supervisor.act(
      "query ($id: ID!) { chat(by: {id: $id}) { id title state userCode line { id name } customer { id kind } currentSession { id } } }",
      { id: chat.id },
    );
    expect(byId).toMatchObject({ id: String(chat.id), currentSession: { id: String(session?.id) } });
    expect(byId.line.name).toEqual(expect.any(String));
    const selection = "{ id title state userCode line { id name } customer { id kind } currentSession { id } }";
    expect(
      await supervisor.act(`query ($id: ID!) { chat(by: {sessionId: $id}) ${selection} }`, { id: session?.id }),
    ).toEqual(byId);
    const byCode = `query ($code: String!) { chat(by: {userCode: $code}) ${selection} }`;
    expect(await supervisor.act(byCode, { code: byId.userCode })).toEqual(byId);
    expect(await supervisor.act(byCode, { code: `imol|${byId.userCode}` })).toEqual(byId);
  });

  test("by user code with its session, messages, files and authors is one request of two commands", async () => {
    const chat = office.chatWith(40);
    const { userCode } = await supervisor.act("query ($id: ID!) { chat(by: {id: $id}) { userCode } }", { id: chat.id });
    const { data, errors, extensions } = await supervisor.ask(
      `query ($code: String!) { chat(by: {userCode: $code}) { id state currentSession {
        id messages(last: 100) { nodes { id text author { id name } files { id name downloadUrl } } }
      } } }`,
      { code: userCode },
    );
    expect(errors).toBeUndefined();
    expect(data.chat.currentSession.messages.nodes.length).toBeGreaterThan(0);
    expect(extensions.upstream).toMatchObject({ requests: 1, commands: 2 });
  });

  test("by user code with its id alone is one command", async () => {
    const chat = office.chatWith(40);
    const { userCode } = await supervisor.act("query ($id: ID!) { chat(by: {id: $id}) { userCode } }", { id: chat.id });
    const { data, extensions } = await supervisor.ask("query ($code: String!) { chat(by: {userCode: $code}) { id } }", {
      code: userCode,
    });
    expect(data.chat).toEqual({ id: String(chat.id) });
    expect(extensions.upstream).toMatchObject({ requests: 1, commands: 1 });
  });

  test("that does not exist is refused without a word on whether it does", async () => {
    const { data, errors } = await supervisor.ask("{ chat(by: {id: 987654321}) { id } }");
    expect(data).toEqual({ chat: null });
    expect(errors?.map((error) => [error.path, error.extensions.code])).toEqual([[["chat"], "NOT_FOUND_OR_FORBIDDEN"]]);
  });

  test("without an open session has no current one and still tells the newest", async () => {
    const chat = office.chatWith(undefined);
    const answer = await supervisor.act(
      "query ($id: ID!) { chat(by: {id: $id}) { state currentSession { id } latestSession { id isCurrent messages(last: 1) { nodes { id } } } } }",
      { id: chat.id },
    );
    expect(answer).toMatchObject({
      state: "NO_OPEN_SESSION",
      currentSession: null,
      latestSession: { isCurrent: false },
    });
    expect(answer.latestSession.messages.nodes).toHaveLength(1);
  });
});

describe("the messages of a chat", () => {
  test("walked forward and back are the same, and hold the session's own", async () => {
    const chat = office.chatWith(40, (_chat, session) => session?.operatorId !== undefined && session.operatorId !== 0);
    const operatorId = office.portal.world.openSession(chat.id)?.operatorId;
    if (operatorId === undefined) throw new Error("the session has no operator");
    const operator = office.staff(operatorId);
    const forward = await walk(
      operator,
      `query ($id: ID!, $after: String) { chat(by: {id: $id}) { messages(first: 9, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } } }`,
      { id: chat.id },
      ({ messages }) => messages,
    );
    const all = await operator.act(
      "query ($id: ID!) { chat(by: {id: $id}) { messages(last: 100) { nodes { id } } currentSession { messages(last: 100) { nodes { id } } } } }",
      { id: chat.id },
    );
    const newest = all.messages.nodes.map((node: Node) => node.id);
    expect(forward.slice(-newest.length)).toEqual(newest);
    expect(new Set(forward).size).toBe(forward.length);
    for (const { id } of all.currentSession.messages.nodes) expect(forward).toContain(id);
  });
});

describe("people", () => {
  test("of all kinds are read together, customers too, and an unknown one is null", async () => {
    const chat = office.chatWith(40);
    const { customer } = await supervisor.act("query ($id: ID!) { chat(by: {id: $id}) { customer { id } } }", {
      id: chat.id,
    });
    const ids = [String(supervisor.id), customer.id, "888888888888"];
    const { data, errors, extensions } = await supervisor.ask(
      "query ($ids: [ID!]!) { users(ids: $ids) { id kind name } }",
      {
        ids,
      },
    );
    expect(errors).toBeUndefined();
    expect(data.users).toEqual([
      { id: ids[0], kind: "EMPLOYEE", name: expect.any(String) },
      { id: ids[1], kind: "CUSTOMER", name: expect.any(String) },
      null,
    ]);
    expect(extensions.upstream.commands).toBe(1);
  });
});
