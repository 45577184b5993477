import { type RefObject, useCallback, useEffect, useRef } from "react";

type Pressed = HTMLElement & { readonly disabled?: boolean };

/**
 * What has the focus may go, with what it did or whenever the chat turns out to be another: the focus goes to where one writes then, or to what was
 * said, not to nowhere, and back to what could not be pressed for a while. Returns what is to be done after each rendering that may take
 * something away from `place`.
 */
export function useKeptFocus(place: RefObject<HTMLElement | null>): () => void {
  /** What has the focus, or had it when it went. */
  const held = useRef<Pressed>(undefined);
  const wasDisabled = useRef(false);

  useEffect(() => {
    const { current } = place;
    const come = ({ target }: FocusEvent) => {
      held.current = target instanceof HTMLElement ? target : undefined;
      wasDisabled.current = false;
    };
    // Whoever leaves it for nothing by himself wants no focus back; that it was taken away is known a moment later.
    const leave = ({ target }: FocusEvent) =>
      void setTimeout(() => {
        if (target === held.current && isThere(held.current)) held.current = undefined;
      });
    current?.addEventListener("focusin", come);
    current?.addEventListener("focusout", leave);
    return () => {
      current?.removeEventListener("focusin", come);
      current?.removeEventListener("focusout", leave);
    };
  }, [place]);

  const keep = useCallback(() => {
    const pressed = held.current;
    if (pressed === undefined || document.activeElement !== document.body) return;
    if (pressed.isConnected && pressed.disabled === true) wasDisabled.current = true;
    else if (!pressed.isConnected) goOnIn(place.current);
    else if (wasDisabled.current) pressed.focus();
  }, [place]);
  useEffect(keep);
  return keep;
}

function isThere(element: Pressed | undefined): boolean {
  return element?.isConnected === true && element.disabled !== true;
}

function goOnIn(place: HTMLElement | null): void {
  const field = place?.querySelector<HTMLTextAreaElement>("textarea:enabled");
  const target = field ?? place?.querySelector<HTMLElement>(".scroller");
  target?.focus();
}
