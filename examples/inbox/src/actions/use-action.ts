import type { ApolloClient, OperationVariables } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type GatewayError, type UserError, userErrorsOf } from "bitrix24-open-channels-client";
import { useState } from "react";

export type Problem = Error | GatewayError | UserError;

export interface Action<Variables> {
  /** Resolves to whether it was carried out. */
  readonly run: (variables: Variables) => Promise<boolean>;
  readonly isRunning: boolean;
  /** Why it was not carried out, until it is tried again. */
  readonly problem: Problem | undefined;
  readonly forget: () => void;
}

/** A mutation as something that a person does: it is carried out, or there is a reason. */
export function useAction<Data, Variables extends OperationVariables>(
  mutation: TypedDocumentNode<Data, Variables>,
): Action<Variables> {
  const apollo = useApolloClient();
  const [isRunning, setIsRunning] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  return {
    async run(variables) {
      setProblem(undefined);
      setIsRunning(true);
      const options: ApolloClient.MutateOptions<Data> = { mutation, variables };
      const found = await apollo.mutate(options).then(
        ({ data, error }) => userErrorsOf({ data })[0] ?? error,
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      );
      setIsRunning(false);
      setProblem(found);
      return found === undefined;
    },
    isRunning,
    problem,
    forget: () => setProblem(undefined),
  };
}
