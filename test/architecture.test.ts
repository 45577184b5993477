import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { addressesIn, circlesIn, type Import, importsIn, sourceFiles } from "./source-files.ts";

/** Each floor with the floors it may import from; of a path the longest floor counts. What is not listed may not be imported. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  "src/cli": [
    "src/main.ts",
    "src/server",
    "src/export",
    "src/resolvers",
    "src/installation",
    "src/subscriptions",
    "src/storage",
    "src/config",
    "src/datasources/crm",
    "src/datasources/bitrix24",
  ],
  "src/main.ts": ["src/server", "src/config", "src/process"],
  "src/server": [
    "src/resolvers",
    "src/export",
    "src/subscriptions",
    "src/installation",
    "src/storage",
    "src/refusals",
    "src/config",
    "src/process",
    "src/datasources/loaders",
    "src/datasources/im",
    "src/datasources/domain",
    "src/datasources/bitrix24",
  ],
  "src/resolvers": [
    "src/subscriptions",
    "src/process",
    "src/refusals",
    "src/schema",
    "src/datasources/loaders",
    "src/datasources/imopenlines",
    "src/datasources/im",
    "src/datasources/crm",
    "src/datasources/domain",
    "src/datasources/bitrix24",
  ],
  // What is taken in are the deliveries that the installation bound.
  "src/subscriptions": [
    "src/installation",
    "src/storage",
    "src/process",
    "src/refusals",
    "src/schema",
    "src/datasources/imopenlines",
    "src/datasources/im",
    "src/datasources/crm",
    "src/datasources/domain",
    "src/datasources/bitrix24",
  ],
  // Through the running gateway, as the other commands go.
  "src/export": [
    "src/installation",
    "src/process",
    "src/refusals",
    "src/datasources/imopenlines",
    "src/datasources/crm",
    "src/datasources/domain",
    "src/datasources/bitrix24",
  ],
  "src/installation": [
    "src/storage",
    "src/process",
    "src/datasources/imopenlines",
    "src/datasources/im",
    "src/datasources/crm",
    "src/datasources/domain",
    "src/datasources/bitrix24",
  ],
  "src/refusals": ["src/schema", "src/datasources/bitrix24"],
  "src/schema": ["src/datasources/domain"],
  "src/storage": ["src/process"],
  "src/config": ["src/datasources/bitrix24"],
  "src/process": [],
  "src/datasources/loaders": [
    "src/process",
    "src/datasources/imopenlines",
    "src/datasources/im",
    "src/datasources/crm",
    "src/datasources/domain",
    "src/datasources/bitrix24",
  ],
  "src/datasources/imopenlines": [
    "src/datasources/im",
    "src/datasources/domain",
    "src/datasources/bitrix24",
    "src/datasources/rest-params.ts",
  ],
  "src/datasources/im": ["src/datasources/domain", "src/datasources/bitrix24", "src/datasources/rest-params.ts"],
  "src/datasources/crm": ["src/datasources/domain", "src/datasources/bitrix24", "src/datasources/rest-params.ts"],
  "src/datasources/rest-params.ts": ["src/datasources/domain", "src/datasources/bitrix24"],
  "src/datasources/domain": [],
  // The portal's protocol: it knows no open lines.
  "src/datasources/bitrix24": ["src/process"],
};

/** Single imports against the direction, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "src/datasources/bitrix24/wire.ts -> src/datasources/domain/ids.ts": "an id is text, on the wire and everywhere else",
  "src/schema/upstream-status.ts -> src/datasources/bitrix24/usage.ts": "the allowance is a record of the protocol",
  "src/storage/redis-allowance.ts -> src/datasources/bitrix24/bucket.ts": "keeps the allowance for several processes",
  "src/storage/redis-allowance.ts -> src/datasources/bitrix24/usage.ts": "keeps the allowance for several processes",
  "src/config/config.ts -> src/storage/log.ts": "how long the log keeps events is a setting",
  "src/config/config.ts -> src/storage/storage.ts": "which store is used is a setting",
  "src/installation/configured-tokens.ts -> src/config/credentials.ts": "whose tokens are renewed",
};

/** Files that may lead back to each other. */
const CIRCLES: readonly (readonly string[])[] = [
  // Object types refer to each other through functions that are called once all of them exist.
  [
    "src/schema/attachment.ts",
    "src/schema/chat-details.ts",
    "src/schema/chat.ts",
    "src/schema/crm-entity.ts",
    "src/schema/message.ts",
    "src/schema/session.ts",
  ],
];

const imports = importsIn("src");

