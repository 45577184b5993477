import type { Call } from "../bitrix24/calls.ts";
import type { ChatChange } from "../domain/chat-change.ts";

/** A call that writes about one chat. */
export interface ChatWrite<T> extends Call<T> {
  /**
   * What others must read again once it is done. null where the portal's own events tell it, as for messages, and where it concerns nobody but the
   * caller, as read marks, muting and typing do.
   */
  readonly changes: ChatChange | null;
}
