import { escapeHtml } from "./html.ts";
import type { Heading } from "./markdown.ts";

export interface PageLink {
  readonly href: string;
  readonly title: string;
}

export interface PageParts {
  readonly title: string;
  readonly href: string;
  readonly body: string;
  readonly headings: readonly Heading[];
  readonly guides: readonly PageLink[];
}

const SCHEMA = "/docs/schema";
const CURRENT = ' aria-current="true"';

/** A page of the guides: the others at its side, its own headings, and the search. */
export function renderPage({ title, href, body, headings, guides }: PageParts): string {
  const links = guides.map((guide) => {
    const current = guide.href === href;
    const own = current && headings.some(({ level }) => level === 2) ? contents(headings) : "";
    const mark = current ? ' aria-current="page"' : "";
    return `<li><a href="${guide.href}"${mark}>${escapeHtml(guide.title)}</a>${own}</li>`;
  });
  const isSchema = href === SCHEMA;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} - Open Channels</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/pages/site.css">
<script type="module" src="/pages/guides.js"></script>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header class="site"><a class="home" href="/">Open Channels</a><nav aria-label="Site"><a href="/explorer">Explorer</a><a href="/docs"${isSchema ? "" : CURRENT}>Guides</a><a href="${SCHEMA}"${isSchema ? CURRENT : ""}>Schema</a></nav></header>
<div class="guides">
<nav class="side" aria-label="Guides">
<search><label>Search <input id="search" type="search" autocomplete="off" spellcheck="false"></label><ul id="found" aria-live="polite"></ul></search>
<ul>${links.join("\n")}</ul>
</nav>
<main id="content" tabindex="-1">
${body}
</main>
</div>
</body>
</html>
`;
}

function contents(headings: readonly Heading[]): string {
  const items = headings.filter(({ level }) => level === 2);
  return `<ul>${items.map(({ text, anchor }) => `<li><a href="#${anchor}">${escapeHtml(text)}</a></li>`).join("")}</ul>`;
}
