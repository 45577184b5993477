import { answerSource } from "../../bitrix24/decoding.ts";
import { decodeResult } from "../../bitrix24/failures.ts";
import { id, object, type WireObject } from "../../bitrix24/wire.ts";
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
import {
  decodeAgreement,
  decodeBot,
  decodeCategory,
  decodeClosing,
  decodeCrm,
  decodeCustomerRating,
  decodeForms,
  decodeKpi,
  decodeLimits,
  decodeNoAnswer,
  decodeOperatorIdentity,
  decodeWelcome,
  decodeWorkTime,
} from "./line-groups.ts";
import { decodeQueue } from "./line-queue.ts";
import { LineRow } from "./line-row.ts";

/**
 * A line's row. `config.list.get` ("list") stores emoji as tokens and tells another part of the queue than `config.get` ("full").
 * Throws `WireError` for a row without an id; any other setting that is not understood is null.
 */
export function decodeLine(value: unknown, path: string, source: "full" | "list"): LineRecord {
  const options = { hasEmojiTokens: source === "list", isStrict: false };
  return new DecodedLine(new LineRow(object(value, path), path, options), source);
}

/** The same for a change: a setting that is not understood throws `PortalProtocolError` when its group is read. */
export function decodeLineToChange(value: unknown): LineRecord {
  return new DecodedLine(new LineRow(object(value, ""), "", { hasEmojiTokens: false, isStrict: true }), "full");
}

/** What the portal sent of a line, all of which it keeps in memory; undefined for one that is put together otherwise. */
export function rowOf(line: object): WireObject | undefined {
  return DecodedLine.rowOf(line);
}

/** Most operations want a few of the hundred settings, so a group is decoded when it is first read and then kept. */
class DecodedLine implements LineRecord {
  readonly id: Id;
  readonly source: "full" | "list";
  readonly name: string | null;
  readonly isActive: boolean | null;
  readonly #row: LineRow;
  readonly #answerSource = answerSource();
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
    this.name = row.text("LINE_NAME");
    this.isActive = row.flag("ACTIVE");
    this.#row = row;
  }

  static rowOf(line: object): WireObject | undefined {
    return #row in line ? line.#row.row : undefined;
  }

  get isTemporary() {
    return this.#read((row) => row.flag("TEMPORARY"));
  }
  get languageCode() {
    return this.#read((row) => row.text("LANGUAGE_ID"));
  }
  get externalId() {
    return this.#read((row) => row.text("XML_ID"));
  }
  get modifiedById() {
    return this.#read((row) => row.id("MODIFY_USER_ID"));
  }
  get quickReplyStoreId() {
    return this.#read((row) => row.id("QUICK_ANSWERS_IBLOCK_ID"));
  }
  get showsTyping() {
    return this.#read((row) => row.flag("WATCH_TYPING"));
  }
  get queue() {
    this.#queue ??= this.#read((row) => decodeQueue(row, this.id, this.source));
    return this.#queue;
  }
  get crm() {
    this.#crm ??= this.#read(decodeCrm);
    return this.#crm;
  }
  get welcome() {
    return this.#read(decodeWelcome);
  }
  get bot() {
    this.#bot ??= this.#read(decodeBot);
    return this.#bot;
  }
  get workTime() {
    this.#workTime ??= this.#read(decodeWorkTime);
    return this.#workTime;
  }
  get noAnswer() {
    return this.#read(decodeNoAnswer);
  }
  get closing() {
    this.#closing ??= this.#read(decodeClosing);
    return this.#closing;
  }
  get customerRating() {
    this.#customerRating ??= this.#read(decodeCustomerRating);
    return this.#customerRating;
  }
  get kpi() {
    this.#kpi ??= this.#read(decodeKpi);
    return this.#kpi;
  }
  get forms() {
    this.#forms ??= this.#read(decodeForms);
    return this.#forms;
  }
  get limits() {
    this.#limits ??= this.#read(decodeLimits);
    return this.#limits;
  }
  get agreement() {
    return this.#read(decodeAgreement);
  }
  get category() {
    return this.#read(decodeCategory);
  }
  get operatorIdentity() {
    this.#operatorIdentity ??= this.#read(decodeOperatorIdentity);
    return this.#operatorIdentity;
  }

  /** The call itself is long over, so what is not understood now is put down to its method here. */
  #read<T>(decode: (row: LineRow) => T): T {
    const method = this.source === "list" ? "imopenlines.config.list.get" : "imopenlines.config.get";
    return decodeResult({ method, decode: () => decode(this.#row) }, undefined, this.#answerSource);
  }
}
