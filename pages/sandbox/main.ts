import { rememberChoice, rememberedChoice } from "../shared/explorer-choice.ts";
import { loadPageSettings, type PageSettings } from "../shared/page-settings.ts";

/** The one thing that any page of the gateway loads from another host. */
const SCRIPT = "https://embeddable-sandbox.cdn.apollographql.com/v2/embeddable-sandbox.umd.production.min.js";
const PATIENCE_MS = 1_500;

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
  const state = document.getElementById("state");
  if (state !== null) state.textContent = "Apollo Sandbox, loaded from Apollo's servers.";
}

async function main(): Promise<void> {
  if (rememberedChoice() === "own") return location.replace("/explorer");
  document.getElementById("own")?.addEventListener("click", () => rememberChoice("own"));
  try {
    const [settings] = await Promise.all([loadPageSettings(), loadScript()]);
    showSandbox(settings);
  } catch {
    location.replace("/explorer?sandbox=unreachable");
  }
}

void main();
