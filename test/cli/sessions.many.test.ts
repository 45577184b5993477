import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type PortalOptions, type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { runSessionsProgram } from "../../src/cli/sessions.ts";
import { csvCell } from "../../src/export/export-lines.ts";
import { runGateway } from "../kit/gateway-here.ts";

const FROM = "2020-01-01";

let portal: RunningPortal;

beforeAll(async () => {
  portal = await startPortal({ plan: "on-premise", size: 0.1, pastSessions: 11_000 });
});
afterAll(() => portal.close());

/** Settings of a gateway in front of the portal. */
function settingsFor(of: RunningPortal, port: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "sessions-cli-"));
  const file = join(folder, "credentials.json");
  writeFileSync(file, JSON.stringify({ supervisor: { webhook: of.users[0]?.webhookUrl } }), { mode: 0o600 });
  return {
    GATEWAY_PORT: port,
    GATEWAY_DATA_DIR: folder,
    GATEWAY_LOG_LEVEL: "silent",
    GATEWAY_API_KEYS: "key:key-of-a-test-12345678:supervisor",
    BITRIX24_PLAN: "on-premise",
    BITRIX24_CREDENTIALS_FILE: file,
  };
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program; `stopAfter`: the person stops it when so much has been written. */
async function run(args: string, env: Record<string, string>, stopAfter = Number.POSITIVE_INFINITY): Promise<Outcome> {
  const texts = { out: "", err: "" };
  const stop = new AbortController();
  const into = (name: "out" | "err"): Writable =>
    new Writable({
      highWaterMark: 1024,
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        if (texts.out.length >= stopAfter) stop.abort();
        setImmediate(done);
      },
    });
  const io = { out: into("out"), err: into("err"), signal: stop.signal };
  const code = await runSessionsProgram(args.split(" "), env, io);
  return { code, ...texts };
}

