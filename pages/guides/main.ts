import { type SearchEntry, search } from "./search.ts";

let entries: Promise<readonly SearchEntry[]> | undefined;

/** Loaded with the first letter: most readers do not search. The schema is searched where it may be seen. */
function loadEntries(): Promise<readonly SearchEntry[]> {
  entries ??= Promise.all(["/docs/search.json", "/docs/schema-search.json"].map(loadFile)).then((lists) =>
    lists.flat(),
  );
  return entries;
}

async function loadFile(path: string): Promise<readonly SearchEntry[]> {
  const response = await fetch(path);
  return response.ok ? await response.json() : [];
}

async function show(query: string, list: HTMLElement, input: HTMLInputElement): Promise<void> {
  const found = search(await loadEntries(), query);
  if (input.value !== query) return;
  list.replaceChildren(...found.map(listItem));
  if (found.length === 0 && query.trim() !== "") list.append(textItem("Nothing found."));
}

function listItem({ href, title, heading }: SearchEntry): HTMLElement {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = heading === title ? heading : `${title}: ${heading}`;
  const item = document.createElement("li");
  item.append(link);
  return item;
}

function textItem(text: string): HTMLElement {
  const item = document.createElement("li");
  item.textContent = text;
  return item;
}

const input = document.getElementById("search");
const list = document.getElementById("found");
if (input instanceof HTMLInputElement && list !== null) {
  input.addEventListener("input", () => void show(input.value, list, input));
}
