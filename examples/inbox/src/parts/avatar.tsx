import { useState } from "react";
import "./avatar.css";

interface AvatarProps {
  /** Whose colour and letters it has where there is no picture. */
  readonly name: string;
  readonly url?: string | null | undefined;
  readonly size?: "small" | "large";
}

const COLORS = 8;

/** A picture, or the first letters of the name. */
export function Avatar({ name, url, size = "small" }: AvatarProps) {
  const [broken, setBroken] = useState<string>();
  const color = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % COLORS;
  return (
    <span className="avatar" data-size={size} data-color={color} aria-hidden>
      {isOwn(url) && url !== broken ? (
        <img src={url} alt="" loading="lazy" onError={() => setBroken(url)} />
      ) : (
        initials(name)
      )}
    </span>
  );
}

/** Pictures elsewhere would tell their hosts who reads what. */
function isOwn(url: string | null | undefined): url is string {
  return typeof url === "string" && URL.parse(url, location.href)?.origin === location.origin;
}

function initials(name: string): string {
  const words = name.split(/[\s-]+/u).filter((word) => /^\p{L}/u.test(word));
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toLocaleUpperCase() ?? "")
    .join("");
}
