import type { Mark, Node } from "./nodes.ts";

const MARKS: Readonly<Record<string, Mark>> = {
  b: "bold",
  i: "italic",
  u: "underline",
  s: "strike",
  quote: "quote",
};

/** Commands of bots, sizes and anchors: what they hold is shown, what they do is not. */
const GROUPS: ReadonlySet<string> = new Set(["send", "put", "size", "context", "pch", "font", "p"]);

/** Tags that stand alone. */
const ALONE: ReadonlySet<string> = new Set(["br", "disk", "icon", "timestamp", "attach"]);

const COLOR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;
const ID = /^[1-9][0-9]{0,18}$/;
const UNIX_TIME = /^[0-9]{1,11}$/;

const LINKS_AND_PEOPLE = ["url", "img", "user", "chat", "call", "color"];

const TAGS: ReadonlySet<string> = new Set([...Object.keys(MARKS), ...GROUPS, ...ALONE, ...LINKS_AND_PEOPLE]);

/** Whether the portal's chats know it; everything else in square brackets is text. */
export function isTag(name: string): boolean {
  return TAGS.has(name);
}

export function standsAlone(name: string): boolean {
  return ALONE.has(name);
}

/** What a tag that stands alone shows. */
export function loneNode(name: string, value: string): Node[] {
  switch (name) {
    case "br":
      return [{ kind: "break" }];
    case "icon": {
      const title = /(?:^|\s)title=(.*)$/i.exec(value)?.[1]?.trim() ?? "";
      return title === "" ? [] : [{ kind: "text", text: title }];
    }
    case "timestamp": {
      const seconds = /^\S*/.exec(value)?.[0] ?? "";
      return UNIX_TIME.test(seconds) ? [{ kind: "time", at: new Date(Number(seconds) * 1_000) }] : [];
    }
    default:
      return [];
  }
}

/** What a tag with its contents shows. */
export function pairedNode(name: string, value: string, children: readonly Node[]): Node {
  const mark = Object.hasOwn(MARKS, name) ? MARKS[name] : undefined;
  if (mark !== undefined) return { kind: "mark", mark, children };
  switch (name) {
    case "url":
      return { kind: "link", href: value === "" ? textOf(children) : value, children };
    // A picture that is loaded tells whoever wrote it who reads.
    case "img":
      return { kind: "link", href: textOf(children), children };
    case "call": {
      const number = (value === "" ? textOf(children) : value).replace(/[^0-9+]/g, "");
      return number === "" ? { kind: "group", children } : { kind: "link", href: `tel:${number}`, children };
    }
    case "user":
    case "chat": {
      const id = /^\S*/.exec(value)?.[0]?.toLowerCase() ?? "";
      if (!ID.test(id) && id !== "all") return { kind: "group", children };
      return { kind: "mention", of: name, id, children };
    }
    case "color":
      return COLOR.test(value) ? { kind: "color", color: value.toLowerCase(), children } : { kind: "group", children };
    default:
      return { kind: "group", children };
  }
}

/** The text alone. */
function textOf(nodes: readonly Node[]): string {
  return nodes
    .map((node) => ("children" in node ? textOf(node.children) : "text" in node ? node.text : ""))
    .join("")
    .trim();
}
