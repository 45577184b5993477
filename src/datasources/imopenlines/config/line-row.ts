import {
  flag,
  integer,
  optionalFlag,
  optionalId,
  optionalInteger,
  optionalText,
  type WireObject,
} from "../../bitrix24/wire.ts";
import type { Id } from "../../domain/ids.ts";
import { decodeEmojiTokens } from "./emoji-tokens.ts";
import { type ChoiceTable, decodeChoice } from "./line-choices.ts";

/**
 * Reads the columns of one line. What every version of the portal sends is required (`flag`, `number`); later columns are null on a portal
 * that does not know them yet.
 */
export class LineRow {
  readonly row: WireObject;
  readonly #path: string;
  readonly #hasEmojiTokens: boolean;

  constructor(row: WireObject, path: string, hasEmojiTokens: boolean) {
    this.row = row;
    this.#path = path;
    this.#hasEmojiTokens = hasEmojiTokens;
  }

  path(column: string): string {
    return this.#path === "" ? column : `${this.#path}.${column}`;
  }

  flag(column: string): boolean {
    return flag(this.row[column], this.path(column));
  }

  optionalFlag(column: string): boolean | null {
    return optionalFlag(this.row[column], this.path(column));
  }

  number(column: string): number {
    return integer(this.row[column], this.path(column));
  }

  optionalNumber(column: string): number | null {
    return optionalInteger(this.row[column], this.path(column));
  }

  /** An id, or null for "none", which the portal spells 0. */
  optionalId(column: string): Id | null {
    return optionalId(this.row[column], this.path(column));
  }

  /** Text with its emoji; null for "" and nothing. */
  text(column: string): string | null {
    const text = optionalText(this.row[column], this.path(column));
    return text === null || !this.#hasEmojiTokens ? text : decodeEmojiTokens(text);
  }

  choice<T extends string>(column: string, table: ChoiceTable<T>): Exclude<T, "UNKNOWN"> | "UNKNOWN" {
    return decodeChoice(table, this.text(column));
  }
}
