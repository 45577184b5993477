// The same page with Vue.
import { createApp, defineComponent, h, ref } from "vue";
import { createDesk } from "../../../client/src/desk/main.ts";
import { createOpenLinesClient } from "../../../client/src/main.ts";
import { openLines, useChat, useConnection, useInbox, useLiveEvents } from "../../../client/src/vue/main.ts";
import { optionsOf } from "./options.ts";

const EVENTS = "subscription Heard($after: EventCursor) { messageAdded(after: $after) { cursor content { text } } }";

const Chat = defineComponent({
  props: { chatId: { type: String, required: true } },
  setup(props) {
    const { state, draft, send } = useChat(() => props.chatId);
    return () =>
      h("section", [
        h("h2", props.chatId),
        h(
          "ol",
          { id: "messages" },
          state.value.messages.map(({ id, text }) => h("li", { key: id }, String(text))),
        ),
        h(
          "ol",
          { id: "outgoing" },
          state.value.outgoing.map(({ key, text, state: how }) => h("li", { key }, `${how}: ${text}`)),
        ),
        h("input", {
          id: "draft",
          value: draft.value,
          onInput(event: Event) {
            if (event.target instanceof HTMLInputElement) draft.value = event.target.value;
          },
        }),
        h(
          "button",
          {
            id: "send",
            onClick() {
              send(draft.value);
              draft.value = "";
            },
          },
          "Send",
        ),
      ]);
  },
});

const Page = defineComponent({
  setup() {
    const connection = useConnection();
    const { state } = useInbox({ first: 20 });
    const chatId = ref("");
    const heard = ref<string[]>([]);
    useLiveEvents<{ messageAdded: { content: { text: string } } }>(
      EVENTS,
      {},
      {
        next: ({ messageAdded }) => heard.value.push(messageAdded.content.text),
      },
    );
    return () =>
      h("main", [
        h("p", { id: "phase" }, connection.value.phase),
        h(
          "ul",
          { id: "inbox" },
          state.value.rows.map(({ id }) =>
            h(
              "li",
              { key: id },
              h(
                "button",
                {
                  onClick: () => {
                    chatId.value = id;
                  },
                },
                id,
              ),
            ),
          ),
        ),
        h(
          "ol",
          { id: "heard" },
          heard.value.map((text) => h("li", text)),
        ),
        chatId.value === "" ? null : h(Chat, { chatId: chatId.value }),
      ]);
  },
});

const desk = createDesk(createOpenLinesClient(optionsOf(location)), { storage: localStorage });
createApp(Page).use(openLines(desk)).mount("#root");
