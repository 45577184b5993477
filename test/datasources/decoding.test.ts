import { expect, test } from "vitest";
import { userListGet } from "../../src/datasources/im/users.ts";
import { configGet } from "../../src/datasources/imopenlines/config/config-reads.ts";
import { documentedMethods } from "../contract/documented-portal.ts";
import { decoded } from "../kit/decoded.ts";

test("one decoder makes the addresses of whichever portal answers", () => {
  const call = userListGet(["31"]);
  const answer = [{ id: 31, avatar: "/upload/a.png" }];
  const pictures = ["https://a.test", "https://b.test"].map((origin) => decoded(call, answer, origin)[0]?.avatarUrl);
  expect(pictures).toEqual(["https://a.test/upload/a.png", "https://b.test/upload/a.png"]);
});

test("what of a line is read late keeps to the portal that sent it, whoever has answered since", () => {
  const row = { ...Object(documentedMethods.get("imopenlines.config.get")?.example.response.result) };
  const members = { QUEUE: [27], QUEUE_USERS_FIELDS: { 27: { USER_NAME: "Ann", USER_AVATAR: "/ann.png" } } };
  const [first, second] = ["https://a.test", "https://b.test"].map((origin) =>
    decoded(configGet("22"), { ...row, ...members }, origin),
  );
  expect(second?.queue.members?.[0]?.displayAvatarUrl).toBe("https://b.test/ann.png");
  expect(first?.queue.members?.[0]?.displayAvatarUrl).toBe("https://a.test/ann.png");
});
