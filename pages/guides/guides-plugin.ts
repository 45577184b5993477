import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, introspectionFromSchema } from "graphql";
import type { Plugin } from "vite";
import { escapeHtml } from "./html.ts";
import { type PageLink, renderPage } from "./layout.ts";
import { type RenderedDocument, renderMarkdown, type Section } from "./markdown.ts";
import { renderSchema } from "./schema-reference.ts";

/** In the order in which a person would read them; what is not named comes last. */
const ORDER = [
  "README",
  "first-ten-minutes",
  "concepts",
  "operator-screen",
  "supervisor-screen",
  "crm-cards",
  "bots",
  "live-events",
  "client",
  "vue",
  "inside-bitrix24",
  "testing",
  "from-rest",
  "cost",
  "errors",
  "files",
  "client-caches",
  "connect",
  "identity",
  "methods",
  "settings",
];
/** What documents show beside text. */
const PICTURES = /\.(?:svg|png)$/;
const README_FOLDERS = ["examples", "simulator"];

interface Guide extends PageLink {
  readonly file: string;
  readonly document: RenderedDocument;
}

/** Makes pages of the documents and of the schema when the pages are built: the gateway has only files to send. */
export function guides(root: string): Plugin {
  return {
    name: "guides",
    generateBundle() {
      const emit = (fileName: string, source: string) => void this.emitFile({ type: "asset", fileName, source });
      const sdl = readFileSync(join(root, "schema.graphql"), "utf8");
      const all = readGuides(root);
      const links = [
        ...all.filter(({ href }) => !href.startsWith("/docs/decisions/")),
        { href: "/docs/schema", title: "Schema" },
      ];
      for (const path of listDocuments(root, PICTURES)) {
        this.emitFile({ type: "asset", fileName: path, source: readFileSync(join(root, path)) });
      }
      for (const { file, href, document } of all) {
        emit(file, renderPage({ ...document, href, guides: links }));
      }
      emit("docs/index.html", renderPage(overview(all, links)));
      const schema = renderSchema(sdl);
      emit("docs/schema.html", renderPage({ title: "Schema", href: "/docs/schema", ...schema, guides: links }));
      emit(
        "docs/search.json",
        JSON.stringify(all.flatMap(({ href, title, document }) => entries(href, title, document.sections))),
      );
      emit("docs/schema-search.json", JSON.stringify(entries("/docs/schema", "Schema", schema.sections)));
      emit("schema.graphql", sdl);
      emit("schema.json", JSON.stringify({ data: introspectionFromSchema(buildSchema(sdl), { oneOf: true }) }));
    },
  };
}

/** Where a document of the repository is served. */
function pageOf(path: string): string | undefined {
  if (path === "schema.graphql") return "/schema.graphql";
  if (path === "README.md") return "/docs/first-steps";
  const folder = README_FOLDERS.find((name) => path === `${name}/README.md`);
  if (folder !== undefined) return `/docs/${folder}`;
  if (/^docs\/[\w/-]+\.(?:svg|png)$/.test(path)) return `/${path}`;
  return /^docs\/[\w/-]+\.md$/.test(path) ? `/${path.replace(/\.md$/, "")}` : undefined;
}

/** Paths of files of `docs/`, such as `docs/errors.md`. */
function listDocuments(root: string, kind: RegExp): string[] {
  const names = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return names.filter((name) => kind.test(name)).map((name) => `docs/${name.replaceAll("\\", "/")}`);
}

function readGuides(root: string): Guide[] {
  const documents = listDocuments(root, /\.md$/);
  const paths = ["README.md", ...documents.sort(byOrder), ...README_FOLDERS.map((name) => `${name}/README.md`)];
  return paths.flatMap((path) => {
    const href = pageOf(path);
    if (href === undefined) return [];
    const document = renderMarkdown(path, readFileSync(join(root, path), "utf8"), pageOf);
    const title = path === "README.md" ? "First steps" : document.title;
    return [{ href, title, file: `${href.slice(1)}.html`, document }];
  });
}

function byOrder(a: string, b: string): number {
  const rank = (path: string) => {
    const place = ORDER.findIndex((name) => path === `docs/${name}.md`);
    return place === -1 ? ORDER.length + (path.includes("/decisions/") ? 1 : 0) : place;
  };
  return rank(a) - rank(b) || a.localeCompare(b);
}

function overview(all: readonly Guide[], links: readonly PageLink[]) {
  const items = all
    .filter(({ href }) => links.some((link) => link.href === href))
    .map(({ href, title, document }) => {
      return `<dt><a href="${href}">${escapeHtml(title)}</a></dt><dd>${escapeHtml(document.lead)}</dd>`;
    });
  return {
    title: "Guides",
    href: "/docs",
    body: `<h1>Guides</h1><dl class="overview">${items.join("")}</dl>`,
    headings: [],
    guides: links,
  };
}

function entries(href: string, title: string, sections: readonly Section[]) {
  return sections.map(({ heading, anchor, text }) => ({
    href: `${href}#${anchor}`,
    title,
    heading,
    text: text.trim(),
  }));
}
