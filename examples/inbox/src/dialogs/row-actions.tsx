import { Bell, BellOff, LogOut, type LucideIcon, MailOpen, Pin, PinOff } from "lucide-react";
import { useViewerId } from "../gateway/use-viewer.ts";
import { Menu } from "../parts/menu.tsx";
import { useWords } from "../words/language.tsx";
import { customerName } from "./customer-name.ts";
import type { Dialog } from "./use-dialogs.ts";
import type { RowDeed } from "./use-row-deeds.ts";

const ICONS: Readonly<Record<RowDeed, LucideIcon>> = {
  pin: Pin,
  unpin: PinOff,
  markAsUnread: MailOpen,
  mute: BellOff,
  unmute: Bell,
  leave: LogOut,
};

interface RowActionsProps {
  readonly dialog: Dialog;
  readonly onDeed: (chatId: string, deed: RowDeed) => void;
}

/** What one can do with a conversation in one's own list. */
export function RowActions({ dialog, onDeed }: RowActionsProps) {
  const words = useWords();
  const viewerId = useViewerId();
  return (
    <Menu
      label={words.rowActions(customerName(dialog.chat.title ?? words.untitled))}
      items={offeredFor(dialog, viewerId).map((deed) => ({
        key: deed,
        text: words.rowDeeds[deed],
        Icon: ICONS[deed],
        onChoose: () => onDeed(dialog.id, deed),
      }))}
    />
  );
}

function offeredFor({ chat, isPinned, isMarkedAsUnread }: Dialog, viewerId: string | undefined): readonly RowDeed[] {
  const deeds: RowDeed[] = [isPinned === true ? "unpin" : "pin"];
  if (isMarkedAsUnread !== true && (chat.viewerUnreadCount ?? 0) === 0) deeds.push("markAsUnread");
  // A conversation that is only offered is nobody's to mute or to leave.
  if (chat.state === "UNASSIGNED") return deeds;
  deeds.push(chat.viewerIsMuted === true ? "unmute" : "mute");
  // Whoever is responsible hands it over first.
  if (chat.operator !== null && chat.operator.id !== viewerId) deeds.push("leave");
  return deeds;
}
