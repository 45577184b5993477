import { RestError } from "../../rest-error.ts";
import type { QuickAnswer } from "../../world/office-records.ts";
import { type Method, read } from "../method.ts";
import { intParam, isPresent, textParam } from "../param-reading.ts";

const maxLimit = 50;

const matches = ({ text, name }: QuickAnswer, search: string): boolean =>
  `${name}\n${text}`.toLowerCase().includes(search.toLowerCase());

/** The canned answers of a line; without the right to them empty lists that say so, never an error. */
export const quickReplyListMethod: Method = read("imopenlines.v2.QuickReply.list", "imopenlines", (call) => {
  const { world, params, userId, portal } = call;
  if (!isPresent(params, "lineId")) throw new RestError("100", "Could not find value for parameter {lineId}");
  const lineId = intParam(params, "lineId");
  const line = world.lines.get(lineId);
  if (!line) throw new RestError("INVALID_LINE_ID", "Invalid line ID");
  const manageUrl = `${portal.url}/contact_center/lines_edit/quick_answers/?id=${lineId}`;
  if (!world.rights.has(userId, "QUICK_ANSWERS", lineId)) {
    return { replies: [], sections: [], totalCount: 0, manageUrl, permissions: { canView: false, canCreate: false } };
  }
  const search = textParam(params, "search");
  const sectionId = intParam(params, "sectionId");
  const offset = Math.max(0, intParam(params, "offset"));
  const asked = intParam(params, "limit");
  const limit = asked >= 1 && asked <= maxLimit ? asked : maxLimit;
  const ofLine = world.quickAnswers.filter((answer) => answer.lineId === lineId);
  const found = ofLine
    .filter((answer) => (sectionId === 0 || answer.sectionId === sectionId) && matches(answer, search))
    .sort((a, b) => b.rating - a.rating || a.id - b.id);
  const sections = world.quickAnswerSections.filter((section) => section.lineId === lineId);
  return {
    replies: found.slice(offset, offset + limit).map(({ id, name, text, sectionId: section, rating }) => ({
      id,
      name,
      text,
      sectionId: section,
      canEdit: true,
      rating,
    })),
    sections: sections.map(({ id, name, code }) => ({ id, name, code })),
    totalCount: found.length,
    manageUrl,
    permissions: { canView: true, canCreate: true },
  };
});
