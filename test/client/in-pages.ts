import type * as openLinesModule from "../../client/src/main.ts";

declare global {
  /** What `servePage` loads, and what a test keeps in a page. */
  var openLines: typeof openLinesModule;
  var kept: { client: openLinesModule.OpenLinesClient; texts: string[]; gaps: number; broadcast: string[] };
  /** Given to a page by the test. */
  function newToken(): Promise<string>;
}
