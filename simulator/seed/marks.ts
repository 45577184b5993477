import type { Chat, Message } from "../world/records.ts";
import type { World } from "../world/world.ts";

/** What lies on a table: every kind of block that an attachment can have. */
function offer(at: number): Record<string, unknown> {
  return {
    ID: Math.floor(at / 1000),
    DESCRIPTION: "",
    COLOR: "#29619b",
    BLOCKS: [
      { MESSAGE: "[b]Your options[/b]" },
      { LINK: [{ NAME: "Delivery terms", LINK: "https://shop.example/delivery", DESC: "When and how we deliver" }] },
      { DELIMITER: { SIZE: 200, COLOR: "#c6c6c6" } },
      {
        GRID: [
          { NAME: "Standard", VALUE: "3 to 5 days", DISPLAY: "LINE" },
          { NAME: "Express", VALUE: "next day", DISPLAY: "LINE" },
        ],
      },
    ],
  };
}

const formatted =
  "[b]Two ways[/b] to return it:\n[i]by parcel[/i] with the label from [url=https://shop.example/returns]our page[/url],\nor in a [u]shop[/u] near you 🙂";

/** The messages of a chat that may be changed: neither its first nor its last ones, and nothing of the system. */
function middle(chat: Chat): Message[] {
  return chat.messages
    .slice(2, -2)
    .filter(({ authorId, params }) => authorId !== 0 && params.FILE_ID === undefined && params.IMOL_VOTE === undefined);
}

/** One mark on one chat in turn, so that every world of some size has each: liked, answered, edited, deleted, formatted, with blocks. */
export function seedMarks(world: World): void {
  let position = 0;
  for (const chat of world.chats.values()) {
    if (!world.isLively(chat)) continue;
    const messages = middle(chat);
    const theirs = messages.find(({ authorId }) => authorId === chat.customerId);
    const ours = messages.findLast(({ authorId }) => world.users.get(authorId)?.kind === "staff");
    if (!theirs || !ours) continue;
    position += 1;
    mark(position % 6, theirs, ours);
  }
}

function mark(kind: number, theirs: Message, ours: Message): void {
  switch (kind) {
    case 0:
      theirs.params.LIKE = [ours.authorId];
      return;
    case 1:
      if (theirs.id < ours.id) ours.params.REPLY_ID = theirs.id;
      return;
    case 2:
      theirs.text = `${theirs.text} 🙏`;
      theirs.params.IS_EDITED = "Y";
      return;
    case 3:
      theirs.text = "";
      theirs.params = { IS_DELETED: "Y" };
      return;
    case 4:
      ours.text = formatted;
      return;
    default:
      ours.params.ATTACH = [offer(ours.createdAt)];
  }
}
