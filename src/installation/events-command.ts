import type { PortalSession } from "../datasources/bitrix24/calls.ts";
import { UpstreamError } from "../datasources/bitrix24/errors.ts";
import { OPEN_CHANNEL_EVENTS } from "../datasources/imopenlines/portal-events.ts";
import { isComplete, readBindingState, removeBindings, repairBindings, wantedEvents } from "./bindings.ts";
import type { Installation } from "./installation.ts";
import type { InstallationStore } from "./installation-store.ts";
import type { Installer } from "./installer.ts";

export const EVENTS_COMMANDS = ["list", "check", "bind", "unbind"] as const;
export type EventsCommand = (typeof EVENTS_COMMANDS)[number];

export function isEventsCommand(text: string | undefined): text is EventsCommand {
  return EVENTS_COMMANDS.some((command) => command === text);
}

export interface EventsCommandServices {
  readonly installations: Pick<InstallationStore, "list">;
  readonly installer: Pick<Installer, "session">;
  /** Where portals deliver events; undefined while no public address is configured. */
  readonly eventsAddress: string | undefined;
}

export interface EventsReport {
  /** False when something is missing or could not be done. */
  readonly ok: boolean;
  /** For the person at the terminal. */
  readonly lines: readonly string[];
}

/** `npm run events`: shows, checks, sets or removes the application's handlers in every portal where it is installed. */
export async function runEventsCommand(command: EventsCommand, services: EventsCommandServices): Promise<EventsReport> {
  const { eventsAddress } = services;
  if (eventsAddress === undefined) {
    return { ok: false, lines: ["Set GATEWAY_PUBLIC_URL to the address at which portals reach this gateway."] };
  }
  const installations = await services.installations.list();
  if (installations.length === 0) {
    return { ok: false, lines: ["The application is not installed in any portal."] };
  }
  const reports: EventsReport[] = [];
  for (const installation of installations) {
    reports.push(await runInPortal(command, installation, services.installer, eventsAddress));
  }
  return { ok: reports.every(({ ok }) => ok), lines: reports.flatMap(({ lines }) => lines) };
}

async function runInPortal(
  command: EventsCommand,
  { memberId, host, status, scopes }: Installation,
  installer: Pick<Installer, "session">,
  address: string,
): Promise<EventsReport> {
  const indented = (lines: readonly string[]): string[] => [host, ...lines.map((line) => `  ${line}`)];
  try {
    const portal = await installer.session(memberId);
    if (portal === undefined) {
      const why =
        status === "needs-reinstall"
          ? "The application must be installed again: its tokens are not renewed any more."
          : "The application is not installed any more.";
      return { ok: false, lines: indented([why]) };
    }
    const { ok, lines } = await runWith(command, portal, address, wantedEvents(scopes));
    return { ok, lines: indented(lines) };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { ok: false, lines: indented([error.message]) };
  }
}

async function runWith(
  command: EventsCommand,
  portal: PortalSession,
  address: string,
  wanted: readonly string[],
): Promise<EventsReport> {
  switch (command) {
    case "list": {
      const { bound, stale, elsewhere } = await readBindingState(portal, address, wanted);
      const ours = [...bound, ...stale.map(({ event }) => event)].map((event) => `${event}  ${address}`);
      const lines = [...ours, ...elsewhere.map(({ event, handler }) => `${event}  ${handler}`)];
      return { ok: true, lines: lines.length === 0 ? ["No handlers are set."] : lines };
    }
    case "check": {
      const { missing, stale, elsewhere } = await readBindingState(portal, address, wanted);
      const needed = missing.filter((event) => OPEN_CHANNEL_EVENTS.some((known) => known === event));
      const lines = [
        ...missing.map((event) => `missing: ${event}`),
        ...stale.map(({ event }) => `not needed: ${event}`),
        ...elsewhere.map(({ event, handler }) => `elsewhere: ${event}  ${handler}`),
      ];
      const verdict = needed.length === 0 ? `All events are delivered to ${address}.` : "Run npm run events -- bind.";
      return { ok: needed.length === 0, lines: [...lines, verdict] };
    }
    case "bind": {
      const report = await repairBindings(portal, address, wanted);
      const lines = [
        ...report.added.map((event) => `bound: ${event}`),
        ...report.removed.map((event) => `removed: ${event}`),
        ...report.refused.map(({ event, error }) => `refused: ${event} (${error})`),
      ];
      return { ok: isComplete(report), lines: lines.length === 0 ? ["Everything was bound already."] : lines };
    }
    case "unbind": {
      const removed = await removeBindings(portal, address);
      return {
        ok: true,
        lines: removed.length === 0 ? ["Nothing was bound."] : removed.map((event) => `removed: ${event}`),
      };
    }
  }
}
