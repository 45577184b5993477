import { SendHorizontal } from "lucide-react";
import type { KeyboardEvent } from "react";
import type { ChatFactsFragment } from "../graphql.ts";
import { useWords } from "../words/language.tsx";
import type { Messages } from "./use-messages.ts";
import "./composer.css";

interface ComposerProps extends Pick<Messages, "draft" | "setDraft" | "send"> {
  readonly chat: ChatFactsFragment | undefined;
}

/** Where one writes. What was begun stays, whatever happens to the connection. */
export function Composer({ chat, draft, setDraft, send }: ComposerProps) {
  const words = useWords();
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
  if (chat?.viewerCanSend === false) return <p className="cannot-send">{words.cannotSend}</p>;
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        value={draft}
        onChange={({ target }) => setDraft(target.value)}
        onKeyDown={enter}
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
  );
}
