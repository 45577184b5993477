import { Paperclip, SendHorizontal } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import type { ChatFactsFragment } from "../graphql.ts";
import { useWords } from "../words/language.tsx";
import { OutgoingFileList } from "./outgoing-files.tsx";
import { useFiles } from "./use-files.ts";
import type { Messages } from "./use-messages.ts";
import "./composer.css";

interface ComposerProps extends Pick<Messages, "draft" | "setDraft" | "send"> {
  readonly chat: ChatFactsFragment;
}

/** Where one writes. What was begun stays, whatever happens to the connection. */
export function Composer({ chat, draft, setDraft, send }: ComposerProps) {
  const words = useWords();
  const { sendFiles, ...outgoing } = useFiles(chat.id);
  const submit = () => {
    const text = draft.trim();
    if (text === "") return;
    send(text);
    setDraft("");
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  if (chat.viewerCanSend === false) return <p className="cannot-send">{words.cannotSend}</p>;
  return (
    <>
      <OutgoingFileList {...outgoing} />
      {chat.isSilent === true && <p className="silent">{words.silentNow}</p>}
      <form
        className="composer"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          sendFiles(event.dataTransfer.files);
        }}
      >
        <FileButton onFiles={sendFiles} />
        <textarea
          value={draft}
          onChange={({ target }) => setDraft(target.value)}
          onKeyDown={enter}
          onPaste={({ clipboardData }) => sendFiles(clipboardData.files)}
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
