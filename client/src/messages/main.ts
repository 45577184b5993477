export { ERROR_CODES, type MessageCode, type Messages, USER_ERROR_CODES } from "./codes.ts";
export { describe } from "./describe.ts";
export { english } from "./english.ts";
export { german } from "./german.ts";
export { portuguese } from "./portuguese.ts";
export { russian } from "./russian.ts";
export { spanish } from "./spanish.ts";
