/** Four UTF-8 bytes of one character beyond the basic plane, in hex between colons: `:f09f9880:`. */
const TOKEN = /:(f[0-4][0-9a-f]{6}):/gi;
const FOUR_BYTE_CHARACTER = /[\u{10000}-\u{10ffff}]/gu;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Turns the tokens of stored texts into characters, as `config.get` does and `config.list.get` does not. Anything that is no valid token stays. */
export function decodeEmojiTokens(text: string): string {
  return text.includes(":f") || text.includes(":F") ? text.replace(TOKEN, characterOf) : text;
}

/** Turns characters into the tokens under which the portal stores them: for filters, which compare stored texts. */
export function encodeEmojiTokens(text: string): string {
  return text.replace(FOUR_BYTE_CHARACTER, (character) => `:${Buffer.from(character, "utf8").toString("hex")}:`);
}

function characterOf(token: string, hex: string): string {
  try {
    return utf8.decode(Buffer.from(hex, "hex"));
  } catch {
    return token;
  }
}
