import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { joinChat } from "../../simulator/world/members.ts";
import { addMessage } from "../../simulator/world/messages.ts";
import { type Chat, SessionStatus } from "../../simulator/world/records.ts";
import { type Office, openOffice, type StaffMember } from "../kit/office.ts";
import { answeredChat, operatorOf } from "./refusals.ts";

let office: Office;

beforeAll(async () => {
  office = await openOffice();
});

afterEach(() => office.portal.setFaults([]));
afterAll(() => office.close());

function scene(): { chat: Chat; as: StaffMember; write: (text: string, params?: Record<string, unknown>) => number } {
  const chat = answeredChat(office);
  const as = office.staff(chat.ownerId);
  const write = (text: string, params: Record<string, unknown> = {}) =>
    addMessage(office.portal.world, chat, { authorId: chat.customerId, text, params }).id;
  return { chat, as, write };
}

const MARKS = `id text html plainText isHidden isEdited isDeleted externalIds replyTo { id } reactions { kind count users { id } }`;

describe("what a message tells beside its text", () => {
  test("is the same in the chat and in its session", async () => {
    const { chat, as, write } = scene();
    const first = write("[b]Hi[/b] <3");
    write("", { IS_DELETED: "Y" });
    write("Edited", { IS_EDITED: "Y", LIKE: [chat.ownerId, chat.customerId] });
    write("Between us", { SKIP_CONNECTOR: "Y" });
    write("Yes", { REPLY_ID: first });
    const answer = await as.act(
      `{ chat(by: { id: ${chat.id} }) { messages(last: 5) { scope nodes { ${MARKS} } } latestSession { messages(last: 5) { scope nodes { ${MARKS} } } } } }`,
    );
    const { nodes, scope } = answer.messages;
    expect(scope).toBe("CHAT");
    const plain = { isHidden: null, isEdited: false, isDeleted: false, replyTo: null, reactions: [] };
    expect(nodes).toMatchObject([
      { ...plain, text: "[b]Hi[/b] <3", html: "<b>Hi</b> &lt;3", plainText: "Hi <3" },
      { ...plain, text: "", html: "", isDeleted: true },
      {
        ...plain,
        isEdited: true,
        reactions: [{ kind: "LIKE", count: 2, users: [{ id: String(chat.ownerId) }, { id: String(chat.customerId) }] }],
      },
      { ...plain, isHidden: true },
      { ...plain, replyTo: { id: String(first) } },
    ]);
    expect(answer.latestSession.messages).toEqual({ scope: "SESSION", nodes });
  });

  test("odd marks count as none", async () => {
    const { chat, as, write } = scene();
    write("Odd", { IS_EDITED: "N", IS_DELETED: [], LIKE: "x", REPLY_ID: 0, SKIP_CONNECTOR: false });
    const { messages } = await as.act(`{ chat(by: { id: ${chat.id} }) { messages(last: 1) { nodes { ${MARKS} } } } }`);
    expect(messages.nodes).toMatchObject([
      { isHidden: null, isEdited: false, isDeleted: false, replyTo: null, reactions: [] },
    ]);
  });
});

describe("the message that another answers", () => {
  const ask = (chat: Chat, selection: string) =>
    `{ chat(by: { id: ${chat.id} }) { messages(last: 1) { nodes { replyTo { ${selection} } } } } }`;

  test("costs nothing with its id alone, or when it is on the page", async () => {
    const { chat, as, write } = scene();
    const first = write("Question");
    write("Answer", { REPLY_ID: first });
    const byId = await as.ask(ask(chat, "id chat { id }"));
    expect(byId.data.chat.messages.nodes).toEqual([{ replyTo: { id: String(first), chat: { id: String(chat.id) } } }]);
    expect(byId.extensions.upstream.commands).toBe(2);
    const onPage = await as.ask(
      `{ chat(by: { id: ${chat.id} }) { messages(last: 2) { nodes { text replyTo { text } } } } }`,
    );
    expect(onPage.data.chat.messages.nodes[1]).toEqual({ text: "Answer", replyTo: { text: "Question" } });
    expect(onPage.extensions.upstream.commands).toBe(2);
  });

  test("is read with one request more from anywhere in the chat, its first message too", async () => {
    const { chat, as, write } = scene();
    const question = write("Long ago");
    for (let at = 0; at < 3; at++) write(`${at}`);
    write("Answer", { REPLY_ID: question });
    // A page holds more than was asked for while there are unread ones.
    await as.act(`mutation { chatMarkAsRead(chatId: ${chat.id}) { userErrors { code } } }`);
    const found = await as.ask(ask(chat, "id text author { id }"));
    const author = { id: String(chat.customerId) };
    expect(found.data.chat.messages.nodes).toEqual([{ replyTo: { id: String(question), text: "Long ago", author } }]);
    expect(found.extensions.upstream).toMatchObject({ requests: 3, commands: 4 });

    write("To the first", { REPLY_ID: chat.messages[0]?.id });
    const first = await as.act(ask(chat, "id"));
    expect(first.messages.nodes[0].replyTo.id).toBe(String(chat.messages[0]?.id));
    const read = await as.act(ask(chat, "id text"));
    expect(read.messages.nodes[0].replyTo).toEqual({
      id: String(chat.messages[0]?.id),
      text: chat.messages[0]?.text,
    });
  });

  test("is null when it is nowhere to be seen, and nothing else suffers", async () => {
    const { chat, as, write } = scene();
    write("Answer", { REPLY_ID: 999_999_999 });
    const { data, errors } = await as.ask(ask(chat, "id text"));
    expect(errors).toBeUndefined();
    expect(data.chat.messages.nodes).toEqual([{ replyTo: null }]);
  });
});