const rowsOf = (text: string): { id: string; startedAt: string; [name: string]: unknown }[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

const EXPORT = `export --credential supervisor --from ${FROM}`;

describe("npm run sessions -- export", () => {
  test("takes every session once, the oldest first, with figures and transfers, when no gateway runs", async () => {
    const { code, out, err } = await run(EXPORT, settingsFor(portal, "1"));
    expect(err).toMatch(/^\d+ sessions\.$/m);
    expect(code).toBe(0);
    const rows = rowsOf(out);
    const known = [...portal.world.sessions.values()].sort((a, b) => second(a) - second(b) || a.id - b.id);
    expect(known.length).toBeGreaterThan(11_000);
    expect(rows.map(({ id }) => id)).toEqual(known.map(({ id }) => String(id)));
    for (const row of rows) {
      const session = portal.world.sessions.get(Number(row.id));
      expect(row.customerMessageCount).toBe(session?.counts.customer);
      expect(row.transfers).toHaveLength(session?.transfers.length ?? -1);
    }
  });

  test("goes through a running gateway, which takes few requests", async () => {
    const env = settingsFor(portal, "0");
    const gateway = await runGateway(env);
    onTestFinished(() => gateway.close());
    await gateway.probed;
    portal.resetStats();
    const through = { ...env, GATEWAY_PORT: new URL(gateway.url).port };
    const { code, out, err } = await run(EXPORT, through);
    expect(err).toMatch(/^\d+ sessions\.$/m);
    expect(code).toBe(0);
    expect(rowsOf(out)).toHaveLength(portal.world.sessions.size);
    // The oldest, two years in three each at most, figures and transfers of 5,000 in three.
    expect(portal.stats().requests).toBeLessThanOrEqual(16);

    // Nobody without the credential exports, or learns which there are.
    for (const credential of ["supervisor", "nobody"]) {
      const request = { credential, from: "2020-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z", withMessages: false };
      const response = await fetch(new URL("/bitrix24/sessions", gateway.url), {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", authorization: "Bearer guessed" },
        body: new URLSearchParams({ request: JSON.stringify(request) }).toString(),
      });
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({ error: "The secret of the export is wrong." });
    }
    const strange = await run(EXPORT.replace("supervisor", "nobody"), through);
    expect(strange).toMatchObject({ code: 1, out: "" });
    expect(strange.err).toContain('no credential "nobody". Configured are: supervisor.');
  });

  test("is told its place when it is stopped, and goes on there without losing or repeating a session", async () => {
    const env = settingsFor(portal, "1");
    const first = await run(EXPORT, env, 400_000);
    expect(first.code).toBe(1);
    const cursor = /Go on with --after (\S+)/.exec(first.err)?.[1];
    const second = await run(`${EXPORT} --after ${cursor}`, env);
    expect(second.code).toBe(0);
    const ids = [...rowsOf(first.out), ...rowsOf(second.out)].map(({ id }) => id);
    expect(rowsOf(first.out).length).toBeGreaterThan(100);
    expect(rowsOf(second.out).length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(portal.world.sessions.size);
  });

  test("narrows by line and period, and adds messages", async () => {
    const newest = [...portal.world.sessions.values()].at(-1);
    const day = new Date(newest?.createdAt ?? 0).toISOString().slice(0, 10);
    const args = `export --credential supervisor --from ${day} --to ${day} --line ${newest?.lineId} --messages`;
    const { code, out } = await run(args, settingsFor(portal, "1"));
    expect(code).toBe(0);
    const rows = rowsOf(out);
    const wanted = [...portal.world.sessions.values()].filter(
      ({ createdAt, lineId }) => lineId === newest?.lineId && new Date(createdAt).toISOString().startsWith(day),
    );
    expect(rows.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => String(id)).sort());
    for (const { messages } of rows) expect(Array.isArray(messages) && messages.length > 0).toBe(true);
  });

  test("writes a table that no spreadsheet runs", async () => {
    const to = new Date(Date.now() - 700 * 86_400_000).toISOString().slice(0, 10);
    const { code, out } = await run(`${EXPORT} --to ${to} --format csv`, settingsFor(portal, "1"));
    expect(code).toBe(0);
    const lines = out.split("\r\n");
    expect(lines[0]).toMatch(/^id,source,state,startedAt,/);
    expect(lines.length).toBeGreaterThan(10);
    const width = lines[0]?.split(",").length;
    for (const line of lines.slice(1, -1)) expect(line.split(",")).toHaveLength(width ?? 0);
  });

  test.each([
    ["=1+1", `"'=1+1"`],
    ["+1", `"'+1"`],
    ["-1", `"'-1"`],
    ["@SUM(A1)", `"'@SUM(A1)"`],
    ["\tx", `"'\tx"`],
    ["\rx", `"'\rx"`],
    ['a "b", c', '"a ""b"", c"'],
    ["a\nb", '"a\nb"'],
    ["plain", "plain"],
    [null, ""],
    [12, "12"],
  ])("the cell of %j is %s", (value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  test.each([
    ["export --from 2026-01-01", "Usage:"],
    ["list", "Usage:"],
    [`${EXPORT} --format xml`, "--format must be csv or ndjson"],
    [`${EXPORT} --line x`, "--line must be a line's id"],
    [`${EXPORT} --after here`, "--after must be a cursor"],
    [`${EXPORT} --to 2019-01-01`, "--from must not be later than --to"],
    ["export --credential supervisor --from yesterday", "--from must be a day"],
    [`${EXPORT} --colour red`, "--colour"],
  ])("%s is refused with what would be right", async (args, sentence) => {
    const { code, out, err } = await run(args, settingsFor(portal, "1"));
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain(sentence);
  });
});

describe("--file", () => {
  const file = (): string => join(mkdtempSync(join(tmpdir(), "sessions-file-")), "sessions");

  test.each(["csv", "ndjson", "csv --messages", "ndjson --messages"])(
    "goes on with what an export left there, wherever it ended: %s",
    async (format) => {
      const begun = [...portal.world.sessions.values()].map(({ createdAt }) => createdAt).sort((a, b) => b - a);
      const args = `export --credential supervisor --from ${new Date(begun[9] ?? 0).toISOString()} --format ${format}`;
      const env = settingsFor(portal, "1");
      const [into, other] = [file(), file()];
      expect(await run(`${args} --file ${into}`, env)).toMatchObject({ code: 0, out: "" });
      const whole = readFileSync(into);
      expect(whole.toString()).toBe((await run(args, env)).out);
      expect(whole.length).toBeGreaterThan(1_000);
      for (let part = 0; part <= 12; part += 1) {
        writeFileSync(other, whole.subarray(0, Math.round((whole.length * part) / 12)));
        expect(await run(`${args} --file ${other}`, env)).toMatchObject({ code: 0, out: "" });
        expect(readFileSync(other).equals(whole), `${part} of 12`).toBe(true);
      }
    },
  );

  test.each([
    ["csv", "my notes\r\nof today\r\n"],
    ["csv", "my notes"],
    ["ndjson", "my notes"],
    ["ndjson", '{"id":"5"}\n'],
  ])("with something else in it stays as it is: %s %j", async (format, text) => {
    const into = file();
    writeFileSync(into, text);
    const { code, err } = await run(`${EXPORT} --format ${format} --file ${into}`, settingsFor(portal, "1"));
    expect(code).toBe(1);
    expect(err).toContain("holds something else than this export");
    expect(readFileSync(into, "utf8")).toBe(text);
  });

  test("that cannot be written is told, and with --after it is refused", async () => {
    const env = settingsFor(portal, "1");
    const { code, err } = await run(`${EXPORT} --file ${file()}/nowhere/sessions`, env);
    expect(code).toBe(1);
    expect(err).toContain("ENOENT");
    const both = await run(`${EXPORT} --file ${file()} --after r1-1`, env);
    expect(both.err).toContain("leave --after out");
  });
});

test("whoever has stopped reading is told, with the last session that he got", async () => {
  let lines = 0;
  const err = new Writable({
    write(chunk, _encoding, done) {
      told += String(chunk);
      done();
    },
  });
  let told = "";
  let got = "";
  const out = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      lines += 1;
      if (lines <= 3) got += String(chunk);
      setImmediate(() => done(lines > 3 ? Object.assign(new Error("write EPIPE"), { code: "EPIPE" }) : null));
    },
  });
  const io = { out, err, signal: new AbortController().signal };
  const code = await runSessionsProgram(EXPORT.split(" "), settingsFor(portal, "1"), io);
  expect(code).toBe(1);
  expect(told).toContain("Nobody reads the output any more");
  expect(told).toContain(`Stopped after 3 sessions. Go on with --after ${rowsOf(got).at(-1)?.cursor}`);
});

