import { type GraphQLInputType, getNamedType, isInputObjectType } from "graphql";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { printPublicSchema } from "../../src/resolvers/print-schema.ts";
import methodsFixture from "../fixtures/methods.json" with { type: "json" };

const methods = z
  .array(
    z.object({ name: z.string(), kind: z.enum(["read", "write"]), params: z.array(z.object({ name: z.string() })) }),
  )
  .parse(methodsFixture);

/** Comes from the credential's configuration, because it is as good as a secret. */
const FROM_CREDENTIAL = "(credential)";

/** Is which of two mutations it is. */
const BY_MUTATION = "(chatPin or chatUnpin)";

const CHAT = { CHAT_ID: "chatId" };
const TARGET = { USER_ID: "to.userId", QUEUE_ID: "to.lineId", TRANSFER_ID: "to.userId" };
const ENTITY = { CRM_ENTITY_TYPE: "entity.type", CRM_ENTITY: "entity.entityId" };

/** Which argument of which mutation carries each documented parameter. */
const CARRIED: Readonly<Record<string, readonly [mutation: string, Readonly<Record<string, string>>]>> = {
  "imopenlines.network.join": ["networkLineJoin", { CODE: "code" }],
  "imopenlines.network.message.add": [
    "networkMessageSend",
    {
      CODE: "input.code",
      USER_ID: "input.recipientId",
      MESSAGE: "input.text",
      ATTACH: "input.attachments",
      KEYBOARD: "input.keyboard",
      URL_PREVIEW: "input.urlPreview",
    },
  ],
  "imopenlines.crm.chat.user.add": ["crmChatParticipantAdd", { ...ENTITY, ...CHAT, USER_ID: "userId" }],
  "imopenlines.crm.chat.user.delete": ["crmChatParticipantRemove", { ...ENTITY, ...CHAT, USER_ID: "userId" }],
  "imopenlines.crm.message.add": ["crmMessageSend", { ...ENTITY, ...CHAT, USER_ID: "authorId", MESSAGE: "text" }],
  "imopenlines.crm.lead.create": ["crmLeadCreate", CHAT],
  "imopenlines.message.quick.save": ["quickReplySave", { ...CHAT, MESSAGE_ID: "messageId" }],
  "imopenlines.bot.session.finish": ["botSessionFinish", { ...CHAT, CLIENT_ID: FROM_CREDENTIAL }],
  "imopenlines.bot.session.message.send": ["botMessageSend", { ...CHAT, NAME: "kind", MESSAGE: "text" }],
  "imopenlines.bot.session.operator": ["botChatRouteToOperator", CHAT],
  "imopenlines.bot.session.transfer": [
    "botChatTransfer",
    { ...CHAT, ...TARGET, LEAVE: "leave", CLIENT_ID: FROM_CREDENTIAL },
  ],
  "imopenlines.operator.answer": ["chatAnswer", CHAT],
  "imopenlines.operator.finish": ["chatFinish", CHAT],
  "imopenlines.operator.another.finish": ["chatFinishOnBehalf", CHAT],
  "imopenlines.operator.skip": ["chatSkip", CHAT],
  "imopenlines.operator.spam": ["chatMarkAsSpam", CHAT],
  "imopenlines.operator.transfer": ["chatTransfer", { ...CHAT, ...TARGET }],
  "imopenlines.session.start": ["sessionStart", CHAT],
  "imopenlines.message.session.start": ["sessionStartFromMessage", { ...CHAT, MESSAGE_ID: "messageId" }],
  "imopenlines.session.join": ["chatJoin", CHAT],
  "imopenlines.session.intercept": ["chatIntercept", CHAT],
  "imopenlines.session.mode.pin": ["chatUnpin", { ...CHAT, ACTIVATE: BY_MUTATION }],
  "imopenlines.session.mode.pinAll": ["chatPinAll", {}],
  "imopenlines.session.mode.unpinAll": ["chatUnpinAll", {}],
  "imopenlines.session.mode.silent": ["chatSetSilentMode", { ...CHAT, ACTIVATE: "enabled" }],
  "imopenlines.session.head.vote": ["sessionRate", { SESSION_ID: "sessionId", RATING: "rating", COMMENT: "comment" }],
};

const schema = buildSchema();

/** Whether a mutation has an argument, or a field of an input argument, of that path. */
function hasArgument(mutation: string, path: string): boolean {
  const [head = "", ...rest] = path.split(".");
  let type: GraphQLInputType | undefined = schema
    .getMutationType()
    ?.getFields()
    [mutation]?.args.find(({ name }) => name === head)?.type;
  for (const name of rest) {
    const named = type === undefined ? undefined : getNamedType(type);
    type = isInputObjectType(named) ? named.getFields()[name]?.type : undefined;
  }
  return type !== undefined;
}

const writes = methods.filter(({ name, kind }) => kind === "write" && !name.startsWith("imopenlines.config."));

describe("every documented parameter of every write has an argument", () => {
  test.each(writes)("$name", ({ name, params }) => {
    const [mutation, carried] = CARRIED[name] ?? [];
    expect(mutation, `${name} has no mutation`).toBeDefined();
    for (const { name: param } of params) {
      const path = carried?.[param];
      expect(path, `${name} ${param} is carried by nothing`).toBeDefined();
      if (path === FROM_CREDENTIAL || path === BY_MUTATION) continue;
      expect(hasArgument(mutation ?? "", path ?? ""), `${mutation} has no argument ${path}`).toBe(true);
    }
  });
});

test("the bot's client id is never an argument", () => {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  expect(fields.flatMap(({ args }) => args.map(({ name }) => name)).filter((name) => /client/i.test(name))).toEqual([]);
});

test("every documented method stands in @rest of the printed schema", () => {
  const printed = printPublicSchema();
  expect(methods.map(({ name }) => name).filter((name) => !printed.includes(`@rest(method: "${name}")`))).toEqual([]);
});

test("every mutation is nullable, answers user errors, and names its REST method at the end of its description", () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  expect(mutations.length).toBeGreaterThanOrEqual(36);
  for (const { name, type, description } of mutations) {
    const payload = getNamedType(type);
    expect(String(type), `${name} must be nullable and have a payload of its own`).toBe(
      `${name.charAt(0).toUpperCase()}${name.slice(1)}Payload`,
    );
    expect("getInterfaces" in payload && payload.getInterfaces().map(String)).toContain("MutationPayload");
    // The one that makes an address of the gateway's own.
    const end = name === "fileUploadStart" ? /Costs no call\.$/ : /\(`im(openlines)?\.[a-zA-Z0-9.]+`\)\.$/;
    expect(description, name).toMatch(end);
  }
});
