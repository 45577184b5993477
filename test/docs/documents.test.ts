import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { startPortal } from "../../simulator/portal.ts";
import { withRestMethods } from "../../src/cli/rest-guide.ts";
import { isSettingName } from "../../src/config/settings.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const SCHEMA = read("schema.graphql");
const METHODS = read("docs/methods.md");
const ERRORS = read("docs/errors.md");

/** Documents for people, and nothing that was installed or built. */
const DOCUMENTS = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "simulator/README.md",
  "examples/README.md",
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8"));
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, first]) => (first === undefined ? [] : [first]));
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** Names in the first column of the tables below a heading of a document. */
function namesInTable(document: string, heading: string): string[] {
  const text = `\n${document}`;
  const rest = text.slice(text.indexOf(`\n${heading}\n`) + heading.length);
  const end = rest.search(/\n#+ (?!#)/);
  const cells = found(end === -1 ? rest : rest.slice(0, end), /^\| ([^|]+) \|/gm);
  return unique(cells.flatMap((cell) => found(cell, /`([^`]+)`/g)));
}

/** Heading texts as the addresses that links to them use. */
function anchors(markdown: string): Set<string> {
  const withoutCode = markdown.replaceAll(/^ *```[\s\S]*?^ *```/gm, "");
  return new Set(
    found(withoutCode, /^#+ (.+)$/gm).map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Why a link between the documents leads nowhere; undefined when it leads somewhere. */
function brokenLink(document: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? document : relative(ROOT, join(ROOT, dirname(document), path));
  if (!existsSync(join(ROOT, target))) return `${document}: ${link} is not there`;
  if (anchor !== undefined && !anchors(read(target)).has(anchor)) return `${document}: ${link} has no such heading`;
  return undefined;
}

describe("the table of REST methods", () => {
  test("has each of the 44 imopenlines methods that the schema calls, once and with a field that exists", () => {
    const called = unique(found(SCHEMA, /@rest\(method: "(imopenlines\.[^"]+)"\)/g));
    const rows = found(METHODS, /^\| `(imopenlines\.(?!v2\.QuickReply)[^`]+)` \|/gm);
    // One stands among the others: the portal's documentation does not have it.
    expect([...rows, "imopenlines.v2.QuickReply.list"].toSorted()).toEqual(called);
    expect(rows).toHaveLength(44);
  });

  test("has every other method that the code calls", () => {
    const calls = sources("src").flatMap((source) => found(source, /\bmethod: "([a-zA-Z0-9]+(?:\.[a-zA-Z0-9]+)*)"/g));
    const others = unique(calls).filter((method) => !method.startsWith("imopenlines.") && !OF_NO_FIELD.has(method));
    expect(others.length).toBeGreaterThan(15);
    const named = new Set(namesInTable(METHODS, "## Messenger and others"));
    expect(others.filter((method) => !named.has(method))).toEqual([]);
  });

  test("names only fields that the schema has", () => {
    const rows = found(METHODS, /^\| `imopenlines\.[^`]+` \| (.+) \|$/gm);
    const fields = rows.flatMap((cell) => found(cell, /`([a-z][A-Za-z]+)/g));
    expect(fields.length).toBeGreaterThan(37);
    expect(fields.filter((field) => !new RegExp(`^ {2}${field}[(:]`, "m").test(SCHEMA))).toEqual([]);
  });
});

/** What carries the methods, HTTP's own, and one that is described but that no field needs. */
const OF_NO_FIELD: ReadonlySet<string> = new Set(["batch", "oauth.token", "POST", "GET"]);

