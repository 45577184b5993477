import type { RunningPortal } from "../../simulator/portal.ts";

export interface Answered {
  status: number;
  body: Record<string, unknown>;
  text: string;
}

/** Reads an answer's JSON object; other JSON or HTML gives an empty body beside its text. */
export async function readAnswer(response: Response): Promise<Answered> {
  const text = await response.text();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  return { status: response.status, body: isObject(parsed) ? parsed : {}, text };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object found at a path of keys; fails the test by an error that names the missing key. */
export function objectAt(value: unknown, ...path: (string | number)[]): Record<string, unknown> {
  const found = valueAt(value, ...path);
  if (!isObject(found)) throw new Error(`Expected an object at ${path.join(".")}, found ${JSON.stringify(found)}`);
  return found;
}

export function listAt(value: unknown, ...path: (string | number)[]): unknown[] {
  const found = valueAt(value, ...path);
  if (!Array.isArray(found)) throw new Error(`Expected a list at ${path.join(".")}, found ${JSON.stringify(found)}`);
  return found;
}

export function valueAt(value: unknown, ...path: (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isObject(current)) current = current[String(key)];
    else throw new Error(`Nothing at ${path.join(".")}`);
  }
  return current;
}

export function webhookOf(portal: RunningPortal, userId: number): string {
  const user = portal.users.find((candidate) => candidate.id === userId);
  if (!user) throw new Error(`No acting user ${userId}`);
  return user.webhookUrl;
}

/** Calls a method with a JSON body under a webhook address. */
export async function post(webhookUrl: string, method: string, params: unknown = {}): Promise<Answered> {
  const response = await fetch(`${webhookUrl}${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  });
  return readAnswer(response);
}

/** A user's way to call methods: `call` gives the whole answer, `result` only the result and fails on an error. */
export function actAs(portal: RunningPortal, userId: number) {
  const url = webhookOf(portal, userId);
  const call = (method: string, params: unknown = {}): Promise<Answered> => post(url, method, params);
  return {
    call,
    async result(method: string, params: unknown = {}): Promise<unknown> {
      const answer = await call(method, params);
      if (answer.status !== 200) throw new Error(`${method} failed: ${answer.text}`);
      return answer.body.result;
    },
    /** The error code and status of a call that must fail. */
    async error(method: string, params: unknown = {}): Promise<{ status: number; code: unknown }> {
      const answer = await call(method, params);
      if (answer.status === 200) throw new Error(`${method} succeeded: ${answer.text}`);
      return { status: answer.status, code: answer.body.error };
    },
  };
}
