import { useCallback, useState } from "react";
import type { Problem } from "../actions/use-action.ts";
import { useAction } from "../actions/use-action.ts";
import { useViewerId } from "../gateway/use-viewer.ts";
import { type ChatMessageFragment, ReactToMessageDocument } from "../graphql.ts";

export interface Likes {
  readonly count: number;
  readonly isMine: boolean;
}

export interface Reactions {
  readonly likesOf: (message: ChatMessageFragment) => Likes;
  readonly onLike: (message: ChatMessageFragment) => void;
  readonly problem: Problem | undefined;
}

/** Who likes what. No event tells of a reaction: one's own is shown at once, others' when the messages are read again. */
export function useReactions(): Reactions {
  const viewerId = useViewerId();
  const react = useAction(ReactToMessageDocument);
  /** What one did oneself since the messages were read. */
  const [own, setOwn] = useState<ReadonlyMap<string, boolean>>(new Map());
  const likesOf = useCallback(
    ({ id, reactions }: ChatMessageFragment): Likes => {
      const like = reactions.find(({ kind }) => kind === "LIKE");
      const wasMine = like?.users.some((user) => user.id === viewerId) ?? false;
      const isMine = own.get(id) ?? wasMine;
      return { count: (like?.count ?? 0) + Number(isMine) - Number(wasMine), isMine };
    },
    [own, viewerId],
  );
  const toggle = async (message: ChatMessageFragment) => {
    const { isMine } = likesOf(message);
    const become = (now: boolean) => setOwn((all) => new Map(all).set(message.id, now));
    become(!isMine);
    if (!(await react.run({ messageId: message.id, reaction: isMine ? null : "LIKE" }))) become(isMine);
  };
  return { likesOf, onLike: (message) => void toggle(message), problem: react.problem };
}
