import { readFileSync } from "node:fs";
import { graphql } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPortals, type Portals } from "../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../src/datasources/bitrix24/usage.ts";
import { createHistoryCaches } from "../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, WITHOUT_STORE } from "../../src/resolvers/engine/context.ts";
import { type ScriptedPortal, startScriptedPortal } from "../datasources/bitrix24/scripted-portal.ts";
import {
  COLUMN_FIELDS,
  FULL_QUEUE_FIELDS,
  LISTED_QUEUE_FIELDS,
  LOST_ON_THE_WIRE,
  type ReadMapping,
  SETTING_INPUTS,
  type WriteMapping,
} from "./config-field-map.ts";

/** A documented parameter or result field, as far as the walk needs it. */
interface DocumentedField {
  readonly name: string;
  readonly wire?: unknown;
  readonly enum?: readonly string[] | null;
  readonly fields?: readonly DocumentedField[];
  readonly items?: Omit<DocumentedField, "name">;
  readonly value?: Omit<DocumentedField, "name">;
}

interface DocumentedMethod {
  readonly name: string;
  readonly params: readonly DocumentedField[];
  readonly result: Omit<DocumentedField, "name">;
  readonly example: { readonly response: { readonly result: unknown } };
}

const methods: readonly DocumentedMethod[] = JSON.parse(
  readFileSync(new URL("../fixtures/methods.json", import.meta.url), "utf8"),
);

function documented(name: string): DocumentedMethod {
  const method = methods.find((candidate) => candidate.name === name);
  if (method === undefined) throw new Error(`${name} is not documented`);
  return method;
}

interface WalkedField {
  readonly path: string;
  readonly field: Omit<DocumentedField, "name">;
}

/** Every field with a path: `A.B` for a field of an object or of a map's value, `A[]` for a list's item. */
function walk(fields: readonly DocumentedField[], prefix = ""): WalkedField[] {
  return fields.flatMap((field) => below(`${prefix}${field.name}`, field));
}

function below(path: string, field: Omit<DocumentedField, "name">): WalkedField[] {
  const nested = [
    ...walk(field.fields ?? [], `${path}.`),
    ...walk(field.value?.fields ?? [], `${path}.`),
    ...walk(field.items?.fields ?? [], `${path}[].`),
  ];
  const isListOfScalars = field.items !== undefined && field.items.fields === undefined;
  return [{ path, field }, ...(isListOfScalars ? [{ path: `${path}[]`, field: field.items ?? {} }] : []), ...nested];
}

const schema = buildSchema();
let portal: ScriptedPortal;
let portals: Portals;
beforeAll(async () => {
  portal = await startScriptedPortal();
  portals = createPortals({ plan: "on-premise", allowHttp: false, allowedHosts: [] });
});
afterAll(async () => {
  await portals.close();
  await portal.close();
});

async function run(source: string, variableValues: Record<string, unknown> = {}): Promise<unknown> {
  const credential = { kind: "webhook", url: `${portal.origin}/rest/1/secret1234567890/` } as const;
  const operation = {
    signal: new AbortController().signal,
    deadlineAt: performance.now() + 10_000,
    usage: new UpstreamUsage(),
  };
  const session = portals.session(credential, operation);
  const loaders = createLoaders(session, createHistoryCaches().forOperation("test"));
  const { data, errors } = await graphql({
    schema,
    source,
    variableValues,
    contextValue: { portal: session, loaders, live: NO_LIVE_LOG, ...WITHOUT_STORE },
  });
  expect(errors ?? []).toEqual([]);
  return data;
}

/** `a.0.b` in a value; undefined where it ends early. */
function pick(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, key) => Object(found)[key], value);
}

/** `{ a { b } }` from `a.0.b`; a path that ends at objects selects their type. */
function selection(path: string): string {
  const names = path.split(".").filter((name) => !/^\d+$/.test(name));
  const leaf = OBJECT_LISTS.has(path) ? `${names.at(-1)} { __typename }` : `${names.at(-1)}`;
  return names.slice(0, -1).reduceRight((inner, name) => `${name} { ${inner} }`, leaf);
}

const OBJECT_LISTS = new Set(["queue.members", "queue.users", "queue.configured", "kpi.furtherAnswer.recipients"]);

const documentedRow = { ...Object(documented("imopenlines.config.get").example.response.result) };

