import type { Call } from "../../bitrix24/calls.ts";
import { id, object } from "../../bitrix24/wire.ts";
import { keptRows, type Rows } from "../../bitrix24/wire-lists.ts";
import type { OperatorLoadRecord } from "../../domain/session-record.ts";
import { amountOf, goesOnAfter, presenceOf, timeOrNone } from "./words.ts";

export interface OperatorLoadPage {
  readonly operators: Rows<OperatorLoadRecord>;
  /** The portal says so whenever a page came back full: the next may be empty. */
  readonly hasNextPage: boolean;
}

/**
 * Operators of all lines the caller may report on, a row for each operator and line (`imopenlines.v2.Operator.list`). The documentation asks
 * for at most one look in 30 seconds. `limit`: 1..200. Refusals: `TARIFF_RESTRICTION`.
 */
export function operatorList(page: { readonly offset: number; readonly limit: number }): Call<OperatorLoadPage> {
  return {
    method: "imopenlines.v2.Operator.list",
    params: { offset: page.offset, limit: page.limit },
    decode: decodePage,
  };
}

function decodePage(result: unknown): OperatorLoadPage {
  const raw = object(result, "");
  const operators = keptRows(raw.operators, "operators", decodeOperator);
  return { operators, hasNextPage: goesOnAfter(operators.count, raw.hasNextPage) };
}

/** A line that sets no limit has `maxChat` 0, and 0 free slots that mean nothing. */
function decodeOperator(value: unknown, path: string): OperatorLoadRecord {
  const raw = object(value, path);
  const maxSessionCount = amountOf(raw.maxChat, `${path}.maxChat`) || null;
  return {
    operatorId: id(raw.userId, `${path}.userId`),
    lineId: id(raw.configId, `${path}.configId`),
    presence: presenceOf(raw.status, `${path}.status`),
    activeSessionCount: amountOf(raw.activeSessions, `${path}.activeSessions`),
    maxSessionCount,
    freeSlotCount: maxSessionCount === null ? null : amountOf(raw.freeSlots, `${path}.freeSlots`),
    lastActivityAt: timeOrNone(raw.lastActivityDate, `${path}.lastActivityDate`),
  };
}
