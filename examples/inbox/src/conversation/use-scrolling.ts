import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Entry } from "./entries.ts";

interface Scrolling {
  readonly list: RefObject<VirtualizerHandle | null>;
  /** What is new stands before what was there: the list keeps what is seen at its place. */
  readonly isPrepending: boolean;
  readonly isAtEnd: boolean;
  readonly onScroll: (offset: number) => void;
  readonly onResize: () => void;
  readonly toEnd: () => void;
}

/** So near to an end (in pixels) counts as being there. */
const NEAR = 60;
/** So far from the beginning (in pixels) earlier messages are asked for. */
const EARLY = 1_200;

/** Begins at the newest message, stays there while one is there, and asks for earlier ones before one has come to the first. */
export function useScrolling(entries: readonly Entry[], askForEarlier: () => void): Scrolling {
  const list = useRef<VirtualizerHandle>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const [shown, setShown] = useState(entries);
  const firstBefore = shown[0]?.key;
  const isPrepending =
    shown !== entries && firstBefore !== undefined && entries[0]?.key !== firstBefore && entries.length > shown.length;

  const toEnd = () => list.current?.scrollToIndex(entries.length - 1, { align: "end" });
  const look = () => {
    const { current } = list;
    if (current === null) return;
    setIsAtEnd(current.scrollOffset + current.viewportSize >= current.scrollSize - NEAR);
    if (current.scrollOffset < EARLY) askForEarlier();
  };
  const last = entries.at(-1);
  const writtenBefore = useRef<string>(undefined);
  useLayoutEffect(() => {
    setShown(entries);
    // Whoever writes wants to see it, wherever he has been reading.
    const isWritten = last?.kind === "outgoing" && last.key !== writtenBefore.current;
    if (isWritten) writtenBefore.current = last.key;
    if ((isAtEnd || isWritten) && entries.length > 0) {
      list.current?.scrollToIndex(entries.length - 1, { align: "end" });
    }
  }, [entries, isAtEnd, last]);
  return {
    list,
    isPrepending,
    isAtEnd,
    onScroll: look,
    onResize: () => (isAtEnd ? toEnd() : look()),
    toEnd,
  };
}