function wireValues({ values }: ReadMapping, field: WalkedField["field"]): readonly [unknown, unknown] {
  if (values !== undefined) return values;
  if (field.wire === "Y|N") return ["Y", "N"];
  return String(field.wire).includes("integer") ? ["7", "8"] : ["First", "Second"];
}

/** What the path answers when the column holds this value. A map's key decides who is in the queue. */
async function answerFor(listed: boolean, wirePath: string, path: string, value: unknown): Promise<unknown> {
  const column = wirePath.split(/[.[]/)[0] ?? "";
  const isMemberMap = column === "QUEUE_FULL" || column === "QUEUE_USERS_FIELDS";
  const members = isMemberMap ? { QUEUE: Object.keys(Object(value)), QUEUE_FULL: [], QUEUE_USERS_FIELDS: [] } : {};
  const withoutDisplays = column === "QUEUE_FULL" ? { QUEUE_USERS_FIELDS: undefined } : {};
  const row = { ...documentedRow, ...members, ...withoutDisplays, [column]: value };
  portal.answer = (method) => (method === "imopenlines.config.list.get" ? [row] : row);
  const fields = selection(path);
  const data = listed
    ? await run(`{ openLines { nodes { ${fields} } } }`)
    : await run(`{ openLine(id: "22") { ${fields} } }`);
  return pick(data, `${listed ? "openLines.nodes.0" : "openLine"}.${path}`);
}

describe("every documented field of imopenlines.config.get", () => {
  const mapping = { ...COLUMN_FIELDS, ...FULL_QUEUE_FIELDS };
  const fields = walk(documented("imopenlines.config.get").result.fields ?? []).filter(
    ({ path }) => !LOST_ON_THE_WIRE.has(path),
  );

  test("is 94 fields, of which two dates are lost", () => {
    expect((documented("imopenlines.config.get").result.fields ?? []).length).toBe(94);
  });

  test.each(fields)("$path decides what its field of OpenLine answers", async ({ path, field }) => {
    const reach = mapping[path];
    if (reach === undefined) throw new Error(`no field of OpenLine carries ${path}`);
    const [first, second] = wireValues(reach, field);
    const answers = [await answerFor(false, path, reach.path, first), await answerFor(false, path, reach.path, second)];
    expect(answers[1]).not.toEqual(answers[0]);
    expect(answers[1] ?? answers[0]).not.toBeUndefined();
  });
});

describe("every documented field of imopenlines.config.list.get", () => {
  const mapping = { ...COLUMN_FIELDS, ...LISTED_QUEUE_FIELDS };
  const fields = walk(documented("imopenlines.config.list.get").result.items?.fields ?? []).filter(
    ({ path }) => !LOST_ON_THE_WIRE.has(path) && !path.startsWith("QUEUE_USERS_FIELDS"),
  );

  test.each(fields)("$path decides what its field of OpenLine answers", async ({ path, field }) => {
    const reach = mapping[path];
    if (reach === undefined) throw new Error(`no field of OpenLine carries ${path}`);
    const [first, second] = wireValues(reach, field);
    const answers = [await answerFor(true, path, reach.path, first), await answerFor(true, path, reach.path, second)];
    expect(answers[1]).not.toEqual(answers[0]);
  });
});

describe("every documented setting of imopenlines.config.add and imopenlines.config.update", () => {
  const settingsOf = (method: string) =>
    walk(documented(method).params.find(({ name }) => name === "PARAMS")?.fields ?? []).map(({ path }) => ({ path }));

  function inputFor({ path, value, beside }: WriteMapping): unknown {
    const [group = "", ...rest] = path.split(".");
    const nested = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    const around = Object(beside?.[group]);
    return { ...beside, [group]: rest.length === 0 ? value : { ...around, ...Object(nested) } };
  }

  async function written(source: string, method: string, setting: WriteMapping): Promise<unknown> {
    const before = portal.requests.length;
    portal.answer = (asked) => (asked === "imopenlines.config.get" ? documentedRow : 22);
    if (method === "imopenlines.config.update") {
      portal.answer = (asked) => (asked === "imopenlines.config.get" ? documentedRow : true);
    }
    await run(source, { input: inputFor(setting) });
    return portal.requests.slice(before).find((request) => request.method === method)?.body.PARAMS;
  }

  const wirePath = (path: string) => path.replace("[]", ".0");

  test.each(settingsOf("imopenlines.config.add"))("$path can be given to openLineCreate", async ({ path }) => {
    const setting = SETTING_INPUTS[path];
    if (setting === undefined) throw new Error(`no input of openLineCreate carries ${path}`);
    const source = `mutation ($input: OpenLineCreateInput!) { openLineCreate(input: $input) { openLine { id } } }`;
    expect(pick(await written(source, "imopenlines.config.add", setting), wirePath(path))).toEqual(setting.wire);
  });

  test.each(settingsOf("imopenlines.config.update"))("$path can be given to openLineUpdate", async ({ path }) => {
    const setting = SETTING_INPUTS[path];
    if (setting === undefined) throw new Error(`no input of openLineUpdate carries ${path}`);
    const source = `mutation ($input: OpenLineUpdateInput!) { openLineUpdate(openLineId: "22", input: $input) { openLine { id } } }`;
    expect(pick(await written(source, "imopenlines.config.update", setting), wirePath(path))).toEqual(setting.wire);
  });
});

describe("every other documented parameter of the line methods", () => {
  /** The operation that carries the parameter, and what it becomes; or why the gateway decides it. */
  const carried: Readonly<Record<string, { readonly operation: string; readonly wire: unknown } | string>> = {
    "imopenlines.config.get CONFIG_ID": { operation: `{ openLine(id: "22") { name } }`, wire: 22 },
    "imopenlines.config.get WITH_QUEUE": "always Y: the queue is part of the line",
    "imopenlines.config.get SHOW_OFFLINE": "always Y: offline operators are members too",
    "imopenlines.config.update CONFIG_ID": {
      operation: `mutation { openLineUpdate(openLineId: "22", input: { name: "A" }) { openLine { id } } }`,
      wire: 22,
    },
    "imopenlines.config.delete CONFIG_ID": {
      operation: `mutation { openLineDelete(openLineId: "22") { deletedOpenLineId } }`,
      wire: 22,
    },
    "imopenlines.config.list.get PARAMS.select": "not sent: the record serves every field that may be asked for",
    "imopenlines.config.list.get PARAMS.select[]": "not sent: the record serves every field that may be asked for",
    "imopenlines.config.list.get PARAMS.order": {
      operation: `{ openLines(orderBy: { field: NAME, direction: DESC }) { nodes { id } } }`,
      wire: { LINE_NAME: "DESC", ID: "DESC" },
    },
    "imopenlines.config.list.get PARAMS.filter": {
      operation: `{ openLines(filter: { ids: ["3"], isActive: false, isTemporary: true, languageCode: "de", nameContains: "a😀" }) { nodes { id } } }`,
      wire: { ID: [3], ACTIVE: "N", TEMPORARY: "Y", LANGUAGE_ID: "de", "%LINE_NAME": "a:f09f9880:" },
    },
    "imopenlines.config.list.get PARAMS.limit": { operation: `{ openLines(first: 7) { nodes { id } } }`, wire: 8 },
    "imopenlines.config.list.get PARAMS.offset": { operation: `{ openLines { nodes { id } } }`, wire: 0 },
    "imopenlines.config.list.get OPTIONS.QUEUE": "always Y: the queue is part of the line",
    "imopenlines.config.list.get OPTIONS.CONFIG_QUEUE": "always Y: the queue is part of the line",
    "imopenlines.config.list.get OPTIONS.CHECK_PERMISSION": "not sent: the names of actions are not documented",
  };
  const parameters = methods
    .filter(({ name }) => name.startsWith("imopenlines.config.") || name === "imopenlines.revision.get")
    .flatMap(({ name, params }) =>
      walk(params)
        .filter(({ path }) => path !== "PARAMS" && path !== "OPTIONS")
        .filter(({ path }) => name.endsWith("list.get") || !path.startsWith("PARAMS."))
        .map(({ path }) => ({ method: name, path })),
    );

  test.each(parameters)("$method $path is carried, or decided for a reason", async ({ method, path }) => {
    const how = carried[`${method} ${path}`];
    if (how === undefined) throw new Error(`no argument carries ${path} of ${method}`);
    if (typeof how === "string") return;
    const before = portal.requests.length;
    portal.answer = (asked) =>
      asked === "imopenlines.config.get" ? documentedRow : asked.endsWith("list.get") ? [] : true;
    await run(how.operation);
    const request = portal.requests.slice(before).find((seen) => seen.method === method);
    expect(pick(request?.body, path)).toEqual(how.wire);
  });
});
