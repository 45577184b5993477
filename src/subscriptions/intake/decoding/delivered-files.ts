import { noteLeftOut } from "../../../datasources/bitrix24/decoding.ts";
import { type FormFields, type FormValue, isFormFields } from "../../../datasources/bitrix24/form-body.ts";
import { isWhole } from "../../../datasources/bitrix24/wire.ts";
import type { StoredFile } from "../../events/stored-event.ts";
import { listOf, optionalText, spared, UndecodableEvent } from "./payload.ts";

/**
 * Files of a delivered message. Those that go out have `name`, `type`, `mime`, `link`, `downloadLink`, `size` and for pictures
 * `width` and `height`; those that come in are not documented, so that nothing is required of them and nothing about them makes an
 * event fail.
 */
export function deliveredFiles(value: FormValue | undefined): StoredFile[] {
  return filesIn(value).flatMap((file, index) => {
    const path = `data.DATA.message.files[${index}]`;
    if (isFormFields(file)) return deliveredFile(file, path);
    if (file !== "") noteLeftOut(path);
    return [];
  });
}

/** One file may come without the list around it: then its fields are text. */
function filesIn(value: FormValue | undefined): readonly FormValue[] {
  const isOne = isFormFields(value) && Object.values(value).some((field) => typeof field === "string");
  return isOne ? [value] : listOf(value, "data.DATA.message.files");
}

function deliveredFile(file: FormFields, path: string): StoredFile {
  return {
    name: spared(optionalText, file.name, `${path}.name`),
    kind: spared(optionalText, file.type, `${path}.type`),
    mimeType: spared(optionalText, file.mime, `${path}.mime`),
    size: spared(bytes, file.size, `${path}.size`),
    url: spared(webAddress, file.link, `${path}.link`) ?? spared(webAddress, file.url, `${path}.url`),
    downloadUrl: spared(webAddress, file.downloadLink, `${path}.downloadLink`),
    width: spared(pixels, file.width, `${path}.width`),
    height: spared(pixels, file.height, `${path}.height`),
  };
}

function wholeNumber(value: FormValue | undefined, path: string): number | null {
  const text = optionalText(value, path);
  if (text === null) return null;
  if (!/^[0-9]{1,15}$/.test(text)) throw new UndecodableEvent(`${path}: expected a whole number`);
  return Number(text);
}

function pixels(value: FormValue | undefined, path: string): number | null {
  const number = wholeNumber(value, path);
  if (number !== null && !isWhole(number)) throw new UndecodableEvent(`${path}: expected a whole number`);
  return number;
}

/** Portals that reckon in other units send fractions. */
function bytes(value: FormValue | undefined, path: string): number | null {
  const fraction = typeof value === "string" ? /^([0-9]{1,15})\.[0-9]{1,20}$/.exec(value) : null;
  return fraction === null ? wholeNumber(value, path) : Math.round(Number(value));
}

/** An absolute http(s) address, or the path of a page, which whoever shows it completes with the portal's host; never with one that a body names. */
function webAddress(value: FormValue | undefined, path: string): string | null {
  const text = optionalText(value, path);
  if (text === null || /^\/[^/\\]/.test(text)) return text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.href;
  throw new UndecodableEvent(`${path}: expected an address`);
}
