import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type PortalOptions, type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Activity } from "../../simulator/world/activities.ts";
import { type GraphqlAnswer, keyFor, startGateway, type TestGateway } from "../kit/gateway.ts";

interface Place {
  readonly portal: RunningPortal;
  readonly gateway: TestGateway;
}

async function openPlace(options: PortalOptions): Promise<Place> {
  const portal = await startPortal({ plan: "on-premise", size: 0.2, ...options });
  const gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise" } });
  return { portal, gateway };
}

async function closePlace({ gateway, portal }: Place): Promise<void> {
  await gateway.close();
  await portal.close();
}

/** One that ends with the test. */
async function openForTest(options: PortalOptions): Promise<Place> {
  const place = await openPlace(options);
  onTestFinished(() => closePlace(place));
  return place;
}

const LIST = `query ($filter: SessionFilter, $orderBy: SessionOrder, $first: Int, $after: String) {
  sessions(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    source isComplete
    nodes { id startedAt closedAt state closeReason customerRating operator { id } line { id } chat { id } }
    edges { cursor }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`;

interface Row {
  readonly id: string;
  readonly startedAt: string;
  readonly closedAt: string | null;
}

/** All pages of a list. */
async function walk(
  gateway: TestGateway,
  variables: Record<string, unknown>,
): Promise<{ rows: Row[]; requests: number; pages: number }> {
  const rows: Row[] = [];
  let requests = 0;
  let after: string | null = null;
  for (let pages = 1; ; pages++) {
    const { data, errors, extensions }: GraphqlAnswer = await gateway.graphql(LIST, { ...variables, after });
    expect(errors).toBeUndefined();
    rows.push(...data.sessions.nodes);
    requests += extensions.upstream.requests;
    if (!data.sessions.pageInfo.hasNextPage) return { rows, requests, pages };
    expect(data.sessions.pageInfo.endCursor).not.toBe(after);
    after = data.sessions.pageInfo.endCursor;
    expect(pages).toBeLessThan(500);
  }
}

