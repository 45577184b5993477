import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

/** Numbers of a seeded sequence: the same operations in every run. */
export interface Dice {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** True once in `times`. */
  onceIn(times: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    onceIn: (times) => below(times) === 0,
    pick(items) {
      if (items.length === 0) throw new Error("there is nothing to pick from");
      return items[below(items.length)] as (typeof items)[number];
    },
  };
}

/** Literals for arguments and input fields of a field, by their name; undefined leaves the choice to the generator. */
export type Literals = (name: string, dice: Dice, field: string) => string | undefined;

export interface RandomOperationOptions {
  readonly schema: GraphQLSchema;
  readonly literals: Literals;
  /** Levels of selections at the most. */
  readonly depth?: number;
  /** Root fields that are left out. */
  readonly without?: ReadonlySet<string>;
}

/** A valid query over the whole schema, with aliases, fragments and arguments. */
export function randomQuery(
  { schema, literals, depth = 5, without = new Set() }: RandomOperationOptions,
  dice: Dice,
): string {
  const root = schema.getQueryType();
  if (!root) throw new Error("the schema has no queries");
  const fields = Object.values(root.getFields()).filter(({ name }) => !without.has(name));
  const selections = Array.from({ length: 1 + dice.below(3) }, (_, index) => {
    const written = writeField(dice.pick(fields), depth);
    return dice.onceIn(4) ? `root${index}: ${written}` : `r${index}: ${written}`;
  });
  return `{ ${selections.join(" ")} }`;

  function writeField(field: GraphQLField<unknown, unknown>, levels: number): string {
    const args = field.args.flatMap((argument) => {
      if (!isNonNullType(argument.type) && !dice.onceIn(2)) return [];
      const literal = writeValue(argument.name, argument.type, field.name);
      return literal === undefined ? [] : [`${argument.name}: ${literal}`];
    });
    const named = getNamedType(field.type);
    const head = `${field.name}${args.length === 0 ? "" : `(${args.join(", ")})`}`;
    if (isLeafType(named)) return head;
    if (isInterfaceType(named) || !isObjectType(named)) return `${head} { __typename }`;
    return `${head} { ${writeSelections(named, levels - 1)} }`;
  }

  function writeSelections(type: GraphQLObjectType, levels: number): string {
    const all = Object.values(type.getFields());
    const usable = levels > 0 ? all : all.filter(({ type: of }) => isLeafType(getNamedType(of)));
    if (usable.length === 0) return "__typename";
    const written = Array.from({ length: 1 + dice.below(4) }, (_, index) => {
      const text = `a${index}: ${writeField(dice.pick(usable), levels)}`;
      return dice.onceIn(6) ? `... on ${type.name} { ${text} }` : text;
    });
    // What lists hold is worth more than that there is a list.
    const list = all.find(({ name }) => name === "nodes");
    if (list !== undefined && levels > 0) written.push(`all: ${writeField(list, levels)}`);
    return written.join(" ");
  }

  function writeValue(name: string, type: GraphQLInputType, of: string): string | undefined {
    const own = literals(name, dice, of);
    if (own !== undefined) return own;
    const bare = getNullableType(type);
    if (isListType(bare)) {
      const item = writeValue(name, bare.ofType, of);
      return item === undefined ? undefined : `[${item}]`;
    }
    if (isEnumType(bare)) return dice.pick(bare.getValues()).name;
    if (isInputObjectType(bare)) {
      const fields = Object.values(bare.getFields());
      const chosen = bare.isOneOf
        ? [dice.pick(fields)]
        : fields.filter((field) => isNonNullType(field.type) || dice.onceIn(2));
      const entries = chosen.flatMap((field) => {
        const value = writeValue(field.name, field.type, of);
        return value === undefined ? [] : [`${field.name}: ${value}`];
      });
      return `{${entries.join(", ")}}`;
    }
    switch (getNamedType(bare).name) {
      case "Int":
        return String(1 + dice.below(100));
      case "Boolean":
        return dice.pick(["true", "false"]);
      case "ID":
        return `"${1 + dice.below(50)}"`;
      case "DateTime":
        return `"2026-0${1 + dice.below(9)}-10T10:00:00Z"`;
      default:
        return '"a"';
    }
  }
}
