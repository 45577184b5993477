import { isPhpArray } from "../php-value.ts";

/** The five maps of a running batch, each by command key. */
export interface Answers {
  result: Record<string, unknown>;
  error: Record<string, unknown>;
  total: Record<string, unknown>;
  next: Record<string, unknown>;
  time: Record<string, unknown>;
}

const reference = /\$(result|error|total|next|time)(\[\S*\])/g;

function isAnswerName(name: string): name is keyof Answers {
  return name === "result" || name === "error" || name === "total" || name === "next" || name === "time";
}

/** Follows the brackets; at a missing segment the deepest value found so far is the answer, without complaint. */
function follow(answers: Answers, name: string, brackets: string): unknown {
  let value: unknown = isAnswerName(name) ? answers[name] : undefined;
  for (const [, segment = ""] of brackets.matchAll(/\[([^\]]*)\]/g)) {
    if (!isPhpArray(value) || !Object.hasOwn(value, segment)) return value;
    value = new Map(Object.entries(value)).get(segment);
  }
  return value;
}

function resolveText(text: string, answers: Answers): unknown {
  const matches = [...text.matchAll(reference)];
  const [only] = matches;
  if (only && matches.length === 1 && only[0] === text.trim()) return follow(answers, only[1] ?? "", only[2] ?? "");
  return text.replace(reference, (token: string, name: string, brackets: string) => {
    const value = follow(answers, name, brackets);
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : token;
  });
}

/**
 * Replaces `$result[key][path]` and its siblings in every value of a command's parameters. A value that is nothing but
 * a reference may become a list or map; inside a longer text only scalars are put in. A reference runs to the last
 * bracket before the next white space.
 */
export function resolveReferences(value: unknown, answers: Answers): unknown {
  if (typeof value === "string") return value.includes("$") ? resolveText(value, answers) : value;
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, answers));
  if (!isPhpArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveReferences(item, answers)]));
}
