/** What the portal was asked for one operation, as `extensions.upstream` tells it. */
export interface Cost {
  readonly requests: number;
  readonly commands: number;
  readonly waitedMs: number;
}

/** Reads it from an answer; undefined where there is none. */
export function costOf(answer: unknown): Cost | undefined {
  const upstream = member(member(answer, "extensions"), "upstream");
  const requests = member(upstream, "requests");
  const commands = member(upstream, "commands");
  const waitedMs = member(upstream, "waitedMs");
  if (typeof requests !== "number" || typeof commands !== "number") return undefined;
  return { requests, commands, waitedMs: typeof waitedMs === "number" ? waitedMs : 0 };
}

export function costText({ requests, commands, waitedMs }: Cost): string {
  const waited = waitedMs > 0 ? `, waited ${waitedMs} ms` : "";
  return `${counted(requests, "request")} to the portal, ${counted(commands, "command")}${waited}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
