import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { startGateway, type TestGateway } from "../../kit/gateway.ts";

let portal: RunningPortal;
let gateway: TestGateway;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  gateway = await startGateway({ portal });
});

afterAll(async () => {
  await gateway.close();
  await portal.close();
});

const ACCEPTED = [
  undefined,
  "*/*",
  "application/json",
  "application/json, text/plain, */*",
  "application/json, */*",
  "application/graphql-response+json",
  "application/graphql-response+json, application/json",
  "application/graphql-response+json,application/json;q=0.9",
];
const TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json;charset=utf-8",
  "application/json;charset=UTF-8",
];
/** Means the same and is not written as clients write it, so that nothing is taken for granted. */
const UNUSUAL_TYPE = "application/json; charset=utf-8; boundary=none";

const BODIES = {
  "an answer": { query: "{ __typename }" },
  "an answer with data of the portal": { query: "{ openLines(first: 2) { nodes { id name } } }" },
  variables: { query: "query Some($n: Int) { openLines(first: $n) { nodes { id } } }", variables: { n: 1 } },
  "nulls where nothing is said": { query: "{ __typename }", operationName: null, variables: null, extensions: null },
  "one of two operations": { query: "query A { __typename } query B { b: __typename }", operationName: "B" },
  "no document": { query: "{" },
  "a field that there is not": { query: "{ nothing }" },
  "a variable of another kind": {
    query: "query Some($n: Int) { openLines(first: $n) { nodes { id } } }",
    variables: { n: "x" },
  },
  "a page too large": { query: "{ openLines(first: 1000) { nodes { id } } }" },
  "an operation that is not there": { query: "query A { __typename }", operationName: "B" },
  "a subscription": { query: "subscription { messageAdded { __typename } }" },
  "a mutation that is refused": { query: 'mutation { chatAnswer(chatId: "none") { userErrors { code } } }' },
} as const;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

async function send(body: object, type: string, accept: string | undefined): Promise<Answer> {
  const {
    statusCode,
    headers,
    body: answer,
  } = await request(gateway.url, {
    method: "POST",
    headers: {
      "content-type": type,
      "x-api-key": gateway.keyOf("helena-1"),
      "x-request-id": "the-same",
      ...(accept === undefined ? {} : { accept }),
    },
    body: JSON.stringify(body),
  });
  const { date: _date, ...told } = headers;
  // What the allowance stands at moves on between two requests.
  const text = (await answer.text())
    .replace(/"level":[0-9.]+/g, '"level":0')
    .replace(/"waitedMs":\d+/g, '"waitedMs":0');
  return { status: statusCode, headers: { ...told, "content-length": text.length }, text };
}

for (const [name, body] of Object.entries(BODIES)) {
  test(`how a request is written changes nothing of its answer: ${name}`, async () => {
    for (const accept of ACCEPTED) {
      expect(await send(body, "application/json", accept)).toEqual(await send(body, UNUSUAL_TYPE, accept));
    }
    const told = await send(body, UNUSUAL_TYPE, undefined);
    for (const type of TYPES) expect(await send(body, type, undefined)).toEqual(told);
  });
}
