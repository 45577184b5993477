import { describe, expect, it } from "vitest";
import { parseDelivery, withoutAuth } from "../../../src/datasources/bitrix24/delivery-body.ts";
import { readEnvelope } from "../../../src/datasources/bitrix24/event-envelope.ts";
import { parseForm, UnreadableForm } from "../../../src/datasources/bitrix24/form-body.ts";
import { delivery, portalPayloads } from "../../subscriptions/deliveries.ts";
import { phpForm } from "../../subscriptions/php-form.ts";

const anna = { memberId: "a223c6b3710f85df22e9377d6c4f7553", applicationToken: "51856fefc120afa4b628cc82d3935cce" };

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("a delivery as JSON", () => {
  it.each(Object.entries(portalPayloads))("says of %s what the form says", (_name, data) => {
    const sent = delivery("ONOPENLINEMESSAGEADD", data, anna);
    expect(plain(parseDelivery(JSON.stringify(sent)))).toEqual(plain(parseForm(phpForm(sent))));
  });

  it("has flags, numbers and nothing as a form has them", () => {
    const told = { event: "X", yes: true, no: false, half: 1.5, none: null, empty: [], map: {}, items: [null, 7, []] };
    expect(plain(parseDelivery(JSON.stringify(told)))).toEqual({
      event: "X",
      yes: "1",
      no: "0",
      half: "1.5",
      items: ["7"],
    });
  });

  it("does not tell an id whose last digits are lost, and tells the same as text", () => {
    expect(plain(parseDelivery('{"event":"X","id":9007199254740993,"text":"9007199254740993"}'))).toEqual({
      event: "X",
      text: "9007199254740993",
    });
  });

  it("reaches no prototype", () => {
    const fields = parseDelivery('{"event":"X","__proto__":{"polluted":1},"a":{"__proto__":1,"b":2}}');
    expect(plain(fields)).toEqual({ event: "X", a: { b: "2" } });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("may begin with blanks and a byte order mark", () => {
    expect(plain(parseDelivery('\uFEFF \n{"event":"X"}'))).toEqual({ event: "X" });
  });

  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  it.each([
    ["one bracket too deep", nested(22), /deeper than 20/],
    ["a hundred thousand brackets deep", "[".repeat(100_000), /deeper than 20/],
    ["one field too many", JSON.stringify({ list: Array.from({ length: 2_001 }, () => 1) }), /more than 2000 fields/],
    ["broken", '{"event":', /broken JSON/],
    ["a list", '["event"]', /no object/],
    ["an object with nothing in it", '{"a":null}', /no object/],
  ])("that is %s is refused", (_what, body, words) => {
    expect(() => parseDelivery(body)).toThrow(UnreadableForm);
    expect(() => parseDelivery(body)).toThrow(words);
  });

  it("is read up to both bounds", () => {
    expect(parseDelivery(nested(21))).toBeDefined();
    expect(parseDelivery(JSON.stringify({ list: Array.from({ length: 2_000 }, () => 1) }))).toBeDefined();
  });
});

describe("names of a delivery", () => {
  const sent = delivery("ONSESSIONSTART", portalPayloads.sessionChanges, anna);
  const usual = readEnvelope(parseForm(phpForm(sent)));

  it.each([
    [
      "upper case",
      phpForm({ EVENT: sent.event, DATA: sent.data, TS: sent.ts, AUTH: sent.auth, EVENT_HANDLER_ID: 185 }),
    ],
    [
      "another case",
      phpForm({ Event: sent.event, Data: sent.data, Ts: sent.ts, Auth: sent.auth, event_Handler_Id: 185 }),
    ],
    [
      "upper case here and there",
      phpForm({ event: sent.event, DATA: sent.data, ts: sent.ts, auth: sent.auth, event_handler_id: 185 }),
    ],
    [
      "upper case for the time alone",
      phpForm({ event: sent.event, data: sent.data, TS: sent.ts, auth: sent.auth, event_handler_id: 185 }),
    ],
    [
      "upper case within the credentials too",
      phpForm(sent).replaceAll(/auth%5B(\w+)%5D/g, (_all, name: string) => `Auth%5B${name.toUpperCase()}%5D`),
    ],
  ])("in %s mean the same", (_what, body) => {
    expect(plain(readEnvelope(parseForm(body)))).toEqual(plain(usual));
  });

  it("in lower case count where others stand beside them", () => {
    const body = `EVENT=ONAPPUNINSTALL&AUTH[application_token]=other&${phpForm(sent)}&Event=X&DATA[x]=1`;
    expect(plain(readEnvelope(parseForm(body)))).toEqual(plain(usual));
  });
});

describe("what is put aside of a delivery", () => {
  const secret = /51856fefc120afa4b628cc82d3935cce|c978b990071b0008440001b0895f697a/;
  const sent = delivery("ONSESSIONSTART", { SHAPE: "of tomorrow" }, anna);

  it.each([
    ["a form", phpForm(sent)],
    ["a form in upper case", phpForm({ ...sent, auth: undefined, AUTH: sent.auth })],
    ["a form that spells its names oddly", phpForm(sent).replaceAll("auth%5B", "%61u%74h%5B")],
    ["JSON", JSON.stringify(sent)],
    ["JSON in upper case", JSON.stringify({ ...sent, auth: undefined, Auth: sent.auth })],
  ])("of %s holds no tokens, and is read again as what it was", (_what, body) => {
    const kept = withoutAuth(body);
    expect(kept).not.toMatch(secret);
    const { authFields: _fields, auth, ...rest } = readEnvelope(parseDelivery(kept)) ?? {};
    expect(auth).toBeUndefined();
    const { authFields: _before, auth: _auth, ...whole } = readEnvelope(parseDelivery(body)) ?? {};
    expect(plain(rest)).toEqual(plain(whole));
  });
});
