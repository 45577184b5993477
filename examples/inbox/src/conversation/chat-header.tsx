import { ArrowLeft, Pin, VolumeX } from "lucide-react";
import type { ReactNode } from "react";
import { customerName } from "../dialogs/customer-name.ts";
import type { ChatFactsFragment } from "../graphql.ts";
import { Avatar } from "../parts/avatar.tsx";
import { inboxAddress } from "../route.ts";
import { useWords } from "../words/language.tsx";
import "./chat-header.css";

interface ChatHeaderProps {
  readonly chat: ChatFactsFragment | undefined;
  /** Known from the list before the chat is. */
  readonly title: string;
  readonly children: ReactNode;
}

/** Whose conversation this is, and where it stands. */
export function ChatHeader({ chat, title, children }: ChatHeaderProps) {
  const words = useWords();
  const name = customerName(title);
  return (
    <header className="chat-header">
      <a className="icon back" href={inboxAddress()} aria-label={words.back}>
        <ArrowLeft aria-hidden />
      </a>
      {name !== "" && <Avatar name={name} url={chat?.avatarUrl} />}
      <div className="titles">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        {chat !== undefined && <Facts chat={chat} />}
      </div>
      {children}
    </header>
  );
}

function Facts({ chat }: { readonly chat: ChatFactsFragment }) {
  const words = useWords();
  const { state, operator, line, connector, isPinned, isSilent } = chat;
  const facts = [
    operator?.name ?? (state === "NO_OPEN_SESSION" ? undefined : words.nobody),
    line?.name,
    connector?.title ?? connector?.id,
  ];
  return (
    <p>
      <span className="state" data-state={state}>
        {words.states[state ?? "UNKNOWN"]}
      </span>
      {isPinned === true && <Pin aria-label={words.pinned} />}
      {isSilent === true && <VolumeX aria-label={words.silent} />}
      {facts.filter(Boolean).join(" · ")}
    </p>
  );
}
