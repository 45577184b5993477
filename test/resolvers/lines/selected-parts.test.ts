import { expect, test } from "vitest";
import { LINE_COLUMN_NAMES } from "../../../simulator/lines/line-columns.ts";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import { type Gateway, startGatewayCore } from "../operation.ts";

const LIST = "imopenlines.config.list.get";
const ROW = {
  ID: "3",
  LINE_NAME: "Support",
  ACTIVE: "Y",
  WELCOME_MESSAGE: "Y",
  WELCOME_MESSAGE_TEXT: "Hello",
  CRM: "N",
};

type Body = { readonly PARAMS?: { readonly select?: readonly string[] }; readonly OPTIONS?: unknown };

function asked({ portal }: Gateway): Body[] {
  return portal.requests.filter(({ method }) => method === LIST).map(({ body }) => body as Body);
}

/** A portal with one line that keeps to the selection, as long as it is made of columns that there are. */
function startKeeping(): Promise<Gateway> {
  return startGatewayCore((method) => {
    if (method === "imopenlines.config.get") return { ...ROW, CRM: "Y" };
    return [ROW];
  });
}

test("a list is asked for the columns of what is selected, and for everything where a queue is", async () => {
  const gateway = await startKeeping();
  const { openLines } = await gateway.data("{ openLines { nodes { id name welcome { text } } } }");
  expect(openLines).toEqual({ nodes: [{ id: "3", name: "Support", welcome: { text: "Hello" } }] });
  await gateway.data("{ openLines { edges { node { ...on OpenLine { queue { type } } } } } }");
  const [first, second] = asked(gateway);
  expect(first?.PARAMS?.select).toEqual([
    "ID",
    "LINE_NAME",
    "WELCOME_MESSAGE",
    "WELCOME_MESSAGE_TEXT",
    "SEND_WELCOME_EACH_SESSION",
  ]);
  expect(first).not.toHaveProperty("OPTIONS");
  expect(second?.PARAMS).not.toHaveProperty("select");
  expect(second?.OPTIONS).toEqual({ QUEUE: "Y", CONFIG_QUEUE: "Y" });
});

test("only columns that the portal documents are asked for", async () => {
  const gateway = await startKeeping();
  await gateway.data(`{ openLines { nodes {
    id name isActive isTemporary languageCode externalId modifiedBy { id } quickReplyStoreId showsTyping
    crm { isEnabled } welcome { text } bot { isEnabled } workTime { from } noAnswer { afterSeconds }
    closing { asksForConfirmation } customerRating { isEnabled } kpi { watchesOperatorActivity } forms { isEnabled }
    limits { maxChats } agreement { isShown } category { isEnabled } operatorIdentity { mode }
  } } }`);
  const columns: readonly string[] = LINE_COLUMN_NAMES;
  const select = asked(gateway)[0]?.PARAMS?.select ?? [];
  expect(select.filter((column) => !columns.includes(column))).toEqual([]);
  expect(select.length).toBeGreaterThan(70);
  expect(new Set(select).size).toBe(select.length);
});

test("what a part of the list does not tell is read for the field that asks for it", async () => {
  const gateway = await startGatewayCore((method, params) =>
    method === LIST ? [{ ID: "3", LINE_NAME: "Support" }] : { ...ROW, CRM: "Y", ...params },
  );
  const { openLines, openLine } = await gateway.data(
    '{ openLines { nodes { name } } openLine(id: "3") { name crm { isEnabled } } }',
  );
  expect(openLines).toEqual({ nodes: [{ name: "Support" }] });
  expect(openLine).toEqual({ name: "Support", crm: { isEnabled: true } });
});

test("a portal that sends all columns all the same is read like any other", async () => {
  const whole = Object.fromEntries(LINE_COLUMN_NAMES.map((column) => [column, ""]));
  const gateway = await startGatewayCore(() => [{ ...whole, ...ROW }]);
  const { openLines } = await gateway.data("{ openLines { nodes { id name isActive } } }");
  expect(openLines).toEqual({ nodes: [{ id: "3", name: "Support", isActive: true }] });
  expect(gateway.seen().commands).toEqual([LIST]);
});

test("a portal that does not take a selection is asked for everything, from then on at once", async () => {
  const gateway = await startGatewayCore(() => [ROW]);
  gateway.portal.intercept = ({ body }) =>
    (body as Body).PARAMS?.select === undefined
      ? undefined
      : { status: 400, body: JSON.stringify({ error: "100", error_description: "Unknown field definition" }) };
  const nodes = [{ id: "3", name: "Support" }];
  expect(await gateway.data("{ openLines { nodes { id name } } }")).toEqual({ openLines: { nodes } });
  expect(await gateway.data("{ openLines { nodes { id name } } }")).toEqual({ openLines: { nodes } });
  expect(asked(gateway).map(({ PARAMS }) => PARAMS?.select !== undefined)).toEqual([true, false, false]);
});

test("a refusal for another reason is told and not asked about again", async () => {
  const gateway = await startGatewayCore(() => {
    throw new Refused("insufficient_scope", 403);
  });
  const { errors } = await gateway.run("{ openLines { nodes { id name } } }");
  expect(errors).toHaveLength(1);
  expect(asked(gateway)).toHaveLength(1);
});
