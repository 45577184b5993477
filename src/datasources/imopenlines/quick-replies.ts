import type { Call } from "../bitrix24/calls.ts";
import {
  id,
  object,
  optionalFlag,
  optionalId,
  optionalInteger,
  optionalObject,
  optionalText,
  text,
} from "../bitrix24/wire.ts";
import { keptRows, ornamental, ornamentalList, type Rows } from "../bitrix24/wire-lists.ts";
import type { Id } from "../domain/ids.ts";
import { idParam } from "../rest-params.ts";

/** A text that operators of a line send again and again. */
export interface QuickReplyRecord {
  readonly id: Id;
  readonly name: string | null;
  readonly text: string;
  readonly sectionName: string | null;
  readonly canEdit: boolean | null;
  /** How often it was chosen. */
  readonly rating: number | null;
}

export interface QuickReplyPage {
  readonly replies: Rows<QuickReplyRecord>;
  /** The portal answers with an empty list where the caller has no right to them. */
  readonly canView: boolean;
  readonly totalCount: number | null;
}

export interface QuickReplyQuery {
  readonly lineId: Id;
  readonly search?: string | undefined;
  readonly offset: number;
  /** 1..50. */
  readonly limit: number;
}

/** The canned answers of a line, the most chosen first (`imopenlines.v2.QuickReply.list`, not documented). Refusal: `INVALID_LINE_ID`. */
export function quickReplyList(query: QuickReplyQuery): Call<QuickReplyPage> {
  return {
    method: "imopenlines.v2.QuickReply.list",
    params: { lineId: idParam(query.lineId), search: query.search, offset: query.offset, limit: query.limit },
    decode: decodePage,
  };
}

function decodePage(result: unknown): QuickReplyPage {
  const raw = object(result, "");
  const sections = new Map(
    ornamentalList(raw.sections, "sections", (entry, path) => {
      const section = object(entry, path);
      return [id(section.id, `${path}.id`), ornamental(optionalText, section.name, `${path}.name`)] as const;
    }),
  );
  const permissions = ornamental(optionalObject, raw.permissions, "permissions");
  return {
    replies: keptRows(raw.replies, "replies", (entry, path) => {
      const reply = object(entry, path);
      const section = ornamental(optionalId, reply.sectionId, `${path}.sectionId`);
      return {
        id: id(reply.id, `${path}.id`),
        name: ornamental(optionalText, reply.name, `${path}.name`),
        text: text(reply.text, `${path}.text`),
        sectionName: section === null ? null : (sections.get(section) ?? null),
        canEdit: ornamental(optionalFlag, reply.canEdit, `${path}.canEdit`),
        rating: ornamental(optionalInteger, reply.rating, `${path}.rating`),
      };
    }),
    canView: ornamental(optionalFlag, permissions?.canView, "permissions.canView") ?? true,
    totalCount: ornamental(optionalInteger, raw.totalCount, "totalCount"),
  };
}
