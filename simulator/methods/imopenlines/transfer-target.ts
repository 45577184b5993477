import { phpInt } from "../../php-value.ts";
import type { Params } from "../../protocol/php-form.ts";
import { RestError } from "../../rest-error.ts";
import type { TransferTarget } from "../../world/operator-actions.ts";
import { isPresent } from "../param-reading.ts";

/**
 * Where a dialog goes: TRANSFER_ID (a user id or `queue<line id>`) overwrites USER_ID or QUEUE_ID, and then USER_ID is
 * preferred. Throws USER_ID_EMPTY, QUEUE_ID_EMPTY or TRANSFER_ID_EMPTY.
 */
export function transferTarget(params: Params): TransferTarget {
  let userId = isPresent(params, "USER_ID") ? params.USER_ID : undefined;
  let queueId = isPresent(params, "QUEUE_ID") ? params.QUEUE_ID : undefined;
  const universal = params.TRANSFER_ID;
  if (typeof universal === "string" || typeof universal === "number") {
    const text = String(universal);
    if (text.startsWith("queue")) queueId = text.slice("queue".length);
    else userId = text;
  }
  if (userId !== undefined) {
    const id = phpInt(userId);
    if (id <= 0) throw new RestError("USER_ID_EMPTY", "User ID can't be empty");
    return { kind: "user", userId: id };
  }
  if (queueId !== undefined) {
    const id = phpInt(queueId);
    if (id <= 0) throw new RestError("QUEUE_ID_EMPTY", "QUEUE ID can't be empty");
    return { kind: "queue", lineId: id };
  }
  throw new RestError("TRANSFER_ID_EMPTY", "Queue ID or User ID can't be empty");
}
