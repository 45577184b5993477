// npm run client-cache: what caches of clients must know of the schema, written from it. With --check it only says whether that is current.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, getNamedType, isAbstractType, isInterfaceType, isNonNullType, isObjectType } from "graphql";
import { fail, root, runTool } from "./prepare.mjs";

const FILE = join(root, "client", "src", "apollo", "schema-facts.ts");
/** Objects that two fields name. */
const NAMED_BY = { CrmEntity: ["type", "entityId"] };
const PAGING = new Set(["first", "last", "after", "before"]);

const schema = buildSchema(readFileSync(join(root, "schema.graphql"), "utf8"));
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
const objects = types.filter((type) => isObjectType(type) && !roots.has(type));
const fieldsOf = (type) => Object.values(type.getFields());

/** Types that one field without arguments of the query leads to, and nothing else: there is one such object. */
function existsOnce(type) {
  const leading = types
    .filter((each) => isObjectType(each) || isInterfaceType(each))
    .flatMap((from) => fieldsOf(from).map((field) => ({ from, field })))
    .filter(({ field }) => getNamedType(field.type) === type);
  return leading.length === 1 && leading[0].from === schema.getQueryType() && leading[0].field.args.length === 0;
}

function keyFieldsOf(type) {
  const fields = type.getFields();
  if (NAMED_BY[type.name] !== undefined) {
    for (const name of NAMED_BY[type.name]) if (fields[name] === undefined) fail(`${type.name}.${name} is not there.`);
    return NAMED_BY[type.name];
  }
  if (existsOnce(type)) return [];
  // By its type and id, or as a part of another where there is none, as caches do by themselves.
  return fields.id === undefined || isNonNullType(fields.id.type) ? undefined : false;
}

function sorted(entries) {
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

const possibleTypes = sorted(
  types.filter(isAbstractType).map((type) => [
    type.name,
    schema
      .getPossibleTypes(type)
      .map(({ name }) => name)
      .sort(),
  ]),
);
const keyFields = sorted(
  objects.map((type) => [type.name, keyFieldsOf(type)]).filter(([, fields]) => fields !== undefined),
);
const pagedFields = sorted(
  types.filter(isObjectType).flatMap((type) => {
    const paged = fieldsOf(type).filter(
      ({ args }) =>
        args.some(({ name }) => name === "after") && args.some(({ name }) => PAGING.has(name) && name !== "after"),
    );
    const keyed = paged.map(({ name, args }) => [
      name,
      args.map((each) => each.name).filter((each) => !PAGING.has(each)),
    ]);
    return keyed.length === 0 ? [] : [[type.name, sorted(keyed)]];
  }),
);

const text = `// Written from the schema by \`npm run client-cache\`.

/** The types of each interface. */
export const possibleTypes: Record<string, string[]> = ${JSON.stringify(possibleTypes)};

/** What names an object where it is not its id: other fields, none for one that exists once, false for one whose id may be missing. */
export const KEY_FIELDS: Readonly<Record<string, readonly string[] | false>> = ${JSON.stringify(keyFields)};

/** Lists in pages, with the arguments that make another list. */
export const PAGED_FIELDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = ${JSON.stringify(pagedFields)};
`;

const before = process.argv.includes("--check") ? readFileSync(FILE, "utf8") : undefined;
writeFileSync(FILE, text);
if (runTool("biome", ["format", "--write", FILE], { stdio: "ignore" }) !== 0) fail("The file could not be formatted.");
if (before !== undefined && readFileSync(FILE, "utf8") !== before) {
  writeFileSync(FILE, before);
  fail("client/src/apollo/schema-facts.ts does not fit schema.graphql: npm run client-cache");
}
