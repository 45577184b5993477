import { OutcomeUnknown, PortalRefusal, PortalUnavailable, UpstreamError } from "../../datasources/bitrix24/errors.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { chatFolderGet, fileCommit, fileUpload, folderUpload, type OutgoingFile } from "../../datasources/im/files.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import { isBusinessRefusal, ownUserError, userErrorFor } from "../../refusals/user-error.ts";
import { type UserError, UserErrorCode } from "../../schema/mutation-payload.ts";
import { runAction } from "../engine/action.ts";
import type { OperationContext } from "../engine/context.ts";
import type { SendOutcome, SendTry } from "../sends/sends.ts";
import type { MissingUpload } from "./uploads.ts";

export interface FileToSend {
  readonly chatId: Id;
  readonly uploadId: string;
  /** Empty for none. */
  readonly text: string;
  readonly idempotencyKey: string | null;
}

const BLAME = { CHAT_NOT_FOUND: ["chatId"], NOT_OPEN_LINE_CHAT: ["chatId"], ACCESS_DENIED: ["chatId"] };

/** Sends an uploaded file with its text, once: in one call, or on portals that lack it by way of the chat's folder. */
export async function sendFile(context: OperationContext, file: FileToSend): Promise<SendTry> {
  const { uploads, signal } = context;
  const taken = await uploads.take(file.uploadId, file.chatId, file.idempotencyKey);
  if (typeof taken === "string") return { messageId: null, userErrors: [missing(taken)], neverLeft: true };
  let outcome: SendOutcome;
  try {
    outcome = await uploads.inTurn(signal, async () => {
      const content = { name: taken.name, content: await taken.read() };
      return await inOneCall(context, file, content);
    });
  } catch (error) {
    // All other failures of the upstream say that nothing was carried out.
    if (error instanceof UpstreamError && !(error instanceof OutcomeUnknown)) await taken.giveBack();
    else await taken.unclear();
    throw error;
  }
  if (outcome.userErrors.length === 0) await taken.sent();
  else await taken.giveBack();
  return outcome;
}

async function inOneCall(
  context: OperationContext,
  { chatId, text }: FileToSend,
  content: OutgoingFile,
): Promise<SendOutcome> {
  const { uploads } = context;
  if (!uploads.isInSteps()) {
    try {
      const { value, userErrors } = await runAction(context, fileUpload(chatId, content, text), BLAME);
      return { messageId: value ?? null, userErrors };
    } catch (error) {
      if (!(error instanceof PortalRefusal) || refusalClass(error) !== "unknown-method") throw error;
      uploads.noteInSteps();
    }
  }
  return await inSteps(context, chatId, text, content);
}

/** Only the last step sends: whatever becomes of those before it, nobody has got anything. */
async function inSteps(
  context: OperationContext,
  chatId: Id,
  text: string,
  content: OutgoingFile,
): Promise<SendOutcome> {
  let folderId: Id;
  try {
    folderId = await context.portal.read(chatFolderGet(chatId));
  } catch (error) {
    if (!isBusinessRefusal(error)) throw error;
    return { messageId: null, userErrors: [userErrorFor(error, BLAME)] };
  }
  const stored = await runAction(context, folderUpload(folderId, content), BLAME).catch((error: unknown) => {
    if (!(error instanceof OutcomeUnknown)) throw error;
    throw new PortalUnavailable(
      "The portal did not say whether it has stored the file. No message was sent.",
      "disk.folder.uploadFile",
    );
  });
  if (stored.value === undefined) return { messageId: null, userErrors: stored.userErrors };
  const { value, userErrors } = await runAction(context, fileCommit(chatId, stored.value, text), BLAME);
  return { messageId: value ?? null, userErrors };
}

function missing(why: MissingUpload): UserError {
  return ownUserError(UserErrorCode.UPLOAD_NOT_FOUND, MISSING[why], ["uploadId"]);
}

const MISSING: Readonly<Record<MissingUpload, string>> = {
  absent: "There is no such upload of yours for this chat here: begin anew with fileUploadStart.",
  elsewhere:
    "The bytes of the file came in at another gateway, which keeps them: send both steps to the same one, or let the gateways share the folder of uploads.",
  incomplete: "The bytes of the file are not all there yet: finish the PUT to the upload's address first.",
  used: "This upload was handed on before: read the chat again before you begin anew with fileUploadStart.",
};
