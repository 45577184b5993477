import { expect, it } from "vitest";
import {
  PortalProtocolError,
  PortalRefusal,
  PortalTimeout,
  PortalUnavailable,
} from "../../../src/datasources/bitrix24/errors.ts";
import { eventually } from "../../kit/until.ts";
import { call, startBench } from "./portal-fixture.ts";
import { Refused } from "./scripted-portal.ts";

it("sends one read as a plain call", async () => {
  const { portal, operation } = await startBench();
  expect(await operation().read(call("a.get", { ID: 5 }))).toEqual({ method: "a.get", ID: "5" });
  expect(portal.requests).toMatchObject([{ path: "/rest/1/secret1234567890/a.get", method: "a.get", body: { ID: 5 } }]);
});

it("sends reads of one turn together, from whatever operations they come, and equal ones once", async () => {
  const { portal, operation } = await startBench();
  const first = operation();
  const second = operation();
  const answers = await Promise.all([
    first.read(call("a.get", { ID: 1 })),
    second.read(call("a.get", { ID: 1 })),
    second.read(call("b.get", { ID: 2 })),
  ]);
  expect(answers).toEqual([
    { method: "a.get", ID: "1" },
    { method: "a.get", ID: "1" },
    { method: "b.get", ID: "2" },
  ]);
  expect(portal.requests.map((request) => request.commands)).toEqual([["a.get", "b.get"]]);
  expect([first.usage.requests, first.usage.commands, second.usage.requests, second.usage.commands]).toEqual([
    1, 1, 1, 2,
  ]);
});

it("counts a command once for an operation that asks for it twice, queued or under way", async () => {
  const { portal, operation } = await startBench();
  portal.latencyMs = 300;
  const session = operation();
  const first = [session.read(call("a.get")), session.read(call("a.get"))];
  await eventually(() => expect(portal.requests).toHaveLength(1));
  await Promise.all([...first, session.read(call("a.get"))]);
  expect([session.usage.requests, session.usage.commands]).toEqual([1, 1]);
});

it("never mixes the commands of two credentials in one request", async () => {
  const { portal, operation } = await startBench();
  const other = { kind: "webhook", url: `${portal.origin}/rest/7/othersecret12345/` } as const;
  await Promise.all([
    operation().read(call("a.get")),
    operation().read(call("b.get")),
    operation({ credential: other }).read(call("a.get")),
    operation({ credential: other }).read(call("b.get")),
  ]);
  expect(portal.requests.map((request) => request.path).sort()).toEqual([
    "/rest/1/secret1234567890/batch",
    "/rest/7/othersecret12345/batch",
  ]);
});

it("splits a large group over parallel batches while the allowance is unused, and no further than what idleness left over", async () => {
  const { portal, operation } = await startBench();
  const page = (from: number) => Array.from({ length: 100 }, (_, index) => call("a.get", { ID: from + index }));
  await Promise.all(page(0).map((each) => operation().read(each)));
  expect(portal.requests.map((request) => request.commands.length)).toEqual([17, 17, 17, 17, 16, 16]);
  portal.requests.length = 0;
  await Promise.all(page(100).map((each) => operation().read(each)));
  expect(portal.requests.map((request) => request.commands.length)).toEqual([50, 50]);
});

it("maps results by command key when the portal leaves keys out and adds others", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({
    body: JSON.stringify({ result: { result: { c1: "second", other: 1 }, result_error: [] } }),
  }));
  const session = operation();
  const answers = await Promise.all([session.read(call("a.get")), session.read(call("b.get"))]);
  expect(answers).toEqual([{ method: "a.get" }, "second"]);
  expect(portal.requests.map((request) => request.commands)).toEqual([["a.get", "b.get"], ["a.get"]]);
});

