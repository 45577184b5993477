import { type RefObject, useEffect, useRef } from "react";

/** What one pressed may be gone with what it did: the focus goes to where one writes then, or to what was said, not to nowhere. */
export function useKeptFocus(place: RefObject<HTMLElement | null>, isActing: boolean): void {
  const hasActed = useRef(false);
  useEffect(() => {
    const isOver = hasActed.current && !isActing;
    hasActed.current = isActing;
    if (!isOver || document.activeElement !== document.body) return;
    const around = place.current?.closest("section");
    const target = around?.querySelector<HTMLElement>("textarea") ?? around?.querySelector<HTMLElement>(".scroller");
    target?.focus();
  }, [isActing, place]);
}
