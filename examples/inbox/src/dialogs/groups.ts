import type { Dialog } from "./use-dialogs.ts";

/** How conversations are put together: what is the viewer's own, what nobody has taken, what others have, and what is over. */
export const GROUPS = ["mine", "waiting", "others", "finished"] as const;
export type Group = (typeof GROUPS)[number];

export function groupOf({ chat }: Dialog, viewerId: string | undefined): Group {
  switch (chat.state) {
    case "NO_OPEN_SESSION":
      return "finished";
    case "UNASSIGNED":
      return "waiting";
    default:
      return chat.operator?.id === viewerId ? "mine" : "others";
  }
}

export interface GroupCounts {
  readonly dialogs: number;
  readonly unread: number;
}

export function countsOf(dialogs: readonly Dialog[]): GroupCounts {
  return {
    dialogs: dialogs.length,
    unread: dialogs.reduce((sum, { chat }) => sum + (chat.viewerUnreadCount ?? 0), 0),
  };
}
