import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import MarkdownIt from "markdown-it";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/** A block of code of a document, with what its first line says of it: `json answer` has the language `json` and the role `answer`. */
export interface Block {
  readonly document: string;
  readonly line: number;
  readonly language: string;
  readonly role: string;
  readonly text: string;
}

/** Documents for people who use the project, in the order of their folders. */
export function documents(): string[] {
  const names = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).sort();
  return [
    "README.md",
    "client/README.md",
    "examples/README.md",
    "simulator/README.md",
    "bench/README.md",
    "CONTRIBUTING.md",
    ...names.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
  ];
}

export function blocksOf(document: string): Block[] {
  const tokens = new MarkdownIt().parse(readFileSync(join(ROOT, document), "utf8"), {});
  return tokens.flatMap((token) => {
    if (token.type !== "fence" && token.type !== "code_block") return [];
    const [language = "", ...role] = token.info.trim().split(/\s+/);
    return [{ document, line: (token.map?.[0] ?? 0) + 1, language, role: role.join(" "), text: token.content }];
  });
}
