import type {} from "monaco-editor";
import EditorWorker from "./editor-worker.ts?worker";

/** The editor checks and completes in workers of its own, which are a file of the gateway, too. */
window.MonacoEnvironment = {
  getWorker: (_id: string, label: string): Worker => new EditorWorker({ name: label }),
};
