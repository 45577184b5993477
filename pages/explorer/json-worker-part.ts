import "monaco-editor/esm/vs/language/json/json.worker.js";

/** What the part for JSON does with a worker's first message; the part that is loaded after it puts its own in its place. */
export const startJson = globalThis.onmessage;
