import {
  type App,
  type ComputedRef,
  computed,
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  onScopeDispose,
  type ShallowRef,
  shallowRef,
  toValue,
  type WritableComputedRef,
  watch,
} from "vue";
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
import { useOpened } from "./opened.ts";

const DESK: InjectionKey<Desk> = Symbol("open-lines desk");

/** `app.use(openLines(desk))` gives a desk to all composables of an application. */
export function openLines(desk: Desk): { install(app: App): void } {
  return { install: (app) => void app.provide(DESK, desk) };
}

export function useDesk(): Desk {
  const desk = inject(DESK);
  if (desk === undefined) throw new Error("Call app.use(openLines(desk)) first.");
  return desk;
}

/** Whether events come in, and over what. */
export function useConnection(): Readonly<ShallowRef<ConnectionState>> {
  const { connection } = useDesk().client;
  const state = shallowRef(connection.state());
  onScopeDispose(
    connection.onChange(() => {
      state.value = connection.state();
    }),
  );
  return state;
}

export interface LiveEventsOptions<Variables> {
  readonly variables?: MaybeRefOrGetter<Variables | undefined>;
  /** Keeps the cursor under this name in the client's storage. */
  readonly name?: string | undefined;
  readonly skip?: MaybeRefOrGetter<boolean>;
}

/** Subscribes while the scope lives, and anew when the variables change. */
export function useLiveEvents<Data, Variables = Readonly<Record<string, unknown>>>(
  document: TypedDocument<Data, Variables>,
  { variables, name, skip }: LiveEventsOptions<Variables>,
  handlers: Handlers<Data>,
): void {
  const { client } = useDesk();
  watch(
    () => JSON.stringify([toValue(skip) ?? false, toValue(variables) ?? null]),
    (_now, _before, onCleanup) => {
      if (toValue(skip)) return;
      onCleanup(client.subscribe<Data, Variables>(document, { variables: toValue(variables), name }, handlers));
    },
    { immediate: true },
  );
}

/** The viewer's dialogs, alive. */
export function useInbox<Row extends InboxRow = InboxRow>(
  options: MaybeRefOrGetter<InboxOptions<Row>> = {},
): { readonly state: Readonly<ShallowRef<InboxState<Row>>> } & Pick<LiveInbox, "loadMore" | "readAgain"> {
  const { client } = useDesk();
  const { state, opened } = useOpened<InboxState<Row>, LiveInbox<Row>>(
    () => openInbox(client, toValue(options)),
    () => toValue(options),
    EMPTY_INBOX,
  );
  return { state, loadMore: async () => opened()?.loadMore(), readAgain: () => opened()?.readAgain() };
}

export interface UsedChat<Message = ChatMessage> extends Pick<LiveChat, "loadEarlier" | "readAgain" | "send"> {
  readonly state: Readonly<ShallowRef<ChatState<Message>>>;
  readonly retry: (key: string) => void;
  readonly discard: (key: string) => void;
  /** For `v-model`. */
  readonly draft: WritableComputedRef<string>;
}

/** A chat's messages, alive, one's own on their way, and what was begun to be written. */
export function useChat<Message extends ChatMessage = ChatMessage>(
  chatId: MaybeRefOrGetter<string>,
  options: Omit<ChatOptions<Message>, "chatId" | "outbox"> = {},
): UsedChat<Message> {
  const { client, outbox, drafts } = useDesk();
  const id: ComputedRef<string> = computed(() => toValue(chatId));
  const { state, opened } = useOpened<ChatState<Message>, LiveChat<Message>>(
    () => openChat(client, { ...options, chatId: id.value, outbox }),
    () => id.value,
    EMPTY_CHAT,
  );
  const written = shallowRef(drafts.get());
  onScopeDispose(
    drafts.subscribe(() => {
      written.value = drafts.get();
    }),
  );
  return {
    state,
    loadEarlier: async () => opened()?.loadEarlier(),
    readAgain: async () => opened()?.readAgain(),
    send: (text, replyToId) => void outbox.send({ chatId: id.value, text, replyToId }),
    retry: outbox.retry,
    discard: outbox.discard,
    draft: computed({
      get: () => written.value.get(id.value) ?? "",
      set: (text) => drafts.write(id.value, text),
    }),
  };
}
