import { ApolloLink } from "@apollo/client";
import { OperationTypeNode, print } from "graphql";
import { Observable } from "rxjs";
import type { OpenLinesClient } from "../client.ts";
import type { Gap, Loss, Withheld } from "../notices.ts";
import type { Result } from "../result.ts";

/** What concerns a subscription's stream; see the client's `Handlers`. `operationName` tells which subscription it is. */
export interface StreamHandlers {
  gap?(gap: Gap, operationName: string | undefined): void;
  withheld?(withheld: Withheld, operationName: string | undefined): void;
  lost?(loss: Loss, operationName: string | undefined): string | undefined | Promise<string | undefined>;
}

/**
 * Carries all operations of an Apollo Client: queries and mutations over HTTP, subscriptions over the client's connection, each from its newest
 * cursor. With `context: { cursorName }` a subscription's cursor is kept in the client's storage.
 */
export function createOpenLinesLink(client: OpenLinesClient, handlers: StreamHandlers = {}): ApolloLink {
  return new ApolloLink((operation) => {
    const { operationName, operationType, variables } = operation;
    const query = print(operation.query);
    if (operationType === OperationTypeNode.SUBSCRIPTION) {
      const { cursorName } = operation.getContext();
      const name = typeof cursorName === "string" ? cursorName : undefined;
      return new Observable((observer) =>
        client.subscribe(
          query,
          { variables, operationName, name },
          {
            next: (_data, result) => observer.next(asApollo(result)),
            gap: (gap) => handlers.gap?.(gap, operationName),
            withheld: (withheld) => handlers.withheld?.(withheld, operationName),
            lost: (loss) => handlers.lost?.(loss, operationName),
            error: (end) => observer.error(end),
            complete: () => observer.complete(),
          },
        ),
      );
    }
    return new Observable((observer) => {
      const stopped = new AbortController();
      client
        .request(query, variables, {
          ...(operationName === undefined ? {} : { operationName }),
          signal: stopped.signal,
        })
        .then(
          (result) => {
            observer.next(asApollo(result));
            observer.complete();
          },
          (error: unknown) => observer.error(error),
        );
      // What a mutation does is done: only what nobody waits for any more is given up.
      return () => operationType === OperationTypeNode.QUERY && stopped.abort();
    });
  });
}

type ApolloResult = ApolloLink.Result<Record<string, unknown>>;

function asApollo({ data, errors, extensions }: Result): ApolloResult {
  return {
    data: data ?? null,
    ...(errors === undefined
      ? {}
      : {
          errors: errors.map(({ message, path, extensions }) => ({
            message,
            ...(path === undefined ? {} : { path }),
            ...(extensions === undefined ? {} : { extensions }),
          })),
        }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}
