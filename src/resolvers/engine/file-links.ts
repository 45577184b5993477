import type { FileRecord } from "../../datasources/domain/file.ts";

/** What of a file a link leads to. */
export type FileView = "preview" | "screen" | "small" | "download";

type MaybePromise<T> = T | Promise<T>;

/** Addresses of the gateway under which what lies in the portal is fetched, for whoever gets the answer. */
export interface FileLinks {
  /** Null where no address can be given: the gateway does not know its own, or the file is not of this answer's chat. */
  file(file: FileRecord, view: FileView): MaybePromise<string | null>;
  /** A picture of a person or chat. Foreign addresses stay what they are; null for what only a browser's session in the portal opens. */
  picture(address: string | null): string | null;
  /** What an event or an attachment leads to: as with pictures, under the name that it was given. `isDownload`: not to be shown, whatever it is. */
  content(address: string | null, name: string | null, isDownload: boolean): string | null;
}

/** The picture that a field of a record tells. */
export function linkedPicture(
  { links }: { readonly links: FileLinks },
  address: MaybePromise<string | null>,
): MaybePromise<string | null> {
  return address instanceof Promise ? address.then((told) => links.picture(told)) : links.picture(address);
}
