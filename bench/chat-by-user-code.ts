import { z } from "zod";
import { median, withRange } from "./support/distribution.ts";
import { keyOf, startGateway } from "./support/gateway.ts";
import { closedLoad } from "./support/load.ts";
import type { BenchOptions } from "./support/options.ts";
import { startPortal, USUAL_LATENCY } from "./support/portal.ts";
import { inMs, type Report } from "./support/report.ts";
import { openRestClient } from "./support/rest-client.ts";

const MESSAGES = 100;
const DIALOGS = 50;
const GOAL_RATIO = 1.1;

const CHAT = /* GraphQL */ `
  query ChatByUserCode($code: String!) {
    chat(by: { userCode: $code }) {
      id
      title
      messageCount
      currentSession {
        id
        participants { id name }
        messages(last: ${MESSAGES}) { nodes { id text sentAt author { id name } files { id name } } }
        files(first: 50) { nodes { id name } }
      }
    }
  }
`;

const chat = z.object({
  chat: z.object({
    currentSession: z.object({
      messages: z.object({ nodes: z.array(z.unknown()).length(MESSAGES) }),
      files: z.object({ nodes: z.array(z.unknown()).min(1) }),
    }),
  }),
});

const byHand = z.object({
  result: z.object({
    chat: z.object({ id: z.number() }),
    session: z.object({ message: z.record(z.string(), z.unknown()), files: z.record(z.string(), z.unknown()) }),
  }),
});

/** A chat by user code with session, messages, files and authors: beside the same single request made by hand. */
export async function chatByUserCode({ quick, profileDirectory }: BenchOptions): Promise<Report> {
  const portal = await startPortal({
    plan: "on-premise",
    ...USUAL_LATENCY,
    dialogs: DIALOGS,
    messages: MESSAGES,
    lines: 6,
    webhooks: 1,
  });
  const gateway = await startGateway({ plan: "on-premise", webhooks: portal.webhooks, profileDirectory });
  const rest = openRestClient(portal.url, 4);
  const codeAt = (index: number): string => portal.userCodes[index % portal.userCodes.length] ?? "";

  const throughGateway = async (code: string): Promise<{ ms: number; requests: number }> => {
    const begun = performance.now();
    const answer = await gateway.client.query(CHAT, { code }, keyOf(0));
    const ms = performance.now() - begun;
    chat.parse(answer.data);
    return { ms, requests: answer.extensions?.upstream.requests ?? 0 };
  };
  const throughBatch = async (code: string): Promise<number> => {
    const begun = performance.now();
    const result = await rest.call(portal.webhook, "batch", {
      halt: 0,
      cmd: {
        chat: `imopenlines.dialog.get?USER_CODE=${encodeURIComponent(code)}`,
        session: "imopenlines.session.history.get?CHAT_ID=$result[chat][id]",
      },
    });
    const ms = performance.now() - begun;
    byHand.parse(result);
    return ms;
  };

  // Both ways until the programs, the portal's too, run as fast as they ever will.
  const warmUpSeconds = quick ? 5 : 15;
  await closedLoad(4, warmUpSeconds, (index) => throughGateway(codeAt(index)));
  await closedLoad(4, warmUpSeconds / 3, (index) => throughBatch(codeAt(index)));
  await portal.resetStatistics();
  const own: number[] = [];
  const requests: number[] = [];
  const hand: number[] = [];
  for (let index = 0; index < (quick ? 40 : 200); index += 1) {
    const measureOwn = async (): Promise<void> => {
      const measured = await throughGateway(codeAt(index));
      own.push(measured.ms);
      requests.push(measured.requests);
    };
    const measureHand = async (): Promise<void> => void hand.push(await throughBatch(codeAt(index)));
    for (const measure of index % 2 === 0 ? [measureOwn, measureHand] : [measureHand, measureOwn]) await measure();
  }
  const { requests: seen } = await portal.statistics();
  await rest.close();
  await gateway.stop();
  await portal.stop();

  const ratio = median(own) / median(hand);
  const perOperation = (seen - hand.length) / own.length;
  return {
    benchmark: "chat-by-user-code",
    findings: [
      { what: "the same request by hand", figure: withRange(hand, inMs) },
      {
        what: "gateway",
        figure: withRange(own, inMs),
        ratio,
        goal: `<= ${GOAL_RATIO} x`,
        reached: ratio <= GOAL_RATIO,
      },
      {
        what: "  upstream requests of an operation, as the portal counted",
        figure: String(perOperation),
        goal: "1",
        reached: perOperation === 1 && requests.every((count) => count === 1),
      },
    ],
  };
}
