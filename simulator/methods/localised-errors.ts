import { RestError } from "../rest-error.ts";
import type { PortalLanguage } from "./method.ts";

/** Errors of the dialog methods whose text follows the portal's language; clients must match on the code. */
export type LocalisedCode =
  | "CHAT_ID"
  | "CHAT_TYPE"
  | "ACCESS_DENIED"
  | "USER_ID"
  | "CANT_SAVE_QUICK_ANSWER"
  | "ACCESS_DENIED_KICK";

const texts: Record<LocalisedCode, Record<PortalLanguage, string>> = {
  CHAT_ID: {
    en: "Chat ID is invalid.",
    de: "Die Chat-ID ist ungültig.",
    ru: "Неверный идентификатор чата.",
  },
  CHAT_TYPE: {
    en: "This chat is not Open Channel",
    de: "Dieser Chat ist kein Kommunikationskanal",
    ru: "Этот чат не является открытой линией",
  },
  ACCESS_DENIED: {
    en: "You do not have permission to access this chat.",
    de: "Sie haben keine Berechtigung für diesen Chat.",
    ru: "Недостаточно прав для доступа к этому чату.",
  },
  USER_ID: {
    en: "User ID is invalid.",
    de: "Die Nutzer-ID ist ungültig.",
    ru: "Неверный идентификатор пользователя.",
  },
  CANT_SAVE_QUICK_ANSWER: {
    en: "Error saving canned response",
    de: "Fehler beim Speichern der Schnellantwort",
    ru: "Ошибка сохранения быстрого ответа",
  },
  ACCESS_DENIED_KICK: {
    en: "You do not have permission to remove participants from this chat.",
    de: "Sie dürfen keine Teilnehmer aus diesem Chat entfernen.",
    ru: "Недостаточно прав для удаления участников чата.",
  },
};

export function localisedError(code: LocalisedCode, language: PortalLanguage): RestError {
  return new RestError(code, texts[code][language]);
}

/** The error whose code and text are both empty: what several handlers answer when the business step fails. */
export function blankError(): RestError {
  return new RestError("", "");
}
