import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  isIntrospectionType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from "graphql";

const BEGIN = "<!-- methods -->";
const END = "<!-- /methods -->";

/** A file of examples, and its text. */
export interface ExampleFile {
  /** Path from the folder `docs`. */
  readonly path: string;
  readonly text: string;
}

interface Place {
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly isRoot: boolean;
}

/** A page with what takes the place of each REST method, between its two marks, as the schema's `@rest` says. Throws an `Error` for a page without them. */
export function withRestMethods(page: string, sdl: string, examples: readonly ExampleFile[]): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no lines ${BEGIN} and ${END} for the methods`);
  const shown = examplesByField(examples);
  const methods = [...placesByMethod(sdl)].sort(([a], [b]) => a.localeCompare(b));
  const sections = methods.map(([method, places]) => methodSection(method, places, shown));
  return `${page.slice(0, begin)}${BEGIN}\n\n${sections.join("\n\n")}\n\n${page.slice(end)}`;
}

function placesByMethod(sdl: string): Map<string, Place[]> {
  const schema = buildSchema(sdl);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const found = new Map<string, Place[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      for (const method of methodsOf(field)) {
        found.set(method, [...(found.get(method) ?? []), { type, field, isRoot: roots.includes(type) }]);
      }
    }
  }
  return found;
}

function methodsOf({ astNode }: GraphQLField<unknown, unknown>): string[] {
  const rest = astNode?.directives?.filter(({ name }) => name.value === "rest") ?? [];
  return rest.flatMap(({ arguments: given = [] }) =>
    given.flatMap(({ value }) => (value.kind === Kind.STRING ? [value.value] : [])),
  );
}

function methodSection(method: string, places: readonly Place[], shown: ReadonlyMap<string, string>): string {
  const roots = places.filter(({ isRoot }) => isRoot).map(({ type, field }) => rootLine(type, field, shown));
  const others = places.filter(({ isRoot }) => !isRoot);
  const types = [...new Set(others.map(({ type }) => type.name))].sort();
  const fields = types.map((name) => {
    const names = others.filter(({ type }) => type.name === name).map(({ field }) => `\`${field.name}\``);
    return `- of \`${name}\`: ${names.join(", ")}`;
  });
  return [`### ${method}`, "", ...roots, ...fields].join("\n");
}

function rootLine(
  type: GraphQLObjectType,
  { name, args, description }: GraphQLField<unknown, unknown>,
  shown: ReadonlyMap<string, string>,
): string {
  const signature = args.length === 0 ? name : `${name}(${args.map((arg) => `${arg.name}: ${arg.type}`).join(", ")})`;
  const example = shown.get(name);
  const link = example === undefined ? "" : ` ${example}`;
  return `- ${type.name.toLowerCase()} \`${signature}\`: ${firstSentence(description ?? "")}${link}`;
}

function firstSentence(description: string): string {
  return /^.*?[.:](?=\s|$)/.exec(description.replaceAll("\n", " "))?.[0].replace(/:$/, ".") ?? description;
}

/** For each field of the roots the first example operation that selects it, as a link. */
function examplesByField(examples: readonly ExampleFile[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, text } of examples) {
    const operations = parse(text).definitions.filter(
      (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
    );
    for (const { name, selectionSet } of operations) {
      for (const selected of selectionSet.selections) {
        if (selected.kind !== Kind.FIELD || found.has(selected.name.value)) continue;
        found.set(selected.name.value, `Example: \`${name?.value}\` in [${path.split("/").at(-1)}](${path}).`);
      }
    }
  }
  return found;
}
