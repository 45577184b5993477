import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useWords } from "../words/language.tsx";
import "./modal.css";

interface ModalProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** A window in front of the page. The browser keeps the focus in it, and gives it back. */
export function Modal({ title, children, onClose }: ModalProps) {
  const words = useWords();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    // What one came for, not what closes it.
    current?.querySelector<HTMLElement>("input, select, textarea")?.focus();
    return () => current?.close();
  }, []);
  return (
    <dialog className="modal" ref={dialog} aria-labelledby={id} closedby="any" onCancel={onClose}>
      <div className="head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="icon" aria-label={words.close} onClick={onClose}>
          <X aria-hidden />
        </button>
      </div>
      {children}
    </dialog>
  );
}
