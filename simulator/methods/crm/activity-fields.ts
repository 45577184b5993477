import type { Activity } from "../../world/activities.ts";
import type { CrmLink } from "../../world/records.ts";
import type { World } from "../../world/world.ts";
import { isoDate } from "../wire-date.ts";

const typeIds: Record<CrmLink["type"], number> = { LEAD: 1, DEAL: 2, CONTACT: 3, COMPANY: 4 };

export function ownerTypeId(type: CrmLink["type"]): number {
  return typeIds[type];
}

const activityTypes: Record<Activity["provider"], number> = {
  IMOPENLINES_SESSION: 6,
  VOXIMPLANT_CALL: 2,
  CRM_EMAIL: 4,
  CRM_TODO: 6,
};

const yesNo = (value: boolean): string => (value ? "Y" : "N");

type Field = (activity: Activity) => string | null;
const fixed =
  (value: string | null): Field =>
  () =>
    value;
const isSession = ({ sessionId }: Activity): boolean => sessionId > 0;

/** The fields that can be filtered, sorted and selected, as they come: scalars are strings. */
export const scalarFields: Readonly<Record<string, Field>> = {
  ID: ({ id }) => String(id),
  OWNER_ID: ({ owner }) => String(owner.id),
  OWNER_TYPE_ID: ({ owner }) => String(typeIds[owner.type]),
  TYPE_ID: ({ provider }) => String(activityTypes[provider]),
  PROVIDER_ID: ({ provider }) => provider,
  PROVIDER_TYPE_ID: ({ providerTypeId }) => providerTypeId,
  PROVIDER_GROUP_ID: fixed(null),
  ASSOCIATED_ENTITY_ID: ({ sessionId }) => String(sessionId),
  SUBJECT: ({ subject }) => subject,
  CREATED: ({ createdAt }) => isoDate(createdAt),
  LAST_UPDATED: ({ updatedAt }) => isoDate(updatedAt),
  START_TIME: ({ startAt }) => isoDate(startAt),
  END_TIME: ({ endAt }) => isoDate(endAt),
  DEADLINE: ({ endAt }) => isoDate(endAt),
  COMPLETED: ({ completed }) => yesNo(completed),
  STATUS: ({ completed }) => (completed ? "2" : "1"),
  RESPONSIBLE_ID: ({ responsibleId }) => String(responsibleId),
  PRIORITY: fixed("2"),
  NOTIFY_TYPE: fixed("0"),
  NOTIFY_VALUE: fixed("0"),
  DESCRIPTION: fixed(""),
  DESCRIPTION_TYPE: fixed("1"),
  DIRECTION: ({ incoming }) => (incoming ? "1" : "2"),
  LOCATION: fixed(""),
  ORIGINATOR_ID: fixed(null),
  ORIGIN_ID: (activity) => (isSession(activity) ? `IMOL_${activity.sessionId}` : null),
  AUTHOR_ID: ({ authorId }) => String(authorId),
  EDITOR_ID: ({ editorId }) => String(editorId),
  PROVIDER_DATA: fixed(null),
  RESULT_MARK: fixed("0"),
  RESULT_VALUE: fixed(null),
  RESULT_SUM: fixed(null),
  RESULT_CURRENCY_ID: fixed(null),
  RESULT_STATUS: (activity) => (isSession(activity) ? String(activity.resultStatus) : "0"),
  RESULT_STREAM: fixed("0"),
  RESULT_SOURCE_ID: ({ source }) => (source === "" ? null : source),
  AUTOCOMPLETE_RULE: fixed("0"),
  IS_INCOMING_CHANNEL: (activity) => yesNo(isSession(activity) && activity.incoming),
};

/** How values of a field compare. */
export function kindOf(field: string): "date" | "number" | "text" {
  if (["CREATED", "LAST_UPDATED", "START_TIME", "END_TIME", "DEADLINE"].includes(field)) return "date";
  return /(^|_)ID$/.test(field) && !["PROVIDER_ID", "PROVIDER_TYPE_ID", "ORIGIN_ID", "RESULT_SOURCE_ID"].includes(field)
    ? "number"
    : "text";
}

function communications(world: World, activity: Activity): unknown[] {
  if (!isSession(activity)) return [];
  const customer = world.users.get(world.sessions.get(activity.sessionId)?.customerId ?? 0);
  const party = activity.bindings.find(({ type }) => type !== "DEAL") ?? activity.owner;
  return [
    {
      ID: String(activity.id + 4900),
      TYPE: "IM",
      VALUE: `imol|${activity.userCode}`,
      ENTITY_ID: String(party.id),
      ENTITY_TYPE_ID: String(typeIds[party.type]),
      ENTITY_SETTINGS: { NAME: customer?.firstName ?? "", LAST_NAME: customer?.lastName ?? "" },
    },
  ];
}

function structured(world: World, activity: Activity, field: string): unknown {
  switch (field) {
    case "SETTINGS":
    case "FILES":
    case "WEBDAV_ELEMENTS":
      return [];
    case "PROVIDER_PARAMS":
      return isSession(activity) ? { USER_CODE: activity.userCode } : [];
    case "BINDINGS":
      return activity.bindings.map(({ type, id }) => ({ OWNER_TYPE_ID: String(typeIds[type]), OWNER_ID: String(id) }));
    case "COMMUNICATIONS":
      return communications(world, activity);
    default:
      return undefined;
  }
}

const defaults = [...Object.keys(scalarFields), "SETTINGS", "PROVIDER_PARAMS"];
const onRequest = ["BINDINGS", "COMMUNICATIONS", "FILES", "WEBDAV_ELEMENTS"];

/** The row with the selected fields; unknown names are left out, nothing or `*` selects what is told by default. */
export function activityRow(world: World, activity: Activity, select: readonly string[]): Record<string, unknown> {
  const known = select.filter((field) => [...defaults, ...onRequest].includes(field));
  const named = select.includes("*") ? [...defaults, ...known.filter((field) => onRequest.includes(field))] : known;
  const row: Record<string, unknown> = {};
  for (const field of named.length > 0 ? named : defaults) {
    const scalar = scalarFields[field];
    row[field] = scalar ? scalar(activity) : structured(world, activity, field);
  }
  return row;
}
