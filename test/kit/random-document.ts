import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { Dice } from "./random-operation.ts";

export interface RandomDocument {
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A query over the whole schema with variables of every kind, conditions, named fragments, fields that are selected twice, and abstract types. */
export function randomDocument(schema: GraphQLSchema, dice: Dice, depth = 5): RandomDocument {
  const definitions: string[] = [];
  const variables: Record<string, unknown> = {};
  const fragments: string[] = [];
  const root = schema.getQueryType();
  if (!root) throw new Error("the schema has no queries");

  const source = writeSelections(root, depth);
  const head = definitions.length === 0 ? "query Q" : `query Q(${definitions.join(", ")})`;
  return { source: [`${head} ${source}`, ...fragments].join("\n"), variables };

  function define(type: string, value: unknown, fallback?: string): string {
    const name = `v${definitions.length}`;
    definitions.push(`$${name}: ${type}${fallback === undefined ? "" : ` = ${fallback}`}`);
    if (value !== undefined) variables[name] = value;
    return `$${name}`;
  }

  function condition(): string {
    if (!dice.onceIn(6)) return "";
    const known = Object.entries(variables).filter(([, value]) => typeof value === "boolean" && dice.onceIn(2));
    const literal = dice.onceIn(4) ? dice.pick(["true", "false"]) : undefined;
    const name = known[0] === undefined ? define("Boolean!", dice.onceIn(2)) : `$${known[0][0]}`;
    return ` @${dice.pick(["skip", "include"])}(if: ${literal ?? name})`;
  }

  function writeSelections(type: GraphQLNamedType, levels: number): string {
    if (isAbstractType(type)) {
      const possible = schema.getPossibleTypes(type).filter(() => dice.onceIn(2));
      const parts = possible.map((each) => `... on ${each.name}${condition()} ${writeSelections(each, levels - 1)}`);
      const own = isInterfaceType(type)
        ? Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)))
        : [];
      return `{ __typename ${own.length === 0 ? "" : writeOwn(own[0]?.name)} ${parts.join(" ")} }`;
    }
    if (!isObjectType(type)) throw new Error(`${type.name} has no fields`);
    const written = Array.from({ length: 1 + dice.below(4) }, () => writeField(type, levels));
    if (dice.onceIn(5)) {
      // Named fragments of the same fields under other conditions, which must not mix.
      const name = `F${fragments.length}`;
      fragments.push("");
      fragments[Number(name.slice(1))] = `fragment ${name} on ${type.name} ${block([writeField(type, levels)])}`;
      written.push(`...${name}${condition()}`);
      if (dice.onceIn(2)) written.push(`... on ${type.name}${condition()} { ...${name}${condition()} }`);
    }
    return block(written);
  }

  function writeOwn(name: string | undefined): string {
    return name === undefined ? "" : `own: ${name}`;
  }

  function block(written: readonly string[]): string {
    return `{ ${dice.onceIn(3) ? "__typename " : ""}${written.join(" ")} }`;
  }

  function writeField(type: GraphQLObjectType, levels: number): string {
    const all = Object.values(type.getFields());
    const usable = levels > 0 ? all : all.filter((field) => isLeafType(getNamedType(field.type)));
    if (usable.length === 0) return "__typename";
    const field = dice.pick(usable);
    const args = field.args.flatMap((argument) => writeArgument(argument) ?? []);
    const named = getNamedType(field.type);
    // The same alias for the same field and arguments: what is selected in two places is merged.
    const alias = args.length === 0 && dice.onceIn(2) ? "" : `x${nextAlias()}: `;
    const call = `${alias}${field.name}${args.length === 0 ? "" : `(${args.join(", ")})`}${condition()}`;
    return isLeafType(named) ? call : `${call} ${writeSelections(named, levels - 1)}`;
  }

  function nextAlias(): number {
    aliases += 1;
    return aliases;
  }

  function writeArgument({ name, type, defaultValue }: GraphQLArgument): string | undefined {
    if (!isNonNullType(type) && !dice.onceIn(2)) return undefined;
    const isVariable = dice.onceIn(3);
    if (!isVariable) return `${name}: ${literal(madeUp(type), type)}`;
    const hasDefault = defaultValue !== undefined;
    const value = isNonNullType(type) && !hasDefault ? madeUp(type) : dice.pick([madeUp(type), null, undefined]);
    // A nullable variable may stand where a default is; null is then refused while the query runs.
    const written = isNonNullType(type) && hasDefault ? String(type.ofType) : String(type);
    const fallback = dice.onceIn(3) && !isNonNullType(type) ? literal(madeUp(type), type, true) : undefined;
    return `${name}: ${define(written, value, fallback)}`;
  }

  function madeUp(type: GraphQLInputType): unknown {
    const bare = getNullableType(type);
    if (!isNonNullType(type) && dice.onceIn(6)) return null;
    if (isListType(bare)) return Array.from({ length: dice.below(3) }, () => madeUp(bare.ofType));
    if (isEnumType(bare)) return dice.pick(bare.getValues()).name;
    if (isInputObjectType(bare)) {
      const fields = Object.values(bare.getFields());
      if (bare.isOneOf) {
        const chosen = dice.pick(fields);
        return { [chosen.name]: madeUp(chosen.type) ?? "1" };
      }
      const chosen = fields.filter((field) => isNonNullType(field.type) || dice.onceIn(3));
      return Object.fromEntries(chosen.map((field) => [field.name, madeUp(field.type)]));
    }
    switch (getNamedType(bare).name) {
      case "Int":
      case "SafeInt":
      case "Float":
        return 1 + dice.below(100);
      case "Boolean":
        return dice.onceIn(2);
      case "DateTime":
        return `2026-0${1 + dice.below(9)}-10T10:00:00Z`;
      default:
        return String(1 + dice.below(50));
    }
  }

  function literal(value: unknown, type: GraphQLInputType, isConstant = false): string {
    const bare = getNullableType(type);
    if (value === null || value === undefined) return "null";
    if (isListType(bare) && Array.isArray(value))
      return `[${value.map((each) => literal(each, bare.ofType, isConstant)).join(", ")}]`;
    if (isEnumType(bare)) return String(value);
    if (isInputObjectType(bare)) {
      const fields = bare.getFields();
      const entries = Object.entries(value).map(([name, each]) => {
        const field = fields[name];
        if (field === undefined) throw new Error(`${bare.name} has no field ${name}`);
        const isNested = !isConstant && dice.onceIn(4) && !(bare.isOneOf && !isNonNullType(field.type));
        return `${name}: ${isNested ? define(String(field.type), each) : literal(each, field.type, isConstant)}`;
      });
      return `{${entries.join(", ")}}`;
    }
    return JSON.stringify(value);
  }
}

let aliases = 0;
