import { dirname, join } from "node:path/posix";
import MarkdownIt, { type Token } from "markdown-it";

/** A document of the repository as a page. */
export interface RenderedDocument {
  readonly title: string;
  /** The first paragraph before any other heading; empty where there is none. */
  readonly lead: string;
  readonly body: string;
  readonly headings: readonly Heading[];
  /** What stands under each heading, for the search. */
  readonly sections: readonly Section[];
}

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly anchor: string;
}

export interface Section {
  readonly heading: string;
  readonly anchor: string;
  readonly text: string;
}

/** Where a document of the repository is served; undefined for what is not. */
export type PageOf = (path: string) => string | undefined;

/** A REST method, such as `im.chat.mute`. */
const METHOD = /^[a-z]\w*(?:\.\w+)+$/;

/** Renders one document. A link to another one leads to its page; a link to a file that is not served becomes its text. */
export function renderMarkdown(path: string, source: string, pageOf: PageOf): RenderedDocument {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const tokens = markdown.parse(source.replaceAll(/^<!--.*-->$/gm, ""), {});
  const headings: Heading[] = [];
  const known = new Set<string>();
  const rowNames = namesOfRows(tokens);
  const sections: { heading: string; anchor: string; text: string }[] = [];
  for (const [index, token] of tokens.entries()) {
    const inline = tokens[index + 1];
    if (token.type === "heading_open" && inline !== undefined) {
      const text = plainText(inline);
      const anchor = anchorOf(text);
      token.attrSet("id", anchor);
      headings.push({ level: Number(token.tag.slice(1)), text, anchor });
      sections.push({ heading: text, anchor, text: "" });
    } else if (token.type === "td_open" && inline !== undefined) {
      const [first, ...others] = inline.children ?? [];
      // A row that is about a name can be linked to.
      if (first?.type === "code_inline" && !known.has(first.content)) token.attrSet("id", first.content);
      if (first?.type === "code_inline") known.add(first.content);
      // So can a method that shares its row with another.
      for (const other of others) {
        if (other.type !== "code_inline" || !METHOD.test(other.content) || rowNames.has(other.content)) continue;
        if (!known.has(other.content)) other.attrSet("id", other.content);
        known.add(other.content);
      }
    }
    if (token.type === "inline" || token.type === "fence") {
      const section = sections.at(-1);
      if (section !== undefined && tokens[index - 1]?.type !== "heading_open") section.text += `${plainText(token)} `;
      mendLinks(token, path, pageOf);
    }
  }
  const body = markdown.renderer
    .render(tokens, markdown.options, {})
    .replaceAll("<table>", '<div class="table" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>")
    // What scrolls must be reached with the keyboard.
    .replaceAll("<pre>", '<pre tabindex="0">')
    .replaceAll(/<p>(?=<img [^>]*\.svg")/g, '<p tabindex="0">');
  return { title: headings[0]?.text ?? path, lead: leadOf(tokens), body, headings, sections };
}

/** What rows of tables are about: the name that a cell begins with. */
function namesOfRows(tokens: readonly Token[]): ReadonlySet<string> {
  return new Set(
    tokens.flatMap(({ type }, index) => {
      const [first] = type === "td_open" ? (tokens[index + 1]?.children ?? []) : [];
      return first?.type === "code_inline" ? [first.content] : [];
    }),
  );
}

function plainText(token: Token): string {
  if (token.children === null) return token.content;
  return token.children.map((child) => (child.type === "softbreak" ? " " : child.content)).join("");
}

function leadOf(tokens: readonly Token[]): string {
  const next = tokens.findIndex(({ type, tag }) => type === "heading_open" && tag !== "h1");
  const place = tokens.findIndex(({ type, level }) => type === "paragraph_open" && level === 0);
  const inline = tokens[place + 1];
  return place === -1 || inline === undefined || (next !== -1 && place > next) ? "" : plainText(inline);
}

/** The address within a page that a heading has on GitHub, so that a link works in both places. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function mendLinks({ children }: Token, path: string, pageOf: PageOf): void {
  let isDropped = false;
  for (const child of children ?? []) {
    if (child.type === "link_open") {
      const href = String(child.attrGet("href") ?? "");
      const target = /^(https?:|#)/.test(href) ? href : mended(href, path, pageOf);
      isDropped = target === undefined;
      if (target === undefined) child.tag = "span";
      else child.attrSet("href", target);
      if (isDropped) child.attrs = null;
    } else if (child.type === "link_close" && isDropped) {
      child.tag = "span";
    } else if (child.type === "image") {
      const target = pageOf(join(dirname(path), String(child.attrGet("src") ?? "")));
      if (target !== undefined) child.attrSet("src", target);
    }
  }
}

function mended(href: string, path: string, pageOf: PageOf): string | undefined {
  const [file = "", anchor] = href.split("#");
  const page = pageOf(join(dirname(path), decodeURI(file)));
  return page === undefined || anchor === undefined ? page : `${page}#${anchor}`;
}
