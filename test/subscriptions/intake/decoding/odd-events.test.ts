import { describe, expect, it } from "vitest";
import { decodeFrom } from "../../../../src/datasources/bitrix24/decoding.ts";
import { readEnvelope } from "../../../../src/datasources/bitrix24/event-envelope.ts";
import { parseForm } from "../../../../src/datasources/bitrix24/form-body.ts";
import { type DecodedEvent, decodeEvent } from "../../../../src/subscriptions/intake/decoding/events.ts";
import { delivery, portalPayloads } from "../../deliveries.ts";
import { type PhpValue, phpForm } from "../../php-form.ts";
import { type Fields } from "./decoding-bodies.ts";

const sender = { memberId: "a223c6b3710f85df22e9377d6c4f7553", applicationToken: "51856fefc120afa4b628cc82d3935cce" };
const FILLED = {
  customerWrites: {
    DATA: {
      ...portalPayloads.customerWrites.DATA,
      message: {
        ...portalPayloads.customerWrites.DATA.message,
        files: portalPayloads.operatorWrites.DATA.message.files,
      },
    },
  },
  sessionOfTheDocumentation: {
    DATA: { ...portalPayloads.sessionChanges.DATA, session: { id: "301", closed: "Y" } },
  },
} satisfies Record<string, Fields>;

const DELIVERIES: readonly (readonly [what: string, event: string, data: Fields])[] = [
  ["a customer's message", "ONOPENLINEMESSAGEADD", FILLED.customerWrites],
  ["an operator's message", "ONOPENLINEMESSAGEADD", portalPayloads.operatorWrites],
  ["a system message", "ONOPENLINEMESSAGEADD", portalPayloads.systemWrites],
  ["a customer's edit", "ONOPENLINEMESSAGEUPDATE", portalPayloads.customerEdits],
  ["an operator's edit", "ONOPENLINEMESSAGEUPDATE", portalPayloads.operatorEdits],
  ["a customer's deletion", "ONOPENLINEMESSAGEDELETE", portalPayloads.customerDeletes],
  ["deletions of an operator", "ONOPENLINEMESSAGEDELETE", portalPayloads.operatorDeletes],
  ["a session", "ONSESSIONSTART", portalPayloads.sessionChanges],
  ["a session with its id", "ONSESSIONFINISH", FILLED.sessionOfTheDocumentation],
];

/** As a form carries them: what PHP leaves out is the same as a key that is missing. */
const ODD_VALUES: readonly PhpValue[] = [null, false, 0, -1, "", "x", ["a", "b"], { a: "b" }, 1.5, "9".repeat(40)];

interface Outcome {
  readonly decoded: DecodedEvent;
  readonly leftOut: number;
}

function take(event: string, data: Fields): Outcome {
  const envelope = readEnvelope(parseForm(phpForm(delivery(event, data, sender))));
  if (envelope === undefined) throw new Error("the body names no event");
  let leftOut = 0;
  const decoded = decodeFrom({ origin: "", leftOut: ({ count }) => (leftOut += count) }, event, () =>
    decodeEvent(envelope),
  );
  return { decoded, leftOut };
}

function isFields(value: PhpValue): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Path = readonly string[];

function pathsOf(value: PhpValue, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...at, key]))];
}

function withValue(value: PhpValue, [key, ...rest]: Path, odd: PhpValue): PhpValue {
  if (key === undefined) return odd;
  if (Array.isArray(value))
    return value.map((part, index) => (String(index) === key ? withValue(part, rest, odd) : part));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === key ? withValue(part, rest, odd) : part]),
  );
}

/** Leaves by their names. */
function leavesOf(value: unknown, at = ""): Map<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[at, value]]);
  return new Map(Object.entries(value).flatMap(([key, part]) => [...leavesOf(part, `${at}.${key}`)]));
}

/** What becomes of the parts that are read from a place, by where it is. Nothing else may change. */
const READ_FROM: readonly (readonly [place: RegExp, told: RegExp])[] = [
  [/^CONNECTOR$/, /connectorId/],
  [/^LINE$/, /lineId/],
  // What is named beside it stands in for it.
  [/connector$/, /address|authorId/],
  [/connector\.connector_id$/, /connectorId/],
  [/connector\.line_id$/, /lineId/],
  [/connector\.chat_id$/, /hatId/],
  [/connector\.user_id$/, /userId|authorId/],
  [/chat$/, /hatId/],
  [/chat\.(chat_)?id$/, /hatId/],
  [/line(\.id)?$/, /lineId/],
  [/session(\.id)?$/, /sessionId/],
  [/im$/, /chatId|externalChatId|messageId|direction|externalIds/],
  [/im\.chat_id$/, /chatId|externalChatId/],
  [/im\.message_id$/, /messageId|externalIds/],
  [/message$/, /message|direction|chatId|externalIds/],
  [/message\.(id|id\.\d)$/, /messageId|externalIds|direction/],
  [/message\.chat_id$/, /chatId/],
  [/message\.user_id$/, /authorId|isSystem/],
  [/message\.system$/, /isSystem|authorId|direction/],
  [/message\.text$/, /text/],
  [/message\.date$/, /sentAt/],
  [/message\.files$/, /files/],
  [/message\.files\.\d$/, /files/],
  [/message\.files\.\d\.name$/, /name/],
  [/message\.files\.\d\.type$/, /kind/],
  [/message\.files\.\d\.mime$/, /mimeType/],
  [/message\.files\.\d\.link$/, /url/],
  [/message\.files\.\d\.downloadLink$/, /downloadUrl/],
  [/message\.files\.\d\.size$/, /size/],
  [/message\.files\.\d\.(width|height)$/, /width|height/],
];

