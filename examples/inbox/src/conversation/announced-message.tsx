import { Avatar } from "../parts/avatar.tsx";
import { useFormats } from "../words/formats.ts";
import type { Announced } from "./use-announced.ts";

/** A message as its event tells it, for the moment until its record is there. */
export function AnnouncedMessage({ announced: { text, name, at } }: { readonly announced: Announced }) {
  const formats = useFormats();
  return (
    <article className="message" data-by="customer" aria-busy>
      <Avatar name={name} />
      <div className="bubble">
        <p className="author" dir="auto">
          {name}
        </p>
        <p className="plain" dir="auto">
          {text}
        </p>
        <p className="at">
          <time dateTime={at.toISOString()}>{formats.time(at)}</time>
        </p>
      </div>
    </article>
  );
}
