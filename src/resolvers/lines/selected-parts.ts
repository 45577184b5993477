import type { LineGroup } from "../../datasources/imopenlines/config/line-columns.ts";
import type { Selection } from "../engine/lookahead.ts";

/** Which part of a line's record answers each field. */
const GROUP_OF: Readonly<Record<string, LineGroup>> = {
  name: "name",
  isActive: "isActive",
  isTemporary: "isTemporary",
  languageCode: "languageCode",
  externalId: "externalId",
  modifiedBy: "modifiedById",
  quickReplyStoreId: "quickReplyStoreId",
  showsTyping: "showsTyping",
  crm: "crm",
  welcome: "welcome",
  bot: "bot",
  workTime: "workTime",
  noAnswer: "noAnswer",
  closing: "closing",
  customerRating: "customerRating",
  kpi: "kpi",
  forms: "forms",
  limits: "limits",
  agreement: "agreement",
  category: "category",
  operatorIdentity: "operatorIdentity",
};

/**
 * The parts of lines that these selections ask for; undefined where they ask for the whole record. What is not among them is read when its field
 * asks all the same.
 */
export function selectedParts(lines: readonly Selection[]): ReadonlySet<LineGroup> | undefined {
  const parts = new Set<LineGroup>();
  for (const line of lines) {
    for (const name of line.names) {
      const group = GROUP_OF[name];
      if (group !== undefined) parts.add(group);
      else if (name !== "id") return undefined;
    }
  }
  return parts;
}
