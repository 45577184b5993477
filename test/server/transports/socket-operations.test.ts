import { describe, expect, test } from "vitest";
import { messageForm, postForm } from "../../campaign/live/event-sender.ts";
import { openGatewayOffice } from "../../campaign/live/installed-portal.ts";
import type { ScriptedPortal } from "../../datasources/bitrix24/scripted-portal.ts";
import { freePort } from "../../kit/free-port.ts";
import { startGatewayHere } from "../../kit/gateway-here.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { eventually } from "../../kit/until.ts";
import { dialogOnWire, userOnWire } from "../../resolvers/wire-answers.ts";
import { complete, type MessageSocket, openMessageSocket, subscribeTo } from "./message-socket.ts";

const titleOf = (chatId: number) => `{ chat(by: {id: "${chatId}"}) { title } }`;
/** The operator is known once the chat was read. */
const OPERATOR = '{ chat(by: {id: "1777"}) { operator { name } } }';
const TWO_WRITES =
  'mutation { a: chatSkip(chatId: "1") { userErrors { code } } b: chatSkip(chatId: "2") { userErrors { code } } }';

/** The portal's record of a chat with this id. */
function dialog(chatId: number): unknown {
  return dialogOnWire({ id: chatId, dialog_id: `chat${chatId}`, name: `title of ${chatId}` });
}

interface Stage {
  readonly portal: ScriptedPortal;
  readonly socket: MessageSocket;
  /** What the portal was asked since the gateway began, batched or not. */
  asked(): string[];
}

async function start(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const { origin, portal } = await startScriptedGateway(env);
  portal.answer = (method, params) => {
    switch (method) {
      case "imopenlines.dialog.get":
        return dialog(Number(params.CHAT_ID));
      case "im.user.list.get":
        return [userOnWire(27)];
      default:
        return true;
    }
  };
  const before = portal.requests.length;
  const asked = () => portal.requests.slice(before).flatMap(({ commands }) => commands);
  return { portal, socket: await openMessageSocket(origin), asked };
}

/** The portal's next answer waits until it is given. */
function hold(portal: ScriptedPortal, result: unknown): { readonly isAsked: () => boolean; answer(): void } {
  let asked = false;
  let answer = (): void => {};
  const given = new Promise<void>((resolve) => {
    answer = resolve;
  });
  portal.next.push(async () => {
    asked = true;
    await given;
    return { body: JSON.stringify({ result }) };
  });
  return { isAsked: () => asked, answer: () => answer() };
}

function typesOf(socket: MessageSocket, id: string): string[] {
  return socket.about(id).map(({ type }) => type);
}

async function ended(socket: MessageSocket, id: string): Promise<void> {
  await eventually(() => expect(typesOf(socket, id).at(-1)).toBe("complete"));
}

const isTitleOf = (chatId: number) => ({ type: "next", payload: { data: { chat: { title: `title of ${chatId}` } } } });

describe("an operation that its client completes while it runs", () => {
  test.each([
    ["query", OPERATOR, "imopenlines.dialog.get", dialog(1777), "im.user.list.get"],
    ["mutation", TWO_WRITES, "imopenlines.operator.skip", true, "imopenlines.operator.skip"],
  ])(
    "as a %s sends nothing more to the portal and makes room for another",
    async (_kind, document, first, result, second) => {
      const { portal, socket, asked } = await start({ GATEWAY_MAX_OPERATIONS_PER_SOCKET: "1" });
      const held = hold(portal, result);
      socket.send(subscribeTo("left", document));
      await eventually(() => expect(held.isAsked()).toBe(true));
      expect(asked()).toEqual([first]);
      socket.send(complete("left"));
      await socket.handled();
      held.answer();
      // Each further read leaves after whatever the first operation would have gone on with.
      for (const chatId of [1, 2]) {
        socket.send(subscribeTo(`of ${chatId}`, titleOf(chatId)));
        await ended(socket, `of ${chatId}`);
        expect(socket.about(`of ${chatId}`)).toMatchObject([isTitleOf(chatId), { type: "complete" }]);
      }
      expect(asked().slice(1)).toEqual(["imopenlines.dialog.get", "imopenlines.dialog.get"]);
      expect(socket.about("left")).toEqual([]);
      // Left alone it would have gone on.
      socket.send(subscribeTo("kept", document));
      await ended(socket, "kept");
      expect(asked().slice(3)).toEqual([first, second]);
    },
  );
});

