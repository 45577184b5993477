import { type FormFields, type FormValue, isFormFields } from "../../../datasources/bitrix24/form-body.ts";
import type { StoredFile } from "../../events/stored-event.ts";
import { listOf } from "./payload.ts";

/**
 * Files of a delivered message. Those that go out have `name`, `type`, `mime`, `link`, `downloadLink`, `size` and for pictures
 * `width` and `height`; those that come in are not documented, so that nothing is required of them and nothing about them makes an
 * event fail.
 */
export function deliveredFiles(value: FormValue | undefined): StoredFile[] {
  return listOf(value, "message.files")
    .filter((file) => isFormFields(file))
    .map(deliveredFile);
}

function deliveredFile(file: FormFields): StoredFile {
  return {
    name: text(file.name),
    kind: text(file.type),
    mimeType: text(file.mime),
    size: wholeNumber(file.size),
    url: webAddress(file.link) ?? webAddress(file.url),
    downloadUrl: webAddress(file.downloadLink),
    width: wholeNumber(file.width),
    height: wholeNumber(file.height),
  };
}

function text(value: FormValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function wholeNumber(value: FormValue | undefined): number | null {
  return typeof value === "string" && /^[0-9]{1,15}$/.test(value) ? Number(value) : null;
}

/** An absolute http(s) address, or the path of a page, which whoever shows it completes with the portal's host; never with one that a body names. */
function webAddress(value: FormValue | undefined): string | null {
  if (typeof value !== "string") return null;
  if (/^\/[^/\\]/.test(value)) return value;
  if (!URL.canParse(value)) return null;
  const url = new URL(value);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}
