import { expect, it, onTestFinished } from "vitest";
import { freePort } from "../../kit/free-port.ts";
import { askOverHttp, startGatewayHere } from "../../kit/gateway-here.ts";
import { connectSocket, currentCursor, type StreamResult } from "../../kit/socket-client.ts";
import { until } from "../../kit/until.ts";
import { postForm, sendEvents, sendMarkers } from "./event-sender.ts";
import { openGatewayOffice } from "./installed-portal.ts";

/** The text of each message a stream has delivered so far. */
function textsOf(results: readonly StreamResult[]): string[] {
  return results.map(({ data }) => {
    // The document asked for exactly this.
    const event = data?.messageAdded as { content: { text: string } };
    return event.content.text;
  });
}

const SNAPSHOT = `query ($chat: ID!) {
  eventCursor
  chat(by: { id: $chat }) { latestSession { messages(last: 100) { nodes { text } } } }
}`;
const STREAM = `subscription ($after: EventCursor, $chat: ID!) {
  messageAdded(after: $after, filter: { chatIds: [$chat] }) { content { text } }
}`;

it("a snapshot with its eventCursor and the stream after it have no hole between them, and the stream no double", async () => {
  const office = await openGatewayOffice();
  const origin = await startGatewayHere(office.settings(await freePort(), await office.dataDirectory()));
  const { key, portal } = office;
  await office.install(origin);
  const client = await connectSocket(origin, { key });
  onTestFinished(() => client.close());
  const chat = [...portal.world.chats.values()].find(({ id }) => portal.world.openSession(id) !== undefined);
  if (chat === undefined) throw new Error("a portal without a dialog");
  const variables = { chat: String(chat.id) };
  const written: string[] = [];
  let isWriting = true;
  onTestFinished(() => {
    isWriting = false;
  });
  const writing = (async () => {
    while (isWriting) {
      written.push(portal.world.customerWrites(chat.id, `word ${written.length}`).text);
      await fetch(`${origin}/health`);
    }
  })();

  const rounds: { before: number; snapshot: readonly string[]; stream: { results: StreamResult[] } }[] = [];
  for (let round = 0; round < 20; round += 1) {
    const before = written.length;
    const { data, errors } = await askOverHttp(origin, key, SNAPSHOT, variables);
    expect(errors).toBeUndefined();
    // The document asked for exactly this.
    const read = data as { eventCursor: string; chat: { latestSession: { messages: { nodes: { text: string }[] } } } };
    const stream = client.open(STREAM, { variables: { ...variables, after: read.eventCursor } });
    await client.settled();
    rounds.push({ before, snapshot: read.chat.latestSession.messages.nodes.map(({ text }) => text), stream });
  }
  isWriting = false;
  await writing;
  await until(() => portal.deliveries().pending === 0);
  await until(() => rounds.every(({ stream }) => textsOf(stream.results).includes(written.at(-1) ?? "")));

  expect(written.length).toBeGreaterThan(rounds.length);
  for (const { before, snapshot, stream } of rounds) {
    const streamed = textsOf(stream.results);
    expect(new Set(streamed).size).toBe(streamed.length);
    const seen = new Set([...snapshot, ...streamed]);
    expect(written.slice(before).filter((text) => !seen.has(text))).toEqual([]);
  }
});

it("subscriptions that open while events are appended begin somewhere in the log and miss nothing from there on", async () => {
  const office = await openGatewayOffice();
  const origin = await startGatewayHere(office.settings(await freePort(), await office.dataDirectory()));
  const { key } = office;
  const sender = await office.install(origin);
  const places = office.places().slice(0, 4);
  const all = "subscription ($after: EventCursor) { messageAdded(after: $after) { cursor content { text } } }";
  const client = await connectSocket(origin, { key });
  onTestFinished(() => client.close());
  const begin = await currentCursor(origin, key);
  const whole = client.open(all, { variables: { after: begin } });
  await client.settled();

  const sending = sendEvents({
    sender,
    places,
    count: 600,
    lanes: 4,
    target: () => origin,
    recovered: () => Promise.reject(new Error("an event was not accepted")),
  });
  const fresh: { results: StreamResult[] }[] = [];
  const resumed: { from: string; stream: { results: StreamResult[] } }[] = [];
  let isSending = true;
  void sending.done.finally(() => {
    isSending = false;
  });
  while (isSending && fresh.length < 20) {
    const next = (fresh.length + 1) * 25;
    await until(() => !isSending || whole.results.length >= next);
    const last = whole.results.at(-1)?.data?.messageAdded;
    fresh.push(client.open(all));
    if (last !== undefined) {
      // The document asked for exactly this.
      const { cursor, content } = last as { cursor: string; content: { text: string } };
      resumed.push({ from: content.text, stream: client.open(all, { variables: { after: cursor } }) });
    }
    await client.settled();
  }
  await sending.done;
  const markers = await sendMarkers(origin, sender, places);
  const last = markers.at(-1)?.text;
  const everybody = [whole, ...fresh, ...resumed.map(({ stream }) => stream)];
  await until(() => everybody.every(({ results }) => textsOf(results).at(-1) === last));

  expect(fresh.length).toBeGreaterThan(10);
  const order = textsOf(whole.results);
  expect(order.length).toBe(600 + markers.length);
  for (const { results } of fresh) {
    const texts = textsOf(results);
    expect(texts).toEqual(order.slice(order.length - texts.length));
  }
  for (const { from, stream } of resumed) expect(textsOf(stream.results)).toEqual(order.slice(order.indexOf(from) + 1));
  const starts = new Set(fresh.map(({ results }) => results.length));
  expect(starts.size).toBeGreaterThan(5);
  expect(await postForm(origin, "nonsense")).toBe(400);
});
