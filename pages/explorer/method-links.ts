import { type ConstDirectiveNode, parse } from "graphql";

/** Types of an introspection, as far as descriptions are concerned. */
interface DescribedType {
  readonly name?: unknown;
  readonly fields?: readonly { readonly name?: unknown; description?: string | null }[] | null;
}

export interface Introspection {
  readonly data?: { [name: string]: unknown; __schema?: { readonly types?: readonly DescribedType[] } };
}

/**
 * An introspection whose descriptions lead to the table of methods: from each method that they name, and from each further one that a field
 * calls, which introspection does not tell and the schema's text does (`@rest`).
 */
export function withMethodLinks(introspection: string, sdl: string): Introspection {
  const { methods, byField } = readMethods(sdl);
  const linked = introspection.replaceAll(/`([a-z0-9]+(?:\.[A-Za-z0-9]+)*)`/g, (text, method: string) =>
    methods.has(method) ? link(method) : text,
  );
  const answer: Introspection = JSON.parse(linked);
  for (const { name, fields } of answer.data?.__schema?.types ?? []) {
    for (const field of fields ?? []) {
      const description = field.description ?? "";
      const further = (byField.get(`${String(name)}.${String(field.name)}`) ?? []).map(link);
      const unnamed = further.filter((each) => !description.includes(each));
      if (unnamed.length > 0) field.description = [description, `REST: ${unnamed.join(", ")}`].join("\n\n").trim();
    }
  }
  return answer;
}

function link(method: string): string {
  return `[\`${method}\`](/docs/methods#${method})`;
}

interface Methods {
  readonly methods: ReadonlySet<string>;
  /** By type and field, as in `Chat.title`. */
  readonly byField: ReadonlyMap<string, readonly string[]>;
}

function readMethods(sdl: string): Methods {
  const byField = new Map<string, readonly string[]>();
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    if (definition.kind !== "ObjectTypeDefinition" && definition.kind !== "InterfaceTypeDefinition") continue;
    for (const { name, directives = [] } of definition.fields ?? []) {
      const found = directives.flatMap(restMethod);
      if (found.length > 0) byField.set(`${definition.name.value}.${name.value}`, found);
    }
  }
  return { methods: new Set([...byField.values()].flat()), byField };
}

function restMethod({ name, arguments: given }: ConstDirectiveNode): string[] {
  if (name.value !== "rest") return [];
  return (given ?? []).flatMap(({ value }) => (value.kind === "StringValue" ? [value.value] : []));
}
