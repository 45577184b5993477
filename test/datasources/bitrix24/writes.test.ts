import { expect, it, onTestFinished, vi } from "vitest";
import {
  OutcomeUnknown,
  PortalRateLimited,
  PortalTimeout,
  PortalUnavailable,
} from "../../../src/datasources/bitrix24/errors.ts";
import { TransportFailure } from "../../../src/datasources/bitrix24/transport.ts";
import { eventually } from "../../kit/until.ts";
import { call, startBench } from "./portal-fixture.ts";
import { Refused } from "./scripted-portal.ts";
import { ask, startVirtualPortal, untilSettled, useVirtualTime } from "./virtual-portal.ts";

it("sends a write alone and tells its result", async () => {
  const { portal, operation } = await startBench();
  portal.answer = () => true;
  const session = operation();
  const [outcome] = await Promise.all([session.write(call("a.update", { ID: 1 })), session.read(call("b.get"))]);
  expect(outcome).toEqual({ result: { kind: "done", value: true }, reread: undefined });
  expect(portal.requests.map((request) => request.commands)).toEqual([["a.update"], ["b.get"]]);
});

it("re-reads in the same request when asked to", async () => {
  const { portal, operation } = await startBench();
  portal.answer = (method) => (method === "a.update" ? true : { state: "changed" });
  const outcome = await operation().write(call("a.update"), call("a.get"));
  expect(outcome.result).toEqual({ kind: "done", value: true });
  expect(await outcome.reread).toEqual({ state: "changed" });
  expect(portal.requests.map((request) => request.commands)).toEqual([["a.update", "a.get"]]);
});

it("returns a refusal as a value, with the re-read that tells the truth", async () => {
  const { portal, operation } = await startBench();
  portal.answer = (method) => {
    if (method === "a.update") throw new Refused("OPERATOR_WRONG");
    return "as it is";
  };
  const outcome = await operation().write(call("a.update"), call("a.get"));
  expect(outcome.result).toMatchObject({ kind: "refused", refusal: { error: "OPERATOR_WRONG", method: "a.update" } });
  expect(await outcome.reread).toBe("as it is");
});

it("re-reads in a request of its own when the written text looks like a reference", async () => {
  const { portal, operation } = await startBench();
  const outcome = await operation().write(call("message.add", { MESSAGE: "see $result[c1]" }), call("a.get"));
  await outcome.reread;
  expect(portal.requests.map((request) => request.commands)).toEqual([["message.add"], ["a.get"]]);
  expect(portal.requests[0]?.body).toEqual({ MESSAGE: "see $result[c1]" });
});

const ambiguous = {
  "the connection breaks after it was sent": (_: unknown, response: { destroy(): void }) => {
    response.destroy();
    return "handled" as const;
  },
  "half a body comes back": () => ({ body: '{"result": tr' }),
  "a page comes back": () => ({ headers: { "content-type": "text/html" }, body: "<html></html>" }),
  "a gateway answers 504": () => ({ status: 504, body: "<html>timeout</html>" }),
  "the portal's program fails": () => ({
    status: 500,
    body: '{"error":"INTERNAL_SERVER_ERROR","error_description":""}',
  }),
};

it.each(Object.entries(ambiguous))("never sends a write twice when %s", async (_name, step) => {
  const { portal, operation } = await startBench();
  portal.next.push(step);
  await expect(operation().write(call("a.update"))).rejects.toBeInstanceOf(OutcomeUnknown);
  await operation().read(call("b.get"));
  expect(portal.requests.filter((request) => request.method === "a.update")).toHaveLength(1);
});

it("does not know the outcome when a batch leaves the write out", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ body: JSON.stringify({ result: { result: [], result_error: [] } }) }));
  await expect(operation().write(call("a.update"), call("a.get"))).rejects.toBeInstanceOf(OutcomeUnknown);
  expect(portal.requests).toHaveLength(1);
});

it("does not know the outcome of a write that is not answered before the deadline", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => new Promise(() => {}));
  await expect(operation({ timeoutMs: 600 }).write(call("a.update"))).rejects.toBeInstanceOf(OutcomeUnknown);
});

it("does not send a write that could hardly be answered in time", async () => {
  const { portal, operation } = await startBench();
  await expect(operation({ timeoutMs: 100 }).write(call("a.update"))).rejects.toBeInstanceOf(PortalTimeout);
  expect(portal.requests).toHaveLength(0);
});

it("withdraws a write whose client left before it was sent", async () => {
  const { portal, operation } = await startBench();
  const abort = new AbortController();
  const gone = operation({ abort }).write(call("a.update"));
  abort.abort();
  await expect(gone).rejects.toMatchObject({ name: "CallAborted" });
  await operation().read(call("b.get"));
  expect(portal.requests.map((request) => request.method)).toEqual(["b.get"]);
});

it("sends a write again when the portal refused it for its request rate", async () => {
  const { portal, operation } = await startBench();
  portal.answer = () => true;
  portal.next.push(() => ({
    status: 503,
    body: '{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}',
  }));
  expect((await operation().write(call("a.update"))).result).toEqual({ kind: "done", value: true });
  expect(portal.requests).toHaveLength(2);
});

it("tells that nobody listens, after trying again, because nothing was sent", async () => {
  const { portal, operation } = await startBench();
  await portal.close();
  await expect(operation({ timeoutMs: 1_500 }).write(call("a.update"))).rejects.toBeInstanceOf(PortalUnavailable);
});

it("tells why a write failed rather than that its time ran out before it could be repeated", async () => {
  useVirtualTime();
  const longest = vi.spyOn(Math, "random").mockReturnValue(1);
  onTestFinished(() => void longest.mockRestore());
  const portal = startVirtualPortal();
  portal.onArrival = () => {
    throw new TransportFailure("no connection could be made", false, false);
  };
  // Tried at once and after 200, 400 and 800 ms more; the last of these leaves no time.
  const write = portal.session({ identity: "a", timeoutMs: 1_500 }).write(ask("a.update", "a"));
  const [outcome] = await untilSettled([write]);
  expect(portal.arrivals).toHaveLength(3);
  expect(outcome).toMatchObject({ reason: { name: "PortalUnavailable" } });
});

it("tells when a write may be tried again whose method used up its operating time, and refuses the next at once", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ status: 429, body: '{"error":"OPERATION_TIME_LIMIT","error_description":""}' }));
  await expect(operation().write(call("a.update"))).rejects.toBeInstanceOf(PortalRateLimited);
  await expect(operation().write(call("a.update"))).rejects.toMatchObject({
    name: "PortalRateLimited",
    method: "a.update",
  });
  expect((await operation().write(call("b.update"))).result.kind).toBe("done");
  expect(portal.requests.map((request) => request.method)).toEqual(["a.update", "b.update"]);
});

it("sends writes ahead of the reads that wait for the allowance", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ status: 503, body: "QUERY_LIMIT_EXCEEDED" }));
  const read = operation().read(call("a.get"));
  await eventually(() => expect(portal.requests).toHaveLength(1));
  const write = operation().write(call("a.update"));
  await Promise.all([read, write]);
  expect(portal.requests.map((request) => request.method)).toEqual(["a.get", "a.update", "a.get"]);
});
