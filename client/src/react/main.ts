import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useRef,
  useSyncExternalStore,
} from "react";
import type { ConnectionState } from "../connection.ts";
import {
  type ChatMessage,
  type ChatOptions,
  type ChatState,
  EMPTY_CHAT,
  type LiveChat,
  openChat,
} from "../desk/chat.ts";
import type { Desk } from "../desk/desk.ts";
import {
  EMPTY_INBOX,
  type InboxOptions,
  type InboxRow,
  type InboxState,
  type LiveInbox,
  openInbox,
} from "../desk/inbox.ts";
import type { TypedDocument } from "../documents.ts";
import type { Handlers } from "../subscription.ts";
import { useOpened, useWatched } from "./opened.ts";

const DeskContext = createContext<Desk | undefined>(undefined);

/** Gives a desk to all hooks below. */
export function OpenLinesProvider({ desk, children }: { desk: Desk; children?: ReactNode }): ReactElement {
  return createElement(DeskContext.Provider, { value: desk }, children);
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === undefined) throw new Error("Put an <OpenLinesProvider desk={…}> around this component.");
  return desk;
}

/** Whether events come in, and over what. */
export function useConnection(): ConnectionState {
  const { connection } = useDesk().client;
  return useSyncExternalStore(connection.onChange, connection.state, connection.state);
}

export interface LiveEventsOptions<Variables> {
  readonly variables?: Variables | undefined;
  /** Keeps the cursor under this name in the client's storage. */
  readonly name?: string | undefined;
  readonly skip?: boolean | undefined;
}

/** Subscribes while the component is there. The newest handlers are called, a change of them subscribes to nothing anew. */
export function useLiveEvents<Data, Variables = Readonly<Record<string, unknown>>>(
  document: TypedDocument<Data, Variables>,
  { variables, name, skip = false }: LiveEventsOptions<Variables>,
  handlers: Handlers<Data>,
): void {
  const { client } = useDesk();
  const newest = useRef(handlers);
  useEffect(() => {
    newest.current = handlers;
  });
  const key = JSON.stringify(variables ?? null);
  useEffect(() => {
    if (skip) return;
    return client.subscribe<Data, Variables>(
      document,
      { variables: JSON.parse(key) ?? undefined, name },
      {
        next: (data, result) => newest.current.next(data, result),
        gap: (gap) => newest.current.gap?.(gap),
        withheld: (withheld) => newest.current.withheld?.(withheld),
        lost: (loss) => newest.current.lost?.(loss),
        error: (end) => newest.current.error?.(end),
        complete: () => newest.current.complete?.(),
      },
    );
  }, [client, document, key, name, skip]);
}

/** The viewer's dialogs, alive. */
export function useInbox<Row extends InboxRow = InboxRow>(
  options: InboxOptions<Row> = {},
): InboxState<Row> & Pick<LiveInbox, "loadMore" | "readAgain"> {
  const { client } = useDesk();
  const key = JSON.stringify(options);
  const open = useCallback(() => openInbox<Row>(client, JSON.parse(key)), [client, key]);
  const inbox = useOpened(open);
  const state = useWatched<InboxState<Row>>(inbox, EMPTY_INBOX);
  return { ...state, loadMore: async () => inbox?.loadMore(), readAgain: () => inbox?.readAgain() };
}

export interface UsedChat<Message = ChatMessage>
  extends ChatState<Message>,
    Pick<LiveChat, "loadEarlier" | "readAgain" | "send"> {
  readonly retry: (key: string) => void;
  readonly discard: (key: string) => void;
  readonly draft: string;
  readonly setDraft: (text: string) => void;
}

/** A chat's messages, alive, one's own on their way, and what was begun to be written. */
export function useChat<Message extends ChatMessage = ChatMessage>(
  chatId: string,
  options: Omit<ChatOptions<Message>, "chatId" | "outbox"> = {},
): UsedChat<Message> {
  const { client, outbox, drafts } = useDesk();
  const key = JSON.stringify(options);
  const open = useCallback(
    () => openChat<Message>(client, { ...JSON.parse(key), chatId, outbox }),
    [client, outbox, chatId, key],
  );
  const chat = useOpened(open);
  const state = useWatched<ChatState<Message>>(chat, EMPTY_CHAT);
  const draft = useSyncExternalStore(drafts.subscribe, () => drafts.read(chatId));
  return {
    ...state,
    loadEarlier: async () => chat?.loadEarlier(),
    readAgain: async () => chat?.readAgain(),
    send: (text, replyToId) => void outbox.send({ chatId, text, replyToId }),
    retry: outbox.retry,
    discard: outbox.discard,
    draft,
    setDraft: (text) => drafts.write(chatId, text),
  };
}
