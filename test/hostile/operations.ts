import type { Dice } from "../kit/random-operation.ts";

/** What a client may send in place of an operation: each field of any kind. */
export interface HostileOperation {
  /** Its family, for messages. */
  readonly family: string;
  readonly query: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

export function isSubscription({ query }: HostileOperation): boolean {
  return typeof query === "string" && query.startsWith("subscription");
}

type Family = (dice: Dice) => Omit<HostileOperation, "family">;

const VALID =
  "query Q($id: ID!) { chat(by: {id: $id}) { title state operator { name } messages(last: 5) { nodes { text } } } }";
const WORDS = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "\u0000",
  "\ud800",
  "é",
  "'; DROP",
  "<script>",
  "$" + "{x}",
  "",
];

const times = (count: number, write: (index: number) => string, between = " "): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(between);

/** Sizes around every bound: a few, just about, and far beyond. */
function size(dice: Dice, far: number): number {
  return dice.pick([1, 2, 19, 39, 40, 41, 99, 101, 201, 1_000, 5_001, far]);
}

function nested(levels: number, open: string, close: string, core: string): string {
  return open.repeat(levels) + core + close.repeat(levels);
}

function nestedValue(levels: number, asList: boolean): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = asList ? [value] : { a: value };
  return value;
}

/** A valid document with a few characters removed, doubled or replaced. */
function damaged(dice: Dice): string {
  let text = VALID;
  for (let changes = 1 + dice.below(4); changes > 0; changes -= 1) {
    const at = dice.below(text.length);
    const put = dice.pick([
      "",
      "",
      "{",
      "}",
      "(",
      ")",
      "[",
      "$",
      "@",
      '"',
      '"""',
      "...",
      ":",
      "!",
      "\u0000",
      "\ud800",
      "#",
      "\\",
      "0",
      "é",
    ]);
    text = text.slice(0, at) + put + text.slice(at + dice.below(3));
  }
  return text;
}

/** Ways to select the same twice, so that a chain of them selects it without end. */
const DOUBLINGS: readonly ((next: string) => string)[] = [
  (next) => `${next} ${next}`,
  (next) => `latestSession { chat { ${next} } } latestSession { chat { ${next} } }`,
  (next) => `currentSession { chat { ${next} } } latestSession { chat { ${next} } }`,
  (next) => `a: latestSession { chat { ${next} } } b: latestSession { chat { ${next} } }`,
  (next) => `... on Chat { ${next} } ... @include(if: true) { ${next} }`,
  (next) => `messages(last: 1) { nodes { chat { ${next} } } edges { node { chat { ${next} } } } }`,
];

