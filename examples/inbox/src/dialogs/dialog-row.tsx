import { BellOff, Paperclip, Pin } from "lucide-react";
import { useViewerId } from "../gateway/use-viewer.ts";
import { Avatar } from "../parts/avatar.tsx";
import { inboxAddress } from "../route.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";
import { customerName } from "./customer-name.ts";
import { RowActions } from "./row-actions.tsx";
import type { Dialog } from "./use-dialogs.ts";
import type { RowDeeds } from "./use-row-deeds.ts";
import "./dialog-row.css";

interface DialogRowProps {
  readonly dialog: Dialog;
  readonly isOpen: boolean;
  readonly onDeed: RowDeeds["carryOut"];
}

/** A conversation in the list, and what one can do with it there. */
export function DialogRow({ dialog, isOpen, onDeed }: DialogRowProps) {
  return (
    <div className="dialog-place">
      <DialogLink dialog={dialog} isOpen={isOpen} />
      <RowActions dialog={dialog} onDeed={onDeed} />
    </div>
  );
}

/** Who, what was said last and when, where it stands. */
function DialogLink({ dialog, isOpen }: Omit<DialogRowProps, "onDeed">) {
  const words = useWords();
  const { moment, full } = useFormats();
  const viewerId = useViewerId();
  const { chat, preview, isPinned, isMarkedAsUnread } = dialog;
  const operator = chat.operator?.id === viewerId ? undefined : chat.operator?.name;
  const title = chat.title ?? words.untitled;
  const at = preview?.sentAt ?? dialog.changedAt;
  // What is before one's eyes is being read; the list tells it some seconds later.
  const unread = isOpen ? 0 : (chat.viewerUnreadCount ?? 0);
  return (
    <a
      className="dialog-row"
      href={inboxAddress(dialog.id)}
      aria-current={isOpen}
      data-unread={unread > 0 || isMarkedAsUnread === true}
    >
      <Avatar name={customerName(title)} url={chat.avatarUrl} />
      <span className="who">
        <bdi>{customerName(title)}</bdi>
      </span>
      {typeof at === "string" && (
        <time dateTime={at} title={full(new Date(at))}>
          {moment(new Date(at))}
        </time>
      )}
      <span className="last" dir="auto">
        {preview?.hasFile === true && <Paperclip aria-label={words.file} />}
        {preview?.author != null && preview.author.id === viewerId && <span className="own">{words.you} </span>}
        {preview?.text}
      </span>
      <span className="marks">
        {chat.viewerIsMuted === true && <BellOff aria-label={words.muted} />}
        {isPinned === true && <Pin aria-label={words.pinnedOnTop} />}
        {unread === 0 && isMarkedAsUnread === true && (
          <span className="unread-dot" role="img" aria-label={words.markedAsUnread} />
        )}
        {unread > 0 && (
          <span className="unread">
            <span aria-hidden>{unread}</span>
            <span className="visually-hidden">{words.unread(unread)}</span>
          </span>
        )}
      </span>
      <span className="where">
        {[chat.line?.name, chat.connector?.title ?? chat.connector?.id, operator].filter(Boolean).join(" · ")}
      </span>
    </a>
  );
}
