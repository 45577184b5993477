import { MessageSquareText } from "lucide-react";
import { Conversation } from "./conversation/conversation.tsx";
import { DialogList } from "./dialogs/dialog-list.tsx";
import { useDialogs } from "./dialogs/use-dialogs.ts";
import { useWords } from "./words/language.tsx";
import "./inbox-page.css";

const OPEN = ["UNASSIGNED", "ASSIGNED", "CLOSING", "UNKNOWN"] as const;

/** The list of conversations, and one of them beside it; on a narrow screen one or the other. */
export function InboxPage({ chatId }: { readonly chatId: string | undefined }) {
  const open = useDialogs(OPEN);
  const dialog = open.dialogs.find(({ id }) => id === chatId);
  return (
    <main className="inbox-page" data-shows={chatId === undefined ? "list" : "conversation"}>
      <DialogList open={open} openChatId={chatId} />
      {chatId === undefined ? <NothingChosen /> : <Conversation key={chatId} chatId={chatId} dialog={dialog} />}
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
