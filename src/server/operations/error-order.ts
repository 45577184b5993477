import type { GraphQLError } from "graphql";

type Path = readonly (string | number)[];

/**
 * A query's errors as they stand in the answer, whichever failed first and whatever executor ran it: in the order of their fields, and one for
 * what became null as a whole, as the specification has it.
 */
export function errorsInAnswer(errors: readonly GraphQLError[], data: unknown): readonly GraphQLError[] {
  if (errors.length < 2) return errors;
  const told = new Set<string>();
  const kept = errors.filter(({ path = [] }) => {
    const depth = depthOfNull(path, data);
    if (depth === path.length) return true;
    const place = JSON.stringify(path.slice(0, depth));
    const isFirst = !told.has(place);
    told.add(place);
    return isFirst;
  });
  return kept.sort((a, b) => compare(a.path ?? [], b.path ?? [], data));
}

/** The part of an error's path that is in the answer: shorter than the path where something around the field became null. */
export function placeInAnswer(path: Path, data: unknown): Path {
  return path.slice(0, depthOfNull(path, data));
}

/** After how many steps the way to a field ends at null: all of them where only the field itself is null. */
function depthOfNull(path: Path, data: unknown): number {
  let at = data;
  for (const [depth, step] of path.entries()) {
    if (typeof at !== "object" || at === null) return depth;
    at = Reflect.get(at, step);
  }
  return path.length;
}

function compare(a: Path, b: Path, data: unknown): number {
  let at = data;
  for (let depth = 0; depth < Math.min(a.length, b.length); depth += 1) {
    const [left, right] = [a[depth], b[depth]];
    if (left === undefined || right === undefined) break;
    if (left !== right) return compareSteps(left, right, at);
    at = typeof at === "object" && at !== null ? Reflect.get(at, left) : undefined;
  }
  return a.length - b.length;
}

function compareSteps(left: string | number, right: string | number, at: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof at === "object" && at !== null) {
    for (const key in at) {
      if (key === left) return -1;
      if (key === right) return 1;
    }
  }
  return String(left) < String(right) ? -1 : 1;
}
