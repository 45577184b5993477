import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLScalarType,
  GraphQLString,
  isEnumType,
} from "graphql";
import { PortalProtocolError } from "../../../datasources/bitrix24/errors.ts";

/** What JSON may write otherwise than as it is: quotes, backslashes, control characters, and halves of characters, which may stand alone. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
/** Up to so many characters a loop is faster than the expression. */
const SHORT = 40;

/** What was written last: a text without marks is its own HTML. */
let lastText = "";
let lastQuoted = '""';

/** A text as JSON, byte for byte as `JSON.stringify` has it. */
export function quoted(text: string): string {
  if (text.length <= SHORT) return needsEscapes(text) ? JSON.stringify(text) : `"${text}"`;
  if (text === lastText) return lastQuoted;
  const written = ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
  if (text.length <= MOST_KEPT) {
    lastText = text;
    lastQuoted = written;
  }
  return written;
}

/** Characters of a text that is worth being remembered and does no harm by it. */
const MOST_KEPT = 4_000;

function needsEscapes(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return true;
  }
  return false;
}

type LeafWriter = (value: unknown) => string;

/** Writes values of a scalar or enum, none of which is null, as JSON. It throws what the type's own serialisation throws. */
export function leafWriter(type: GraphQLLeafType): LeafWriter {
  const serialized: LeafWriter = (value) => textOf(type, type.serialize(value));
  if (isEnumType(type)) {
    const known = new Map<unknown, string>(type.getValues().map(({ name, value }) => [value, quoted(name)]));
    return (value) => known.get(value) ?? serialized(value);
  }
  return usualWriter(type, serialized);
}

/** What values mostly are needs no serialisation. */
function usualWriter(type: GraphQLScalarType, serialized: LeafWriter): LeafWriter {
  switch (type) {
    case GraphQLID:
    case GraphQLString:
      return (value) => (typeof value === "string" ? quoted(value) : serialized(value));
    case GraphQLBoolean:
      return (value) => (typeof value === "boolean" ? String(value) : serialized(value));
    case GraphQLInt:
      return (value) => (typeof value === "number" && (value | 0) === value ? String(value) : serialized(value));
    default: {
      const { json } = type.extensions;
      if (typeof json !== "function") return serialized;
      return (value) => {
        const text: unknown = json(value);
        return typeof text === "string" ? text : serialized(value);
      };
    }
  }
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
      if (value !== undefined && value !== null) return jsonOf(value);
      throw new Error(`Expected \`${name}.serialize\` to return non-nullable value, returned: ${value}`);
    }
  }
}

/** What comes from a portal as it is may nest deeper than can be written. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PortalProtocolError("What the portal sent nests too deeply to be handed on.");
  }
}