it("gives each command of a batch its own refusal", async () => {
  const { portal, operation } = await startBench();
  portal.answer = (method) => {
    if (method === "bad.get") throw new Refused("ACCESS_ERROR");
    return method;
  };
  const session = operation();
  const [good, bad] = await Promise.allSettled([session.read(call("good.get")), session.read(call("bad.get"))]);
  expect(good).toEqual({ status: "fulfilled", value: "good.get" });
  expect(bad).toMatchObject({ reason: { name: "PortalRefusal", method: "bad.get", error: "ACCESS_ERROR" } });
});

it("takes a blank error code for a refusal", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ status: 400, body: '{"error":"","error_description":""}' }));
  await expect(operation().read(call("a.get"))).rejects.toMatchObject({
    name: "PortalRefusal",
    error: "",
    status: 400,
  });
});

it("sends reads together around one that must travel alone", async () => {
  const { portal, operation } = await startBench();
  const session = operation();
  await Promise.all([
    session.read(call("a.get")),
    session.read(call("find", { TEXT: "$result[c0]" })),
    session.read(call("b.get")),
  ]);
  expect(portal.requests.map((request) => request.commands)).toEqual([["a.get", "b.get"], ["find"]]);
});

it("lets a dependent look-up ride in the same request", async () => {
  const { portal, operation } = await startBench();
  portal.answer = (method, params) => (method === "dialog.get" ? { id: 77 } : { chat: params.CHAT_ID });
  const [first, second] = operation().readLinked(call("dialog.get", { CODE: "a|1" }), (ref) =>
    call("history.get", { CHAT_ID: ref("id") }),
  );
  expect(await Promise.all([first, second])).toEqual([{ id: 77 }, { chat: "77" }]);
  expect(portal.requests.map((request) => request.commands)).toEqual([["dialog.get", "history.get"]]);
});

it("refers to the right command when several linked look-ups share a batch", async () => {
  const { portal, operation } = await startBench();
  portal.answer = (method, params) =>
    method === "dialog.get" ? { id: `id-${params.CODE}` } : { chat: params.CHAT_ID };
  const session = operation();
  const links = ["x", "y"].map((code) =>
    session.readLinked(call("dialog.get", { CODE: code }), (ref) => call("history.get", { CHAT_ID: ref("id") })),
  );
  const seconds = await Promise.all(links.map(([, second]) => second));
  expect(seconds).toEqual([{ chat: "id-x" }, { chat: "id-y" }]);
  expect(portal.requests).toHaveLength(1);
});

it("fails a dependent look-up with the error of the first", async () => {
  const { portal, operation } = await startBench();
  portal.answer = (method) => {
    if (method === "dialog.get") throw new Refused("ACCESS_ERROR");
    return "a guess";
  };
  const [first, second] = operation().readLinked(call("dialog.get"), (ref) =>
    call("history.get", { CHAT_ID: ref("id") }),
  );
  await expect(first).rejects.toMatchObject({ error: "ACCESS_ERROR" });
  await expect(second).rejects.toMatchObject({ error: "ACCESS_ERROR", method: "dialog.get" });
});

it("keeps a text that looks like a reference out of batches", async () => {
  const { portal, operation } = await startBench();
  const session = operation();
  await Promise.all([
    session.read(call("a.get", { CODE: "$result[c0][id]" })),
    session.read(call("b.get")),
    session.read(call("c.get")),
  ]);
  expect(portal.requests.map((request) => request.commands).sort()).toEqual([["a.get"], ["b.get", "c.get"]]);
});

it("repeats a read after a broken connection, half a body and a fault of the portal", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(
    (_request, response) => {
      response.destroy();
      return "handled";
    },
    () => ({ body: '{"result": {"half' }),
    () => ({ status: 502, headers: { "content-type": "text/html" }, body: "<html>bad gateway</html>" }),
  );
  expect(await operation().read(call("a.get"))).toEqual({ method: "a.get" });
  expect(portal.requests).toHaveLength(4);
});

