import { expect, onTestFinished, test, vi } from "vitest";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import { reportsPortal } from "../../datasources/reports-portal.ts";
import { activityAnswer } from "../../fixtures/activity-examples.ts";
import { type Gateway, startGatewayCore } from "../operation.ts";
import { dialogOnWire } from "../wire-answers.ts";

const LIST = "imopenlines.v2.Session.list";
const ACTIVITIES = "crm.activity.list";
const NOW = Math.floor(Date.now() / 1000);

/** Sessions that began one second after the other, told by a portal that sends 50 rows whatever it is asked for. */
function fewAtATime(count: number, endsAt = NOW) {
  const all = Array.from({ length: count }, (_, index) => ({
    id: count - index,
    at: endsAt - index,
    closedAt: endsAt,
  }));
  return reportsPortal(all, { mostRows: 50 });
}

test("a list that begins with thousands that were imported in one second goes on through all of them", async () => {
  const at = NOW - 5_000;
  const crowd = Array.from({ length: 2_100 }, (_, index) => ({ id: index + 1, at, closedAt: at }));
  const { list } = reportsPortal([...crowd, { id: 9_000, at: at - 40 }]);
  const gateway = await startGatewayCore((_method, params) => list(params));
  const ids: string[] = [];
  for (let after: unknown = null; ; ) {
    const { sessions } = Object(
      await gateway.data(
        `query ($after: String) { sessions(first: 100, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      ),
    );
    ids.push(...sessions.edges.map(({ node }: { node: { id: string } }) => node.id));
    if (!sessions.pageInfo.hasNextPage) break;
    // From within a page as well as from its end.
    after = sessions.edges.at(-1)?.cursor ?? sessions.pageInfo.endCursor;
  }
  expect(ids).toHaveLength(2_101);
  expect(new Set(ids).size).toBe(2_101);
});

test("a list by waiting time loses nothing where the portal sends fewer rows than it was asked for", async () => {
  const { list } = fewAtATime(130);
  const gateway = await startGatewayCore((_method, params) => list(params));
  const ids: string[] = [];
  for (let after: unknown = null; ; ) {
    const { sessions } = Object(
      await gateway.data(
        `query ($filter: SessionFilter!, $after: String) {
          sessions(filter: $filter, orderBy: { field: WAITED_FOR_ANSWER }, first: 100, after: $after) {
            nodes { id } pageInfo { hasNextPage endCursor }
          }
        }`,
        { filter: { created: { from: new Date((NOW - 900) * 1000), to: new Date(NOW * 1000) } }, after },
      ),
    );
    ids.push(...sessions.nodes.map(({ id }: { id: string }) => id));
    if (!sessions.pageInfo.hasNextPage) break;
    after = sessions.pageInfo.endCursor;
  }
  expect(ids).toHaveLength(130);
  expect(new Set(ids).size).toBe(130);
});

test("so do operators' loads", async () => {
  const rows = Array.from({ length: 120 }, (_, index) => ({ userId: index + 1, configId: 7, status: "online" }));
  const gateway = await startGatewayCore((_method, { offset }) => {
    const page = rows.slice(Number(offset), Number(offset) + 50);
    return { operators: page, hasNextPage: Number(offset) + 50 < rows.length };
  });
  const { operatorLoad } = Object(
    await gateway.data("{ operatorLoad(first: 100) { nodes { operator { id } } pageInfo { endCursor } } }"),
  );
  const rest = Object(
    await gateway.data(
      `query ($after: String) { operatorLoad(after: $after, first: 100) { nodes { operator { id } } } }`,
      {
        after: operatorLoad.pageInfo.endCursor,
      },
    ),
  );
  const operators = [...operatorLoad.nodes, ...rest.operatorLoad.nodes].map(({ operator }) => operator.id);
  expect(operators).toEqual(rows.map(({ userId }) => String(userId)));
});

test.each(["", null, false, "0", "soon"])(
  "a closed session whose end an activity tells as %j is not the open one",
  async (end) => {
    const [row] = activityAnswer;
    const gateway = await startGatewayCore((method) => {
      if (method === LIST) throw new Refused("ERROR_METHOD_NOT_FOUND", 404);
      return [{ ...row, COMPLETED: "Y", END_TIME: end, START_TIME: end }];
    });
    const data = await gateway.data("{ sessions { nodes { id isCurrent state closedAt startedAt } } }");
    const startedAt = new Date(String(row?.CREATED)).toISOString();
    expect(data.sessions).toMatchObject({
      nodes: [{ isCurrent: false, state: "CLOSED", closedAt: null, startedAt }],
    });
  },
);

test("a session is found on a portal where more begin within an hour than a page tells", async () => {
  const at = NOW - 86_400;
  const all = Array.from({ length: 3_600 }, (_, index) => ({
    id: index + 1,
    at: at - 1_800 + index,
    closedAt: at + 9_000,
  }));
  const { list } = reportsPortal(all);
  const gateway = await startGatewayCore((method, params) => {
    if (method === LIST) return list(params);
    if (method === ACTIVITIES) throw new Refused("insufficient_scope", 403);
    if (method === "imopenlines.dialog.get") return dialogOnWire({ id: 12 });
    const message = { id: "5", chatid: "12", senderid: "7", date: new Date((at + 3) * 1000).toISOString(), text: "" };
    return {
      chatId: 12,
      sessionId: 1_800,
      message: { "5": message },
      usersMessage: { chat12: ["5"] },
      users: {},
      files: {},
    };
  });
  const data = await gateway.data('{ session(by: { id: "1800" }) { closedAt state } }');
  expect(data.session).toEqual({ closedAt: new Date((at + 9_000) * 1000).toISOString(), state: "CLOSED" });
});

test("the sessions of a chat are looked for by five calls at most, whatever tells them", async () => {
  const code = "telegrambot|7|guest|guest";
  const chat = { ...dialogOnWire({ id: 1777, entity_id: code }), entity_data_2: "LEAD|5|COMPANY|0|CONTACT|0|DEAL|0" };
  const foreign = Array.from({ length: 50 }, (_, index) => ({
    ...activityAnswer[0],
    ID: String(9_000 - index),
    ASSOCIATED_ENTITY_ID: String(4_000 + index),
  }));
  const all = Array.from({ length: 2_000 }, (_, index) => ({ id: index + 1, at: NOW - 90_000 - index * 60 }));
  const { list } = reportsPortal(all);
  let page = 0;
  const gateway = await startGatewayCore((method, params) => {
    if (method === "imopenlines.dialog.get") return chat;
    if (method === LIST) return list(params);
    page += 1;
    return foreign.map((row) => ({ ...row, ID: String(Number(row.ID) - page * 50) }));
  });
  const data = await gateway.data('{ chat(by: { id: "1777" }) { sessions { isComplete source } } }');
  expect(data.chat).toEqual({ sessions: { isComplete: false, source: "REPORTS" } });
  const { commands } = gateway.seen();
  expect(commands.filter((method) => method === ACTIVITIES)).toHaveLength(3);
  expect(commands.filter((method) => method === LIST)).toHaveLength(2);
});

test("where reports that told something tell nothing at all any more, activities do, and the list says so", async () => {
  const { list } = fewAtATime(3);
  let mayReport = true;
  const gateway = await startGatewayCore((method, params) => {
    if (method !== LIST) return activityAnswer;
    return mayReport ? list(params) : { sessions: [], hasNextPage: false };
  });
  const LISTED = "{ sessions { source isComplete nodes { id } } }";
  expect(await gateway.data(LISTED)).toMatchObject({ sessions: { source: "REPORTS", isComplete: true } });
  mayReport = false;
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  expect(await gateway.data(LISTED)).toMatchObject({
    sessions: { source: "CRM_ACTIVITIES", isComplete: false, nodes: [{ id: "4711" }] },
  });
  const told = await gateway.data("{ viewer { capabilities { sessionList { status } } } }");
  expect(told).toMatchObject({ viewer: { capabilities: { sessionList: { status: "UNKNOWN" } } } });
});

test("between two seconds no session begins, and nobody is asked", async () => {
  const gateway = await startGatewayCore(() => expect.fail("asked"));
  const data = await gateway.data(
    '{ sessions(filter: { created: { from: "2026-05-01T10:00:00.2Z", to: "2026-05-01T10:00:00.8Z" } }) { nodes { id } isComplete } }',
  );
  expect(data.sessions).toEqual({ nodes: [], isComplete: true });
});

test.each(["state closedAt line { id }", "state closedAt line { id } viewerCanJoin"])(
  "whoever may see a session's entry in the CRM and not its dialog is told of it what that tells: %s",
  async (fields) => {
    const gateway: Gateway = await startGatewayCore((method) => {
      if (method !== ACTIVITIES) throw new Refused("ACCESS_DENIED", 400);
      const asked = JSON.stringify(gateway.portal.requests.at(-1)?.body);
      return asked.includes("4711") ? activityAnswer : [];
    });
    const { data, errors = [] } = await gateway.run(`{ session(by: { id: "4711" }) { ${fields} } }`);
    expect(data?.session).toMatchObject({ state: "CLOSED", closedAt: "2026-09-14T08:30:40.000Z" });
    expect(errors.map(({ path }) => path?.join("."))).toEqual(
      fields.includes("viewer") ? ["session.viewerCanJoin"] : [],
    );
    const other = await gateway.run(`{ session(by: { id: "4712" }) { ${fields} } }`);
    expect(other.data?.session).toBeNull();
  },
);
