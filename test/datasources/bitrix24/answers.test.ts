import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { readOperatingTime } from "../../../src/datasources/bitrix24/envelope.ts";
import { OutcomeUnknown, PortalProtocolError, PortalRefusal } from "../../../src/datasources/bitrix24/errors.ts";
import { id, object } from "../../../src/datasources/bitrix24/wire.ts";
import { call, startBench } from "./portal-fixture.ts";
import { Refused, type Step } from "./scripted-portal.ts";

/** Sends bytes as they are. */
function raw(headers: Record<string, string>, bytes: Uint8Array): Step {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "application/json", ...headers });
    response.end(bytes);
    return "handled";
  };
}

const ANSWER = '{"result":{"name":"Ёлка"}}';

it.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
] as const)("reads an answer that a proxy compressed with %s", async (encoding, compress) => {
  const { portal, operation } = await startBench();
  portal.next.push(raw({ "content-encoding": encoding }, compress(ANSWER)));
  expect(await operation().read(call("a.get"))).toEqual({ name: "Ёлка" });
  expect(portal.requests).toHaveLength(1);
});

it("does not know the outcome of a write whose answer is compressed in an unknown way, or half", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(raw({ "content-encoding": "zip2" }, gzipSync(ANSWER)));
  await expect(operation().write(call("a.update"))).rejects.toBeInstanceOf(OutcomeUnknown);
  portal.next.push(raw({ "content-encoding": "gzip" }, gzipSync(ANSWER).subarray(0, 12)));
  await expect(operation().write(call("a.update"))).rejects.toBeInstanceOf(OutcomeUnknown);
  expect(portal.requests).toHaveLength(2);
});

it.each([
  ["a byte order mark", "\ufeff"],
  ["blank lines that a PHP file of the portal ends in", "\n\r\n\t "],
])("reads JSON behind %s", async (_name, before) => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ body: `${before}${ANSWER}` }));
  expect(await operation().read(call("a.get"))).toEqual({ name: "Ёлка" });
});

it.each([
  ["Latin letters beyond ASCII", "Vázquez"],
  ["another script", "Ёлка"],
  ["characters of four bytes", "🎁"],
  ["escapes alone", "\\u0401\\ud83c\\udf81 \\/"],
])("reads %s in an answer as they were written, in one piece and in many", async (_name, text) => {
  const { portal, operation } = await startBench();
  const body = Buffer.from(`{"result":{"name":"${text}"}}`);
  const expected = { name: JSON.parse(`"${text}"`) };
  portal.next.push(raw({}, body));
  expect(await operation().read(call("a.get"))).toEqual(expected);
  portal.next.push(async (_request, response): Promise<"handled"> => {
    response.writeHead(200, { "content-type": "application/json" });
    for (const byte of body) await new Promise<void>((resolve) => response.write(Buffer.of(byte), () => resolve()));
    response.end();
    return "handled";
  });
  expect(await operation().read(call("a.get"))).toEqual(expected);
});

it("does not parse brackets that nest without end, and reads as many that do not", async () => {
  const { portal, operation } = await startBench();
  const many = 200_000;
  const deep = [
    `{"result":${"[".repeat(many)}${"]".repeat(many)}}`,
    `{"result":${'{"a":'.repeat(many)}1${"}".repeat(many)}}`,
    `{"result":${"[0,".repeat(many)}0${"]".repeat(many)}}`,
  ];
  for (const body of deep) {
    portal.next.push(() => ({ body }));
    await expect(operation().write(call("a.update"))).rejects.toMatchObject({
      cause: { message: expect.stringContaining("nests too deeply") },
    });
  }
  portal.next.push(() => ({ body: `{"result":[${"[],".repeat(many)}"${"[".repeat(many)}"]}` }));
  const decode = (result: unknown) => (Array.isArray(result) ? result.length : -1);
  expect(await operation().read({ method: "a.get", params: {}, decode })).toBe(many + 1);
});

it.each([
  ["[", "]"],
  ['{"a":', "}"],
  ["[ ", " ]"],
  ['[{"name":0,"text":', "}]"],
  [`[${" ".repeat(80)}`, "]"],
  ['["]]]]",', "]"],
])(
  "does not hand on what nests so deep that nobody could write it again, however small it is: %j",
  async (open, close) => {
    const { portal, operation } = await startBench();
    const levels = 5_000;
    portal.next.push(() => ({ body: `{"result":${open.repeat(levels)}0${close.repeat(levels)}}` }));
    await expect(operation().write(call("a.update"))).rejects.toMatchObject({
      cause: { message: expect.stringContaining("nests too deeply") },
    });
  },
);

