import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { PORTAL_PROGRAM } from "../kit/programs.ts";
import { listAt, objectAt, readAnswer } from "./rest-client.ts";

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

function start(args: string[], environment: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [PORTAL_PROGRAM, ...args], {
    env: { ...process.env, ...environment },
    stdio: "pipe",
  });
  running.add(child);
  return child;
}

/** Everything written to a stream until a line break. */
async function firstLine(stream: NodeJS.ReadableStream | null): Promise<string> {
  if (!stream) throw new Error("No stream");
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

async function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  if (child.exitCode !== null) return { code: child.exitCode, signal: null };
  const [code, signal] = await once(child, "exit");
  return { code, signal };
}

describe("the portal as a program", () => {
  test("prints one line of JSON once it listens, and ends cleanly on SIGTERM", async () => {
    const child = start(["--ready-json", "--size", "0.05", "--plan", "enterprise"]);
    const ready: unknown = JSON.parse(await firstLine(child.stdout));
    const user = objectAt(ready, "users", 1);
    expect(user).toMatchObject({ id: 27, role: "operator", lines: expect.any(Array) });
    const answer = await readAnswer(await fetch(`${user.webhookUrl}profile`));
    expect(objectAt(answer.body, "result").ID).toBe("27");
    expect(objectAt(ready, "application")).toMatchObject({
      clientId: expect.any(String),
      tokenUrl: expect.any(String),
    });
    expect(listAt(ready, "users")).toHaveLength(13);
    child.kill("SIGTERM");
    expect(await exitOf(child)).toEqual({ code: 0, signal: null });
  });

  test("prints a readable banner by default and takes settings from the environment", async () => {
    const child = start([], { PORTAL_SIZE: "0.05" });
    expect(await firstLine(child.stdout)).toMatch(/^Simulated Bitrix24 portal: http:\/\/127\.0\.0\.1:\d+$/);
    child.kill("SIGINT");
    expect((await exitOf(child)).code).toBe(0);
  });

  test("ends with its parent when asked to", async () => {
    const child = start(["--ready-json", "--size", "0.05", "--exit-with-parent"]);
    await firstLine(child.stdout);
    child.stdin?.end();
    expect((await exitOf(child)).code).toBe(0);
  });

  test.each([
    [["--plan", "golden"], /--plan must be standard, enterprise or on-premise, not "golden"/],
    [["--port", "70000"], /--port must be a whole number from 0 to 65535/],
    [["--size", "zero"], /--size must be a number/],
    [["--event-shape", "odd"], /--event-shape must be real, documented, old or alternate, not "odd"/],
    [["--portal", "2027"], /--portal must be 2024, 2025 or 2026, not "2027"/],
    [["--reports", "some"], /--reports must be on or off, not "some"/],
    [["--past-sessions", "1.5"], /--past-sessions must be a whole number from 0 to 1000000/],
    [["--colour"], /--colour/],
    [["extra"], /extra/],
  ])("refuses %j with one clear line and exit code 2", async (args, message) => {
    const child = start(args);
    let text = "";
    child.stderr?.on("data", (chunk) => {
      text += String(chunk);
    });
    const [code] = await once(child, "close");
    expect(code).toBe(2);
    expect(text).toMatch(message);
    expect(text.trim().split("\n")).toHaveLength(1);
  });

  test("says so when its port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const child = start(["--size", "0.05", "--port", String(port)]);
    expect(await firstLine(child.stderr)).toMatch(/already in use/);
    expect((await exitOf(child)).code).toBe(1);
    other.close();
  });
});
