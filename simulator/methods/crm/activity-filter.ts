import { isPhpMap, type PhpMap, phpInt, phpText, phpValues } from "../../php-value.ts";
import type { Activity } from "../../world/activities.ts";
import { kindOf, ownerTypeId, scalarFields } from "./activity-fields.ts";

type Test = (activity: Activity) => boolean;
type Kind = ReturnType<typeof kindOf>;

function comparable(value: unknown, kind: Kind): number | string {
  const text = phpText(value);
  switch (kind) {
    case "date":
      return Math.floor(Date.parse(text) / 1000);
    case "number":
      return /^\d+$/.test(text) ? Number(text) : phpInt(text);
    case "text":
      return text.toLowerCase();
  }
}

/** SQL's LIKE with the caller's own percent signs. */
function like(value: unknown, pattern: unknown): boolean {
  const parts = phpText(pattern)
    .toLowerCase()
    .split("%")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(phpText(value).toLowerCase());
}

function positive(operator: string, kind: Kind, wanted: unknown): (value: string | null) => boolean {
  switch (operator) {
    case "":
    case "=":
    case "@": {
      const values = new Set((phpValues(wanted) ?? [wanted]).map((item) => comparable(item, kind)));
      return (value) => values.has(comparable(value, kind));
    }
    case "%": {
      const part = phpText(wanted).toLowerCase();
      return (value) => phpText(value).toLowerCase().includes(part);
    }
    case "=%":
    case "%=":
      return (value) => like(value, wanted);
    default: {
      const limit = comparable(wanted, kind);
      return (value) => inOrder(operator, comparable(value, kind), limit);
    }
  }
}

function inOrder(operator: string, value: number | string, limit: number | string): boolean {
  switch (operator) {
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "<":
      return value < limit;
    default:
      return value <= limit;
  }
}

/** The test of one filter key such as `>=START_TIME`; none for fields that cannot be filtered, which are passed over. */
function testOf(key: string, wanted: unknown): Test | undefined {
  const match = /^(!?)(=%|%=|>=|<=|[=@%><]?)([A-Z_]+)$/.exec(key);
  const field = match?.[3] ?? "";
  const read = scalarFields[field];
  if (!match || !read) return undefined;
  const test = positive(match[2] ?? "", kindOf(field), wanted);
  const negated = match[1] === "!";
  return (activity) => test(read(activity)) !== negated;
}

interface Binding {
  typeId: number;
  id: number;
}

function bindingsIn(value: unknown): Binding[] | undefined {
  if (value === undefined) return undefined;
  return (phpValues(value) ?? [])
    .filter(isPhpMap)
    .map((pair) => ({ typeId: phpInt(pair.OWNER_TYPE_ID), id: phpInt(pair.OWNER_ID) }));
}

/** The activities that pass, in their order. One that is bound to several of the wanted items comes once for each. */
export function* filtered(activities: Iterable<Activity>, filter: PhpMap): Generator<Activity> {
  const tests = Object.entries(filter).flatMap(([key, wanted]) => testOf(key, wanted) ?? []);
  const wanted = bindingsIn(filter.BINDINGS);
  for (const activity of activities) {
    if (!tests.every((test) => test(activity))) continue;
    const times = wanted === undefined ? 1 : wanted.filter((binding) => isBound(activity, binding)).length;
    for (let time = 0; time < times; time++) yield activity;
  }
}

function isBound({ bindings }: Activity, { typeId, id }: Binding): boolean {
  return bindings.some((link) => ownerTypeId(link.type) === typeId && link.id === id);
}

/** Whether the order is that of ids, in which the portal keeps activities anyway. */
export function isById(order: PhpMap): boolean {
  const [[field, direction] = []] = Object.entries(order);
  return field === "ID" && phpText(direction).toLowerCase() !== "desc";
}

/** Sorts by `{FIELD: "asc" | "desc"}`; default by start. */
export function sorted(activities: Activity[], order: PhpMap): Activity[] {
  const asked = Object.entries(order).filter(([field]) => scalarFields[field] !== undefined);
  const keys = asked.length > 0 ? asked : [["START_TIME", "asc"] as const];
  const rules = keys.map(([field, direction]) => {
    const read = scalarFields[field];
    const sign = phpText(direction).toLowerCase() === "desc" ? -1 : 1;
    const kind = kindOf(field);
    return { sign, measure: (activity: Activity) => comparable(read?.(activity) ?? "", kind) };
  });
  const rows = activities.map((activity) => ({ activity, values: rules.map(({ measure }) => measure(activity)) }));
  rows.sort((a, b) => {
    for (const [index, { sign }] of rules.entries()) {
      const [left, right] = [a.values[index] ?? "", b.values[index] ?? ""];
      if (left !== right) return left < right ? -sign : sign;
    }
    return a.activity.id - b.activity.id;
  });
  return rows.map(({ activity }) => activity);
}