it("repeats a read whose chunked answer breaks off, and says of a write that it does not know", async () => {
  const { portal, operation } = await startBench();
  const half: Step = (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"result":{"name":', () => response.destroy());
    return "handled";
  };
  portal.next.push(half);
  expect(await operation().read(call("a.get"))).toEqual({ method: "a.get" });
  portal.next.push(half);
  await expect(operation().write(call("a.update"))).rejects.toBeInstanceOf(OutcomeUnknown);
});

it("takes an error in an answer of status 200 for a refusal, of reads and of writes", async () => {
  const { portal, operation } = await startBench();
  const refused = () => ({ body: '{"error":"ACCESS_ERROR","error_description":"no"}' });
  portal.next.push(refused, refused);
  await expect(operation().read(call("a.get"))).rejects.toMatchObject({ error: "ACCESS_ERROR", status: 200 });
  const { result } = await operation().write(call("a.update"));
  expect(result).toMatchObject({ kind: "refused", refusal: { error: "ACCESS_ERROR" } });
});

it("reads a refusal in the form of the third version of REST, and trims its code", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(
    () => ({ status: 400, body: '{"error":{"code":"ACCESS_ERROR","message":"no"}}' }),
    () => ({ status: 400, body: '{"error":" ACCESS_ERROR\\n","error_description":["odd"]}' }),
  );
  const refused = { error: "ACCESS_ERROR", status: 400 };
  await expect(operation().read(call("a.get"))).rejects.toMatchObject({ ...refused, description: "no" });
  await expect(operation().read(call("a.get"))).rejects.toMatchObject({ ...refused, description: "" });
});

it.each([
  ["a page with 429", { status: 429, body: "<html>slow down</html>" }, undefined],
  ["429 with a code of its own", { status: 429, body: '{"error":"TOO_MANY"}' }, "TOO_MANY"],
  ["the limit's name in a page", { status: 403, body: "<p>QUERY_LIMIT_EXCEEDED</p>" }, "QUERY_LIMIT_EXCEEDED"],
  ["the limit's name in lower case", { status: 503, body: '{"error":"query_limit_exceeded"}' }, "query_limit_exceeded"],
])("waits and sends again what was refused by %s, writes too", async (_name, reply, error) => {
  const { portal, operation } = await startBench({ plan: "on-premise" });
  portal.next.push(() => reply);
  expect((await operation().write(call("a.update"))).result).toMatchObject({ kind: "done" });
  expect(portal.requests).toHaveLength(2);
  portal.next.push(...Array.from({ length: 9 }, () => () => reply));
  await expect(operation({ timeoutMs: 1_000 }).read(call("a.get"))).rejects.toMatchObject({
    name: "PortalRateLimited",
    error,
  });
});

it("knows that a write was not let in where the portal says so with a failure's status, and not where its program failed", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ status: 500, body: '{"error":"PORTAL_DELETED"}' }));
  const { result } = await operation().write(call("a.update"));
  expect(result).toMatchObject({ kind: "refused", refusal: { error: "PORTAL_DELETED" } });
  portal.next.push(() => ({ status: 500, body: '{"error":"ERROR_CORE"}' }));
  await expect(operation().write(call("a.update"))).rejects.toMatchObject({
    name: "OutcomeUnknown",
    cause: { answered: { error: "ERROR_CORE" } },
  });
});

it("gives an id that JSON cannot carry as a number as an error, never as another id", async () => {
  const { portal, operation } = await startBench();
  const decode = (result: unknown) => id(object(result, "").id, "id");
  const reads = () => operation().read({ method: "a.get", params: {}, decode });
  portal.next.push(() => ({ body: '{"result":{"id":9007199254740993}}' }));
  await expect(reads()).rejects.toBeInstanceOf(PortalProtocolError);
  portal.next.push(() => ({ body: '{"result":{"id":"9007199254740993"}}' }));
  expect(await reads()).toBe("9007199254740993");
  portal.next.push(() => ({ body: '{"result":{"id":9007199254740991}}' }));
  expect(await reads()).toBe("9007199254740991");
});

it("takes a blank code inside a batch for the refusal of that command alone, without any times", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({
    body: JSON.stringify({ result: { result: { c1: false }, result_error: { c0: { error: "" } } } }),
  }));
  const session = operation();
  const [blank, no] = await Promise.allSettled([session.read(call("a.get")), session.read(call("b.get"))]);
  expect(blank).toMatchObject({ reason: { name: "PortalRefusal", method: "a.get", error: "" } });
  expect(no).toEqual({ status: "fulfilled", value: false });
});

it.each([
  ["result_time", "soon", { c0: "first", c1: "second" }, []],
  ["result_time", [1], { c0: "first", c1: "second" }, []],
  ["result_error", "none", { c0: "first", c1: "second" }, []],
  ["result_error", [1], { c0: "first", c1: "second" }, []],
  ["result", null, null, { c0: { error: "first" }, c1: { error: "second" } }],
  ["result", false, false, { c0: { error: "first" }, c1: { error: "second" } }],
])("takes what a batch tells of its commands although its %s is %j", async (member, value, result, errors) => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ body: JSON.stringify({ result: { result, result_error: errors, [member]: value } }) }));
  const session = operation();
  const told = await Promise.allSettled([session.read(call("a.get")), session.read(call("b.get"))]);
  expect(told.map((each) => (each.status === "fulfilled" ? each.value : each.reason.error))).toEqual([
    "first",
    "second",
  ]);
  expect(portal.requests).toHaveLength(1);
});

