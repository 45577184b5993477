import type { OpenLinesClient } from "../client.ts";
import { type GatewayError, isRecord, type Result } from "../result.ts";
import { openLiveView, type Problem } from "./live-view.ts";
import { compareIds, createMessageOrder } from "./message-order.ts";
import type { Outbox, Outgoing } from "./outbox.ts";
import { type Selection, textOfSelection } from "./selection.ts";
import { createStore, type Watched } from "./store.ts";

/** A stored message with the fields that were asked for, here the usual ones; `id` is always among them. */
export type ChatMessage = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly text?: string;
  readonly plainText?: string;
  readonly sentAt?: string;
  readonly isSystem?: boolean;
  readonly isHidden?: boolean | null;
  readonly author?: { readonly id: string; readonly name: string | null } | null;
};

export interface ChatState<Message = ChatMessage> {
  /** Oldest first, without a hole. */
  readonly messages: readonly Message[];
  /** One's own that are not among them yet. */
  readonly outgoing: readonly Outgoing[];
  readonly hasEarlier: boolean;
  readonly isLoading: boolean;
  /** Why it is not up to date; it is tried again by itself. */
  readonly problem: Problem | undefined;
}

/** Before anything was read. */
export const EMPTY_CHAT: ChatState<never> = {
  messages: [],
  outgoing: [],
  hasEarlier: false,
  isLoading: true,
  problem: undefined,
};

export interface LiveChat<Message = ChatMessage> extends Watched<ChatState<Message>> {
  /** Loads the page before the first message. */
  loadEarlier(): Promise<void>;
  /** Reads the newest page again: for what no event tells, such as messages of group chats of some channels. */
  readAgain(): Promise<void>;
  send(text: string, replyToId?: string): void;
  close(): void;
}

export interface ChatOptions<Message extends ChatMessage = ChatMessage> {
  readonly chatId: string;
  readonly outbox: Outbox;
  /** What is selected of a message; with its `id`. */
  readonly messageFields?: Selection<Message> | undefined;
  readonly pageSize?: number | undefined;
}

export const MESSAGE_FIELDS =
  "id text plainText sentAt isSystem isHidden isEdited isDeleted author { id name avatarUrl } files { id name kind size downloadUrl previewUrl }";
const PAGE_SIZE = 50;
/** What did not come is asked for again after so long. */
const RETRY_MS = 5_000;
/** Events whose message is not stored yet are looked for after so long. */
const READ_AGAIN_MS = 1_500;

/** A chat's newest messages, those that come, and one's own on their way. */
export function openChat<Message extends ChatMessage = ChatMessage>(
  client: OpenLinesClient,
  options: ChatOptions<Message>,
): LiveChat<Message> {
  const { chatId, outbox, messageFields = MESSAGE_FIELDS, pageSize = PAGE_SIZE } = options;
  const fields = textOfSelection(messageFields);
  const messages = createMessageOrder<Message>();
  let startCursor: string | undefined;
  const store = createStore<ChatState<Message>>(EMPTY_CHAT);

  function show(how: Partial<ChatState<Message>> = {}): void {
    const outgoing = outbox.get().filter((each) => each.chatId === chatId && !isStored(each));
    store.set({ ...store.get(), messages: messages.all(), outgoing, ...how });
  }
  function isStored({ messageId }: Outgoing): boolean {
    return messageId !== undefined && messages.has(messageId);
  }
  function put(found: readonly Message[]): void {
    messages.put(found);
    for (const sent of outbox.get()) if (isStored(sent)) outbox.discard(sent.key);
  }

  async function page(before?: string, signal?: AbortSignal): Promise<Page<Message>> {
    const variables = { chatId, last: pageSize, before: before ?? null };
    return readPage(await client.request(PAGE(fields), variables, { signal }));
  }
  async function read(givenUp: AbortSignal): Promise<string | null> {
    const before = messages.all();
    const newest = await page(undefined, givenUp);
    const [first] = newest.messages;
    // Where more came than fits, what was shown would have a hole.
    const isJoined = first === undefined || messages.has(first.id) || !newest.hasEarlier;
    if (!isJoined) messages.clear();
    if (messages.all().length === 0) {
      startCursor = newest.startCursor;
      show({ hasEarlier: newest.hasEarlier });
    }
    // What is gone from the page was deleted. What came meanwhile the page may not know yet.
    const found = new Set(newest.messages.map(({ id }) => id));
    for (const { id } of before) {
      if (first !== undefined && compareIds(id, first.id) >= 0 && !found.has(id)) messages.delete(id);
    }
    put(newest.messages);
    show({ isLoading: false });
    if (newest.cursorError !== undefined) throw newest.cursorError;
    return newest.cursor;
  }
  function event(found: Readonly<Record<string, unknown>>): void {
    const { message, deletedMessageId } = found;
    if (typeof deletedMessageId === "string") messages.delete(deletedMessageId);
    else if (isMessage<Message>(message)) put([message]);
    else view.readSoon(READ_AGAIN_MS);
    show();
  }

  /** Until the page before the first message, which did not come, is asked for again. */
  let earlier: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  async function loadEarlier(): Promise<void> {
    const { hasEarlier, isLoading } = store.get();
    if (!hasEarlier || isLoading || startCursor === undefined || isClosed) return;
    clearTimeout(earlier);
    earlier = undefined;
    show({ isLoading: true });
    try {
      const found = await page(startCursor);
      startCursor = found.startCursor ?? startCursor;
      put(found.messages);
      show({ isLoading: false, hasEarlier: found.hasEarlier, problem: undefined });
    } catch (error) {
      show({ isLoading: false, problem: error instanceof Error ? error : new Error(String(error)) });
      if (!isClosed) earlier = setTimeout(() => void loadEarlier(), RETRY_MS);
    }
  }

  const view = openLiveView({
    client,
    subscription: EVENTS(fields),
    variables: { chatIds: [chatId] },
    read,
    event,
    failed: (problem) => show({ problem }),
  });
  const stopOutbox = outbox.subscribe(() => {
    // A message that no event tells of, such as one of the website's live chat, is read.
    if (outbox.get().some((each) => each.chatId === chatId && each.state === "sent" && !isStored(each))) {
      view.readSoon(READ_AGAIN_MS);
    }
    show();
  });
  return {
    ...store,
    loadEarlier,
    async readAgain() {
      const isAwaited = earlier !== undefined;
      await view.readAgain();
      if (isAwaited) await loadEarlier();
    },
    send: (text, replyToId) => void outbox.send({ chatId, text, replyToId }),
    close() {
      isClosed = true;
      clearTimeout(earlier);
      stopOutbox();
      view.close();
    },
  };
}

