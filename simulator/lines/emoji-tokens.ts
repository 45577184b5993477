/** A character beyond the basic plane as the vendor stores it: the hex digits of its four UTF-8 bytes between colons. */
const TOKEN = /:(f[0-4][0-9a-f]{6}):/g;

/** Replaces every four-byte character by its token: "😀" becomes ":f09f9880:". */
export function encodeEmoji(text: string): string {
  return text.replace(/[\u{10000}-\u{10ffff}]/gu, (character) => `:${Buffer.from(character).toString("hex")}:`);
}

/** Turns tokens back into characters; a token that is no valid UTF-8 stays as it is. */
export function decodeEmoji(text: string): string {
  return text.replace(TOKEN, (token: string, hex: string) => {
    const character = Buffer.from(hex, "hex").toString("utf8");
    return character.includes("\ufffd") ? token : character;
  });
}
