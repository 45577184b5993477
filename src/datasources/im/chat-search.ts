import type { Call } from "../bitrix24/calls.ts";
import { id, object } from "../bitrix24/wire.ts";
import { keptRows, type Rows } from "../bitrix24/wire-lists.ts";
import type { ChatRecord } from "../domain/chat.ts";
import { decodeChat, isOpenLineChat } from "./chat-fields.ts";

export interface ChatSearchQuery {
  /** At least two characters. */
  readonly text: string;
  readonly offset: number;
  /** 1..50. */
  readonly limit: number;
}

/** Open-line chats that the caller may see, by the beginnings of words in titles and names (`im.search.chat.list`). Refusal: `FIND_SHORT`. */
export function chatSearchList({ text, offset, limit }: ChatSearchQuery): Call<Rows<ChatRecord>> {
  return {
    method: "im.search.chat.list",
    params: { FIND_LINES: text, OFFSET: offset, LIMIT: limit },
    decode: decodeFound,
  };
}

/** A list, on older portals a map by id. */
function decodeFound(result: unknown): Rows<ChatRecord> {
  return keptRows(result, "", (entry, path) => {
    const raw = object(entry, path);
    return isOpenLineChat(raw) ? decodeChat({ ...raw, id: id(raw.id, `${path}.id`) }, path) : null;
  });
}
