import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { actAs, objectAt, readAnswer, webhookOf } from "./rest-client.ts";

let portal: RunningPortal;
const operator = 27;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1, plan: "on-premise" });
});
afterAll(() => portal.close());
afterEach(() => {
  portal.setFaults([]);
  portal.resetStats();
});

function call(method: string, params: unknown = {}) {
  return actAs(portal, operator).call(method, params);
}

function groupChat() {
  const chat = [...portal.world.chats.values()].find((one) => one.kind === "group" && one.members.has(operator));
  if (!chat) throw new Error("The operator has no group chat");
  return chat;
}

const written = { DIALOG_ID: "", MESSAGE: "once" };

describe("faults", () => {
  test("an HTTP error with a JSON or an HTML body replaces the answer, as often as asked", async () => {
    portal.setFaults([
      { kind: "http", status: 502, body: "<html>Bad gateway</html>", method: "profile", times: 1 },
      { kind: "http", status: 500, body: { error: "INTERNAL_SERVER_ERROR" }, method: "profile", times: 1 },
    ]);
    expect(await call("profile")).toMatchObject({ status: 502, text: "<html>Bad gateway</html>" });
    expect(await call("profile")).toMatchObject({ status: 500, body: { error: "INTERNAL_SERVER_ERROR" } });
    expect((await call("profile")).status).toBe(200);
  });

  test("a reset before executing leaves the world alone, one after executing has changed it", async () => {
    const chat = groupChat();
    const params = { ...written, DIALOG_ID: `chat${chat.id}` };
    const before = chat.messages.length;
    portal.setFaults([{ kind: "resetBefore", method: "im.message.add", times: 1 }]);
    await expect(call("im.message.add", params)).rejects.toThrow();
    expect(chat.messages).toHaveLength(before);
    portal.setFaults([{ kind: "resetAfter", method: "im.message.add", times: 1 }]);
    await expect(call("im.message.add", params)).rejects.toThrow();
    expect(chat.messages).toHaveLength(before + 1);
    expect(portal.stats().writes).toEqual([{ method: "im.message.add", params, userId: operator }]);
  });

  test("a cut body ends before the length it announced", async () => {
    portal.setFaults([{ kind: "cutBody", times: 1 }]);
    const response = await fetch(`${webhookOf(portal, operator)}profile`);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(100);
    await expect(response.text()).rejects.toThrow();
  });

  test("a hanging request is never answered", async () => {
    portal.setFaults([{ kind: "hang", times: 1 }]);
    const signal = AbortSignal.timeout(150);
    await expect(fetch(`${webhookOf(portal, operator)}profile`, { signal })).rejects.toThrow(/timeout|aborted/i);
    expect(portal.stats().commands).toBe(0);
  });

  test("limit refusals are played per request or per command", async () => {
    portal.setFaults([{ kind: "limit", code: "QUERY_LIMIT_EXCEEDED", times: 1 }]);
    expect(await call("batch", { cmd: { a: "profile" } })).toMatchObject({
      status: 503,
      body: { error: "QUERY_LIMIT_EXCEEDED" },
    });
    portal.setFaults([{ kind: "limit", code: "OVERLOAD_LIMIT", times: 1 }]);
    expect(await call("profile")).toMatchObject({ status: 503, body: { error: "OVERLOAD_LIMIT" } });
    portal.setFaults([{ kind: "limit", code: "OPERATION_TIME_LIMIT", method: "scope" }]);
    const batch = await call("batch", { cmd: { a: "profile", b: "scope" } });
    expect(objectAt(batch.body, "result", "result_error", "b").error).toBe("OPERATION_TIME_LIMIT");
    expect(objectAt(batch.body, "result", "result", "a").ID).toBe("27");
  });

  test("a given result or a blank error replaces a method's answer, plainly and inside a batch", async () => {
    portal.setFaults([{ kind: "result", result: [], method: "profile" }]);
    expect((await call("profile")).body.result).toEqual([]);
    portal.setFaults([{ kind: "error", error: "", method: "profile" }]);
    expect(await call("profile")).toMatchObject({ status: 400, body: { error: "", error_description: "" } });
    const batch = await call("batch", { cmd: { a: "profile", b: "scope" } });
    expect(objectAt(batch.body, "result").result_error).toEqual({ a: { error: "", error_description: "" } });
  });

  test("batch answers can lack keys and have too many", async () => {
    const cmd = { a: "profile", b: "scope" };
    portal.setFaults([{ kind: "missingBatchKeys", times: 1 }]);
    expect(Object.keys(objectAt((await call("batch", { cmd })).body, "result", "result"))).toEqual(["b"]);
    portal.setFaults([{ kind: "missingBatchKeys", keys: ["b"], method: "scope", times: 1 }]);
    expect(Object.keys(objectAt((await call("batch", { cmd })).body, "result", "result"))).toEqual(["a"]);
    portal.setFaults([{ kind: "extraBatchKeys", results: { ghost: 1 }, times: 1 }]);
    expect(Object.keys(objectAt((await call("batch", { cmd })).body, "result", "result"))).toEqual(["a", "b", "ghost"]);
  });

  test("a command of a batch takes the whole request down with transport faults", async () => {
    portal.setFaults([{ kind: "http", status: 503, body: "busy", method: "scope", times: 1 }]);
    expect((await call("batch", { cmd: { a: "profile", b: "SCOPE" } })).status).toBe(503);
    expect((await call("profile")).status).toBe(200);
  });

  test("a renamed portal answers 302 to the same path elsewhere", async () => {
    const other = createServer((request, response) => response.end(request.url));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      portal.setFaults([{ kind: "redirect", to: `http://127.0.0.1:${port}`, times: 1 }]);
      const url = `${webhookOf(portal, operator)}profile?x=1`;
      const answer = await fetch(url, { redirect: "manual" });
      expect(answer.status).toBe(302);
      expect(answer.headers.get("location")).toBe(url.replace(portal.url, `http://127.0.0.1:${port}`));
    } finally {
      other.close();
    }
  });

  test("latency delays requests and commands", async () => {
    portal.setFaults([
      { kind: "latency", perRequestMs: 60, method: "batch" },
      { kind: "latency", perCommandMs: 30, method: "scope" },
    ]);
    const started = performance.now();
    await call("batch", { cmd: { a: "scope", b: "scope" } });
    expect(performance.now() - started).toBeGreaterThan(115);
  });
});

