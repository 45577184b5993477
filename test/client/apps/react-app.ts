// An inbox and a conversation with React, as small as can be: what the hooks give, on a page.
import { createElement as h, type ReactElement, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { createDesk } from "../../../client/src/desk/main.ts";
import { createOpenLinesClient } from "../../../client/src/main.ts";
import { OpenLinesProvider, useChat, useConnection, useInbox, useLiveEvents } from "../../../client/src/react/main.ts";
import { optionsOf } from "./options.ts";

const EVENTS = "subscription Heard($after: EventCursor) { messageAdded(after: $after) { cursor content { text } } }";

function Page(): ReactElement {
  const { phase } = useConnection();
  const { rows } = useInbox({ first: 20 });
  const [chatId, setChatId] = useState("");
  const [heard, setHeard] = useState<readonly string[]>([]);
  useLiveEvents<{ messageAdded: { content: { text: string } } }>(
    EVENTS,
    {},
    {
      next: ({ messageAdded }) => setHeard((before) => [...before, messageAdded.content.text]),
    },
  );
  return h(
    "main",
    null,
    h("p", { id: "phase" }, phase),
    h(
      "ul",
      { id: "inbox" },
      rows.map(({ id }) => h("li", { key: id }, h("button", { type: "button", onClick: () => setChatId(id) }, id))),
    ),
    h(
      "ol",
      { id: "heard" },
      heard.map((text, index) => h("li", { key: `${index} ${text}` }, text)),
    ),
    chatId === "" ? null : h(Chat, { chatId }),
  );
}

function Chat({ chatId }: { chatId: string }): ReactElement {
  const { messages, outgoing, draft, setDraft, send } = useChat(chatId);
  return h(
    "section",
    null,
    h("h2", null, chatId),
    h(
      "ol",
      { id: "messages" },
      messages.map(({ id, text }) => h("li", { key: id }, String(text))),
    ),
    h(
      "ol",
      { id: "outgoing" },
      outgoing.map(({ key, text, state }) => h("li", { key }, `${state}: ${text}`)),
    ),
    h("input", {
      id: "draft",
      value: draft,
      onChange: (event: { target: { value: string } }) => setDraft(event.target.value),
    }),
    h(
      "button",
      {
        id: "send",
        type: "button",
        onClick() {
          send(draft);
          setDraft("");
        },
      },
      "Send",
    ),
  );
}

const desk = createDesk(createOpenLinesClient(optionsOf(location)), { storage: localStorage });
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(h(StrictMode, null, h(OpenLinesProvider, { desk }, h(Page))));
