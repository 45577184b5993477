import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UnreadableForm } from "../../../../src/datasources/bitrix24/form-body.ts";
import { OPEN_CHANNEL_EVENTS } from "../../../../src/datasources/imopenlines/portal-events.ts";
import { decodeLogRecord, encodeLogRecord } from "../../../../src/storage/log-record.ts";
import { eventCodec } from "../../../../src/subscriptions/events/event-record.ts";
import { portalPayloads } from "../../deliveries.ts";
import { type PhpValue, phpForm } from "../../php-form.ts";
import { decode, decodeData, type Fields } from "./decoding-bodies.ts";

describe("a known event of an unknown shape", () => {
  const { connector, message } = portalPayloads.customerWrites.DATA;
  it.each<[string, string, Fields]>([
    ["no data", "ONOPENLINEMESSAGEADD", {}],
    ["text in place of DATA", "ONOPENLINEMESSAGEADD", { DATA: "hello" }],
    ["no message", "ONOPENLINEMESSAGEADD", { DATA: { connector } }],
    ["no connector", "ONOPENLINEMESSAGEADD", { DATA: { message } }],
    ["a message that says nothing", "ONOPENLINEMESSAGEADD", { DATA: { connector, message: { date: "1" } } }],
    ["a message from nowhere", "ONOPENLINEMESSAGEADD", { DATA: { connector: {}, message: { id: 1, text: "hello" } } }],
    [
      "no id of the changed message",
      "ONOPENLINEMESSAGEUPDATE",
      { CONNECTOR: "x", LINE: 1, DATA: { im: { chat_id: 5 } } },
    ],
    ["no good item", "ONOPENLINEMESSAGEDELETE", { ...portalPayloads.operatorDeletes, DATA: [{ im: "x" }, "hello"] }],
    ["no chat of the session", "ONSESSIONSTART", { DATA: { connector: { connector_id: "x", line_id: 1 } } }],
  ])("(%s) is a failure that names the place and repeats no content", (_name, event, data) => {
    const decoded = decodeData(event, data);
    expect(decoded).toMatchObject({ kind: "undecodable", reason: expect.stringMatching(/^data/) });
    expect(JSON.stringify(decoded)).not.toContain("hello");
  });
});

describe("any delivery", () => {
  it("of an event that is not ours is unknown", () => {
    expect(decodeData("ONCRMDEALADD", portalPayloads.customerWrites)).toEqual({ kind: "unknown" });
    expect(decodeData("constructor", portalPayloads.customerWrites)).toEqual({ kind: "unknown" });
  });

  it("never crashes and never becomes an event of another kind", () => {
    const kinds: Record<string, string> = {
      ONOPENLINEMESSAGEADD: "messageAdded",
      ONOPENLINEMESSAGEUPDATE: "messageUpdated",
      ONOPENLINEMESSAGEDELETE: "messageDeleted",
      ONSESSIONSTART: "sessionStarted",
      ONSESSIONFINISH: "sessionFinished",
    };
    const key = fc.constantFrom(
      ...[
        "DATA",
        "CONNECTOR",
        "LINE",
        "connector",
        "connector_id",
        "line_id",
        "chat_id",
        "user_id",
        "chat",
        "id",
        "im",
      ],
      ...["message", "message_id", "text", "files", "date", "system", "line", "name", "0", "1", "7", "link", "size"],
    );
    const leaf = fc.oneof(
      fc.constantFrom("", "0", "5", "Y", "N", "x", "-1", "1e9", "99999999999999999999999"),
      fc.string(),
    );
    const { tree } = fc.letrec<{ tree: PhpValue }>((tie) => ({
      tree: fc.oneof(
        // Bounded, so that no form has more fields than are read: some would take minutes to make, and hours to make smaller.
        { maxDepth: 5, depthSize: "medium" },
        leaf,
        fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
        fc.array(tie("tree"), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.constantFrom(...OPEN_CHANNEL_EVENTS), tree, leaf, (event, data, ts) => {
        const decoded = decode(phpForm({ event, ts, data }));
        if (decoded.kind === "unknown") return false;
        if (decoded.kind === "undecodable") return decoded.reason.length > 0;
        // Who listens in this process gets it as it is, everybody else as it was kept.
        for (const each of decoded.events)
          expect(decodeLogRecord(encodeLogRecord(1, each, undefined), eventCodec).event).toStrictEqual(each);
        return decoded.events.length > 0 && decoded.events.every(({ kind }) => kind === kinds[event]);
      }),
      { numRuns: 1_500 },
    );
  });

  it("of a real shape with parts left out, doubled or swapped is decoded as what it is or refused", () => {
    const bodies = Object.values(portalPayloads).map((data) => phpForm({ data }).split("&"));
    fc.assert(
      fc.property(
        fc.constantFrom(...OPEN_CHANNEL_EVENTS),
        fc
          .constantFrom(...bodies)
          .chain((fields) => fc.array(fc.constantFrom(...fields), { minLength: 1, maxLength: 20 })),
        (event, fields) => {
          try {
            const decoded = decode([`event=${event}`, ...fields].join("&"));
            for (const each of decoded.kind === "decoded" ? decoded.events : [])
              expect(decodeLogRecord(encodeLogRecord(1, each, undefined), eventCodec).event).toStrictEqual(each);
            return decoded.kind !== "unknown";
          } catch (error) {
            return error instanceof UnreadableForm;
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