describe("the control interface", () => {
  const send = async (method: string, path: string, body?: unknown) =>
    readAnswer(await fetch(`${portal.url}${path}`, { method, ...(body ? { body: JSON.stringify(body) } : {}) }));

  test("sets, shows and clears faults over HTTP", async () => {
    const faults = [{ kind: "error", error: "", method: "profile", times: 2 }];
    expect((await send("POST", "/__faults", faults)).status).toBe(200);
    expect(JSON.parse((await send("GET", "/__faults")).text)).toMatchObject(faults);
    expect((await call("profile")).status).toBe(400);
    await send("DELETE", "/__faults");
    expect((await call("profile")).status).toBe(200);
  });

  test("explains a fault it does not know and keeps the old ones", async () => {
    portal.setFaults([{ kind: "hang", method: "never.called" }]);
    const answer = await send("POST", "/__faults", [{ kind: "explode" }]);
    expect(answer).toMatchObject({ status: 400, body: { message: "Unknown kind of fault: explode" } });
    expect(JSON.parse((await send("GET", "/__faults")).text)).toHaveLength(1);
    expect((await send("POST", "/__faults", { kind: "hang" })).body.message).toMatch(/JSON list/);
  });

  test("counts requests, commands and methods, and starts anew on request", async () => {
    await send("POST", "/__stats/reset");
    await call("batch", { cmd: { a: "profile", b: "scope" } });
    await call("profile");
    expect((await send("GET", "/__stats")).body).toMatchObject({
      requests: 2,
      commands: 3,
      refusals: 0,
      byMethod: { profile: 2, scope: 1 },
      writes: [],
    });
  });
});
