import type { InboxState } from "bitrix24-open-channels-client/desk";
import { useInbox } from "bitrix24-open-channels-client/react";
import { selectionOf } from "../gateway/selection.ts";
import { type ChatState, type DialogRowFragment, DialogRowFragmentDoc } from "../graphql.ts";

/** A row of the list. */
export type Dialog = DialogRowFragment;

export interface Dialogs extends Pick<InboxState<Dialog>, "isLoading" | "problem"> {
  readonly dialogs: readonly Dialog[];
  /** There may be older ones than the list takes. */
  readonly isFull: boolean;
  readonly readAgain: () => void;
}

const ITEM_FIELDS = selectionOf(DialogRowFragmentDoc);
/** As many as the gateway keeps up to date. */
export const MOST_DIALOGS = 100;

/** The viewer's conversations in some states, alive. */
export function useDialogs(states: readonly ChatState[]): Dialogs {
  const { rows, isLoading, problem, readAgain } = useInbox({
    first: MOST_DIALOGS,
    filter: { states },
    itemFields: ITEM_FIELDS,
  });
  return { dialogs: rows, isFull: rows.length >= MOST_DIALOGS, isLoading, problem, readAgain };
}
