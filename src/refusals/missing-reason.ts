import type { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import type { RefusalClass } from "./meaning.ts";
import { refusalClass } from "./refusal-table.ts";

/** What a portal or a credential lacks for a method. */
export type MissingReason = "PLAN" | "SCOPE" | "MODULE" | "RIGHT";

const REASONS: Readonly<Partial<Record<RefusalClass, MissingReason>>> = {
  plan: "PLAN",
  "insufficient-scope": "SCOPE",
  "unknown-method": "MODULE",
  "module-missing": "MODULE",
  "no-right": "RIGHT",
};

/** Why the method cannot be used at all; undefined for a refusal that is about something else. */
export function missingReasonOf(refusal: PortalRefusal): MissingReason | undefined {
  return REASONS[refusalClass(refusal)];
}
