import "./editor-workers.ts";
// Without the fonts, which would be half of what is loaded: the system has some.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "@graphiql/plugin-explorer/style.css";
import "./explorer.css";
import { createRoot } from "react-dom/client";
import { loadPageSettings } from "../shared/page-settings.ts";
import { keepPartsAccessible } from "./accessible-parts.ts";
import { Explorer } from "./explorer.tsx";

async function main(place: HTMLElement): Promise<void> {
  try {
    const settings = await loadPageSettings();
    const sandboxIsUnreachable = new URLSearchParams(location.search).get("sandbox") === "unreachable";
    keepPartsAccessible(place);
    createRoot(place).render(<Explorer settings={settings} sandboxIsUnreachable={sandboxIsUnreachable} />);
  } catch (error) {
    const line = document.createElement("p");
    line.className = "waiting";
    line.textContent = `The explorer could not be started: ${error instanceof Error ? error.message : String(error)}`;
    place.replaceChildren(line);
  }
}

const place = document.getElementById("explorer");
if (place !== null) void main(place);
