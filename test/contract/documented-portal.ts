import { readFileSync } from "node:fs";
import type { Call, PortalSession } from "../../src/datasources/bitrix24/calls.ts";
import { startBench } from "../datasources/bitrix24/portal-fixture.ts";
import type { SeenRequest } from "../datasources/bitrix24/scripted-portal.ts";
import { plain } from "../kit/plain-record.ts";

/** One documented method of the fixture, as far as these tests read it. */
export interface DocumentedMethod {
  readonly name: string;
  readonly kind: "read" | "write";
  readonly example: {
    readonly request: { readonly body: Readonly<Record<string, unknown>> };
    readonly response: Readonly<Record<string, unknown>>;
  };
}

function documentedIn(fixture: string): ReadonlyMap<string, DocumentedMethod> {
  const methods: readonly DocumentedMethod[] = JSON.parse(
    readFileSync(new URL(`../fixtures/${fixture}`, import.meta.url), "utf8"),
  );
  return new Map(methods.map((method) => [method.name, method]));
}

export const documentedMethods = documentedIn("methods.json");
/** The methods of the reports, `imopenlines.v2.*`. */
export const documentedReports = documentedIn("statistics-methods.json");

export interface Replay {
  /** Where the portal's site-relative addresses lead. */
  readonly origin: string;
  /** Sends the call to a portal that answers exactly `body`, and tells what was decoded and what the portal saw. */
  exchange<T>(call: Call<T>, kind: "read" | "write", body: unknown): Promise<{ value: T; request: SeenRequest }>;
}

/** A portal that answers with a documented response, byte for byte, behind the real client; it ends with the test. */
export async function startReplay(): Promise<Replay> {
  const bench = await startBench();
  const session = bench.operation();
  return {
    origin: bench.portal.origin,
    async exchange(call, kind, body) {
      const before = bench.portal.requests.length;
      bench.portal.next.push(() => ({ body: JSON.stringify(body) }));
      const value = kind === "read" ? await session.read(call) : await written(session, call);
      const request = bench.portal.requests[before];
      if (request === undefined) throw new Error("the portal saw no request");
      return { value: plain(value), request };
    },
  };
}

async function written<T>(session: PortalSession, call: Call<T>): Promise<T> {
  const { result } = await session.write(call);
  if (result.kind === "refused") throw result.refusal;
  return result.value;
}