test("the guide from REST is what the schema and the examples say", () => {
  const folder = "examples/operations";
  const names = readdirSync(join(ROOT, folder)).sort();
  const examples = names.map((name) => ({ path: `../${folder}/${name}`, text: read(`${folder}/${name}`) }));
  const page = read("docs/from-rest.md");
  expect(page).toBe(withRestMethods(page, SCHEMA, examples));
  expect(unique(found(page, /^### (\S+)$/gm))).toEqual(unique(found(SCHEMA, /@rest\(method: "([^"]+)"\)/g)));
});

describe("the tables of errors", () => {
  /** Wherever the code writes `extensions.code`: as a property, as an argument of the functions that shape errors, or as their result. */
  const CODE_PATTERNS = [
    /\bcode: "([A-Z][A-Z_]+)"/g,
    /\b(?:shape|refuse|refusal|problem)\(\s*(?:\d{3},\s*)?"([A-Z][A-Z_]+)"/g,
    /\bproblem\([^)]*?"([A-Z][A-Z_]+)"\)/g,
    /\breturn "([A-Z][A-Z]+_[A-Z_]+)";/g,
    /\bmeaning\([\s\S]*?"([A-Z][A-Z_]+)",?\s*\)/g,
    /^\s+"(LIMIT_EXCEEDED|UNAUTHENTICATED|FORBIDDEN)",$/gm,
  ];
  /** Apollo's own, which no source of ours writes. */
  const OF_APOLLO = ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "PERSISTED_QUERY_NOT_FOUND"];

  test("have a row for every code that the gateway answers with, and for no other", () => {
    const shaped = [
      ...sources("src/server"),
      ...sources("src/subscriptions"),
      ...sources("src/refusals"),
      read("src/schema/input-errors.ts"),
    ];
    const codes = shaped.flatMap((source) => CODE_PATTERNS.flatMap((pattern) => found(source, pattern)));
    const documented = namesInTable(ERRORS, "# Errors").filter((name) => /^[A-Z][A-Z_]+$/.test(name));
    expect(documented).toEqual(unique([...codes, ...OF_APOLLO]));
  });

  test("have every user error of the schema, and no other", () => {
    const body = SCHEMA.slice(SCHEMA.indexOf("enum UserErrorCode {"));
    const codes = found(body.slice(0, body.indexOf("\n}")), /^ {2}([A-Z_]+)$/gm);
    expect(codes.length).toBeGreaterThan(30);
    expect(namesInTable(ERRORS, "## User errors")).toEqual(unique(codes));
  });
});

describe("the README", () => {
  test("is short enough to be what a newcomer reads first, and leads to every guide", () => {
    const readme = read("README.md");
    expect(readme.split("\n").length).toBeLessThan(170);
    const guides = DOCUMENTS.filter((path) => /^docs\/[^/]+$/.test(path));
    expect(guides.length).toBeGreaterThan(8);
    expect(guides.filter((path) => !readme.includes(`(${path})`))).toEqual([]);
  });

  test("answers the chat that the demo leaves alone", async () => {
    const portal = await startPortal();
    await portal.close();
    const named = unique(found(read("README.md"), /\bchatId: "(\d+)"/g));
    expect(named).toEqual([String(portal.quietChat?.chatId)]);
  });
});

describe("the documents", () => {
  test.each(DOCUMENTS)("%s links only to files and headings that exist", (document) => {
    const text = read(document).replaceAll(/^ *```[\s\S]*?^ *```/gm, "");
    const links = found(text, /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link));
    expect(links.map((link) => brokenLink(document, link)).filter((problem) => problem !== undefined)).toEqual([]);
  });

  test("name only files of the project that exist", () => {
    const named = unique(
      DOCUMENTS.flatMap((document) =>
        found(read(document), /`((?:src|test|simulator|scripts|docs|pages|examples|bench)\/[^`\s*]*)`/g),
      ),
    );
    expect(named.length).toBeGreaterThan(40);
    // Those of an application that the reader makes stand as blocks in the same documents.
    const ofReaders = DOCUMENTS.flatMap((document) => found(read(document), /^```\w+ (src\/\S+)$/gm));
    expect(named.filter((path) => !existsSync(join(ROOT, path)) && !ofReaders.includes(path))).toEqual([]);
  });

  test("name only npm commands that exist", () => {
    const scripts = Object.keys(JSON.parse(read("package.json")).scripts);
    const named = unique(DOCUMENTS.flatMap((document) => found(read(document), /\bnpm run ([a-z]+(?:[:-][a-z]+)*)/g)));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  test("name only settings that exist", () => {
    const named = unique(
      DOCUMENTS.flatMap((document) => found(read(document), /\b((?:GATEWAY|BITRIX24)_[A-Z0-9_]*[A-Z0-9])\b/g)),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !isSettingName(name))).toEqual([]);
  });
});
