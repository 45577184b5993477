import { EllipsisVertical, type LucideIcon } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import "./menu.css";

export interface MenuItem {
  readonly key: string;
  readonly text: string;
  readonly Icon: LucideIcon;
  readonly onChoose: () => void;
}

/** A button with a menu below it: arrow keys move in it, Escape closes it. */
export function Menu({ label, items }: { readonly label: string; readonly items: readonly MenuItem[] }) {
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const entries = () => [...(place.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  const close = () => {
    setIsOpen(false);
    place.current?.querySelector<HTMLElement>("button")?.focus();
  };
  useLayoutEffect(() => {
    const button = place.current?.querySelector("button");
    if (!isOpen || button == null || list.current === null) return;
    // Above everything else: a list that scrolls would cut it off.
    list.current.showPopover();
    putBeside(list.current, button.getBoundingClientRect());
  }, [isOpen]);
  useEffect(() => {
    if (!isOpen) return;
    place.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
    // What it stands beside moves.
    const close = () => setIsOpen(false);
    addEventListener("scroll", close, { capture: true });
    addEventListener("resize", close);
    return () => {
      removeEventListener("scroll", close, { capture: true });
      removeEventListener("resize", close);
    };
  }, [isOpen]);

  const move = (event: KeyboardEvent) => {
    if (event.key === "Escape") return close();
    const all = entries();
    const at = document.activeElement instanceof HTMLElement ? all.indexOf(document.activeElement) : -1;
    const targets = new Map([
      ["ArrowDown", at + 1],
      ["ArrowUp", at - 1],
      ["Home", 0],
      ["End", -1],
    ]);
    const target = targets.get(event.key);
    if (target === undefined) return;
    event.preventDefault();
    all[(target + all.length) % all.length]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the focus went elsewhere.
    <div
      className="menu"
      ref={place}
      onBlur={({ relatedTarget }) => {
        if (!place.current?.contains(relatedTarget)) setIsOpen(false);
      }}
    >
      <button
        type="button"
        className="icon"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen(!isOpen)}
      >
        <EllipsisVertical aria-hidden />
      </button>
      {isOpen && (
        <div
          id={id}
          ref={list}
          popover="manual"
          className="items"
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={move}
        >
          {items.map(({ key, text, Icon, onChoose }) => (
            <button
              key={key}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                onChoose();
              }}
            >
              <Icon aria-hidden />
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

const GAP = 4;

/** Below the button, or above it where there is more room; its end at the button's end. */
function putBeside({ style, offsetWidth, offsetHeight }: HTMLElement, { right, top, bottom }: DOMRect): void {
  const isBelow = bottom + GAP + offsetHeight <= innerHeight || top < innerHeight - bottom;
  style.left = `${Math.max(GAP, right - offsetWidth)}px`;
  style.top = `${Math.max(GAP, isBelow ? bottom + GAP : top - GAP - offsetHeight)}px`;
}
