import {
  type Decoder,
  optionalCount,
  optionalFlag,
  optionalId,
  optionalObject,
  optionalText,
  text,
  type WireObject,
} from "../../bitrix24/wire.ts";
import { kept, list, ornamental } from "../../bitrix24/wire-lists.ts";
import type { Id } from "../../domain/ids.ts";
import { decodeEmojiTokens } from "./emoji-tokens.ts";
import { type ChoiceTable, decodeChoice } from "./line-choices.ts";

export interface LineRowOptions {
  /** Texts hold emoji as tokens. */
  readonly hasEmojiTokens: boolean;
  /** For a row that a change is built on: what is not understood must not be taken for "none" and written back as that. */
  readonly isStrict: boolean;
}

/** Reads the columns of one line; those that are absent, and unless it is strict those that are not understood, are null. */
export class LineRow {
  readonly row: WireObject;
  readonly #path: string;
  readonly #options: LineRowOptions;

  constructor(row: WireObject, path: string, options: LineRowOptions) {
    this.row = row;
    this.#path = path;
    this.#options = options;
  }

  path(column: string): string {
    return this.#path === "" ? column : `${this.#path}.${column}`;
  }

  /** What the decoder makes of a column. Throws `WireError` for what it does not understand, if the row is strict. */
  read<T>(column: string, decode: Decoder<T | null>): T | null {
    const value = this.row[column];
    const path = this.path(column);
    return this.#options.isStrict ? decode(value, path) : ornamental(decode, value, path);
  }

  flag(column: string): boolean | null {
    return this.read(column, optionalFlag);
  }

  /** Of seconds, minutes, or things. */
  number(column: string): number | null {
    return this.read(column, optionalCount);
  }

  /** An id, or null for "none", which the portal spells 0. */
  id(column: string): Id | null {
    return this.read(column, optionalId);
  }

  /** Text with its emoji; null for "" and nothing. */
  text(column: string): string | null {
    const text = this.read(column, optionalText);
    return text === null || !this.#options.hasEmojiTokens ? text : decodeEmojiTokens(text);
  }

  /** The elements of a list of words; the portal's empty one is `[""]`, and before it is exploded it is one string with commas. */
  words(column: string): readonly string[] {
    return this.read(column, this.#options.isStrict ? allWords : keptWords) ?? [];
  }

  /** The map of a column, whose entries are read like columns; null for an empty one, which PHP mostly sends as a list. */
  within(column: string): LineRow | null {
    const map = this.read(column, optionalObject);
    return map === null || Object.keys(map).length === 0 ? null : new LineRow(map, this.path(column), this.#options);
  }

  choice<T extends string>(column: string, table: ChoiceTable<T>): Exclude<T, "UNKNOWN"> | "UNKNOWN" {
    return decodeChoice(table, this.text(column));
  }
}

function allWords(value: unknown, path: string): string[] {
  return wordsOf(typeof value === "string" ? value.split(",") : list(value, path, text));
}

function keptWords(value: unknown, path: string): string[] {
  return wordsOf(typeof value === "string" ? value.split(",") : kept(value, path, text));
}

function wordsOf(words: readonly string[]): string[] {
  return words.map((word) => word.trim()).filter((word) => word !== "");
}
