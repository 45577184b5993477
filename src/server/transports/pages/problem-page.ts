import { STATUS_CODES } from "node:http";
import { GUIDES_PATH } from "../paths.ts";
import { html, htmlPage } from "./html.ts";

/** What a person reads where a program would get an error in JSON. */
export function problemPage(status: number, code: string, message: string): string {
  const title = STATUS_CODES[status] ?? "Refused";
  return htmlPage(
    title,
    html`<h1>${title}</h1>
<p class="lead">${message}</p>
<p>${status} <code>${code}</code>. This address belongs to a GraphQL gateway over Bitrix24 Open Channels. <a href="/">What is here</a>, <a href="${GUIDES_PATH}/errors">what the codes mean</a>, <a href="${GUIDES_PATH}/troubleshooting">what to do about them</a>.</p>`,
  );
}
