import { rememberChoice, rememberedChoice } from "../shared/explorer-choice.ts";
import { loadPageSettings, type PageSettings } from "../shared/page-settings.ts";

/** What this page loads from another host, and no other page of the gateway does: a script, and the frame that it opens. */
const SCRIPT = "https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js";
const FRAME_ORIGIN = "https://sandbox.embed.apollographql.com";
const PATIENCE_MS = 1_500;
/** A frame that is loaded says so to the page around it. Who chose Sandbox waits longer for it. */
const FRAME_PATIENCE_MS = 2_000;
const FRAME_PATIENCE_OF_CHOICE_MS = 15_000;

interface SandboxOptions {
  readonly target: string;
  readonly initialEndpoint: string;
  readonly initialSubscriptionEndpoint: string;
  readonly endpointIsEditable: boolean;
  readonly runTelemetry: boolean;
  readonly allowDynamicStyles: boolean;
  readonly initialState: { readonly document: string; readonly headers: Readonly<Record<string, string>> };
}

declare global {
  interface Window {
    EmbeddedSandbox?: new (options: SandboxOptions) => unknown;
  }
}

function loadScript(): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SCRIPT;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("it could not be loaded"));
    setTimeout(() => reject(new Error("it did not come in time")), PATIENCE_MS);
    document.head.append(script);
  });
}

/** Rejects where the frame's host is not reached: a frame that shows an error page tells nobody. */
async function reachFrame(): Promise<void> {
  await fetch(FRAME_ORIGIN, { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
}

/** Rejects when the frame has said nothing for so long. */
function frameSpeaks(patienceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    addEventListener("message", ({ origin }) => {
      if (origin === FRAME_ORIGIN) resolve();
    });
    setTimeout(() => reject(new Error("its frame says nothing")), patienceMs);
  });
}

function showSandbox({ graphqlPath, firstOperation, people }: PageSettings): void {
  if (window.EmbeddedSandbox === undefined) throw new Error("its script is not what it was");
  const address = new URL(graphqlPath, location.href);
  const [first] = people;
  new window.EmbeddedSandbox({
    target: "#sandbox",
    initialEndpoint: address.href,
    initialSubscriptionEndpoint: address.href.replace(/^http/, "ws"),
    endpointIsEditable: false,
    runTelemetry: false,
    allowDynamicStyles: false,
    initialState: { document: firstOperation, headers: first === undefined ? {} : { "X-Api-Key": first.key } },
  });
}

async function main(): Promise<void> {
  if (rememberedChoice() === "own") return location.replace("/explorer");
  document.getElementById("own")?.addEventListener("click", () => rememberChoice("own"));
  try {
    const [settings] = await Promise.all([loadPageSettings(), loadScript(), reachFrame()]);
    const spoken = frameSpeaks(rememberedChoice() === "sandbox" ? FRAME_PATIENCE_OF_CHOICE_MS : FRAME_PATIENCE_MS);
    showSandbox(settings);
    await spoken;
    const state = document.getElementById("state");
    if (state !== null) state.textContent = "Apollo Sandbox, loaded from Apollo's servers.";
  } catch {
    location.replace("/explorer?sandbox=unreachable");
  }
}

void main();
