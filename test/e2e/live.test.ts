import { once } from "node:events";
import { connect } from "node:net";
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

it("says a gap when a connection was cut off because there were as many as may be: it may have brought a delivery", async () => {
  const { gateway, listen } = await openLiveOffice({}, { GATEWAY_MAX_CONNECTIONS: "12" });
  const listener = listen("subscription { openLineEvents { cursor ... on StreamGap { since until } } }");
  await listener.opened;
  const { hostname, port } = new URL(gateway.url);
  const sockets = Array.from({ length: 13 }, () => connect(Number(port), hostname));
  const cutOff = Promise.race(sockets.map((socket) => once(socket, "close")));
  await cutOff;
  for (const socket of sockets) socket.destroy();
  const { data } = await listener.next();
  expect(data).toMatchObject({ openLineEvents: { since: expect.any(String), until: expect.any(String) } });
});