const FAMILIES: Readonly<Record<string, Family>> = {
  "arguments that repeat": (dice) => ({ query: `{ __typename(${times(size(dice, 200_000), () => "a:1")}) }` }),
  "aliases of a leaf": (dice) => ({ query: `{ ${times(size(dice, 50_000), (index) => `a${index}: __typename`)} }` }),
  "aliases of a dear field": (dice) => ({
    query: `{ ${times(size(dice, 1_990), (index) => `a${index}: chat(by: {id: ${index + 1}}) { title }`)} }`,
  }),
  directives: (dice) => ({ query: `{ __typename ${times(size(dice, 50_000), () => "@include(if: true)")} }` }),
  "definitions of variables": (dice) => ({
    query: `query (${times(size(dice, 50_000), (index) => `$v${index}: Int`)}) { __typename }`,
  }),
  "definitions that nothing uses": (dice) => ({
    query: `{ __typename } ${times(size(dice, 20_000), (index) => `fragment F${index} on Query { __typename }`)}`,
  }),
  "a chain of fragments": (dice) => {
    const length = size(dice, 4_000);
    const chain = times(length, (index) => `fragment F${index} on Query { ...F${index + 1} }`);
    return { query: `{ ...F0 } ${chain} fragment F${length} on Query { __typename }` };
  },
  "fragments in a circle": () => ({
    query: "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
  }),
  "fragments that double": (dice) => {
    const levels = dice.pick([5, 6, 7, 8, 9, 10, 14, 25, 39, 200]);
    const twice = dice.pick(DOUBLINGS);
    const fragments = times(levels, (level) => `fragment F${level} on Chat { ${twice(`...F${level + 1}`)} }`);
    return { query: `{ chat(by: {id: 1}) { ...F0 } } ${fragments} fragment F${levels} on Chat { id }` };
  },
  "selections in selections": (dice) => {
    const levels = size(dice, 30_000);
    return { query: `{ chat(by: {id: 1}) ${nested(levels, "{ currentSession { chat ", "} }", "{ id }")} }` };
  },
  "objects that lead back to each other": (dice) => {
    const times = 1 + dice.below(9);
    return {
      query: `{ chat(by: {id: 1}) { ${"messages(last: 50) { nodes { chat { ".repeat(times)} id ${"} } }".repeat(times)} } }`,
    };
  },
  "a schema asked for many times": (dice) => ({
    query: `{ ${times(Math.min(size(dice, 39), 39), (index) => `a${index}: __schema { types { fields { name description type { name } args { name } } } }`)} }`,
  }),
  "brackets of all kinds": (dice) => ({
    query: nested(size(dice, 200_000), dice.pick(["{", "[", "(", "{a", "{a(b:[", "$"]), "", ""),
  }),
  "lists in lists as a literal": (dice) => ({
    query: `{ users(ids: ${nested(size(dice, 50_000), "[", "]", "1")}) { id } }`,
  }),
  "objects in objects as a literal": (dice) => ({
    query: `{ inbox(filter: ${nested(size(dice, 50_000), "{a: ", "}", "1")}) { nodes { id } } }`,
  }),
  "a long comment": (dice) => ({ query: `{ __typename } #${"x".repeat(size(dice, 900_000))}` }),
  "a long string": (dice) => ({ query: `{ chat(by: {userCode: "${"x".repeat(size(dice, 900_000))}"}) { id } }` }),
  "a long name": (dice) => ({ query: `{ ${"n".repeat(size(dice, 500_000))} }` }),
  "a long number": (dice) => ({ query: `{ users(ids: [${"9".repeat(size(dice, 500_000))}]) { id } }` }),
  "many unknown fields": (dice) => ({
    query: `{ ${times(size(dice, 20_000), (index) => `chats${index} inbx${index} { a }`)} }`,
  }),
  "many unknown types": (dice) => ({
    query: `{ ${times(size(dice, 20_000), (index) => `... on Chatt${index} { id }`)} }`,
  }),
  "many spreads of unknown fragments": (dice) => ({
    query: `{ ${times(size(dice, 20_000), (index) => `...X${index}`)} }`,
  }),
  "conflicting fields": (dice) => ({
    query: `{ ${times(size(dice, 3_000), (index) => `x: chat(by: {id: ${index}}) { id }`)} }`,
  }),
  "fields that repeat": (dice) => {
    const repeated = dice.pick([
      "id",
      "chat { id }",
      "... on InboxItem { chat { id } }",
      "chat { messages(last: 1) { nodes { id } } }",
    ]);
    return { query: `{ inbox { nodes { ${times(Math.min(size(dice, 1_200), 1_200), () => repeated)} } } }` };
  },
  "a deep introspection": (dice) => ({
    query: `{ __schema { types ${nested(size(dice, 60), "{ fields { type ", "} }", "{ name }")} } }`,
  }),
  "unknown keys of an input": (dice) => ({
    query: "query ($f: InboxFilter) { inbox(filter: $f) { nodes { id } } }",
    variables: {
      f: Object.fromEntries(Array.from({ length: size(dice, 60_000) }, (_, index) => [`k${index}`, index])),
    },
  }),
  "deep variables": (dice) => ({
    query: "query ($f: InboxFilter) { inbox(filter: $f) { nodes { id } } }",
    variables: { f: nestedValue(Math.min(size(dice, 3_000), 3_000), dice.onceIn(2)) },
  }),
  "a long list of variables": (dice) => ({
    query: "query ($ids: [ID!]!) { users(ids: $ids) { id } }",
    variables: { ids: Array.from({ length: size(dice, 90_000) }, () => dice.pick<unknown>([1, "x", null, {}, 1.5])) },
  }),
  "variables that nobody declared": (dice) => ({
    query: "{ __typename }",
    variables: Object.fromEntries(Array.from({ length: size(dice, 50_000) }, (_, index) => [`v${index}`, "x"])),
  }),
  "wrong values": (dice) => ({
    query: VALID,
    variables: {
      id: dice.pick<unknown>([null, {}, [], true, -1, 0, 1.5, 1e300, "x".repeat(100_000), "-5", "chat", ...WORDS]),
    },
    operationName: dice.pick<unknown>(["Q", undefined, "R", "", null, ...WORDS]),
  }),
  "names of every object": (dice) => ({
    query: `{ ${dice.pick(WORDS)} }`,
    variables: JSON.parse(`{"${"__proto__"}": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}`),
  }),
  "a damaged document": (dice) => ({ query: damaged(dice), variables: { id: "1" } }),
  "no document": (dice) => ({
    query: dice.pick<unknown>([
      null,
      1,
      true,
      [],
      {},
      "",
      " ",
      "#",
      "query",
      "{",
      "{}",
      "subscription { a }",
      ["{ __typename }"],
    ]),
    variables: dice.pick<unknown>([undefined, null, 1, "x", [], "{}"]),
  }),
  "several operations": (dice) => ({
    query: `query A { __typename } query B { __typename } ${dice.onceIn(2) ? "mutation C { __typename }" : ""}`,
    operationName: dice.pick<unknown>([undefined, "A", "B", "C", "D", null]),
  }),
  "a subscription that cannot be": (dice) => ({
    query: dice.pick([
      "subscription { __typename }",
      "subscription { a: openLineEvents { cursor } b: openLineEvents { cursor } }",
      "subscription ($x: Boolean!) { openLineEvents @include(if: $x) { cursor } }",
      "subscription { messageAdded(filter: {chatIds: []}) { cursor } }",
      'subscription { openLineEvents(after: "x") { cursor } }',
    ]),
  }),
  "directives that do not exist": (dice) => ({
    query: `{ __typename ${times(size(dice, 2_000), (index) => `@d${index}`)} }`,
  }),
  "@defer and @stream": () => ({ query: "{ ... @defer { __typename } openLines { nodes @stream { id } } }" }),
};

/** `count` operations, of every family in turn. */
export function* hostileOperations(dice: Dice, count: number): Generator<HostileOperation> {
  const families = Object.entries(FAMILIES);
  for (let index = 0; index < count; index += 1) {
    const [family, make] = families[index % families.length] ?? dice.pick(families);
    yield { family, ...make(dice) };
  }
}