test("attachments have typed parts, whatever the case of their keys, and unknown ones as they are", async () => {
  const { chat, as, write } = scene();
  const { ownerId } = chat;
  write("See below", {
    ATTACH: [
      {
        ID: 1,
        COLOR: "#29619b",
        BLOCKS: [
          { MESSAGE: "[b]Options[/b]" },
          { LINK: [{ NAME: "Terms", LINK: "/terms", DESC: "All of them", PREVIEW: "javascript:alert(1)" }] },
          { IMAGE: { NAME: "Box", LINK: "https://a.example/box.png", WIDTH: "20", HEIGHT: 10 } },
          { FILE: [{ NAME: "bill.pdf", LINK: "https://a.example/bill.pdf", SIZE: 5_000_000_000 }] },
          { USER: [{ NAME: "Anna", AVATAR: "", LINK: "/company/personal/user/27/" }] },
          { grid: [{ name: "Agent", value: "Anna", display: "line", userId: ownerId, chatId: chat.id, width: "odd" }] },
          { DELIMITER: { SIZE: 200, COLOR: "#c6c6c6" } },
          { HOLOGRAM: { DEPTH: 3 } },
        ],
      },
    ],
  });
  const { messages } =
    await as.act(`{ chat(by: { id: ${chat.id} }) { messages(last: 1) { nodes { attachments { id color blocks {
    __typename
    ... on AttachmentText { text html plainText }
    ... on AttachmentLinks { links { name url description previewUrl } }
    ... on AttachmentPictures { pictures { name url previewUrl width height } }
    ... on AttachmentFiles { files { name url size } }
    ... on AttachmentPeople { people { name avatarUrl url } }
    ... on AttachmentGrid { cells { name value layout width color url user { id name } chat { id } } }
    ... on AttachmentDelimiter { width lineColor: color }
    ... on AttachmentUnknownBlock { raw }
  } } } } } }`);
  const { url } = office.portal;
  expect(messages.nodes[0].attachments).toEqual([
    {
      id: "1",
      color: "#29619b",
      blocks: [
        { __typename: "AttachmentText", text: "[b]Options[/b]", html: "<b>Options</b>", plainText: "Options" },
        {
          __typename: "AttachmentLinks",
          links: [{ name: "Terms", url: `${url}/terms`, description: "All of them", previewUrl: null }],
        },
        {
          __typename: "AttachmentPictures",
          pictures: [{ name: "Box", url: "https://a.example/box.png", previewUrl: null, width: 20, height: 10 }],
        },
        {
          __typename: "AttachmentFiles",
          files: [{ name: "bill.pdf", url: "https://a.example/bill.pdf", size: 5_000_000_000 }],
        },
        {
          __typename: "AttachmentPeople",
          people: [{ name: "Anna", avatarUrl: null, url: `${url}/company/personal/user/27/` }],
        },
        {
          __typename: "AttachmentGrid",
          cells: [
            {
              name: "Agent",
              value: "Anna",
              layout: "LINE",
              width: null,
              color: null,
              url: null,
              user: { id: String(ownerId), name: office.portal.world.userName(ownerId) },
              chat: { id: String(chat.id) },
            },
          ],
        },
        { __typename: "AttachmentDelimiter", width: 200, lineColor: "#c6c6c6" },
        { __typename: "AttachmentUnknownBlock", raw: { HOLOGRAM: { DEPTH: 3 } } },
      ],
    },
  ]);
});

describe("messages for whoever may see the chat", () => {
  test("the first click on a chat that nobody has: its latest session, without a refusal", async () => {
    const chat = office.chatWith(SessionStatus.new, ({ members }) => members.size < 3);
    const as = operatorOf(office, chat.data.lineId);
    chat.members.delete(as.id);
    office.portal.resetStats();
    const { messages } = await as.act(
      `{ chat(by: { id: ${chat.id} }) { messages(last: 5) { scope nodes { id text } } } }`,
    );
    const session = office.portal.world.openSession(chat.id);
    const expected = chat.messages.filter(({ id }) => id >= (session?.startId ?? 0)).slice(-5);
    expect(messages.scope).toBe("LATEST_SESSION");
    expect(messages.nodes.map(({ id }: { id: string }) => id)).toEqual(expected.map(({ id }) => String(id)));
    // Once the role is known, nothing is asked for that will be refused.
    joinChat(office.portal.world, chat, [as.id]);
    const joined = await as.act(`{ chat(by: { id: ${chat.id} }) { messages(last: 5) { scope } } }`);
    expect(joined.messages.scope).toBe("CHAT");
  });
});