describe("a portal with reports", () => {
  let place: Place;

  beforeAll(async () => {
    place = await openPlace({ pastSessions: 12_000 });
  });
  afterAll(() => closePlace(place));

  test("lists every session once, newest first, past the portal's last offset and its longest period", async () => {
    const { rows, pages } = await walk(place.gateway, { first: 100 });
    const known = [...place.portal.world.sessions.values()].map(({ id }) => String(id));
    expect(known.length).toBeGreaterThan(12_000);
    expect(rows.map(({ id }) => id).sort()).toEqual(known.sort());
    const times = rows.map(({ startedAt }) => Date.parse(startedAt));
    expect(times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0))).toBe(true);
    expect(pages).toBe(Math.ceil(known.length / 100));
  });

  test("and oldest first, and by closing, within periods longer than a year", async () => {
    const period = { from: "2020-01-01T00:00:00Z", to: new Date().toISOString() };
    const forward = await walk(place.gateway, {
      first: 100,
      filter: { created: period },
      orderBy: { field: "CREATED", direction: "ASC" },
    });
    expect(new Set(forward.rows.map(({ id }) => id)).size).toBe(place.portal.world.sessions.size);
    const closed = await walk(place.gateway, { first: 100, orderBy: { field: "CLOSED", direction: "DESC" } });
    const ended = [...place.portal.world.sessions.values()].filter(({ closedAt }) => closedAt !== null);
    expect(new Set(closed.rows.map(({ id }) => id)).size).toBe(ended.length);
    expect(closed.rows).toHaveLength(ended.length);
  });

  test("a period of closing longer than a year narrows a list by creation", async () => {
    const from = new Date(Date.now() - 600 * DAY_MS);
    const to = new Date(Date.now() - 150 * DAY_MS);
    const { rows } = await walk(place.gateway, {
      first: 100,
      filter: { closed: { from: from.toISOString(), to: to.toISOString() } },
    });
    const wanted = [...place.portal.world.sessions.values()].filter(
      ({ closedAt }) => closedAt !== null && seconds(closedAt) >= seconds(from.getTime()) && closedAt <= to.getTime(),
    );
    expect(wanted.length).toBeGreaterThan(1000);
    expect(rows.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => String(id)).sort());
  });

  test("many sessions of one second come once each, whatever the page", async () => {
    const at = Date.now() - 400 * DAY_MS;
    const window = { from: new Date(at - 1000).toISOString(), to: new Date(at + 1000).toISOString() };
    const { gateway, portal } = await openForTest({ pastSessions: 0 });
    const crowd = [...portal.world.sessions.values()].slice(0, 250);
    for (const session of crowd) session.createdAt = at;
    const { rows } = await walk(gateway, { first: 40, filter: { created: window } });
    const inWindow = [...portal.world.sessions.values()].filter(({ createdAt }) => Math.abs(createdAt - at) <= 1000);
    expect(rows.map(({ id }) => id).sort()).toEqual(inWindow.map(({ id }) => String(id)).sort());
  });

  test("says of every session what the portal knows, and reads figures and transfers of a page together", async () => {
    const { data, errors, extensions } = await place.gateway.graphql(
      `{ sessions(first: 100) { source isComplete nodes {
        id isCurrent startedAt closedAt firstAnsweredAt operatorAnsweredAt state closeReason operator { id } line { id } sourceCode
        customer { id } chat { id } userCode customerRating waitedForAnswerSeconds waitedForCloseSeconds isFirstAnswerInTime
        messageCount queueTransferCount supervisorRating crmEntity { type entityId }
        statistics { messageCount customerMessageCount } transfers { at reason fromOperator { id } toOperator { id } }
      } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data.sessions).toMatchObject({ source: "REPORTS", isComplete: true });
    expect(data.sessions.nodes).toHaveLength(100);
    const { world } = place.portal;
    for (const node of data.sessions.nodes) {
      const session = world.sessions.get(Number(node.id));
      expect(node.chat.id).toBe(String(session?.chatId));
      expect(node.line.id).toBe(String(session?.lineId));
      expect(node.messageCount).toBe(session?.counts.all);
      expect(node.statistics.customerMessageCount).toBe(session?.counts.customer);
      expect(node.transfers).toHaveLength(session?.transfers.length ?? -1);
      expect(node.isCurrent).toBe(session?.closed === false);
    }
    // The list, then figures of a hundred and transfers of fifty sessions each.
    expect(extensions.upstream).toMatchObject({ requests: 2, commands: 4 });
  });

  test("finds only what meets the filter", async () => {
    const { world } = place.portal;
    const lineId = [...world.sessions.values()][0]?.lineId ?? 0;
    const { rows } = await walk(place.gateway, {
      first: 100,
      filter: { lineIds: [String(lineId)], closeReason: "SPAM" },
    });
    const wanted = [...world.sessions.values()].filter(
      (session) => session.closed && session.closeReason === "spam" && session.lineId === lineId,
    );
    expect(wanted.length).toBeGreaterThan(10);
    expect(rows.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => String(id)).sort());
    const none = await walk(place.gateway, { filter: { lineIds: [] } });
    expect(none).toMatchObject({ rows: [], requests: 0 });
  });

  test("other orders need a period and end at the portal's last offset", async () => {
    const orderBy = { field: "WAITED_FOR_ANSWER", direction: "DESC" };
    const without = await place.gateway.graphql(LIST, { orderBy });
    expect(without.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    const created = { from: new Date(Date.now() - 366 * DAY_MS).toISOString(), to: new Date().toISOString() };
    const { data } = await place.gateway.graphql(LIST, { orderBy, filter: { created }, first: 5 });
    expect(data.sessions.nodes).toHaveLength(5);
    const cursor = JSON.parse(Buffer.from(data.sessions.pageInfo.endCursor, "base64url").toString());
    cursor.at.offset = 10_001;
    const after = Buffer.from(JSON.stringify(cursor)).toString("base64url");
    const beyond = await place.gateway.graphql(LIST, { orderBy, filter: { created }, first: 5, after });
    expect(beyond.errors?.[0]?.extensions.code).toBe("LIMIT_EXCEEDED");
  });

  test("a cursor belongs to its filter and order", async () => {
    const { data } = await place.gateway.graphql(LIST, { first: 5 });
    const after = data.sessions.pageInfo.endCursor;
    for (const other of [{ filter: { state: "SPAM" } }, { orderBy: { field: "CREATED", direction: "ASC" } }]) {
      const { errors } = await place.gateway.graphql(LIST, { first: 5, after, ...other });
      expect(errors?.[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT" }, path: ["sessions"] });
      expect(errors?.[0]?.message).toContain("another filter or order");
    }
    const { errors } = await place.gateway.graphql(LIST, { first: 5, after: "bm9uc2Vuc2U" });
    expect(errors?.[0]?.message).toContain("not a cursor");
  });

  test.each([
    [{ state: "CLOSED", closeReason: "SPAM" }, "cannot be combined"],
    [{ state: "UNKNOWN" }, "UNKNOWN"],
    [{ created: { from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z" } }, "must not be later"],
    [{ lineIds: ["x"] }, "whole number"],
    [{ sourceCodes: [" "] }, "codes such as"],
    [{ waitedForAnswerSeconds: { min: 5, max: 1 } }, "must not be greater"],
    [{ waitedForAnswerSeconds: { min: -1 } }, "must not be negative"],
    [{ operatorIds: Array.from({ length: 1001 }, (_, index) => String(index + 1)) }, "at most 1000"],
  ])("a filter that cannot be meant is refused: %j", async (filter, sentence) => {
    const { errors } = await place.gateway.graphql(LIST, { filter });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toContain(sentence);
  });

  test("a session by its id is found by its activity, else in the hour around its first message", async () => {
    const { world } = place.portal;
    const closed = [...world.sessions.values()].filter(({ closed }) => closed);
    const entered = closed.find(({ activityId }) => activityId !== 0);
    const other = closed.find(({ activityId }) => activityId === 0);
    for (const session of [entered, other]) {
      if (session === undefined) throw new Error("The seed has no such session");
      const { data, errors } = await place.gateway.graphql(
        `query ($id: ID!) { session(by: {id: $id}) { id state closedAt closeReason firstAnsweredAt messageCount line { id } } }`,
        { id: String(session.id) },
      );
      expect(errors).toBeUndefined();
      expect(data.session).toMatchObject({
        id: String(session.id),
        closedAt: new Date(seconds(session.closedAt ?? 0) * 1000).toISOString(),
        line: { id: String(session.lineId) },
        messageCount: session.counts.all,
      });
      expect(data.session.closeReason).not.toBeNull();
    }
  });

  test("tells loads once in half a minute, figures and ratings", async () => {
    const { gateway, portal } = place;
    const period = { from: new Date(Date.now() - 300 * DAY_MS).toISOString(), to: new Date().toISOString() };
    const load = `query ($lineId: ID, $after: String) { operatorLoad(lineId: $lineId, first: 5, after: $after) {
      nodes { operator { id } line { id } presence activeSessionCount maxSessionCount freeSlotCount lookedAt }
      pageInfo { hasNextPage endCursor } } }`;
    const first = await gateway.graphql(load);
    expect(first.errors).toBeUndefined();
    expect(first.extensions.upstream.commands).toBe(1);
    const { nodes, pageInfo } = first.data.operatorLoad;
    expect(nodes).toHaveLength(5);
    const lineId = nodes[0].line.id;
    const again = await gateway.graphql(load, { lineId });
    expect(again.extensions.upstream.commands).toBe(0);
    expect(again.data.operatorLoad.nodes.every((node: { line: { id: string } }) => node.line.id === lineId)).toBe(true);
    const next = await gateway.graphql(load, { after: pageInfo.endCursor });
    expect(next.data.operatorLoad.nodes[0]).not.toEqual(nodes[0]);
    const wrong = await gateway.graphql(load, { lineId, after: pageInfo.endCursor });
    expect(wrong.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");

    const { data, errors } = await gateway.graphql(
      `query ($period: PeriodInput!) {
        lineStatistics(period: $period) { sessionCount positiveRate byHour bySource { sourceCode sessionCount } byOperator { operator { id } sessionCount positiveRate } }
        sessionRatings(period: $period, customerRating: DISLIKE, first: 3) { nodes { session { id } customerRating ratedAt line { id } } pageInfo { hasNextPage } }
      }`,
      { period },
    );
    expect(errors).toBeUndefined();
    const begun = [...portal.world.sessions.values()].filter(({ createdAt }) => createdAt >= Date.parse(period.from));
    expect(data.lineStatistics.sessionCount).toBe(begun.length);
    expect(data.lineStatistics.byHour).toHaveLength(24);
    expect(data.sessionRatings.nodes).toHaveLength(3);
    for (const { session, customerRating } of data.sessionRatings.nodes) {
      expect(customerRating).toBe("DISLIKE");
      expect(portal.world.sessions.get(Number(session.id))?.vote).toBe(1);
    }
    const long = { from: "2020-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" };
    const refused = await gateway.graphql(
      "query ($period: PeriodInput!) { lineStatistics(period: $period) { sessionCount } }",
      { period: long },
    );
    expect(refused.errors?.[0]?.message).toContain("366 days");
  });

  test("tells what it has, and is not asked again for that", async () => {
    const capabilities = `{ viewer { capabilities {
      sessionList { status reason } sessionStatistics { status } sessionTransfers { status } sessionRatings { status }
      operatorLoad { status } lineStatistics { status } activityEvents { status message checkedAt }
    } } }`;
    const { data, errors } = await place.gateway.graphql(capabilities);
    expect(errors).toBeUndefined();
    const { sessionTransfers, ...others } = data.viewer.capabilities;
    // The newest sessions may not have been handed over.
    expect(["AVAILABLE", "UNKNOWN"]).toContain(sessionTransfers.status);
    for (const each of Object.values<{ status: string }>(others)) expect(each.status).toBe("AVAILABLE");
    const again = await place.gateway.graphql(
      "{ viewer { capabilities { sessionList { status } lineStatistics { status } } } }",
    );
    expect(again.extensions.upstream.commands).toBe(0);
  });

  test("lists the sessions of a chat and of an item of the CRM", async () => {
    const { world } = place.portal;
    const activity = [...world.activities.values()].findLast(({ sessionId }) => sessionId > 0);
    const session = world.sessions.get(activity?.sessionId ?? 0);
    if (activity === undefined || session === undefined) throw new Error("The seed has no session in the CRM");
    const { data, errors } = await place.gateway.graphql(
      `query ($chat: ID!, $ref: CrmEntityInput!) {
        chat(by: {id: $chat}) { sessions(first: 50) { source isComplete nodes { id } pageInfo { hasNextPage } } }
        crmEntity(ref: $ref) { sessions(first: 50) { source isComplete nodes { id state startedAt } } }
      }`,
      { chat: String(session.chatId), ref: { type: activity.owner.type, entityId: String(activity.owner.id) } },
    );
    expect(errors).toBeUndefined();
    expect(data.crmEntity.sessions).toMatchObject({ source: "CRM_ACTIVITIES", isComplete: false });
    const bound = [...world.activities.values()].filter(
      ({ sessionId, bindings }) =>
        sessionId > 0 && bindings.some(({ type, id }) => type === activity.owner.type && id === activity.owner.id),
    );
    expect(data.crmEntity.sessions.nodes.map(({ id }: Row) => id)).toEqual(
      bound
        .toReversed()
        .slice(0, 50)
        .map(({ sessionId }) => String(sessionId)),
    );
    const ofChat = data.chat.sessions.nodes.map(({ id }: Row) => id);
    expect(ofChat).toContain(String(session.id));
    for (const id of ofChat) expect(world.sessions.get(Number(id))?.chatId).toBe(session.chatId);
  });
});

describe("a portal without reports", () => {
  test.each([
    ["that is older than they are", { age: 2024 }, "MODULE"],
    ["whose controller has no such action", { age: 2025 }, "MODULE"],
    ["whose plan has none", { plan: "enterprise", reports: { inPlan: false } }, "PLAN"],
  ] as const)("%s lists sessions that touched the CRM, and says so", async (_name, options, reason) => {
    const { gateway, portal } = await openForTest({ ...options, pastSessions: 300 });
    const { rows } = await walk(gateway, { first: 100 });
    const entered = [...portal.world.activities.values()].filter(({ sessionId }) => sessionId > 0);
    expect(rows.map(({ id }) => id)).toEqual(entered.toReversed().map(({ sessionId }) => String(sessionId)));
    for (const { id, closedAt } of rows) {
      const session = portal.world.sessions.get(Number(id));
      expect(closedAt === null).toBe(session?.closed === false);
    }
    const { data, extensions } = await gateway.graphql(LIST, { first: 10 });
    expect(data.sessions).toMatchObject({ source: "CRM_ACTIVITIES", isComplete: false });
    expect(data.sessions.nodes[0]).toMatchObject({ closeReason: null });
    // What is known to be missing is not asked for again.
    expect(extensions.upstream.commands).toBeLessThanOrEqual(2 + 10);

    const refused = await gateway.graphql(LIST, { filter: { closeReason: "SPAM" } });
    expect(refused.errors?.[0]).toMatchObject({ extensions: { code: "FORBIDDEN", reason } });
    expect(refused.errors?.[0]?.message).toContain("filter.closeReason");
    const order = await gateway.graphql(LIST, { orderBy: { field: "CLOSED" } });
    expect(order.errors?.[0]?.message).toContain("the order CLOSED");
    for (const filter of [{ state: "SPAM" }, { isInCrm: false }, { customerRating: "ANY" }]) {
      const { errors } = await gateway.graphql(LIST, { filter });
      expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", reason });
    }

    const period = { from: new Date(Date.now() - 300 * DAY_MS).toISOString(), to: new Date().toISOString() };
    const others = await gateway.graphql(
      `query ($period: PeriodInput!, $id: ID!) {
        operatorLoad { nodes { presence } }
        lineStatistics(period: $period) { sessionCount }
        sessionRatings(period: $period) { nodes { customerRating } }
        session(by: {id: $id}) { statistics { messageCount } transfers { at } closeReason }
        viewer { capabilities { sessionList { status reason message } operatorLoad { status reason } activityEvents { status } } }
      }`,
      { period, id: rows[0]?.id },
    );
    expect(others.errors?.map(({ path }) => path?.join(".")).sort()).toEqual([
      "lineStatistics",
      "operatorLoad",
      "session.closeReason",
      "session.statistics",
      "session.transfers",
      "sessionRatings",
    ]);
    for (const { extensions: told } of others.errors ?? []) expect(told).toMatchObject({ code: "FORBIDDEN", reason });
    expect(others.data.viewer.capabilities).toMatchObject({
      sessionList: { status: "MISSING", reason },
      operatorLoad: { status: "MISSING", reason },
      activityEvents: { status: "AVAILABLE" },
    });
    expect(others.data.viewer.capabilities.sessionList.message).toMatch(/plan|older/);
  });

  test("filters what activities can: line, operator, channel, state and periods", async () => {
    const { gateway, portal } = await openForTest({ age: 2024, pastSessions: 300 });
    const activities = [...portal.world.activities.values()].filter(({ sessionId }) => sessionId > 0);
    const [sample] = activities;
    if (sample === undefined) throw new Error("The seed has no session in the CRM");
    const idsOf = (found: typeof activities): string[] => found.toReversed().map(({ sessionId }) => String(sessionId));
    const cases: [Record<string, unknown>, (activity: Activity) => boolean][] = [
      [{ lineIds: [sample.providerTypeId] }, ({ providerTypeId }) => providerTypeId === sample.providerTypeId],
      [{ operatorIds: [String(sample.responsibleId)] }, ({ responsibleId }) => responsibleId === sample.responsibleId],
      [{ sourceCodes: [sample.source] }, ({ source }) => source === sample.source],
      [{ state: "CLOSED" }, ({ completed }) => completed],
      [{ state: "NEW" }, ({ completed, resultStatus }) => !completed && resultStatus === 1],
      [{ state: "NEW", closed: { from: "2020-01-01T00:00:00Z" } }, () => false],
      [{ isInCrm: true }, () => true],
      [
        { created: { to: new Date(sample.startAt + 1000).toISOString() } },
        ({ startAt }) => seconds(startAt) <= seconds(sample.startAt + 1000),
      ],
    ];
    for (const [filter, test] of cases) {
      const { rows } = await walk(gateway, { first: 100, filter });
      expect(
        rows.map(({ id }) => id),
        JSON.stringify(filter),
      ).toEqual(idsOf(activities.filter(test)));
    }
  });

  test("where the caller may not see reports the answer is empty, and activities tell more", async () => {
    const { gateway, portal } = await openForTest({ pastSessions: 100 });
    const operator = portal.users.find(({ id }) =>
      [...portal.world.activities.values()].some(
        ({ sessionId, responsibleId }) => sessionId > 0 && responsibleId === id,
      ),
    );
    if (operator === undefined) throw new Error("Nobody is responsible for a session");
    portal.world.rights.withdraw(operator.id, "REPORTS");
    const { data, errors } = await gateway.graphql(LIST, { first: 100 }, { key: keyFor(operator) });
    expect(errors).toBeUndefined();
    expect(data.sessions).toMatchObject({ source: "CRM_ACTIVITIES", isComplete: false });
    expect(data.sessions.nodes.length).toBeGreaterThan(0);
    const beyond = await gateway.graphql(LIST, { filter: { closeReason: "SPAM" } }, { key: keyFor(operator) });
    expect(beyond.data.sessions).toMatchObject({ source: "REPORTS", isComplete: false, nodes: [] });
    const told = await gateway.graphql(
      "{ viewer { capabilities { sessionList { status message } } } }",
      {},
      { key: keyFor(operator) },
    );
    expect(told.data.viewer.capabilities.sessionList.status).toBe("UNKNOWN");
  });

  test("a credential without the scope crm is told to add it", async () => {
    const { gateway, portal } = await openForTest({ age: 2024 });
    await fetch(new URL("/__faults", portal.url), {
      method: "POST",
      body: JSON.stringify([{ kind: "error", method: "crm.activity.list", error: "insufficient_scope", status: 403 }]),
    });
    const { errors } = await gateway.graphql(
      "{ viewer { capabilities { activityEvents { status reason message } } } }",
    );
    expect(errors).toBeUndefined();
    const refused = await gateway.graphql(LIST);
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", reason: "MODULE" });
    const entity = await gateway.graphql(
      '{ crmEntity(ref: {type: DEAL, entityId: "1"}) { sessions { nodes { id } } } }',
    );
    expect(entity.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", reason: "SCOPE", requiredScope: "crm" });
  });
});

const DAY_MS = 86_400_000;

function seconds(at: number): number {
  return Math.floor(at / 1000);
}
