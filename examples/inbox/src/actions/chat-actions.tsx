import { useEffect, useState } from "react";
import { useViewerId } from "../gateway/use-viewer.ts";
import type { ChatFactsFragment } from "../graphql.ts";
import { Menu } from "../parts/menu.tsx";
import { useWords } from "../words/language.tsx";
import { DEED_ICONS } from "./deed-icons.ts";
import { type Deed, offeredFor } from "./offered.ts";
import { RateDialog } from "./rate-dialog.tsx";
import { TransferDialog } from "./transfer-dialog.tsx";
import type { Deeds } from "./use-deeds.ts";
import "./chat-actions.css";

interface ChatActionsProps {
  readonly chat: ChatFactsFragment;
  readonly deeds: Deeds;
  /** To be called after each rendering: what had the focus may be gone. */
  readonly keepFocus: () => void;
}

/** What one can do with the conversation: the likely things as buttons, the others in a menu. */
export function ChatActions({ chat, deeds, keepFocus }: ChatActionsProps) {
  const words = useWords();
  const viewerId = useViewerId();
  const [asking, setAsking] = useState<"transfer" | "rate">();
  const { first, further } = offeredFor(chat, viewerId);
  useEffect(keepFocus);
  const begin = (deed: Deed) => {
    if (deed === "transfer" || deed === "rate") setAsking(deed);
    else void deeds.carryOut(deed);
  };
  return (
    <div className="chat-actions">
      {first.map((deed, index) => {
        const Icon = DEED_ICONS[deed];
        return (
          <button
            key={deed}
            type="button"
            className={index === 0 ? "primary" : undefined}
            disabled={deeds.isBusy}
            aria-label={words.deeds[deed]}
            title={words.deeds[deed]}
            onClick={() => begin(deed)}
          >
            <Icon aria-hidden />
            <span>{words.deeds[deed]}</span>
          </button>
        );
      })}
      <Menu
        label={words.moreDeeds}
        items={further.map((deed) => ({
          key: deed,
          text: words.deeds[deed],
          Icon: DEED_ICONS[deed],
          onChoose: () => begin(deed),
        }))}
      />
      {asking === "transfer" && <TransferDialog chat={chat} onClose={() => setAsking(undefined)} />}
      {asking === "rate" && <RateDialog chatId={chat.id} onClose={() => setAsking(undefined)} />}
    </div>
  );
}
