import type { Node } from "./nodes.ts";
import { isMarked, parseBbCode } from "./parse.ts";

/** A text of the portal as people read it, without tags: for notifications, lists and searches. */
export function plainTextOf(text: string): string {
  return isMarked(text) ? render(parseBbCode(text)) : text;
}

function render(nodes: readonly Node[]): string {
  let text = "";
  for (const [index, node] of nodes.entries()) {
    text += renderNode(node);
    if (node.kind === "mark" && node.mark === "quote" && index < nodes.length - 1) text += "\n";
  }
  return text;
}

function renderNode(node: Node): string {
  switch (node.kind) {
    case "text":
    case "code":
      return node.text;
    case "break":
      return "\n";
    case "link":
      return node.children.length === 0 ? node.href : render(node.children);
    case "time":
      return node.at.toISOString();
    case "mark":
    case "color":
    case "mention":
    case "group":
      return render(node.children);
    default:
      return node satisfies never;
  }
}
