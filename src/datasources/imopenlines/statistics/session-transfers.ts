import type { Call } from "../../bitrix24/calls.ts";
import { id, object } from "../../bitrix24/wire.ts";
import { kept } from "../../bitrix24/wire-lists.ts";
import { instant } from "../../bitrix24/wire-times.ts";
import type { Id } from "../../domain/ids.ts";
import type { SessionTransferRecord } from "../../domain/session-record.ts";
import { idParam } from "../../rest-params.ts";
import { idOrNone, transferModeOf, transferReasonOf, transferTargetOf } from "./words.ts";

/** Different ids that one call takes. */
export const MAX_SESSIONS_PER_TRANSFERS = 50;

/**
 * Hand-overs of up to 50 sessions, each oldest first (`imopenlines.v2.Session.Transfer.list`). Sessions that are absent, not the caller's to
 * know, or never handed over have none. Refusals: `TARIFF_RESTRICTION`, `BATCH_LIMIT_EXCEEDED`.
 */
export function sessionTransferList(sessionIds: readonly Id[]): Call<SessionTransferRecord[]> {
  return {
    method: "imopenlines.v2.Session.Transfer.list",
    params: { sessionId: sessionIds.map(idParam) },
    decode: decodeTransfers,
  };
}

function decodeTransfers(result: unknown): SessionTransferRecord[] {
  const transfers = kept(object(result, "").transfers, "transfers", (value, path): SessionTransferRecord => {
    const raw = object(value, path);
    return {
      sessionId: id(raw.sessionId, `${path}.sessionId`),
      at: instant(raw.date, `${path}.date`),
      fromOperatorId: idOrNone(raw.fromOperatorId, `${path}.fromOperatorId`),
      toOperatorId: idOrNone(raw.toOperatorId, `${path}.toOperatorId`),
      fromLineId: idOrNone(raw.fromConfigId, `${path}.fromConfigId`),
      toLineId: idOrNone(raw.toConfigId, `${path}.toConfigId`),
      reason: transferReasonOf(raw.reason, `${path}.reason`),
      mode: transferModeOf(raw.mode, `${path}.mode`),
      target: transferTargetOf(raw.type, `${path}.type`),
      initiatorId: idOrNone(raw.initiatorId, `${path}.initiatorId`),
    };
  });
  return transfers.sort((a, b) => a.at.getTime() - b.at.getTime());
}
