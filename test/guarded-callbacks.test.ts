import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { callbacksIn, isGuarded } from "./callbacks.ts";
import { forgottenPromisesBelow, forgottenPromisesInText } from "./forgotten-promises.ts";
import { sourceFiles } from "./source-files.ts";

const ROOT = join(dirname(), "..");

/** Where something else than the guard takes what a callback throws, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "src/cli/": "programs of their own, which print what went wrong and end",
  "src/process/orderly-end.ts": "is where what nobody caught arrives",
};

/** What is put within a transaction is waited for with it. */
const IN_TRANSACTIONS = "src/storage/lmdb-";

function dirname(): string {
  return fileURLToPath(new URL(".", import.meta.url));
}

const files = sourceFiles("src").map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") }));
const isExcepted = (file: string): boolean => Object.keys(EXCEPTIONS).some((each) => file.startsWith(each));

function rawCallbacks(among: typeof files): string[] {
  return among.flatMap(({ file, text }) =>
    callbacksIn(text)
      .filter((callback) => !isGuarded(callback, text))
      .map(({ call, text: callback }) => `${file}: ${call} ${callback.slice(0, 60)}`),
  );
}

test("every callback of a timer, an emitter or a signal goes through the guard", () => {
  expect(rawCallbacks(files.filter(({ file }) => !isExcepted(file)))).toEqual([]);
});

test("nothing is begun that nobody waits for, but in the background", () => {
  const found = forgottenPromisesBelow("src")
    .filter(({ file }) => !isExcepted(file) && !file.startsWith(IN_TRANSACTIONS))
    .map(({ file, text }) => `${file}: ${text}`);
  expect(found).toEqual([]);
});

test("no exception is left that nothing needs", () => {
  const unused = Object.keys(EXCEPTIONS).filter(
    (each) => rawCallbacks(files.filter(({ file }) => file.startsWith(each))).length === 0,
  );
  expect(unused).toEqual([]);
});

describe("the reading of callbacks", () => {
  test("finds the function that each call is given", () => {
    const text = [
      "setTimeout(() => { go(a, b); }, 10);",
      'const timer = setInterval(\n  guard("a look", () => look(")")),\n  10,\n);',
      'socket.on("close", guard("the end", end));',
      "socket.once(`x,y`, (a, b) => a + b);",
      "sends.once({ idempotencyKey }, run);",
      'signal.addEventListener("abort", abort, { once: true });',
      "process.nextTick(go);",
      "// setTimeout(comment, 1)",
      "watchFile(file, { interval: 1 }, refresh);",
      "await sleeping.setTimeout(5);",
    ].join("\n");
    expect(callbacksIn(text).map(({ text: callback }) => callback)).toEqual([
      "() => { go(a, b); }",
      'guard("a look", () => look(")"))',
      'guard("the end", end)',
      "(a, b) => a + b",
      "abort",
      "go",
      "refresh",
    ]);
  });

  test("knows a guarded one by its beginning or by where its name was made", () => {
    const callback = (text: string) => ({ call: "setTimeout", text });
    expect(isGuarded(callback('guard("x", go)'), "")).toBe(true);
    expect(isGuarded(callback("go"), 'const go = guard("x", () => 1);')).toBe(true);
    expect(isGuarded(callback("resolve"), "")).toBe(true);
    expect(isGuarded(callback("go"), "const go = () => 1;")).toBe(false);
    expect(isGuarded(callback("() => guard"), "")).toBe(false);
  });
});

describe("the search for forgotten promises", () => {
  const found = (statements: readonly string[]) =>
    forgottenPromisesInText(`
      declare function save(): Promise<void>;
      declare function perhaps(): Promise<void> | undefined;
      declare function log(error: unknown): void;
      declare function on(event: string, listener: (value: number) => void): void;
      declare function run(what: string, begin: () => unknown): void;
      declare function take(options: { onEnd: () => void }): void;
      declare const map: Map<string, Promise<void>>;
      declare const yes: boolean;
      ${statements.map((statement, index) => `export async function f${index}(): Promise<void> {\n${statement}\n}`).join("\n")}
    `);

  test("finds what a statement drops and what is given to somebody who expects nothing", () => {
    const statements = [
      ["save();", "save()"],
      ["perhaps()?.finally(() => {});", "perhaps()?.finally(() => {})"],
      ["void save();", "save()"],
      ["map.forEach((value) => void value.then());", "value.then()"],
      ["yes ? save() : log(1);", "save()"],
      ["yes && save();", "save()"],
      ["save().then(log);", "save().then(log)"],
      ["save().finally(() => log(1));", "save().finally(() => log(1))"],
      ['on("arrow", () => save());', "() => save()"],
      ['on("async", async () => { await save(); });', "async () => { await save(); }"],
      ['on("name", save);', "save"],
      ["take({ onEnd: async () => { await perhaps(); } });", "async () => { await perhaps(); }"],
    ] as const;
    expect(found(statements.map(([statement]) => statement)).toSorted()).toEqual(
      statements.map(([, text]) => text).toSorted(),
    );
  });

  test("finds nothing where somebody waits, keeps the promise or takes its failure", () => {
    const statements = [
      "await save();",
      "return save();",
      "const kept = save(); log(kept);",
      "save().catch(log);",
      "save().then(log, log);",
      "save().catch(log).finally(() => log(1));",
      'map.set("a", save());',
      'run("saving", save);',
      'run("saving", () => save());',
      'on("x", () => save().catch(log));',
      "log(await Promise.all([save()]));",
    ];
    expect(found(statements)).toEqual([]);
  });
});