describe("an id that is used again directly after its `complete`", () => {
  test("gets the results of the second operation, also when the first ends while the second runs", async () => {
    const { portal, socket } = await start();
    const first = hold(portal, dialog(1));
    const second = hold(portal, dialog(2));
    socket.send(subscribeTo("1", titleOf(1)));
    await eventually(() => expect(first.isAsked()).toBe(true));
    socket.send(complete("1"), subscribeTo("1", titleOf(2)));
    await eventually(() => expect(second.isAsked()).toBe(true));
    first.answer();
    // Handled behind whatever the first would have sent.
    socket.send(subscribeTo("other", titleOf(3)));
    await ended(socket, "other");
    expect(socket.about("1")).toEqual([]);
    second.answer();
    await ended(socket, "1");
    expect(socket.about("1")).toMatchObject([isTitleOf(2), { type: "complete" }]);
  });

  test("is not told of the first one's fault", async () => {
    const { socket } = await start();
    socket.send(subscribeTo("1", "{ nothing }"), complete("1"), subscribeTo("1", "{ __typename }"));
    await ended(socket, "1");
    expect(socket.about("1")).toMatchObject([
      { type: "next", payload: { data: { __typename: "Query" } } },
      { type: "complete" },
    ]);
  });

  test("is free again when the gateway ended the first, and refused with 4409 while it runs", async () => {
    const { portal, socket } = await start();
    for (const round of [1, 2, 3]) {
      socket.send(subscribeTo("1", titleOf(1)));
      await eventually(() => expect(typesOf(socket, "1").filter((type) => type === "complete")).toHaveLength(round));
    }
    const held = hold(portal, dialog(2));
    socket.send(complete("1"), complete("never used"), subscribeTo("1", titleOf(2)));
    await eventually(() => expect(held.isAsked()).toBe(true));
    socket.send(subscribeTo("1", titleOf(1)));
    expect(await socket.closed).toEqual({ code: 4409, reason: "Subscriber for 1 already exists" });
    held.answer();
  });

  test("carries the second subscription only, until that is completed", async () => {
    const office = await openGatewayOffice();
    const origin = await startGatewayHere(office.settings(await freePort(), await office.dataDirectory()));
    const sender = await office.install(origin);
    const [place] = office.places();
    if (place === undefined) throw new Error("a portal without chats");
    const write = async (text: string) =>
      expect(await postForm(origin, messageForm({ text, place, direction: "OUTGOING" }, sender))).toBe(200);
    const socket = await openMessageSocket(origin, { "x-api-key": office.key });
    const listen = (name: string) => `subscription { messageAdded { ${name}: content { text } } }`;
    const got = (name: string, text: string) => ({ payload: { data: { messageAdded: { [name]: { text } } } } });

    // Messages are handled in order: once a question is answered, what was subscribed to before it is open.
    const opened = async (question: string) => {
      socket.send(subscribeTo(question, "{ __typename }"));
      await ended(socket, question);
    };

    socket.send(subscribeTo("1", listen("first")), subscribeTo("witness", listen("witness")));
    await opened("first question");
    await write("0.0");
    await eventually(() => expect(socket.about("1")).toMatchObject([got("first", "0.0")]));
    socket.send(complete("1"), subscribeTo("1", listen("second")));
    await opened("second question");
    await write("1.1");
    await write("1.2");
    await eventually(() => expect(socket.about("witness")).toHaveLength(3));
    await eventually(() => expect(socket.about("1")).toHaveLength(3));
    expect(socket.about("1").slice(1)).toMatchObject([got("second", "1.1"), got("second", "1.2")]);
    socket.send(complete("1"));
    await socket.handled();
    await write("1.3");
    await eventually(() => expect(socket.about("witness")).toHaveLength(4));
    await socket.handled();
    expect(socket.about("1")).toHaveLength(3);
  });
});

test("an id of 256 characters names an operation, a longer one closes the socket: it would stand before each result", async () => {
  const { socket } = await start();
  const longest = "x".repeat(256);
  socket.send(subscribeTo(longest, "{ __typename }"));
  await ended(socket, longest);
  socket.send(subscribeTo(`${longest}x`, "{ __typename }"));
  expect(await socket.closed).toEqual({ code: 4400, reason: "An operation's id may have 256 characters" });
});
