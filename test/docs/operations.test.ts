import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  buildSchema,
  type DocumentNode,
  type GraphQLObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  validate,
} from "graphql";
import { describe, expect, test } from "vitest";
import { openLiveOffice } from "../kit/live-office.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const FOLDER = join(ROOT, "examples", "operations");
const SCHEMA = buildSchema(readFileSync(join(ROOT, "schema.graphql"), "utf8"));
const DOCUMENTS: readonly { readonly file: string; readonly document: DocumentNode }[] = readdirSync(FOLDER).map(
  (file) => ({ file, document: parse(readFileSync(join(FOLDER, file), "utf8")) }),
);

function operationsOf(document: DocumentNode): OperationDefinitionNode[] {
  return document.definitions.flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION ? [each] : []));
}

const OPERATIONS = DOCUMENTS.flatMap(({ document }) => operationsOf(document));

function fieldsOf(type: GraphQLObjectType | null | undefined): string[] {
  return Object.keys(type?.getFields() ?? {}).sort();
}

function usedFields(kind: OperationTypeNode): string[] {
  const fields = OPERATIONS.filter(({ operation }) => operation === kind).flatMap(({ selectionSet }) =>
    selectionSet.selections.flatMap((each) => (each.kind === Kind.FIELD ? [each.name.value] : [])),
  );
  return [...new Set(fields)].sort();
}

describe("the example operations", () => {
  test.each(DOCUMENTS)("of $file fit the schema", ({ document }) => {
    expect(validate(SCHEMA, document)).toEqual([]);
  });

  test("have names of their own", () => {
    const names = OPERATIONS.map(({ name }) => name?.value);
    expect(names).not.toContain(undefined);
    expect(new Set(names).size).toBe(names.length);
  });

  test("show every root field", () => {
    expect(usedFields(OperationTypeNode.QUERY)).toEqual(fieldsOf(SCHEMA.getQueryType()));
    expect(usedFields(OperationTypeNode.MUTATION)).toEqual(fieldsOf(SCHEMA.getMutationType()));
    expect(usedFields(OperationTypeNode.SUBSCRIPTION)).toEqual(fieldsOf(SCHEMA.getSubscriptionType()));
  });

  test("that listen open, and a customer's message reaches those that ask for messages", async () => {
    const { portal, listen } = await openLiveOffice();
    const subscriptions = OPERATIONS.filter(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION);
    const listeners = new Map(subscriptions.map((each) => [each.name?.value, listen(print(each))]));
    await Promise.all([...listeners.values()].map(({ opened }) => opened));
    // A list is told at first, everything else when it happens.
    expect(await listeners.get("InboxChanges")?.next()).toMatchObject({
      data: { inboxChanged: { isWholeList: true } },
    });
    listeners.delete("InboxChanges");
    expect([...listeners.values()].flatMap(({ results }) => results)).toEqual([]);

    const chat = [...portal.world.chats.values()].find(({ id }) => portal.world.openSession(id) !== undefined);
    if (chat === undefined) throw new Error("no chat with an open session");
    portal.world.customerWrites(chat.id, "Is my parcel on its way?");
    const content = { text: "Is my parcel on its way?" };
    expect(await listeners.get("AllEvents")?.next()).toMatchObject({ data: { openLineEvents: { content } } });
    expect(await listeners.get("CustomerMessages")?.next()).toMatchObject({ data: { messageAdded: { content } } });
  });
});
