import { type GraphQLField, GraphQLObjectType, getNamedType, isLeafType } from "graphql";
import { describe, expect, test } from "vitest";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { startGatewayCore } from "../resolvers/operation.ts";
import { dialogOnWire, historyOfOnWire, messagesOnWire, userOnWire } from "../resolvers/wire-answers.ts";

const schema = buildSchema();

function fieldsOf(name: string): GraphQLField<unknown, unknown>[] {
  const type = schema.getType(name);
  if (!(type instanceof GraphQLObjectType)) throw new Error(`${name} is no object type`);
  return Object.values(type.getFields());
}

/** The methods that `@rest` names on a field. */
function restOf(field: GraphQLField<unknown, unknown>): string[] {
  return (field.astNode?.directives ?? [])
    .filter((directive) => directive.name.value === "rest")
    .flatMap((directive) => directive.arguments ?? [])
    .map((argument) => (argument.value.kind === "StringValue" ? argument.value.value : ""));
}

function select(field: GraphQLField<unknown, unknown>): string {
  return isLeafType(getNamedType(field.type)) ? field.name : `${field.name} { __typename }`;
}

/** What the portal is asked for a field of an object of which nothing but the id is known, beside what leads to that object. */
async function commandsFor(document: string, lead: readonly string[]): Promise<string[]> {
  const gateway = await startGatewayCore((method, params) => {
    switch (method) {
      case "imopenlines.dialog.get":
        // A channel whose codes do not name the customer.
        return dialogOnWire({ id: Number(params.CHAT_ID ?? 1777), entity_id: "telegrambot|22|5|6" });
      case "imopenlines.session.history.get":
        return historyOfOnWire(343, 1777);
      case "im.dialog.messages.get":
        return messagesOnWire(4242, 1, params);
      case "im.dialog.users.list":
      case "crm.activity.list":
        return [];
      case "imopenlines.v2.Session.list":
      case "imopenlines.v2.Session.Stat.get":
        return { sessions: [], hasNextPage: false };
      case "imopenlines.v2.Session.Transfer.list":
        return { transfers: [] };
      default:
        return [userOnWire(27)];
    }
  });
  await gateway.data(document);
  const { commands } = gateway.seen();
  for (const method of lead) commands.splice(commands.indexOf(method), 1);
  return [...new Set(commands)];
}

describe("a field asks the portal for what its @rest names, and for nothing else", () => {
  test.each(fieldsOf("Chat").map((field) => [field.name, field] as const))("Chat.%s", async (_name, field) => {
    // The message's chat is another one than that it was found in: a mere reference.
    const asked = await commandsFor(
      `{ chat(by: {id: 1777}) { messages(last: 1) { nodes { chat { ${select(field)} } } } } }`,
      ["imopenlines.dialog.get", "im.dialog.messages.get"],
    );
    expect(restOf(field)).toEqual(expect.arrayContaining(asked));
    expect(asked.length > 0).toBe(restOf(field).length > 0);
  });

  test.each(fieldsOf("User").map((field) => [field.name, field] as const))("User.%s", async (_name, field) => {
    const asked = await commandsFor(`{ chat(by: {id: 1777}) { operator { ${select(field)} } } }`, [
      "imopenlines.dialog.get",
    ]);
    expect(asked).toEqual(restOf(field));
  });

  test.each(fieldsOf("Session").map((field) => [field.name, field] as const))("Session.%s", async (_name, field) => {
    const asked = await commandsFor(`{ session(by: {id: 343}) { ${select(field)} } }`, []);
    const isOfHistory = restOf(field).join() === "imopenlines.session.history.get";
    // The look-up itself reads the chat's record, or the history where something of that is selected.
    const named = new Set([...(isOfHistory ? [] : ["imopenlines.dialog.get"]), ...restOf(field)]);
    // An open session's beginning is in that record.
    if (field.name === "startedAt") expect([...named]).toEqual(expect.arrayContaining(asked));
    else expect(asked.toSorted()).toEqual([...named].sort());
  });
});

test("every root field says which method it calls, at its end too", () => {
  for (const name of [
    "chat",
    "session",
    "sessions",
    "operatorLoad",
    "lineStatistics",
    "sessionRatings",
    "inbox",
    "user",
    "users",
  ]) {
    const field = schema.getQueryType()?.getFields()[name];
    if (field === undefined) throw new Error(`there is no query ${name}`);
    const methods = restOf(field);
    expect(methods.length, name).toBeGreaterThan(0);
    expect(field.description, name).toMatch(/\(`[A-Za-z0-9.]+`[^()]*\)\.$/);
    expect(
      methods.some((method) => field.description?.includes(`\`${method}\``)),
      name,
    ).toBe(true);
  }
});
