import { expect, it } from "vitest";
import { openLiveOffice } from "../kit/live-office.ts";

it("delivers a customer's message as it is written, with its text, author, line and chat", async () => {
  const { portal, listen } = await openLiveOffice();
  const listener = listen(
    "subscription { messageAdded { cursor direction content { text isSystem externalIds author { id } } line { id name } connector { id } chat { id title } } }",
  );
  await listener.opened;
  const chat = [...portal.world.chats.values()].find((each) => portal.world.sessionsByChat.has(each.id));
  if (chat === undefined) throw new Error("no chat");
  portal.world.customerWrites(chat.id, "Is my parcel on its way?");
  const { data, errors } = await listener.next();
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    messageAdded: {
      direction: "INCOMING",
      content: { text: "Is my parcel on its way?", isSystem: false },
      chat: { id: String(chat.id) },
    },
  });
});
