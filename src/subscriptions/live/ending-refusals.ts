import { PortalRefusal } from "../../datasources/bitrix24/errors.ts";
import type { RefusalClass } from "../../refusals/meaning.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";

const ENDING: ReadonlySet<RefusalClass> = new Set(["unauthenticated", "plan", "insufficient-scope"]);

/** Whether a refusal concerns the viewer and not what was asked for: it would come again with each question, so that his stream ends. */
export function isEnding(error: unknown): boolean {
  return error instanceof PortalRefusal && ENDING.has(refusalClass(error));
}
