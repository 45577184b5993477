import { type RefObject, useEffect, useRef } from "react";

/**
 * What one pressed may be gone with what it did, or soon after: the focus goes to where one writes then, or to what was said, not to nowhere.
 * `offered` tells what can be pressed.
 */
export function useKeptFocus(place: RefObject<HTMLElement | null>, isActing: boolean, offered: string): void {
  const hasActed = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something else is offered it is looked where the focus is.
  useEffect(() => {
    hasActed.current ||= isActing;
    if (isActing || !hasActed.current || document.activeElement !== document.body) return;
    hasActed.current = false;
    const around = place.current?.closest("section");
    const target = around?.querySelector<HTMLElement>("textarea") ?? around?.querySelector<HTMLElement>(".scroller");
    target?.focus();
  }, [isActing, offered, place]);
}