function floorOf(file: string): string | undefined {
  return Object.keys(FLOORS)
    .filter((floor) => file === floor || file.startsWith(`${floor}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function nameOf({ from, to }: Import): string {
  return `${from} -> ${to}`;
}

function isAgainstTheDirection({ from, to }: Import): boolean {
  const [above, below] = [floorOf(from), floorOf(to)];
  if (above === undefined || below === undefined) return true;
  return above !== below && !FLOORS[above]?.includes(below);
}

describe("imports go one way", () => {
  test("from the command line down to the portal's protocol", () => {
    const against = imports.filter(isAgainstTheDirection).map(nameOf);
    expect(against.filter((each) => !Object.hasOwn(EXCEPTIONS, each))).toEqual([]);
  });

  test("and no exception is left that nothing needs", () => {
    const against = new Set(imports.filter(isAgainstTheDirection).map(nameOf));
    expect(Object.keys(EXCEPTIONS).filter((each) => !against.has(each))).toEqual([]);
    const used = new Set(imports.map(({ from, to }) => `${floorOf(from)} -> ${floorOf(to)}`));
    const rules = Object.entries(FLOORS).flatMap(([above, belows]) => belows.map((below) => `${above} -> ${below}`));
    expect(rules.filter((rule) => !used.has(rule))).toEqual([]);
  });

  test("never around in a circle, but for those with a name", () => {
    const expected = CIRCLES.map((circle) => [...circle].sort().join("\n"));
    expect(
      circlesIn(imports)
        .map((circle) => circle.join("\n"))
        .sort(),
    ).toEqual(expected.sort());
  });

  test("never between the gateway and the simulated portal, which must not inherit our misreadings", () => {
    const ways = [...imports, ...importsIn("simulator")].filter(
      ({ from, to }) => from.split("/")[0] !== to.split("/")[0],
    );
    expect(ways.map(nameOf)).toEqual([]);
  });
});

describe("the drawing of the house", () => {
  const drawing = readFileSync("docs/architecture.md", "utf8").match(/```mermaid\n([\s\S]*?)```/)?.[1] ?? "";
  /** What each box stands for: "datasources/imopenlines, im" are two folders. */
  const folders = new Map(
    [...drawing.matchAll(/(\w+)\["([\w/, 0-9]+)<br\/>/g)].map(([, box = "", label = ""]) => {
      const [first = "", ...others] = label.split(", ");
      const beside = others.map((other) => `${first.slice(0, first.lastIndexOf("/"))}/${other}`);
      return [box, [first, ...beside].map((folder) => `src/${folder}/`)];
    }),
  );
  const arrows = [...drawing.matchAll(/(?<!-- )\b(\w+)(?:\["[^"]*"\])? --> (\w+)/g)].map(([, from = "", to = ""]) => ({
    from,
    to,
  }));

  function isIn(file: string, box: string): boolean {
    return folders.get(box)?.some((folder) => file.startsWith(folder)) ?? false;
  }

  test("shows folders that there are", () => {
    expect(folders.size).toBeGreaterThan(10);
    const files = sourceFiles("src");
    const empty = [...folders].filter(([box]) => !files.some((file) => isIn(file, box)));
    expect(empty).toEqual([]);
  });

  test("has an arrow only where one of them imports from the other", () => {
    expect(arrows.length).toBeGreaterThan(10);
    const drawnOnly = arrows.filter(({ from, to }) => !imports.some((way) => isIn(way.from, from) && isIn(way.to, to)));
    expect(drawnOnly).toEqual([]);
  });
});

describe("the reading of imports", () => {
  test("finds every way to name a file", () => {
    const text = [
      'import "./a.ts";',
      'import type { B } from "../b.ts";',
      "import {",
      "  c,",
      '} from "./c.ts";',
      'export { d } from "./d.ts";',
      'const e = await import("./e.ts");',
      'import { f } from "package";',
      '// from "./comment.ts"',
    ].join("\n");
    expect(addressesIn(text)).toEqual(["./a.ts", "../b.ts", "./c.ts", "./d.ts", "./e.ts"]);
  });

  test("looks at all of the source", () => {
    expect(sourceFiles("src").length).toBeGreaterThan(200);
    expect(imports.length).toBeGreaterThan(800);
    const known = new Set(sourceFiles("src"));
    expect(imports.filter(({ to }) => !known.has(to)).map(nameOf)).toEqual([]);
  });

  test("finds circles of any length", () => {
    const ways = ["a b", "b c", "c a", "c d", "d e", "e d", "x a"].map((way) => way.split(" "));
    const circles = circlesIn(ways.map(([from = "", to = ""]) => ({ from, to })));
    expect(circles).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });
});
