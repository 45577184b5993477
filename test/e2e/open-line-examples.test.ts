import { readFileSync } from "node:fs";
import { Kind, parse, print } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeEmoji } from "../../simulator/lines/emoji-tokens.ts";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Fault } from "../../simulator/protocol/faults.ts";
import { startGateway, type TestGateway } from "../kit/gateway.ts";

const source = readFileSync(new URL("../../examples/operations/open-lines.graphql", import.meta.url), "utf8");
const { definitions } = parse(source);
const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);

/** An example as a document of its own, with the fragments it may use. */
function example(name: string): string {
  const operation = definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.name?.value === name,
  );
  if (operation === undefined) throw new Error(`no example ${name}`);
  const text = print(operation);
  return [text, ...fragments.filter(() => text.includes("...")).map(print)].join("\n");
}

let portal: RunningPortal;
let gateway: TestGateway;
beforeAll(async () => {
  portal = await startPortal({ size: 0.02, plan: "on-premise" });
  gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise" } });
});
afterAll(async () => {
  await gateway.close();
  await portal.close();
});

const lineId = () => String(portal.world.lines.all()[0]?.id);

async function run(name: string, variables: Record<string, unknown> = {}) {
  const answer = await gateway.graphql(example(name), variables);
  expect(answer.errors).toBeUndefined();
  return answer;
}

test("the page of lines is full of lines", async () => {
  const { data } = await run("OpenLines", { first: 2 });
  expect(data.openLines.nodes).toHaveLength(2);
  const next = await run("OpenLines", { first: 2, after: data.openLines.pageInfo.endCursor });
  expect(next.data.openLines.nodes[0].id).not.toBe(data.openLines.nodes[0].id);
});

test("lines are found by id and by name", async () => {
  const { data } = await run("FindOpenLines", { ids: [lineId()] });
  expect(data.openLines.edges).toMatchObject([{ node: { id: lineId() } }]);
  const byName = await run("FindOpenLines", { text: data.openLines.edges[0].node.name });
  expect(byName.data.openLines.edges).toMatchObject([{ node: { id: lineId() } }]);
});

test("a queue costs one request for the line and one for its operators", async () => {
  const { data, extensions } = await run("OpenLineQueue", { lineId: lineId() });
  expect(data.openLine.queue.members.length).toBeGreaterThan(0);
  for (const { user } of data.openLine.queue.members) expect(user.name).toEqual(expect.any(String));
  expect(extensions.upstream).toMatchObject({ requests: 2, commands: 2 });
});

test("all settings of every seeded line are answered without an error", async () => {
  for (const { id, columns } of portal.world.lines.all()) {
    const { data } = await run("OpenLineSettings", { lineId: String(id) });
    expect(data.openLine).toMatchObject({
      id: String(id),
      name: decodeEmoji(columns.LINE_NAME ?? ""),
      isActive: columns.ACTIVE === "Y",
    });
  }
});

test("the portal's page and revision are answered", async () => {
  expect((await run("PublicPage")).data.publicPage.url).toMatch(/^http/);
  expect((await run("ApiRevision")).data.apiRevision.rest).toBe(2);
});

test("a line is created, changed and deleted", async () => {
  const operatorId = String(portal.users[1]?.id);
  const created = (await run("CreateOpenLine", { operatorId })).data.openLineCreate;
  expect(created).toMatchObject({
    userErrors: [],
    openLine: {
      name: "Orders and delivery",
      queue: { members: [{ user: { id: operatorId } }] },
      workTime: { from: "09:00", to: "18:30", daysOff: ["SATURDAY", "SUNDAY"], holidays: ["01.01", "25.12"] },
    },
  });
  const { id } = created.openLine;
  const changed = (await run("ChangeWorkingHours", { lineId: id, from: "8:00", to: "20:15" })).data.openLineUpdate;
  expect(changed).toMatchObject({ userErrors: [], openLine: { workTime: { from: "08:00", to: "20:15" } } });
  expect((await run("DeleteOpenLine", { lineId: id })).data.openLineDelete).toEqual({
    deletedOpenLineId: id,
    userErrors: [],
  });
});

test("wrong input is BAD_USER_INPUT with a sentence, at the field", async () => {
  const { status, data, errors } = await gateway.graphql(
    `mutation { openLineUpdate(openLineId: "1", input: { isActive: null }) { openLine { id } } }`,
  );
  expect(status).toBe(200);
  expect(data).toEqual({ openLineUpdate: null });
  expect(errors).toMatchObject([
    {
      path: ["openLineUpdate"],
      message: "input.isActive cannot be cleared: leave it out to keep it, or give a value.",
      extensions: { code: "BAD_USER_INPUT" },
    },
  ]);
});

const faulty = async (fault: Fault, query: string) => {
  portal.setFaults([fault]);
  try {
    return await gateway.graphql(query);
  } finally {
    portal.setFaults([]);
  }
};

test("an answer that is no line nulls the line alone", async () => {
  const { data, errors } = await faulty(
    { kind: "result", method: "imopenlines.config.get", result: "maintenance" },
    `{ openLine(id: "1") { id } apiRevision { rest } }`,
  );
  expect(data).toEqual({ openLine: null, apiRevision: { rest: 2 } });
  expect(errors).toMatchObject([{ path: ["openLine"], extensions: { code: "UPSTREAM_PROTOCOL" } }]);
});

test("a setting that is not understood nulls its field alone", async () => {
  const id = lineId();
  const stored = portal.world.lines.get(Number(id));
  const row = { ...stored?.columns, ID: id, WORKTIME_FROM: "in the morning" };
  const { data, errors } = await faulty(
    { kind: "result", method: "imopenlines.config.get", result: row },
    `{ openLine(id: "${id}") { id workTime { from } crm { isEnabled } } }`,
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({ openLine: { id, workTime: { from: null }, crm: { isEnabled: stored?.columns.CRM === "Y" } } });
});
