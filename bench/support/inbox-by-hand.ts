import { ApiVersion, B24Hook } from "@bitrix24/b24jssdk";
import { z } from "zod";
import { MESSAGES_SHOWN, PAGE_SIZE } from "./inbox-operation.ts";

// The same page written by hand against REST: the peers of the inbox benchmark. Each reads the list, then each chat's record and session.

const recent = z.object({ items: z.array(z.object({ chat_id: z.number() })) });
const dialog = z.object({ message_count: z.number() });
const history = z.object({ message: z.record(z.string(), z.unknown()), users: z.record(z.string(), z.unknown()) });

const LIST = { method: "im.recent.list", params: { SKIP_DIALOG: "Y", SKIP_CHAT: "Y", OFFSET: 0, LIMIT: PAGE_SIZE } };

function chatIds(result: unknown): number[] {
  const ids = recent.parse(result).items.map((item) => item.chat_id);
  if (ids.length !== PAGE_SIZE) throw new Error(`The list has ${ids.length} chats`);
  return ids;
}

function check(dialogs: readonly unknown[], histories: readonly unknown[]): void {
  if (z.array(dialog).parse(dialogs).length !== PAGE_SIZE) throw new Error("Dialog records are missing");
  const sessions = z.array(history).parse(histories);
  if (sessions.length !== PAGE_SIZE) throw new Error("Sessions are missing");
  for (const session of sessions) {
    if (Object.keys(session.message).length < MESSAGES_SHOWN) throw new Error("A session has too few messages");
  }
}

const restAnswer = z.object({ result: z.unknown().optional(), error: z.string().optional() });

async function fetchRest(webhook: string, method: string, params: unknown): Promise<unknown> {
  const response = await fetch(`${webhook}${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  });
  const { result, error } = restAnswer.parse(await response.json());
  if (error !== undefined) throw new Error(error);
  return result;
}

/** One REST call for each need: the list, then everything else at once. Throws when the portal refuses a call. */
export async function readPageCallByCall(webhook: string): Promise<void> {
  const ids = chatIds(await fetchRest(webhook, LIST.method, LIST.params));
  const answers = await Promise.allSettled([
    ...ids.map((id) => fetchRest(webhook, "imopenlines.dialog.get", { CHAT_ID: id })),
    ...ids.map((id) => fetchRest(webhook, "imopenlines.session.history.get", { CHAT_ID: id })),
  ]);
  const refused = answers.find((answer) => answer.status === "rejected");
  if (refused !== undefined) throw refused.reason;
  const results = answers.map((answer) => (answer.status === "fulfilled" ? answer.value : undefined));
  check(results.slice(0, PAGE_SIZE), results.slice(PAGE_SIZE));
}

/** The vendor's SDK on the simulated portal: it insists on https, so that its HTTP client is told otherwise. */
export function openSdk(webhook: string): B24Hook {
  const sdk = B24Hook.fromWebhookUrl(webhook.replace(/^http:/, "https:"));
  sdk.offClientSideWarning();
  sdk.getHttpClient(ApiVersion.v2).ajaxClient.interceptors.request.use((config) => ({
    ...config,
    ...(config.baseURL === undefined ? {} : { baseURL: config.baseURL.replace(/^https:/, "http:") }),
    ...(config.url === undefined ? {} : { url: config.url.replace(/^https:/, "http:") }),
  }));
  return sdk;
}

async function batchOf(sdk: B24Hook, method: string, ids: readonly number[]): Promise<unknown[]> {
  const answer = await sdk.actions.v2.batch.make({
    calls: ids.map((id): [string, { CHAT_ID: number }] => [method, { CHAT_ID: id }]),
    options: { isHaltOnError: false },
  });
  if (!answer.isSuccess) throw new Error(answer.getErrorMessages().join("; "));
  return z.array(z.unknown()).parse(answer.getData());
}

/** Two batches of 50 written by hand on the vendor's SDK, after each other or side by side. */
export async function readPageByBatches(sdk: B24Hook, order: "sequential" | "parallel"): Promise<void> {
  const list = await sdk.actions.v2.call.make({ method: LIST.method, params: LIST.params });
  if (!list.isSuccess) throw new Error(list.getErrorMessages().join("; "));
  const ids = chatIds(list.getData()?.result);
  const dialogs = batchOf(sdk, "imopenlines.dialog.get", ids);
  if (order === "sequential") await dialogs;
  const histories = batchOf(sdk, "imopenlines.session.history.get", ids);
  check(...(await Promise.all([dialogs, histories])));
}
