/** Values that are told as they are, and not only by their kind. */
const EXACT = new Set(["code"]);

/** Where an answer is not what a document shows of it: what is missing there, or of another kind. The answer may tell more. */
export function differences(shown: unknown, answer: unknown, path = ""): string[] {
  if (Array.isArray(shown)) {
    if (!Array.isArray(answer)) return [`${path} is no list`];
    return shown.length > 0 && answer.length === 0
      ? [`${path} is empty`]
      : shown.slice(0, answer.length).flatMap((each, index) => differences(each, answer[index], `${path}[${index}]`));
  }
  if (isRecord(shown)) {
    if (!isRecord(answer)) return [`${path} is no object`];
    return Object.entries(shown).flatMap(([key, value]) => {
      const at = `${path}.${key}`;
      if (!(key in answer)) return [`${at} is not there`];
      if (EXACT.has(key) && typeof value === "string") return answer[key] === value ? [] : [`${at} is ${answer[key]}`];
      return differences(value, answer[key], at);
    });
  }
  return typeof shown === typeof answer || shown === null || answer === null ? [] : [`${path} is a ${typeof answer}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
