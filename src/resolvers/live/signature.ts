/** `[b]Name:[/b]` on a line of its own, which the portal glues before what an operator wrote when it hands a message to a channel. */
const SIGNATURE = /^\[b\]([^[\]\r\n]{1,200}):\[\/b\][ \t]*(?:\[br ?\/?\]|\r?\n)[ \t]*/i;

/** The text that was written, and the name that was put before it; null where there is none. */
export function splitSignature(text: string | null): {
  readonly text: string | null;
  readonly signature: string | null;
} {
  const found = text === null ? null : SIGNATURE.exec(text);
  if (text === null || found === null) return { text, signature: null };
  const written = text.slice(found[0].length);
  return { text: written === "" ? null : written, signature: found[1] ?? null };
}
