import type { InboxState } from "bitrix24-open-channels-client/desk";
import { useInbox } from "bitrix24-open-channels-client/react";
import { selectionOf } from "../gateway/selection.ts";
import { type ChatState, type DialogRowFragment, DialogRowFragmentDoc } from "../graphql.ts";

/** A row of the list. */
export type Dialog = DialogRowFragment;

export interface Dialogs extends Omit<InboxState<Dialog>, "rows"> {
  readonly dialogs: readonly Dialog[];
  readonly loadMore: () => Promise<void>;
  readonly readAgain: () => void;
}

const ITEM_FIELDS = selectionOf(DialogRowFragmentDoc);
const PAGE = 100;

/** The viewer's conversations in some states, alive. */
export function useDialogs(states: readonly ChatState[]): Dialogs {
  const { rows, ...state } = useInbox({ first: PAGE, filter: { states }, itemFields: ITEM_FIELDS });
  return { ...state, dialogs: rows };
}
