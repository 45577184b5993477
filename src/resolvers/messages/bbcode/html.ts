import type { Mark, Node } from "./nodes.ts";
import { isMarked, parseBbCode } from "./parse.ts";

const ELEMENTS: Readonly<Record<Mark, string>> = {
  bold: "b",
  italic: "i",
  underline: "u",
  strike: "s",
  quote: "blockquote",
};

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const TO_ESCAPE = /[&<>"']/;
const EACH_TO_ESCAPE = /[&<>"']/g;

/** Schemes that a link may have; whatever else is asked for is shown as text. */
const SAFE_LINK = /^(?:https?:\/\/[^\s/]|mailto:[^\s]|tel:[+0-9])/i;
/** Addresses in the text, without the punctuation that ends a sentence. */
const BARE_ADDRESS = /\bhttps?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/gi;

/**
 * A text of the portal as HTML that is safe to show: made of an allow-list of elements (`b i u s a br blockquote pre code span time`) and attributes
 * (`href target rel data-user-id data-chat-id style="color:#rrggbb" datetime`), links only to http, https, mail and phone, everything else escaped.
 */
export function htmlOf(text: string): string {
  if (isMarked(text)) return render(parseBbCode(text), false);
  const html = withLinks(text);
  return html.includes("\n") ? html.replaceAll("\n", "<br>") : html;
}

function render(nodes: readonly Node[], isInLink: boolean): string {
  let html = "";
  for (const node of nodes) html += renderNode(node, isInLink);
  return html;
}

function renderNode(node: Node, isInLink: boolean): string {
  switch (node.kind) {
    case "text":
      return isInLink ? escaped(node.text) : withLinks(node.text);
    case "break":
      return "<br>";
    case "mark": {
      const element = ELEMENTS[node.mark];
      return `<${element}>${render(node.children, isInLink)}</${element}>`;
    }
    case "color":
      return `<span style="color:${escaped(node.color)}">${render(node.children, isInLink)}</span>`;
    case "link":
      // Links do not stand in links.
      return isInLink || !SAFE_LINK.test(node.href)
        ? render(node.children, isInLink)
        : link(node.href, node.children.length === 0 ? escaped(node.href) : render(node.children, true));
    case "mention":
      return `<span data-${node.of}-id="${escaped(node.id)}">${render(node.children, isInLink)}</span>`;
    case "code":
      return `<pre><code>${escaped(node.text)}</code></pre>`;
    case "time": {
      const at = node.at.toISOString();
      return `<time datetime="${at}">${at}</time>`;
    }
    case "group":
      return render(node.children, isInLink);
    default:
      return node satisfies never;
  }
}

function withLinks(text: string): string {
  if (!text.includes("://")) return escaped(text);
  let html = "";
  let end = 0;
  for (const match of text.matchAll(BARE_ADDRESS)) {
    const [address] = match;
    html += escaped(text.slice(end, match.index));
    html += SAFE_LINK.test(address) ? link(address, escaped(address)) : escaped(address);
    end = match.index + address.length;
  }
  return html + escaped(text.slice(end));
}

function link(href: string, html: string): string {
  return `<a href="${escaped(href)}" target="_blank" rel="noopener noreferrer nofollow">${html}</a>`;
}

function escaped(text: string): string {
  return TO_ESCAPE.test(text) ? text.replace(EACH_TO_ESCAPE, (character) => ESCAPES[character] ?? "") : text;
}
