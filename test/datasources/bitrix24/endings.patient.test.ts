import { expect, it, onTestFinished, vi } from "vitest";
import { createLocalAllowance } from "../../../src/datasources/bitrix24/bucket.ts";
import type { Credential } from "../../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../../src/datasources/bitrix24/usage.ts";
import { eventually } from "../../kit/until.ts";
import { type Bench, call, startBench } from "./portal-fixture.ts";

/** Rejections that nobody handled; such a one ends a Node process. */
function unhandledRejections(): unknown[] {
  const seen: unknown[] = [];
  const note = (reason: unknown): void => void seen.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  return seen;
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Makes the portal as many busy credentials as it may have. */
function fillLanes({ portal, operation }: Bench): void {
  for (let index = 0; index < 500; index += 1) {
    const credential: Credential = { kind: "user-token", portal: portal.host, accessToken: `token-${index}` };
    operation({ credential, timeoutMs: 60_000 })
      .read(call("a.get"))
      .catch(() => {});
  }
}

it("ends the process neither by a read nor by a write that found no place, when their client leaves later", async () => {
  const bench = await startBench({ plan: "on-premise" });
  bench.portal.next.push(...Array.from({ length: 8 }, () => () => new Promise<never>(() => {})));
  fillLanes(bench);
  const unhandled = unhandledRejections();
  const uncaught = vi.fn<(error: Error) => void>();
  process.on("uncaughtException", uncaught);
  onTestFinished(() => void process.off("uncaughtException", uncaught));
  const abort = new AbortController();
  const late = bench.operation({ abort });
  await expect(late.read(call("a.get"))).rejects.toThrow(/Too many different users/);
  const linked = late.readLinked(call("a.get"), (ref) => call("b.get", { ID: ref("id") }));
  for (const each of linked) await expect(each).rejects.toThrow(/Too many different users/);
  await expect(late.write(call("a.update"))).rejects.toThrow(/Too many different users/);
  abort.abort();
  await turn();
  expect(unhandled).toEqual([]);
  expect(uncaught).not.toHaveBeenCalled();
});

it("ends linked reads once that began after the deadline and before its signal", async () => {
  const { portals, webhook } = await startBench();
  const unhandled = unhandledRejections();
  const abort = new AbortController();
  const session = portals.session(webhook, {
    signal: abort.signal,
    deadlineAt: performance.now() - 1,
    usage: new UpstreamUsage(),
  });
  const linked = session.readLinked(call("a.get"), (ref) => call("b.get", { ID: ref("id") }));
  for (const each of linked) await expect(each).rejects.toMatchObject({ name: "PortalTimeout" });
  abort.abort();
  await turn();
  expect(unhandled).toEqual([]);
});

it("never sends a write whose client left while it waited for its repetition", async () => {
  const first = await startBench();
  const { port } = new URL(first.portal.origin);
  const abort = new AbortController();
  await first.portal.close();
  const gone = first.operation({ abort }).write(call("a.update"));
  const outcome = expect(gone).rejects.toMatchObject({ name: "CallAborted" });
  // Refused once; from here on it waits for its repetition, and somebody listens again.
  await eventually(() => {
    const { level, inFlightRequests } = first.portals.status(first.webhook);
    expect([level > 0, inFlightRequests]).toEqual([true, 0]);
  });
  abort.abort();
  await outcome;
  const { startScriptedPortal } = await import("./scripted-portal.ts");
  const back = await startScriptedPortal(Number(port));
  onTestFinished(() => back.close());
  await eventually(async () => expect(await first.operation().read(call("b.get"))).toEqual({ method: "b.get" }));
  // A write would leave ahead of reads: by the time of three reads in a row its repetition has been due.
  const until = performance.now() + 500;
  await eventually(() => expect(performance.now()).toBeGreaterThan(until));
  await first.operation().read(call("c.get"));
  expect(back.requests.map((request) => request.method)).not.toContain("a.update");
});

it("takes back a write that a batch refused for the request rate, when its client leaves before the repetition", async () => {
  const { portal, portals, webhook, operation } = await startBench();
  portal.next.push(() => ({
    body: JSON.stringify({
      result: {
        result: [],
        result_error: { c0: { error: "QUERY_LIMIT_EXCEEDED", error_description: "" } },
      },
    }),
  }));
  const abort = new AbortController();
  const gone = operation({ abort }).write(call("a.update"), call("a.get"));
  const outcome = expect(gone).rejects.toMatchObject({ name: "CallAborted" });
  await eventually(() => expect(portals.status(webhook).level).toBeGreaterThan(48));
  abort.abort();
  await outcome;
  await operation().read(call("b.get"));
  expect(portal.requests.map((request) => request.commands)).toEqual([["a.update", "a.get"], ["b.get"]]);
});

it("closes the connection of a read that nobody waits for any more", async () => {
  const { portal, portals, webhook, operation } = await startBench();
  const closed = vi.fn<() => void>();
  portal.next.push((_request, response) => {
    response.on("close", closed);
    return new Promise<never>(() => {});
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const reads = [first, second].map((abort) => operation({ abort, timeoutMs: 60_000 }).read(call("a.get")));
  const outcomes = Promise.allSettled(reads);
  await eventually(() => expect(portal.requests).toHaveLength(1));
  first.abort();
  await operation().read(call("b.get"));
  expect(closed).not.toHaveBeenCalled();
  second.abort();
  await eventually(() => expect(closed).toHaveBeenCalled());
  await eventually(() => expect(portals.status(webhook).inFlightRequests).toBe(0));
  expect(await outcomes).toMatchObject([{ reason: { name: "CallAborted" } }, { reason: { name: "CallAborted" } }]);
});

it("never sends a write again whose client left while it was under way, whatever the portal answers late", async () => {
  const { portal, portals, webhook, operation } = await startBench();
  let answerNow = (): void => {};
  portal.next.push(
    () =>
      new Promise((answer) => {
        answerNow = () => answer({ status: 503, body: '{"error":"QUERY_LIMIT_EXCEEDED"}' });
      }),
  );
  const abort = new AbortController();
  const gone = operation({ abort }).write(call("a.update"));
  const outcome = expect(gone).rejects.toMatchObject({ name: "OutcomeUnknown" });
  await eventually(() => expect(portal.requests).toHaveLength(1));
  abort.abort();
  await outcome;
  expect(portals.status(webhook).inFlightRequests).toBe(0);
  answerNow();
  await eventually(() => expect(portals.status(webhook).level).toBeGreaterThan(48));
  // A write that waited would leave ahead of these.
  await operation().read(call("b.get"));
  await operation().write(call("b.update"));
  expect(portal.requests.map((request) => request.method)).toEqual(["a.update", "b.get", "b.update"]);
});

it("takes it for a failure of the portal when it answers nobody within a fair time", async () => {
  const { portal, portals, webhook, operation } = await startBench();
  portal.next.push(...Array.from({ length: 5 }, () => () => new Promise<never>(() => {})));
  const reads = Array.from({ length: 5 }, (_, user) => {
    const credential: Credential = { kind: "webhook", url: `${portal.origin}/rest/${user + 1}/secret1234567890/` };
    const abort = new AbortController();
    // The operation's own timer may fire a little before the request's.
    setTimeout(() => abort.abort(), 6_500);
    return operation({ credential, timeoutMs: 6_515, abort }).read(call("a.get"));
  });
  for (const outcome of await Promise.allSettled(reads))
    expect(outcome).toMatchObject({ reason: { name: "PortalTimeout" } });
  await eventually(() => expect(portals.status(webhook).circuit).toBe("open"));
});

it("does not take clients that leave for failures of the portal", async () => {
  const { portal, portals, webhook, operation } = await startBench();
  portal.next.push(...Array.from({ length: 6 }, () => () => new Promise<never>(() => {})));
  for (let index = 0; index < 6; index += 1) {
    const abort = new AbortController();
    const gone = operation({ abort, timeoutMs: 60_000 }).read(call("a.get", { ID: index }));
    gone.catch(() => {});
    await eventually(() => expect(portal.requests).toHaveLength(index + 1));
    abort.abort();
    await eventually(() => expect(portals.status(webhook).inFlightRequests).toBe(0));
  }
  expect(portals.status(webhook).circuit).toBe("closed");
});

it.each(["reads", "writes"])(
  "gives back what a shared allowance granted to %s whose clients left while it was asked",
  async (kind) => {
    let granted = 0;
    let taken = 0;
    let open = (): void => {};
    const gate = new Promise<void>((opened) => {
      open = opened;
    });
    const local = createLocalAllowance("standard");
    const { portal, operation } = await startBench({
      createAllowance: () => ({
        ...local,
        async take(wanted, reserve) {
          await gate;
          const answer = await local.take(wanted, reserve);
          taken += answer.taken;
          granted += answer.taken;
          return answer;
        },
        async takeSurplus(wanted, reserve) {
          const surplus = await local.takeSurplus(wanted, reserve);
          taken += surplus;
          return surplus;
        },
        giveBack(unused) {
          taken -= unused;
          local.giveBack(unused);
        },
      }),
    });
    const abort = new AbortController();
    const session = operation({ abort });
    const gone = ["a", "b"].map((name) =>
      kind === "reads" ? session.read(call(`${name}.get`)) : session.write(call(`${name}.update`)),
    );
    const outcomes = Promise.allSettled(gone);
    await turn();
    abort.abort();
    open();
    await outcomes;
    await eventually(() => expect(granted).toBeGreaterThan(0));
    await turn();
    expect(await operation().read(call("d.get"))).toEqual({ method: "d.get" });
    expect(portal.requests.map((request) => request.method)).toEqual(["d.get"]);
    expect(taken).toBe(1);
  },
);

it("settles what waits, is repeated or is under way when the gateway stops", async () => {
  const { portal, portals, operation } = await startBench();
  const hang = () => new Promise<never>(() => {});
  portal.next.push(() => ({ status: 502, body: "<html></html>" }), hang);
  const repeated = operation().read(call("a.get"));
  await eventually(() => expect(portal.requests).toHaveLength(1));
  const underWay = operation().read(call("b.get"));
  await eventually(() => expect(portal.requests.length).toBeGreaterThan(1));
  const queuedRead = operation().read(call("c.get"));
  const queuedWrite = operation().write(call("a.update"));
  const outcomes = Promise.allSettled([repeated, underWay, queuedRead, queuedWrite]);
  await portals.close();
  expect((await outcomes).map((outcome) => outcome.status)).toEqual(Array.from({ length: 4 }, () => "rejected"));
  await expect(operation().read(call("d.get"))).rejects.toThrow(/gateway stops/);
});

it("does not take operations that are in a hurry for failures of the portal", async () => {
  const { portal, portals, webhook, operation } = await startBench();
  portal.next.push(...Array.from({ length: 6 }, () => () => new Promise<never>(() => {})));
  for (let index = 0; index < 6; index += 1) {
    await expect(operation({ timeoutMs: 60 }).read(call("a.get", { ID: index }))).rejects.toMatchObject({
      name: "PortalTimeout",
    });
  }
  // The requests end a moment after the operations that wanted them.
  await eventually(() => expect(portals.status(webhook).inFlightRequests).toBe(0));
  expect(portals.status(webhook).circuit).toBe("closed");
  // Those of operations that gave up before the portal heard of them.
  portal.next.length = 0;
  expect(await operation().read(call("b.get"))).toEqual({ method: "b.get" });
});
