import { ArrowLeft } from "lucide-react";
import { customerName } from "../dialogs/customer-name.ts";
import type { ChatFactsFragment } from "../graphql.ts";
import { Avatar } from "../parts/avatar.tsx";
import { inboxAddress } from "../route.ts";
import { useWords } from "../words/language.tsx";
import "./chat-header.css";

/** Whose conversation this is, and where it stands. */
export function ChatHeader({ chat }: { readonly chat: ChatFactsFragment | undefined }) {
  const words = useWords();
  const title = customerName(chat?.title ?? "");
  const where = [chat?.line?.name, chat?.connector?.title ?? chat?.connector?.id, chat?.operator?.name ?? words.nobody];
  return (
    <header className="chat-header">
      <a className="icon back" href={inboxAddress()} aria-label={words.back}>
        <ArrowLeft aria-hidden />
      </a>
      <Avatar name={title} url={chat?.avatarUrl} />
      <div className="titles">
        <h1 dir="auto">{title}</h1>
        {chat !== undefined && (
          <p>
            <span className="state" data-state={chat.state}>
              {words.states[chat.state ?? "UNKNOWN"]}
            </span>
            {where.filter(Boolean).join(" · ")}
          </p>
        )}
      </div>
    </header>
  );
}