/** Without these a delivery tells nothing: of new messages the message, of changed ones which it was. */
const ESSENTIAL: Readonly<Record<string, RegExp>> = {
  "a customer's message": /message$/,
  "an operator's message": /message$/,
  "a system message": /message$/,
  "a customer's edit": /^DATA$|message$|message\.id$/,
  "a customer's deletion": /^DATA$|message$|message\.id$/,
};

describe("an odd value in a delivery costs its own field", () => {
  it.each(DELIVERIES)("of %s", (what, event, data) => {
    const usual = take(event, data);
    if (usual.decoded.kind !== "decoded") throw new Error(usual.decoded.kind);
    expect(usual.leftOut).toBe(0);
    const before = leavesOf(usual.decoded.events);
    const faults: string[] = [];
    for (const path of pathsOf(data).filter(({ length }) => length > 0)) {
      const place = path.join(".");
      const isOfMany = what === "deletions of an operator";
      for (const odd of ODD_VALUES) {
        const changed = withValue(data, path, odd);
        if (!isFields(changed)) throw new Error("no data");
        const { decoded } = take(event, changed);
        const name = `${place} = ${JSON.stringify(odd)}`;
        if (decoded.kind !== "decoded") {
          if (place !== "DATA" && ESSENTIAL[what]?.test(place) !== true) faults.push(`${name}: not delivered`);
          continue;
        }
        if (place === "DATA" || isOfMany) continue;
        const told = READ_FROM.filter(([from]) => from.test(place)).map(([, to]) => to);
        const after = leavesOf(decoded.events);
        for (const leaf of new Set([...before.keys(), ...after.keys()])) {
          if (Object.is(before.get(leaf), after.get(leaf))) continue;
          if (!told.some((each) => each.test(leaf))) faults.push(`${name}: also ${leaf}`);
        }
      }
    }
    expect(faults).toEqual([]);
  });
});

describe("what cannot be read of a delivery is counted", () => {
  const { connector, message } = portalPayloads.operatorWrites.DATA;
  const written = (part: Fields): Fields => ({
    ...portalPayloads.operatorWrites,
    DATA: { connector, message: { ...message, ...part } },
  });
  it.each<[string, string, Fields, object]>([
    [
      "a list for the text",
      "ONOPENLINEMESSAGEADD",
      written({ text: ["a"] }),
      { message: { text: null, messageId: "86497" } },
    ],
    [
      "a word for the chat",
      "ONOPENLINEMESSAGEADD",
      written({ chat_id: "x" }),
      { address: { chatId: null, lineId: "107" } },
    ],
    ["a word for the message's id", "ONOPENLINEMESSAGEADD", written({ id: "x" }), { message: { messageId: null } }],
    [
      "a list for the connector, which still went out",
      "ONOPENLINEMESSAGEADD",
      { ...portalPayloads.operatorWrites, CONNECTOR: ["x"] },
      { direction: "OUTGOING", message: { messageId: "86497" }, address: { connectorId: "telegrambot" } },
    ],
    [
      "a word for the chat of an edit",
      "ONOPENLINEMESSAGEUPDATE",
      {
        ...portalPayloads.operatorEdits,
        DATA: { ...portalPayloads.operatorEdits.DATA, im: { chat_id: "x", message_id: 5 } },
      },
      { address: { chatId: null, connectorId: "telegrambot" }, message: { messageId: "5" } },
    ],
    [
      "a list for the chat of a session",
      "ONSESSIONFINISH",
      { DATA: { connector: { connector_id: "x", chat_id: ["17"] }, session: { id: 42 } } },
      { address: { chatId: null }, sessionId: "42" },
    ],
  ])("(%s)", (_what, event, data, expected) => {
    const { decoded, leftOut } = take(event, data);
    expect(decoded).toMatchObject({ kind: "decoded", events: [expected] });
    expect(leftOut).toBe(1);
  });

  it("and one bad item among good ones costs none of these", () => {
    const { decoded, leftOut } = take("ONOPENLINEMESSAGEDELETE", {
      ...portalPayloads.operatorDeletes,
      DATA: [{ im: { chat_id: 5 }, chat: { id: "c" } }, ...portalPayloads.operatorDeletes.DATA],
    });
    expect(decoded).toMatchObject({ kind: "decoded", events: [{ messageId: "86497" }, { messageId: "86500" }] });
    expect(leftOut).toBe(1);
  });
});
