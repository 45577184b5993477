import { ownUserError } from "../../refusals/user-error.ts";
import { type UserError, UserErrorCode } from "../../schema/mutation-payload.ts";

/** A text that would send nothing, or, on a message that exists, delete it. */
export function emptyTextProblem(text: string, field: readonly string[] = ["text"]): UserError | undefined {
  if (text.trim() !== "") return undefined;
  return ownUserError(UserErrorCode.TEXT_EMPTY, "The text is empty: give at least one visible character.", field);
}

/** CRM messages are checked the PHP way: a text of just 0 counts as empty. */
export function emptyCrmTextProblem(text: string): UserError | undefined {
  if (text !== "0") return emptyTextProblem(text);
  return ownUserError(UserErrorCode.TEXT_EMPTY, "The portal takes a text of just 0 for an empty one: write more.", [
    "text",
  ]);
}

const NETWORK_CODE_LENGTH = 32;

export function networkCodeProblem(code: string, field: readonly string[]): UserError | undefined {
  if (code.length === NETWORK_CODE_LENGTH) return undefined;
  return ownUserError(
    UserErrorCode.INVALID_NETWORK_CODE,
    `A network line's code has exactly ${NETWORK_CODE_LENGTH} characters. Got ${code.length}.`,
    field,
  );
}

/** Bytes of JSON that the portal takes of an attachment or a keyboard. */
const MAX_BLOCK_BYTES = 30 * 1024;

export function blockSizeProblem(
  block: Readonly<Record<string, unknown>> | null | undefined,
  kind: "attachments" | "keyboard",
): UserError | undefined {
  const size = block === null || block === undefined ? 0 : Buffer.byteLength(JSON.stringify(block));
  if (size <= MAX_BLOCK_BYTES) return undefined;
  const code = kind === "attachments" ? UserErrorCode.ATTACHMENT_TOO_LARGE : UserErrorCode.KEYBOARD_INVALID;
  return ownUserError(code, `The ${kind} must not exceed 30 KB as JSON. Got ${size} bytes.`, ["input", kind]);
}