const PAGE = (fields: string): string => `query ChatPage($chatId: ID!, $last: Int!, $before: String) {
  eventCursor
  chat(by: { id: $chatId }) {
    id
    messages(last: $last, before: $before) { nodes { ${fields} } pageInfo { hasPreviousPage startCursor } }
  }
}`;

const EVENTS = (fields: string): string => `subscription ChatEvents($chatIds: [ID!], $after: EventCursor) {
  openLineEvents(
    filter: { chatIds: $chatIds, kinds: [MESSAGE_ADDED, MESSAGE_UPDATED, MESSAGE_DELETED] }
    after: $after
    checkpoints: true
  ) {
    __typename
    cursor
    ... on MessageAdded { message { ${fields} } }
    ... on MessageUpdated { message { ${fields} } }
    ... on MessageDeleted { deletedMessageId }
    ... on StreamGap { since until refetchAfterMs }
  }
}`;

interface Page<Message> {
  /** Null where the portal tells no events. */
  readonly cursor: string | null;
  /** Why the cursor is not known now. */
  readonly cursorError: Error | undefined;
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
  readonly startCursor: string | undefined;
}

/** Throws the first error where the page is not there. */
function readPage<Message extends ChatMessage>({ data, errors = [] }: Result): Page<Message> {
  const chat = data?.chat;
  const connection = isRecord(chat) ? chat.messages : undefined;
  if (!isRecord(connection) || !Array.isArray(connection.nodes)) throw asError(errors[0]);
  const cursorError = errors.find(({ path }) => path?.[0] === "eventCursor");
  const { hasPreviousPage, startCursor } = isRecord(connection.pageInfo) ? connection.pageInfo : {};
  return {
    cursor: typeof data?.eventCursor === "string" ? data.eventCursor : null,
    cursorError: cursorError && asError(cursorError),
    messages: connection.nodes.filter(isMessage<Message>),
    hasEarlier: hasPreviousPage === true,
    startCursor: typeof startCursor === "string" ? startCursor : undefined,
  };
}

function asError(error: GatewayError | undefined): Error {
  const { message = "There is no such chat, or it cannot be seen.", extensions = { code: "NOT_FOUND_OR_FORBIDDEN" } } =
    error ?? {};
  return Object.assign(new Error(message), { extensions });
}

/** Its fields are those that were selected: the gateway answers nothing else. */
function isMessage<Message extends ChatMessage>(value: unknown): value is Message {
  return isRecord(value) && typeof value.id === "string";
}