it("sends the commands of a failed batch again in one request", async () => {
  const { portal, operation } = await startBench();
  const reads = Array.from({ length: 9 }, (_, index) => call("a.get", { ID: index }));
  portal.next.push(() => ({ status: 502, body: "<html></html>" }));
  await Promise.all(reads.map((read) => operation().read(read)));
  expect(portal.requests.map((request) => request.commands.length)).toEqual([9, 9]);
});

it("says that a page is not REST JSON when the portal keeps answering with one", async () => {
  const { portal, operation } = await startBench();
  const page = () => ({ headers: { "content-type": "text/html" }, body: "<html>Log in</html>" });
  portal.next.push(page, page, page, page);
  const failure = operation().read(call("a.get"));
  await expect(failure).rejects.toBeInstanceOf(PortalProtocolError);
  await expect(failure).rejects.toThrow(/not REST JSON \(HTTP 200, a web page\)/);
});

it("ends a read that is never answered at the operation's deadline", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => new Promise(() => {}));
  await expect(operation({ timeoutMs: 300 }).read(call("a.get"))).rejects.toBeInstanceOf(PortalTimeout);
});

it("says that nobody listens at the portal's address", async () => {
  const { portal, operation } = await startBench();
  await portal.close();
  await expect(operation({ timeoutMs: 400 }).read(call("a.get"))).rejects.toBeInstanceOf(PortalUnavailable);
});

it("does not send what a client that went away had asked for", async () => {
  const { portal, operation } = await startBench();
  const abort = new AbortController();
  const gone = operation({ abort }).read(call("a.get"));
  abort.abort();
  await expect(gone).rejects.toMatchObject({ name: "CallAborted" });
  await operation().read(call("b.get"));
  expect(portal.requests.map((request) => request.commands)).toEqual([["b.get"]]);
});

it("keeps a shared read for those who still wait when one client goes away", async () => {
  const { operation } = await startBench();
  const abort = new AbortController();
  const gone = operation({ abort }).read(call("a.get"));
  const stays = operation().read(call("a.get"));
  abort.abort();
  await expect(gone).rejects.toMatchObject({ name: "CallAborted" });
  expect(await stays).toEqual({ method: "a.get" });
});

it("shares a read under way, but not one that began before a write or for an event", async () => {
  const { portal, operation } = await startBench();
  portal.latencyMs = 400;
  const session = operation();
  const first = session.read(call("a.get"));
  await eventually(() => expect(portal.requests).toHaveLength(1));
  const joined = session.read(call("a.get"));
  const fresh = session.read(call("a.get"), { fresh: true });
  await Promise.all([first, joined, fresh]);
  expect(portal.requests).toHaveLength(2);

  const beforeWrite = session.read(call("a.get"));
  await eventually(() => expect(portal.requests).toHaveLength(3));
  const write = session.write(call("a.update"));
  const afterWrite = session.read(call("a.get"));
  await Promise.all([beforeWrite, write, afterWrite]);
  expect(portal.requests.filter((request) => request.method === "a.get")).toHaveLength(4);
});

it("names the method and the place of a value that it does not understand", async () => {
  const { portal, operation } = await startBench();
  const { object, id } = await import("../../../src/datasources/bitrix24/wire.ts");
  portal.answer = () => ({ id: "secret text" });
  const strange = { method: "a.get", params: {}, decode: (result: unknown) => id(object(result, "").id, "id") };
  const failure = operation().read(strange);
  await expect(failure).rejects.toThrow("a.get is not understood (id: expected an id, got a string of 11 characters)");
  await expect(failure).rejects.not.toThrow(/secret/);
});

it("passes on that the portal refused the whole request", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ status: 403, body: '{"error":"insufficient_scope","error_description":"x"}' }));
  const session = operation();
  const [a, b] = await Promise.allSettled([session.read(call("a.get")), session.read(call("b.get"))]);
  expect(a).toMatchObject({ reason: { method: "a.get", error: "insufficient_scope" } });
  expect(b).toMatchObject({ reason: { method: "b.get", error: "insufficient_scope" } });
  expect(a.status === "rejected" && a.reason).toBeInstanceOf(PortalRefusal);
});
