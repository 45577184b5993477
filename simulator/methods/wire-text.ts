function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const simpleTags: Record<string, string> = { b: "b", i: "i", u: "u", s: "s" };

/** A message's BBCode as the HTML of `textlegacy`: simple tags, links, people, line breaks; everything else escaped. */
export function bbCodeToHtml(text: string): string {
  return escapeHtml(text)
    .replace(/\[(\/?)([bius])\]/gi, (_, slash: string, tag: string) => `<${slash}${simpleTags[tag.toLowerCase()]}>`)
    .replace(/\[url=([^\]]+)\](.*?)\[\/url\]/gis, (_, href: string, label: string) => link(href, label))
    .replace(/\[url\](.*?)\[\/url\]/gis, (_, href: string) => link(href, href))
    .replace(/\[user=(\d+)[^\]]*\](.*?)\[\/user\]/gis, (_, id: string, name: string) => person(id, name))
    .replace(/\[br\]/gi, "<br />")
    .replaceAll("\n", "<br />");
}

function link(href: string, label: string): string {
  return `<a href="${href}" target="_blank">${label}</a>`;
}

function person(id: string, name: string): string {
  return `<span class="bx-messenger-ajax" data-entity="user" data-userId="${id}">${name}</span>`;
}

/** A message as the one line of a chat list: no mark-up, no line breaks, attachments named. */
export function plainPreview(text: string): string {
  return text
    .replace(/\[\/?(b|i|u|s|url|user|br)(=[^\]]*)?\]/gi, " ")
    .replace(/\s+/g, " ")
    .trim();
}
