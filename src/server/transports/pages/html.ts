/** A piece of a page in which nothing is left that a browser would take for markup by mistake. */
export interface Html {
  readonly html: string;
}

type Part = string | number | Html | readonly Html[];

/** Writes markup; whatever is put in is escaped, unless it was written by this function itself. */
export function html(markup: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: markup.reduce((text, piece, index) => `${text}${textOf(parts[index - 1])}${piece}`) };
}

function textOf(part: Part | undefined): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  return "html" in part ? part.html : part.map((each) => each.html).join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A whole page in the gateway's own look. */
export function htmlPage(title: string, main: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} - Open Channels</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/pages/site.css">
</head>
<body>
<header class="site"><a class="home" href="/">Open Channels</a></header>
<main class="narrow">${main}</main>
</body>
</html>
`.html;
}
