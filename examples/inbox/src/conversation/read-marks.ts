import type { ChatFactsFragment, ChatMessageFragment } from "../graphql.ts";

export type ReadMarks = NonNullable<ChatFactsFragment["readMarks"]>;

/** Who has read up to a message and no further, its author apart. */
export function readersOf({ id, author }: ChatMessageFragment, marks: ReadMarks): readonly string[] {
  return marks.flatMap(({ user, messageId }) =>
    messageId === id && user.id !== author?.id && user.name !== null ? [user.name] : [],
  );
}
