import { useLayoutEffect, useRef } from "react";
import { useFormats } from "../words/formats.ts";

/** A text whose markup the gateway has made safe: it may be put in as it is. */
export function FormattedText({ html }: { readonly html: string }) {
  const place = useRef<HTMLDivElement>(null);
  const formats = useFormats();
  useLayoutEffect(() => {
    const { current } = place;
    if (current === null) return;
    // The page's policy allows no style attributes, so that colours are set from here.
    current.innerHTML = html.replaceAll(' style="color:', ' data-color="');
    for (const part of current.querySelectorAll<HTMLElement>("[data-color]")) {
      part.style.setProperty("--written-color", part.dataset.color ?? "");
    }
    for (const time of current.querySelectorAll("time")) time.textContent = formats.full(new Date(time.dateTime));
  }, [html, formats]);
  return <div className="formatted-text" dir="auto" ref={place} />;
}
