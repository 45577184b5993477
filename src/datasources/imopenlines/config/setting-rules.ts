import type { ParamMap, ParamValue } from "../../bitrix24/calls.ts";
import type { Id } from "../../domain/ids.ts";
import { InvalidSetting } from "../../domain/line-settings.ts";
import { flagParam, idParam } from "../../rest-params.ts";
import { encodeEmojiTokens } from "./emoji-tokens.ts";
import { type ChoiceTable, encodeChoice } from "./line-choices.ts";

/** How one setting is checked and written. The portal silently replaces what it does not understand, so nothing doubtful may pass. */
export interface SettingRule<T> {
  /** Throws `InvalidSetting`. */
  readonly encode: (value: T, path: string) => ParamMap;
  /** What stands for "none"; without it the setting cannot be cleared. */
  readonly cleared?: ParamMap;
}

/** A rule for every member of `T`. */
export type SettingRules<T> = { readonly [Key in keyof T]-?: SettingRule<NonNullable<T[Key]>> };

/** Checks and writes the members that are mentioned (not undefined). */
export function encodeSettings<T extends object>(rules: SettingRules<T>, settings: T, path: string): ParamMap {
  const params: Record<string, ParamValue | undefined> = {};
  for (const key in rules) {
    const value = settings[key];
    if (value === undefined) continue;
    const place = path === "" ? key : `${path}.${key}`;
    const rule = rules[key];
    if (value !== null) Object.assign(params, rule.encode(value, place));
    else if (rule.cleared !== undefined) Object.assign(params, rule.cleared);
    else throw new InvalidSetting(place, "cannot be cleared: leave it out to keep it, or give a value.");
  }
  return params;
}

export function groupRule<T extends object>(rules: SettingRules<T>): SettingRule<T> {
  return { encode: (value, path) => encodeSettings(rules, value, path) };
}

export function flagRule(column: string): SettingRule<boolean> {
  return { encode: (value) => ({ [column]: flagParam(value) }) };
}

/** Text that may be empty, so that it can be cleared. `max` counts characters as they are stored, where an emoji takes ten. */
export function textRule(column: string, max?: number): SettingRule<string> {
  return {
    encode: (value, path) => {
      const length = max === undefined ? 0 : [...encodeEmojiTokens(value)].length;
      if (max !== undefined && length > max) {
        throw new InvalidSetting(
          path,
          `may have at most ${max} characters (an emoji counts as 10); this one has ${length}.`,
        );
      }
      return { [column]: value };
    },
    cleared: { [column]: "" },
  };
}

/** Text that must not be empty. `expected` names the shape for the message. */
export function patternRule(
  column: string,
  isValid: (value: string) => boolean,
  expected: string,
): SettingRule<string> {
  return {
    encode: (value, path) => {
      if (!isValid(value)) throw new InvalidSetting(path, `must be ${expected}.`);
      return { [column]: value };
    },
  };
}

/** A whole number from 0 to `max`. */
export function wholeNumberRule(column: string, max = 2_147_483_647): SettingRule<number> {
  return {
    encode: (value, path) => {
      if (!Number.isInteger(value) || value < 0 || value > max) {
        throw new InvalidSetting(path, `must be a whole number from 0 to ${max}. Got ${value}.`);
      }
      return { [column]: value };
    },
  };
}

/** An id; null writes 0, the portal's "none". */
export function idRule(column: string): SettingRule<Id> {
  return { encode: (value, path) => ({ [column]: idParam(checkedId(value, path)) }), cleared: { [column]: 0 } };
}

export function checkedId(value: string, path: string): Id {
  if (/^[1-9][0-9]{0,18}$/.test(value)) return value;
  throw new InvalidSetting(path, 'must be an id: a whole number greater than 0, such as "42".');
}

export function choiceRule<T extends string>(column: string, table: ChoiceTable<T>): SettingRule<T> {
  return { encode: (value, path) => ({ [column]: checkedChoice(table, value, path) }) };
}

export function checkedChoice<T extends string>(table: ChoiceTable<T>, value: T, path: string): string {
  const word = encodeChoice(table, value);
  if (word !== undefined) return word;
  throw new InvalidSetting(path, `must be one of ${Object.values(table).join(", ")}: ${value} cannot be written.`);
}
