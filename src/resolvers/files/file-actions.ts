import { Arg, Ctx, Directive, ID, Mutation, Resolver } from "type-graphql";
import type { Id } from "../../datasources/domain/ids.ts";
import { ownUserError } from "../../refusals/user-error.ts";
import { ChatFileSendPayload, FileUploadStartPayload } from "../../schema/file-payloads.ts";
import { badUserInput, parseChatId, quote } from "../../schema/input-errors.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";
import { SafeInt } from "../../schema/scalars.ts";
import type { OperationContext } from "../engine/context.ts";
import { IDEMPOTENCY_KEY, sendOnce } from "../sends/send-once.ts";
import { viewerTest } from "../sends/send-to-chat.ts";
import type { SentSearch } from "../sends/sends.ts";
import { searchInChat } from "../sends/sent-search.ts";
import { sendFile } from "./send-file.ts";

const MAX_NAME = 255;
const MIME_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,60}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}$/i;

/** Sending files, on every transport in the same two steps. */
@Resolver()
export class FileActions {
  @Mutation(() => FileUploadStartPayload, {
    nullable: true,
    description:
      "Begins to send a file into a chat: the answer is an address of this gateway for one `PUT` of the bytes. `chatFileSend` then sends it. Nothing is asked of the portal yet. " +
      "User errors: `FILE_TOO_LARGE`. Costs no call.",
  })
  fileUploadStart(
    @Ctx() { uploads }: OperationContext,
    @Arg("chatId", () => ID, { description: "The chat that the file is for." }) chatId: string,
    @Arg("name", () => String, { description: "Name with its extension, without folders; 1..255 characters." })
    name: string,
    @Arg("size", () => SafeInt, { description: "Bytes, exactly as many as will come." }) size: number,
    @Arg("contentType", () => String, {
      description: "MIME type, such as `image/png`; the same as in the `Content-Type` of the `PUT`.",
    })
    contentType: string,
  ): FileUploadStartPayload {
    const id = parseChatId(chatId);
    checkFile(name, size, contentType);
    if (size > uploads.maxBytes) {
      const message = `A file may have ${uploads.maxBytes} bytes at the most.`;
      return new FileUploadStartPayload([ownUserError(UserErrorCode.FILE_TOO_LARGE, message, ["size"])], null);
    }
    const started = uploads.start({ chatId: id, name, size, contentType });
    if (started === undefined) {
      throw badUserInput("The request names no host under which the gateway could be reached: send a Host header.");
    }
    return new FileUploadStartPayload([], started);
  }

  @Directive('@rest(method: "im.v2.File.upload")')
  @Directive('@rest(method: "im.disk.folder.get")')
  @Directive('@rest(method: "disk.folder.uploadFile")')
  @Directive('@rest(method: "im.disk.file.commit")')
  @Mutation(() => ChatFileSendPayload, {
    nullable: true,
    description:
      "Sends an uploaded file into its chat as the caller, with a text beside it. For participants who may write: answer or join the chat first. Never sent twice: when no answer came back, the error is `OUTCOME_UNKNOWN`; with an `idempotencyKey` the same mutation may then be sent again. An upload can be sent once, and by nobody but who began it. " +
      "User errors: `UPLOAD_NOT_FOUND`, `FILE_NOT_SENT`, `FILE_TOO_LARGE`, `CHAT_NOT_FOUND`, `ACCESS_DENIED`, `REFUSED`, `IDEMPOTENCY_KEY_REUSED`. Needs the scope `im`; older portals also the scope `disk`. Costs three calls on older portals (`im.disk.folder.get`, `disk.folder.uploadFile`, `im.disk.file.commit`), on newer ones one (`im.v2.File.upload`).",
  })
  async chatFileSend(
    @Ctx() context: OperationContext,
    @Arg("chatId", () => ID, { description: "The chat that the upload was begun for." }) chatId: string,
    @Arg("uploadId", () => ID, { description: "From `fileUploadStart`." }) uploadId: string,
    @Arg("text", () => String, { nullable: true, description: "A text beside the file, with BBCode." })
    text?: string | null,
    @Arg("idempotencyKey", () => String, { nullable: true, description: IDEMPOTENCY_KEY })
    idempotencyKey?: string | null,
  ): Promise<ChatFileSendPayload> {
    const id = parseChatId(chatId);
    const beside = text ?? "";
    const send = {
      mutation: "chatFileSend",
      idempotencyKey,
      body: [id, uploadId, beside],
      method: "im.v2.File.upload",
      search: searchForFile(context, id, beside, await context.uploads.sizeOf(uploadId)),
    };
    const { messageId, userErrors } = await sendOnce(context, send, () =>
      sendFile(context, { chatId: id, uploadId, text: beside, idempotencyKey: idempotencyKey ?? null }),
    );
    const isAbsent = userErrors.some(({ code }) => code === UserErrorCode.CHAT_NOT_FOUND);
    const payload = new ChatFileSendPayload({
      userErrors: [...userErrors],
      chatId: isAbsent ? null : id,
      isReadAgain: false,
    });
    payload.messageId = messageId;
    return payload;
  }
}

/** By its size beside author and text: names may be changed when they are taken. The upload itself may be gone by the time it is looked for. */
function searchForFile(context: OperationContext, chatId: Id, text: string, size: number | undefined): SentSearch {
  const ofSize = (bytes: number | undefined): SentSearch =>
    searchInChat(context, {
      chatId,
      text,
      isAuthor: viewerTest(context),
      isAlike: ({ files }) => files.some((file) => file.size === bytes),
    });
  return {
    mark: size === undefined ? undefined : String(size),
    newestId: ofSize(size).newestId,
    async sentSince(after, mark) {
      const bytes = mark === undefined ? size : Number(mark);
      return bytes === undefined ? "unclear" : await ofSize(bytes).sentSince(after, mark);
    },
  };
}

function checkFile(name: string, size: number, contentType: string): void {
  const length = [...name].length;
  if (length < 1 || length > MAX_NAME || /[/\\\p{Cc}]/u.test(name) || name.trim() === "") {
    throw badUserInput(
      `name must have 1 to ${MAX_NAME} characters, without / and \\ and control characters. Got ${quote(name)}.`,
    );
  }
  if (!Number.isSafeInteger(size) || size < 1) {
    throw badUserInput(`size must be the number of bytes, 1 or more: portals take no empty files. Got ${size}.`);
  }
  if (!MIME_TYPE.test(contentType)) {
    throw badUserInput(`contentType must be a MIME type, such as "image/png". Got ${quote(contentType)}.`);
  }
}
