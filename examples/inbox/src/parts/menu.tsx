import { EllipsisVertical, type LucideIcon } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
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
  const [isOpen, setIsOpen] = useState(false);
  const entries = () => [...(place.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
  const close = () => {
    setIsOpen(false);
    place.current?.querySelector<HTMLElement>("button")?.focus();
  };
  useEffect(() => {
    if (isOpen) place.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [isOpen]);

  const move = (event: KeyboardEvent) => {
    if (event.key === "Escape") return close();
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const all = entries();
    const at = document.activeElement instanceof HTMLElement ? all.indexOf(document.activeElement) : -1;
    all[(at + step + all.length) % all.length]?.focus();
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
        <div id={id} className="items" role="menu" aria-label={label} tabIndex={-1} onKeyDown={move}>
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
