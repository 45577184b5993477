import { isPhpArray, isPhpMap, phpValues } from "../../php-value.ts";
import type { Params } from "../../protocol/php-form.ts";
import { RestError } from "../../rest-error.ts";
import type { NetworkLine } from "../../world/office-records.ts";
import { type Call, type Method, write } from "../method.ts";
import { foldKeys, intParam, isPresent, textParam } from "../param-reading.ts";

const codeLength = 32;
const attachLimit = 30_000;
const week = 7 * 24 * 60 * 60 * 1000;

function networkLine(world: Call["world"], params: Params): NetworkLine {
  const code = params.CODE;
  if (typeof code !== "string" || code.length !== codeLength) {
    throw new RestError("CODE", "You entered an invalid code");
  }
  const line = world.networkLines.get(code);
  if (!line) throw new RestError("NOT_FOUND", "Line not found");
  return line;
}

/** The bot's id: a number when it was joined just now, a string from the database when it had been before. */
const join = write("imopenlines.network.join", "imopenlines", ({ world, params }) => {
  const line = networkLine(world, foldKeys(params));
  if (!line.active) throw new RestError("INACTIVE", "Openline is inactive");
  if (line.joined) return String(line.botId);
  line.joined = true;
  return line.botId;
});

function checkAttach(attach: unknown): void {
  if (attach === undefined || attach === null || attach === "") return;
  if (!isPhpArray(attach)) throw new RestError("ATTACH_ERROR", "Incorrect attach params");
  if (JSON.stringify(attach).length > attachLimit) {
    throw new RestError("ATTACH_OVERSIZE", "You have exceeded the maximum allowable size of attach");
  }
}

/** Only buttons that link to other sites are allowed. */
function checkKeyboard(keyboard: unknown): void {
  if (keyboard === undefined || keyboard === null || keyboard === "") return;
  const buttons = isPhpMap(keyboard) && keyboard.BUTTONS !== undefined ? keyboard.BUTTONS : keyboard;
  const isLink = (button: unknown): boolean =>
    isPhpMap(button) && (button.TYPE === "NEWLINE" || /^https?:\/\//.test(String(button.LINK ?? "")));
  if (!(phpValues(buttons) ?? [undefined]).every(isLink)) {
    throw new RestError("KEYBOARD_ERROR", "Incorrect keyboard params");
  }
}

const messageAdd = write("imopenlines.network.message.add", "imopenlines", ({ world, params }) => {
  const given = foldKeys(params);
  const line = networkLine(world, given);
  if (!line.joined) throw new RestError("NOT_FOUND", "Line not found");
  const userId = isPresent(given, "USER_ID") ? intParam(given, "USER_ID") : 0;
  if (userId <= 0) throw new RestError("USER_ID_EMPTY", "User ID can't be empty");
  const sentAt = line.sentAt.get(userId);
  if (sentAt !== undefined && world.now() - sentAt < week) {
    throw new RestError("USER_MESSAGE_LIMIT", "You cant send more than one message per week to each user");
  }
  if (textParam(given, "MESSAGE").trim() === "") throw new RestError("MESSAGE_EMPTY", "Message can't be empty");
  checkAttach(given.ATTACH);
  checkKeyboard(given.KEYBOARD);
  if (!world.users.get(userId)?.active) throw new RestError("WRONG_REQUEST", "Message isn't added");
  line.sentAt.set(userId, world.now());
  return true;
});

export const networkMethods: readonly Method[] = [join, messageAdd];
