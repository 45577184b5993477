import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** A file that browsers may load, as it was built. */
export interface PageFile {
  /** Absolute path of the file itself; what is compressed lies beside it. */
  readonly path: string;
  readonly contentType: string;
  /** Strong validator of its content, with the quotes that HTTP wants. */
  readonly etag: string;
  /** Its name has the hash of its content, so that it never changes. */
  readonly isImmutable: boolean;
  /** Encodings in which it lies beside, the smallest first. */
  readonly encodings: readonly FileEncoding[];
}

export type FileEncoding = "br" | "gzip";

/** Files by their path below the folder, such as `explorer/index.html`. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".graphql": "text/plain; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
};
const ENCODINGS = [
  { encoding: "br", suffix: ".br" },
  { encoding: "gzip", suffix: ".gz" },
] as const;
/** Where the builds put what has a hash in its name. */
const IMMUTABLE = /^(?:inbox\/)?assets\//;

/** The suffix of a file's name in an encoding. */
export function encodingSuffix(encoding: FileEncoding): string {
  return encoding === "br" ? ".br" : ".gz";
}

let built: PageFiles | undefined;

/** The pages as they were built before this process asked for them first. */
export function builtPageFiles(): PageFiles {
  built ??= readPageFiles(builtPages());
  return built;
}

/** Lists the pages of a folder; none where there is no such. Only what is listed is ever served, whatever a request asks for. */
export function readPageFiles(folder: string): PageFiles {
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const there = new Set(names);
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const contentType = CONTENT_TYPES[extname(name)];
    if (contentType === undefined) continue;
    const path = join(folder, name);
    const key = name.replaceAll(sep, "/");
    files.set(key, {
      path,
      contentType,
      etag: `"${createHash("sha256").update(readFileSync(path)).digest("base64url").slice(0, 27)}"`,
      isImmutable: IMMUTABLE.test(key),
      encodings: ENCODINGS.filter(({ suffix }) => there.has(name + suffix)).map(({ encoding }) => encoding),
    });
  }
  return files;
}

/** `dist/pages`, also when this runs from its source. */
function builtPages(): string {
  const fromSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSource ? "../../../../dist/pages" : "../../../../pages", import.meta.url));
}
