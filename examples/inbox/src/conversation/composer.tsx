import { Paperclip, SendHorizontal, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { ChatFactsFragment, ChatMessageFragment } from "../graphql.ts";
import { useWords } from "../words/language.tsx";
import { OutgoingFileList } from "./outgoing-files.tsx";
import { Quotation } from "./quotation.tsx";
import type { OutgoingFiles } from "./use-files.ts";
import type { Messages } from "./use-messages.ts";
import { useTyping } from "./use-typing.ts";
import "./composer.css";

interface ComposerProps extends Pick<Messages, "draft" | "setDraft" | "send"> {
  readonly chat: ChatFactsFragment;
  /** On their way. */
  readonly files: OutgoingFiles;
  /** The message that the next one answers. */
  readonly answered: ChatMessageFragment | undefined;
  /** It was answered, or is not to be. */
  readonly onAnswered: () => void;
}

/** Where one writes. What was begun stays, whatever happens to the connection. */
export function Composer({ chat, files, draft, setDraft, send, answered, onAnswered }: ComposerProps) {
  const words = useWords();
  const showTyping = useTyping(chat);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (answered !== undefined) field.current?.focus();
  }, [answered]);
  const submit = () => {
    const text = draft.trim();
    if (text === "") return;
    send(text, answered?.id);
    setDraft("");
    onAnswered();
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key === "Escape") onAnswered();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  if (chat.viewerCanSend === false) return <p className="cannot-send">{words.cannotSend}</p>;
  return (
    <>
      <OutgoingFileList {...files} />
      {answered !== undefined && (
        <div className="answered">
          <Quotation message={answered} />
          <button type="button" className="icon" aria-label={words.noReply} onClick={onAnswered}>
            <X aria-hidden />
          </button>
        </div>
      )}
      {chat.isSilent === true && <p className="silent">{words.silentNow}</p>}
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <FileButton onFiles={files.sendFiles} />
        <textarea
          ref={field}
          value={draft}
          onChange={({ target }) => {
            setDraft(target.value);
            showTyping();
          }}
          onKeyDown={enter}
          onPaste={({ clipboardData }) => {
            // Office programs put a picture of the text beside it.
            if (!clipboardData.types.includes("text/plain")) files.sendFiles(clipboardData.files);
          }}
          rows={1}
          dir="auto"
          placeholder={words.write}
          aria-label={words.write}
          title={words.sendHint}
          enterKeyHint="send"
        />
        <button type="submit" className="icon primary" aria-label={words.send} disabled={draft.trim() === ""}>
          <SendHorizontal aria-hidden />
        </button>
      </form>
    </>
  );
}

function FileButton({ onFiles }: { readonly onFiles: (files: Iterable<File>) => void }) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          target.value = "";
        }}
      />
      <button type="button" className="icon" aria-label={words.attach} onClick={() => input.current?.click()}>
        <Paperclip aria-hidden />
      </button>
    </>
  );
}
