/** A function that a text hands to a timer, an emitter or a signal. */
export interface Callback {
  /** E.g. `setTimeout` or `.on`. */
  readonly call: string;
  /** The function as it is written there. */
  readonly text: string;
}

/** Who calls back, with the place of the function among the arguments; negative ones count from the end. */
const CALLERS: Readonly<Record<string, number>> = {
  setTimeout: 0,
  setInterval: 0,
  setImmediate: 0,
  queueMicrotask: 0,
  nextTick: 0,
  watchFile: -1,
  ".on": 1,
  ".once": 1,
  ".addListener": 1,
  ".addEventListener": 1,
};
const CALL =
  /(?<![\w.])(?<plain>setTimeout|setInterval|setImmediate|queueMicrotask|watchFile)\(|(?<method>\.(?:on|once|addListener|addEventListener|nextTick))\(/g;

/** The arguments of a call that begins at a place of a text, after its bracket. */
function argumentsAt(text: string, start: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let quote: string | undefined;
  let begun = start;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== undefined) {
      if (character === "\\") at += 1;
      else if (character === quote) quote = undefined;
    } else if (`"'\``.includes(character)) quote = character;
    else if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character) && depth > 0) depth -= 1;
    else if (depth === 0 && (character === "," || character === ")")) {
      const argument = text.slice(begun, at).trim();
      if (argument !== "") found.push(argument);
      if (character === ")") return found;
      begun = at + 1;
    }
  }
  return found;
}

export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<=^|\s)\/\/.*$/gm, "");
}

export function callbacksIn(source: string): Callback[] {
  const text = withoutComments(source);
  return [...text.matchAll(CALL)].flatMap(({ 0: whole, index, groups }) => {
    const call = groups?.plain ?? groups?.method ?? "";
    const place = CALLERS[call] ?? CALLERS[call.slice(1)] ?? 0;
    const given = argumentsAt(text, index + whole.length);
    // An emitter's event has a name.
    if (place === 1 && given[0]?.startsWith("{")) return [];
    const callback = given.at(place);
    return callback === undefined ? [] : [{ call, text: callback }];
  });
}

/** It goes through the guard, or cannot throw: the functions of a promise, and one that does nothing. */
export function isGuarded({ text }: Callback, source: string): boolean {
  if (text.startsWith("guard(")) return true;
  if (/^(?:\(\) => )?(?:resolve|reject)(?:\((?:true|false)?\))?$/.test(text) || text === "() => {}") return true;
  return /^\w+$/.test(text) && new RegExp(`\\b${text} = guard\\(`).test(source);
}