it.each([
  ["numbers", 480, 1_800_000_000],
  ["texts of numbers", "480", "1800000000"],
  ["a time as ISO 8601", 480.0, "2027-01-15T08:00:00+00:00"],
])("reads when operating time is given back from %s", (_name, operating, operating_reset_at) => {
  expect(readOperatingTime({ operating, operating_reset_at })).toEqual({ operating: 480, resetAt: 1_800_000_000 });
});

it.each([
  ["result", [1, 2], 2],
  ["result", "no map", 2],
  // It tells of neither command: each is asked for alone.
  ["result_error", ["c0"], 3],
])("repeats reads whose batch answers with %s as %j", async (member, value, requests) => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ body: JSON.stringify({ result: { result: {}, result_error: [], [member]: value } }) }));
  const session = operation();
  expect(await Promise.all([session.read(call("a.get")), session.read(call("b.get"))])).toEqual([
    { method: "a.get" },
    { method: "b.get" },
  ]);
  expect(portal.requests).toHaveLength(requests);
});

it("does not know the outcome of a write whose batch answers with something else", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ body: '{"result":[true,true]}' }));
  await expect(operation().write(call("a.update"), call("a.get"))).rejects.toBeInstanceOf(OutcomeUnknown);
  expect(portal.requests).toHaveLength(1);
});

it("sends again what the portal left out of a batch as too long", async () => {
  const { portal, operation } = await startBench();
  const tooLong = { error: "ERROR_BATCH_LENGTH_EXCEEDED", error_description: "Max batch length exceeded" };
  portal.next.push(() => ({
    body: JSON.stringify({ result: { result: { c0: "first" }, result_error: { c1: tooLong, c2: tooLong } } }),
  }));
  const session = operation();
  const answers = await Promise.all(["a.get", "b.get", "c.get"].map((method) => session.read(call(method))));
  expect(answers).toEqual(["first", { method: "b.get" }, { method: "c.get" }]);
  expect(portal.requests.map((request) => request.commands)).toEqual([
    ["a.get", "b.get", "c.get"],
    ["b.get", "c.get"],
  ]);
});

it("lets nobody's half of a character spoil the requests of others", async () => {
  const { portal, operation } = await startBench();
  const session = operation();
  const answers = await Promise.all([
    session.read(call("a.get", { CODE: "x\ud83d" })),
    session.read(call("b.get", { CODE: "🎄" })),
  ]);
  expect(answers).toEqual([
    { method: "a.get", CODE: "x\ufffd" },
    { method: "b.get", CODE: "🎄" },
  ]);
  await session.write(call("a.update", { TEXT: "x\udc00 🎄 \\ud800" }));
  expect(portal.requests.at(-1)?.body).toEqual({ TEXT: "x\ufffd 🎄 \\ud800" });
});

it("does not let the text of a linked look-up refer to what others asked for", async () => {
  const { portal, operation } = await startBench();
  portal.answer = (method, params) => ({ id: "5", method, ...params });
  const session = operation();
  const other = session.read(call("a.get"));
  const [first] = session.readLinked(call("dialog.get", { CODE: "$result[c0][id]" }), (ref) =>
    call("history.get", { CHAT_ID: ref("id") }),
  );
  await Promise.all([other, first]);
  expect(portal.requests.map((request) => request.commands).sort()).toEqual([["a.get"], ["dialog.get", "history.get"]]);
});

it("does not know whether a write ran that failed with a fault of the portal's program inside a batch", async () => {
  const { portal, operation } = await startBench();
  portal.answer = (method) => {
    if (method === "a.update") throw new Refused("ERROR_CORE");
    return true;
  };
  await expect(operation().write(call("a.update"), call("a.get"))).rejects.toBeInstanceOf(OutcomeUnknown);
  expect((await operation().write(call("a.update"))).result).toMatchObject({
    kind: "refused",
    refusal: { error: "ERROR_CORE", status: 400 },
  });
});

it("shortens a refusal's code and text that go on without end: they stand in errors and in the log", async () => {
  const { portal, operation } = await startBench();
  const body = JSON.stringify({ error: "x".repeat(100_000), error_description: "y".repeat(100_000) });
  portal.next.push(() => ({ status: 400, body }));
  const refusal = await operation()
    .read(call("a.get"))
    .catch((error: unknown) => error);
  if (!(refusal instanceof PortalRefusal)) throw new Error("it was not refused");
  expect(refusal.error.length).toBeLessThan(300);
  expect(refusal.description.length).toBeLessThan(3_000);
  expect(refusal.message.length).toBeLessThan(500);
});
