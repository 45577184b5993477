import { Paperclip, Pin } from "lucide-react";
import { useViewerId } from "../gateway/use-viewer.ts";
import { Avatar } from "../parts/avatar.tsx";
import { inboxAddress } from "../route.ts";
import { useFormats } from "../words/formats.ts";
import { useWords } from "../words/language.tsx";
import { customerName } from "./customer-name.ts";
import type { Dialog } from "./use-dialogs.ts";
import "./dialog-row.css";

/** A conversation in the list: who, what was said last and when, where it stands. */
export function DialogRow({ dialog, isOpen }: { readonly dialog: Dialog; readonly isOpen: boolean }) {
  const words = useWords();
  const { moment, full } = useFormats();
  const viewerId = useViewerId();
  const { chat, preview, isPinned } = dialog;
  const operator = chat.operator?.id === viewerId ? undefined : chat.operator?.name;
  const title = chat.title ?? words.untitled;
  const at = preview?.sentAt ?? dialog.changedAt;
  const unread = chat.viewerUnreadCount ?? 0;
  return (
    <a className="dialog-row" href={inboxAddress(dialog.id)} aria-current={isOpen} data-unread={unread > 0}>
      <Avatar name={customerName(title)} url={chat.avatarUrl} />
      <span className="who" dir="auto">
        {customerName(title)}
      </span>
      {typeof at === "string" && (
        <time dateTime={at} title={full(new Date(at))}>
          {moment(new Date(at))}
        </time>
      )}
      <span className="last" dir="auto">
        {preview?.hasFile === true && <Paperclip aria-label={words.file} />}
        {preview?.text}
      </span>
      <span className="marks">
        {isPinned === true && <Pin aria-hidden />}
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
