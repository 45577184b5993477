import { Reply, ThumbsUp } from "lucide-react";
import type { ChatMessageFragment } from "../graphql.ts";
import { useWords } from "../words/language.tsx";
import type { Likes } from "./use-reactions.ts";
import "./message-foot.css";

export interface MessageDeeds {
  readonly likesOf: (message: ChatMessageFragment) => Likes;
  readonly onLike: (message: ChatMessageFragment) => void;
  readonly onReply: (message: ChatMessageFragment) => void;
}

interface MessageFootProps {
  readonly message: ChatMessageFragment;
  /** Undefined for whoever takes no part in the conversation. */
  readonly deeds: MessageDeeds | undefined;
}

/** Who likes a message, and what one can do with it. */
export function MessageFoot({ message, deeds }: MessageFootProps) {
  const words = useWords();
  if (deeds === undefined) {
    const count = message.reactions.find(({ kind }) => kind === "LIKE")?.count ?? 0;
    return count === 0 ? null : <p className="likes">{words.likes(count)}</p>;
  }
  const { count, isMine } = deeds.likesOf(message);
  return (
    <div className="message-foot" data-liked={count > 0}>
      <button
        type="button"
        className="like"
        aria-pressed={isMine}
        aria-label={count === 0 ? words.like : `${words.like}, ${words.likes(count)}`}
        title={words.like}
        onClick={() => deeds.onLike(message)}
      >
        <ThumbsUp aria-hidden />
        {count > 0 && <span aria-hidden>{count}</span>}
      </button>
      <button type="button" aria-label={words.reply} title={words.reply} onClick={() => deeds.onReply(message)}>
        <Reply aria-hidden />
      </button>
    </div>
  );
}
