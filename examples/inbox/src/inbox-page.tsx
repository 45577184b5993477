import { MessageSquareText } from "lucide-react";
import { Conversation } from "./conversation/conversation.tsx";
import { DialogList } from "./dialogs/dialog-list.tsx";
import { useWords } from "./words/language.tsx";
import "./inbox-page.css";

/** The list of conversations, and one of them beside it; on a narrow screen one or the other. */
export function InboxPage({ chatId }: { readonly chatId: string | undefined }) {
  return (
    <main className="inbox-page" data-shows={chatId === undefined ? "list" : "conversation"}>
      <DialogList openChatId={chatId} />
      {chatId === undefined ? <NothingChosen /> : <Conversation key={chatId} chatId={chatId} />}
    </main>
  );
}

function NothingChosen() {
  const words = useWords();
  return (
    <section className="nothing-chosen">
      <MessageSquareText aria-hidden />
      <h2>{words.choose}</h2>
      <p>{words.chooseWhy}</p>
    </section>
  );
}
