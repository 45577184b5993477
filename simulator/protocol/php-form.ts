/** A decoded request value: what PHP would hold after reading a query string, a form or a JSON body. */
export type Params = Record<string, unknown>;

function decodePart(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // PHP never fails on bad percent-encoding: it decodes what it can, byte by byte.
    return spaced.replace(/%[0-9a-fA-F]{2}/g, (hex) => String.fromCharCode(Number.parseInt(hex.slice(1), 16)));
  }
}

/** Splits `PARAMS[filter][ACTIVE]` into its path; an empty bracket is kept as "" and means "next index". */
function pathOf(name: string): string[] {
  const open = name.indexOf("[");
  if (open <= 0) return [name];
  const path = [name.slice(0, open).replace(/[. ]/g, "_")];
  for (const match of name.slice(open).matchAll(/\[([^\]]*)\]/g)) path.push(match[1] ?? "");
  return path;
}

type Node = Map<string, Node | string>;

function nextIndex(node: Node): string {
  let next = 0;
  for (const key of node.keys()) if (/^\d+$/.test(key)) next = Math.max(next, Number(key) + 1);
  return String(next);
}

function insert(root: Node, path: readonly string[], value: string): void {
  let node = root;
  path.forEach((part, depth) => {
    const key = part === "" ? nextIndex(node) : part;
    if (depth === path.length - 1) {
      node.set(key, value);
      return;
    }
    const existing = node.get(key);
    const child: Node = existing instanceof Map ? existing : new Map();
    if (existing !== child) node.set(key, child);
    node = child;
  });
}

function toValue(node: Node | string): unknown {
  if (typeof node === "string") return node;
  const keys = [...node.keys()];
  const values = [...node.values()].map(toValue);
  if (keys.length > 0 && keys.every((key, index) => key === String(index))) return values;
  return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
}

/** Reads a query string or form body the way PHP does: brackets nest, a repeated name keeps its last value. */
export function parsePhpForm(text: string): Params {
  const root: Node = new Map();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals));
    if (name === "") continue;
    insert(root, pathOf(name), equals < 0 ? "" : decodePart(pair.slice(equals + 1)));
  }
  return Object.fromEntries([...root].map(([key, value]) => [key, toValue(value)]));
}
