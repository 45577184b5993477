import { nestsDeeper } from "../../process/json-depth.ts";
import { type FormFields, type FormValue, MAX_DEPTH, MAX_FIELDS, UnreadableForm } from "./form-body.ts";

type Fields = { [name: string]: FormValue };

/**
 * Reads JSON as the form that says the same, under the same bounds: scalars become text, flags 1 and 0, and what PHP leaves out of a form is left
 * out, which is null, and lists and maps that hold nothing. Throws `UnreadableForm`.
 */
export function fieldsOfJson(text: string): FormFields {
  // A name before its brackets is a level too.
  if (nestsDeeper(text, MAX_DEPTH + 1)) throw new UnreadableForm(`The JSON nests deeper than ${MAX_DEPTH} levels.`);
  const reading = { fields: 0 };
  const value = fieldValue(parsed(text), reading);
  if (value === undefined || typeof value === "string" || isList(value))
    throw new UnreadableForm("The JSON is no object with fields.");
  return value;
}

function parsed(text: string): unknown {
  try {
    // A byte order mark is no part of it.
    return JSON.parse(text.trim());
  } catch {
    throw new UnreadableForm("The body is broken JSON.");
  }
}

function isList(value: FormValue): value is readonly FormValue[] {
  return Array.isArray(value);
}

function fieldValue(value: unknown, reading: { fields: number }): FormValue | undefined {
  if (typeof value === "object" && value !== null) {
    if (!Array.isArray(value)) return mapOf(value, reading);
    const items = value.flatMap((item) => fieldValue(item, reading) ?? []);
    return items.length === 0 ? undefined : items;
  }
  reading.fields += 1;
  if (reading.fields > MAX_FIELDS) throw new UnreadableForm(`The JSON has more than ${MAX_FIELDS} fields.`);
  return scalar(value);
}

function mapOf(value: object, reading: { fields: number }): FormFields | undefined {
  // Without a prototype that a name could reach.
  const fields: Fields = Object.create(null);
  for (const [name, entry] of Object.entries(value)) {
    const read = name === "__proto__" ? undefined : fieldValue(entry, reading);
    if (read !== undefined) fields[name] = read;
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function scalar(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  // Of a whole number beyond those that are exact nobody knows its last digits, and an id without them is another's.
  if (typeof value !== "number" || (Number.isInteger(value) && !Number.isSafeInteger(value))) return undefined;
  return String(value);
}
