import type { ChatSessionData, CrmEntityType, CrmReference } from "../../../src/datasources/domain/chat.ts";

const CRM_TYPES: readonly CrmEntityType[] = ["LEAD", "COMPANY", "CONTACT", "DEAL"];

/** The reverse of `parseSessionData`: ten positions, `0` and `N` for what is null. */
export function formatSessionData(data: ChatSessionData): string {
  return [
    data.isSavedInCrm === true ? "Y" : "N",
    data.crmEntity?.type ?? "NONE",
    data.crmEntity?.id ?? "0",
    data.isPinned === true ? "Y" : "N",
    data.isWaitingForAction === true ? "Y" : "N",
    data.sessionId ?? "0",
    unixSeconds(data.sessionStartedAt),
    data.lineId ?? "0",
    unixSeconds(data.blockedAt),
    data.blockReason ?? "0",
  ].join("|");
}

/** The reverse of `parseCrmBindings`; the first binding of each kind. */
export function formatCrmBindings(bindings: readonly CrmReference[]): string {
  return CRM_TYPES.flatMap((type) => [type, bindings.find((binding) => binding.type === type)?.id ?? "0"]).join("|");
}

function unixSeconds(date: Date | null): string {
  return date === null ? "0" : String(Math.floor(date.getTime() / 1000));
}
