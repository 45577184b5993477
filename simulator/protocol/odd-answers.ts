import { isPhpMap } from "../php-value.ts";

/** One change of an answer: at each place that the path leads to, a value stands or nothing at all. */
export interface OddValue {
  /** Keys and positions from the answer down; `*` goes into each one. */
  path: readonly string[];
  change: { value: unknown } | "remove";
}

type Container = Record<string, unknown> | unknown[];

const isContainer = (value: unknown): value is Container => isPhpMap(value) || Array.isArray(value);

/** The keys that a step leads to: those there are, and a plain one where a value is to be put. */
function keysAt(container: Container, step: string, mayAdd: boolean): string[] {
  if (step === "*") return Object.keys(container);
  const isPosition = !Array.isArray(container) || /^\d+$/.test(step);
  return Object.hasOwn(container, step) || (mayAdd && isPosition) ? [step] : [];
}

function childOf(container: Container, key: string): unknown {
  return Array.isArray(container) ? container[Number(key)] : container[key];
}

function put(container: Container, key: string, value: unknown): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  else container[key] = value;
}

function remove(container: Container, keys: readonly string[]): void {
  if (!Array.isArray(container)) {
    for (const key of keys) delete container[key];
    return;
  }
  const gone = new Set(keys.map(Number));
  const kept = container.filter((_, index) => !gone.has(index));
  container.splice(0, container.length, ...kept);
}

/** Changes the answer in place. @returns how many places were changed */
function change(container: Container, path: readonly string[], wanted: OddValue["change"]): number {
  const [step, ...rest] = path;
  if (step === undefined) return 0;
  const isLast = rest.length === 0;
  const keys = keysAt(container, step, isLast && wanted !== "remove");
  if (!isLast) {
    const children = keys.map((key) => childOf(container, key)).filter(isContainer);
    return children.reduce((sum, child) => sum + change(child, rest, wanted), 0);
  }
  if (wanted === "remove") remove(container, keys);
  else for (const key of keys) put(container, key, structuredClone(wanted.value));
  return keys.length;
}

/** The answer with the change, as a copy: answers share parts with the world. undefined where the path leads nowhere. */
export function oddly<T extends Record<string, unknown>>(answer: T, { path, change: wanted }: OddValue): T | undefined {
  const copy = structuredClone(answer);
  return change(copy, path, wanted) > 0 ? copy : undefined;
}
