import { type RefObject, useEffect } from "react";

/** Files that are dropped on a place are handed over. Dropped beside it they are not: the browser would show one in place of this page. */
export function useFileDrop(place: RefObject<HTMLElement | null>, onFiles: (files: Iterable<File>) => void): void {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files") === true) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const { files } = event.dataTransfer ?? {};
      if (files === undefined || files.length === 0) return;
      event.preventDefault();
      if (event.target instanceof Node && place.current?.contains(event.target)) onFiles(files);
    };
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
    };
  }, [place, onFiles]);
}
