import { english as messages } from "bitrix24-open-channels-client/messages";

const plural = (count: number, one: string, other: string): string => `${count} ${count === 1 ? one : other}`;

/** The words of the interface. */
export const english = {
  locale: "en",
  /** Sentences for the gateway's error codes. */
  messages,

  inbox: "Inbox",
  loading: "Loading …",
  retry: "Try again",
  close: "Close",
  cancel: "Cancel",
  more: "Show more",
  failedToStart: "The inbox could not be started.",

  actingAs: "Acting as",
  language: "Language",
  theme: "Appearance",
  themes: { auto: "As the system", light: "Light", dark: "Dark" },

  connection: {
    idle: "Not connected",
    connecting: "Connecting …",
    connected: "Live",
    waiting: "Connection lost, trying again",
    refused: "Signed out",
  },

  dialogs: "Conversations",
  groups: { mine: "Mine", waiting: "Waiting", others: "Colleagues", finished: "Finished" },
  nothing: {
    mine: "You have no open conversations.",
    waiting: "Nobody is waiting.",
    others: "Your colleagues have no open conversations that you take part in.",
    finished: "No finished conversations yet.",
  },
  unread: (count: number) => plural(count, "unread message", "unread messages"),
  file: "File",
  untitled: "Without a name",
  nobody: "Nobody yet",
  you: "You",
  states: {
    NO_OPEN_SESSION: "Finished",
    UNASSIGNED: "Waiting",
    ASSIGNED: "In progress",
    CLOSING: "Closing",
    UNKNOWN: "Unknown",
  },

  choose: "Choose a conversation",
  chooseWhy: "Its messages appear here, and new ones as they come.",
  back: "Back to the list",
  messagesOf: (title: string) => `Messages of ${title}`,
  noMessages: "No messages yet.",
  earlier: "Earlier messages are being loaded …",
  newest: "To the newest message",
  hidden: "Hidden note: only colleagues see it",
  edited: "edited",
  deleted: "This message was deleted.",
  write: "Write a message",
  send: "Send",
  sendHint: "Enter sends, Shift+Enter begins a new line",
  cannotSend: "Take this conversation to write in it.",
  outgoing: {
    sending: "Sending …",
    sent: "Sent",
    unknown: "It is not known whether this was sent; it is being looked up.",
    refused: "Not sent.",
    failed: "Not sent.",
  },
  discard: "Discard",
};

export type Words = typeof english;
