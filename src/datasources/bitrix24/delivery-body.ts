import { type FormFields, formNameOf, parseForm } from "./form-body.ts";
import { fieldsOfJson } from "./json-fields.ts";

/** No form begins like this. */
const JSON_TEXT = /^\s*[{[]/;

/**
 * What a delivery says: a form as the portal's queue writes it, or JSON that says the same, as others who hand deliveries on write it. Told by the
 * body itself, whatever it is called. Throws `UnreadableForm`.
 */
export function parseDelivery(body: string): FormFields {
  return JSON_TEXT.test(body) ? fieldsOfJson(body) : parseForm(body);
}

/** The same body without its `auth` fields: what is put aside for a later version must not keep anybody's tokens. */
export function withoutAuth(body: string): string {
  if (!JSON_TEXT.test(body)) {
    return body
      .split("&")
      .filter((field) => !isAuth(formNameOf(field)))
      .join("&");
  }
  const fields = fieldsOfJson(body);
  return JSON.stringify(Object.fromEntries(Object.entries(fields).filter(([name]) => !isAuth(name))));
}

function isAuth(name: string): boolean {
  return name.toLowerCase() === "auth";
}
