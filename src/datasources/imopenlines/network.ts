import type { Call, ParamValue } from "../bitrix24/calls.ts";
import { acceptance, optionalId } from "../bitrix24/wire.ts";
import type { Id } from "../domain/ids.ts";
import { flagParam, idParam } from "../rest-params.ts";

/**
 * Attaches another portal's line by its 32-character code (`imopenlines.network.join`). The id of the network bot that stands for the line, the same one
 * each time; null when the portal answers none. Refusals: `CODE`, `NOT_FOUND`, `INACTIVE`, `IMBOT_ERROR`.
 */
export function networkJoin(code: string): Call<Id | null> {
  return { method: "imopenlines.network.join", params: { CODE: code }, decode: decodeBotId };
}

export interface NetworkMessage {
  /** 32 characters. */
  readonly code: string;
  readonly recipientId: Id;
  readonly text: string;
  /** In the portal's own form: `{ID, COLOR_TOKEN, BLOCKS}`; at most 30 KB. */
  readonly attachment?: ParamValue | undefined;
  /** In the portal's own form: `{BUTTONS}`; only buttons that open a link. */
  readonly keyboard?: ParamValue | undefined;
  /** The portal's default is to show them. */
  readonly hasLinkPreview?: boolean | undefined;
}

/**
 * Writes to a user of this portal in the name of an attached line (`imopenlines.network.message.add`). One message per user and week:
 * `USER_MESSAGE_LIMIT`.
 */
export function networkMessageAdd(message: NetworkMessage): Call<boolean> {
  return {
    method: "imopenlines.network.message.add",
    params: {
      CODE: message.code,
      USER_ID: idParam(message.recipientId),
      MESSAGE: message.text,
      ATTACH: message.attachment,
      KEYBOARD: message.keyboard,
      URL_PREVIEW: message.hasLinkPreview === undefined ? undefined : flagParam(message.hasLinkPreview),
    },
    decode: acceptance,
  };
}

function decodeBotId(result: unknown): Id | null {
  return optionalId(result, "");
}
