import { id, object, text } from "../../bitrix24/wire.ts";
import type { Id } from "../../domain/ids.ts";
import type {
  LineBot,
  LineClosing,
  LineCrm,
  LineCustomerRating,
  LineForms,
  LineKpi,
  LineLimits,
  LineOperatorIdentity,
  LineQueue,
  LineRecord,
  LineWorkTime,
} from "../../domain/line.ts";
import { decodeEmojiTokens } from "./emoji-tokens.ts";
import {
  decodeBot,
  decodeClosing,
  decodeCrm,
  decodeCustomerRating,
  decodeForms,
  decodeKpi,
  decodeLimits,
  decodeOperatorIdentity,
  decodeReply,
  decodeWorkTime,
} from "./line-groups.ts";
import { decodeQueue } from "./line-queue.ts";
import { LineRow } from "./line-row.ts";

/**
 * A line's row. `config.list.get` ("list") stores emoji as tokens and tells another part of the queue than `config.get` ("full").
 * Throws `WireError` for a row without id, name or state; a setting that is not understood throws when its group is read.
 */
export function decodeLine(value: unknown, path: string, source: "full" | "list", origin: string): LineRecord {
  return new DecodedLine(new LineRow(object(value, path), path, origin, source === "list"), source);
}

/** Most operations want a few of the hundred settings, so a group is decoded when it is first read and then kept. */
class DecodedLine implements LineRecord {
  readonly id: Id;
  readonly source: "full" | "list";
  readonly name: string;
  readonly isActive: boolean;
  readonly #row: LineRow;
  #queue: LineQueue | undefined;
  #crm: LineCrm | undefined;
  #bot: LineBot | undefined;
  #workTime: LineWorkTime | undefined;
  #closing: LineClosing | undefined;
  #customerRating: LineCustomerRating | undefined;
  #kpi: LineKpi | undefined;
  #forms: LineForms | undefined;
  #limits: LineLimits | undefined;
  #operatorIdentity: LineOperatorIdentity | undefined;

  constructor(row: LineRow, source: "full" | "list") {
    this.id = id(row.row.ID, row.path("ID"));
    this.source = source;
    const name = text(row.row.LINE_NAME, row.path("LINE_NAME"));
    this.name = source === "list" ? decodeEmojiTokens(name) : name;
    this.isActive = row.flag("ACTIVE");
    this.#row = row;
  }

  get isTemporary() {
    return this.#row.optionalFlag("TEMPORARY");
  }
  get languageCode() {
    return this.#row.text("LANGUAGE_ID");
  }
  get externalId() {
    return this.#row.text("XML_ID");
  }
  get modifiedById() {
    return this.#row.optionalId("MODIFY_USER_ID");
  }
  get quickReplyStoreId() {
    return this.#row.optionalId("QUICK_ANSWERS_IBLOCK_ID");
  }
  get showsTyping() {
    return this.#row.optionalFlag("WATCH_TYPING");
  }
  get queue() {
    this.#queue ??= decodeQueue(this.#row, this.id, this.source);
    return this.#queue;
  }
  get crm() {
    this.#crm ??= decodeCrm(this.#row);
    return this.#crm;
  }
  get welcome() {
    const row = this.#row;
    return {
      isEnabled: row.flag("WELCOME_MESSAGE"),
      text: row.text("WELCOME_MESSAGE_TEXT"),
      isInEverySession: row.optionalFlag("SEND_WELCOME_EACH_SESSION"),
    };
  }
  get bot() {
    this.#bot ??= decodeBot(this.#row);
    return this.#bot;
  }
  get workTime() {
    this.#workTime ??= decodeWorkTime(this.#row);
    return this.#workTime;
  }
  get noAnswer() {
    return { afterSeconds: this.#row.number("NO_ANSWER_TIME"), reply: decodeReply(this.#row, "NO_ANSWER") };
  }
  get closing() {
    this.#closing ??= decodeClosing(this.#row);
    return this.#closing;
  }
  get customerRating() {
    this.#customerRating ??= decodeCustomerRating(this.#row);
    return this.#customerRating;
  }
  get kpi() {
    this.#kpi ??= decodeKpi(this.#row);
    return this.#kpi;
  }
  get forms() {
    this.#forms ??= decodeForms(this.#row);
    return this.#forms;
  }
  get limits() {
    this.#limits ??= decodeLimits(this.#row);
    return this.#limits;
  }
  get agreement() {
    return { isShown: this.#row.flag("AGREEMENT_MESSAGE"), agreementId: this.#row.optionalId("AGREEMENT_ID") };
  }
  get category() {
    return { isEnabled: this.#row.flag("CATEGORY_ENABLE"), categoryId: this.#row.optionalId("CATEGORY_ID") };
  }
  get operatorIdentity() {
    this.#operatorIdentity ??= decodeOperatorIdentity(this.#row);
    return this.#operatorIdentity;
  }
}
