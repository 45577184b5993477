import type { GraphqlClient } from "./graphql-client.ts";

/** A server in a process of its own that is measured beside others. */
export interface Contender {
  readonly name: string;
  readonly pid: number;
  readonly client: GraphqlClient;
  stop(): Promise<void>;
}
