import { z } from "zod";
import type { GraphqlClient } from "./graphql-client.ts";

/** 50 chats, each with fields that only the dialog record has, its session, its last 20 messages and their authors. */
export const INBOX_PAGE = /* GraphQL */ `
  query InboxPage {
    inbox(first: 50) {
      nodes {
       chat {
        id
        title
        state
        messageCount
        participantCount
        readMarks { messageId readAt user { id name } }
        currentSession {
          id
          viewerCanJoin
          participants { id name }
          messages(last: 20) { nodes { id text sentAt author { id name } files { id name } } }
        }
       }
      }
    }
  }
`;

export const PAGE_SIZE = 50;
export const MESSAGES_SHOWN = 20;

const page = z.object({
  inbox: z.object({
    nodes: z
      .array(
        z.object({
          chat: z.object({
            messageCount: z.number(),
            participantCount: z.number(),
            readMarks: z.array(z.unknown()),
            currentSession: z.object({
              participants: z.array(z.object({ name: z.string() })).min(1),
              messages: z.object({
                nodes: z
                  .array(z.object({ text: z.string(), author: z.object({ name: z.string() }).nullable() }))
                  .length(MESSAGES_SHOWN),
              }),
            }),
          }),
        }),
      )
      .length(PAGE_SIZE),
  }),
});

export interface InboxPageRead {
  readonly milliseconds: number;
  /** Upstream requests by the gateway's own account. */
  readonly requests: number;
}

/** Reads one page through the gateway; throws unless it is complete. */
export async function readInboxPage(client: GraphqlClient, key: string): Promise<InboxPageRead> {
  const begun = performance.now();
  const answer = await client.query(INBOX_PAGE, {}, key);
  const milliseconds = performance.now() - begun;
  page.parse(answer.data);
  return { milliseconds, requests: answer.extensions?.upstream.requests ?? 0 };
}
