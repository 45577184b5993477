/** What browsers show as it is without running anything of it: pictures of points, sound and film. */
const SHOWN: ReadonlyMap<string, string> = new Map([
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["gif", "image/gif"],
  ["webp", "image/webp"],
  ["avif", "image/avif"],
  ["bmp", "image/bmp"],
  ["mp3", "audio/mpeg"],
  ["ogg", "audio/ogg"],
  ["oga", "audio/ogg"],
  ["opus", "audio/ogg"],
  ["wav", "audio/wav"],
  ["m4a", "audio/mp4"],
  ["aac", "audio/aac"],
  ["flac", "audio/flac"],
  ["weba", "audio/webm"],
  ["mp4", "video/mp4"],
  ["m4v", "video/mp4"],
  ["webm", "video/webm"],
  ["ogv", "video/ogg"],
  ["mov", "video/quicktime"],
]);
const SHOWN_TYPES: ReadonlySet<string> = new Set([...SHOWN.values(), "audio/x-wav", "audio/mp3", "audio/x-m4a"]);
/** What a portal says of contents that it does not know. */
const UNTOLD: ReadonlySet<string> = new Set(["", "application/octet-stream", "binary/octet-stream"]);
const PLAIN = "application/octet-stream";
const MAX_NAME = 120;

export interface Presentation {
  readonly contentType: string;
  readonly disposition: string;
}

/** How contents are handed out: what a portal says of them counts only where it is harmless. */
export function presentationOf(toldType: string, name: string, isDownload: boolean): Presentation {
  const told = (toldType.split(";")[0] ?? "").trim().toLowerCase();
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const type = UNTOLD.has(told) ? (SHOWN.get(extension) ?? PLAIN) : told;
  const isShown = SHOWN_TYPES.has(type);
  const how = isShown && !isDownload ? "inline" : "attachment";
  return { contentType: isShown ? type : PLAIN, disposition: `${how}; ${filename(name)}` };
}

/** Without folders, control characters, and what turns a text around so that its end looks like another. */
function filename(name: string): string {
  const clean = name
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "")
    .replace(/[/\\:*?"<>|]/g, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  const whole = shortened(clean === "" ? "file" : clean);
  const ascii = whole.replace(/[^\x20-\x7e]/g, "_").replace(/%/g, "_");
  const encoded = encodeURIComponent(whole).replace(
    /['()*!]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Keeps the end, which says what it is. */
function shortened(name: string): string {
  const characters = [...name];
  if (characters.length <= MAX_NAME) return name;
  const dot = characters.lastIndexOf(".");
  const end = dot === -1 || characters.length - dot > 10 ? [] : characters.slice(dot);
  return [...characters.slice(0, MAX_NAME - end.length), ...end].join("");
}