describe("from a portal without reports", () => {
  async function openPortal(options: PortalOptions): Promise<RunningPortal> {
    const opened = await startPortal({ plan: "on-premise", size: 0.1, ...options });
    onTestFinished(() => opened.close());
    return opened;
  }

  test("sessions that touched the CRM are exported, and can be gone on with", async () => {
    const old = await openPortal({ age: 2024, pastSessions: 500 });
    const entered = [...old.world.activities.values()].filter(({ sessionId }) => sessionId > 0);
    const env = settingsFor(old, "1");
    const { code, out } = await run(EXPORT, env);
    expect(code).toBe(0);
    const rows = rowsOf(out);
    expect(rows.map(({ id }) => id)).toEqual(entered.map(({ sessionId }) => String(sessionId)));
    expect(rows[0]).toMatchObject({ source: "CRM_ACTIVITIES", closeReason: null });
    const first = await run(EXPORT, env, 20_000);
    const cursor = /Go on with --after (a\d+)/.exec(first.err)?.[1];
    const rest = await run(`${EXPORT} --after ${cursor}`, env);
    expect([...rowsOf(first.out), ...rowsOf(rest.out)].map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  test("the portal's refusal is told where neither may be read", async () => {
    const old = await openPortal({ age: 2024 });
    await fetch(new URL("/__faults", old.url), {
      method: "POST",
      body: JSON.stringify([{ kind: "error", method: "crm.activity.list", error: "insufficient_scope", status: 403 }]),
    });
    const { code, out, err } = await run(EXPORT, settingsFor(old, "1"));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain('needs the scope "crm"');
  });
});

function second({ createdAt }: { readonly createdAt: number }): number {
  return Math.floor(createdAt / 1000);
}
