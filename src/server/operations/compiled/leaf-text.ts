import { type GraphQLLeafType, isEnumType } from "graphql";

/** What JSON may write otherwise than as it is: quotes, backslashes, control characters, and halves of characters, which may stand alone. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
/** Up to so many characters a loop is faster than the expression. */
const SHORT = 40;

/** A text as JSON, byte for byte as `JSON.stringify` has it. */
export function quoted(text: string): string {
  return needsEscapes(text) ? JSON.stringify(text) : `"${text}"`;
}

function needsEscapes(text: string): boolean {
  if (text.length > SHORT) return ESCAPED.test(text);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return true;
  }
  return false;
}

/** Writes values of a scalar or enum, none of which is null, as JSON. It throws what the type's own serialisation throws. */
export function leafWriter(type: GraphQLLeafType): (value: unknown) => string {
  if (!isEnumType(type)) return (value) => textOf(type, type.serialize(value));
  const known = new Map<unknown, string>(type.getValues().map(({ name, value }) => [value, quoted(name)]));
  return (value) => known.get(value) ?? textOf(type, type.serialize(value));
}

function textOf({ name }: GraphQLLeafType, value: unknown): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    default: {
      if (value !== undefined && value !== null) return JSON.stringify(value);
      throw new Error(`Expected \`${name}.serialize\` to return non-nullable value, returned: ${value}`);
    }
  }
}
