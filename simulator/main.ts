import { readCommandLine, UsageError, usage } from "./command-line.ts";
import { type RunningPortal, startPortal } from "./portal.ts";

function banner(portal: RunningPortal): string {
  const { world, quietChat: quiet } = portal;
  const people = portal.users.map(
    (user) => `  ${String(user.id).padStart(5)}  ${user.role.padEnd(10)}  ${user.name.padEnd(20)}  ${user.webhookUrl}`,
  );
  return [
    `Simulated Bitrix24 portal: ${portal.url}`,
    `${world.lines.all().length} lines, ${world.chats.size} chats, ${world.sessions.size} sessions, ${world.messages.size} messages`,
    "",
    "Webhooks of its people (append a method name):",
    ...people,
    "",
    ...(quiet
      ? [
          `Left alone for you: chat ${quiet.chatId}, "${quiet.title}", offered to ${world.userName(quiet.operatorId)}`,
          "",
        ]
      : []),
    ...gatewaySettings(portal),
    "",
    `Faults: POST ${portal.url}/__faults   Statistics: GET ${portal.url}/__stats`,
    `Install an application for live events: POST ${portal.url}/__install {"kind":"script-only","installUrl":"…"}`,
    "",
  ].join("\n");
}

/** Lines to paste into the terminal in which a gateway is to be started in front of this portal. */
function gatewaySettings({ users, application }: RunningPortal): string[] {
  const acting = users.find(({ role }) => role === "operator") ?? users[0];
  return [
    `Settings of a gateway that acts as ${acting?.name} and receives the portal's events, to paste before it is started:`,
    `  export BITRIX24_WEBHOOK_URL=${acting?.webhookUrl}`,
    `  export BITRIX24_CLIENT_ID=${application.clientId}`,
    `  export BITRIX24_CLIENT_SECRET=${application.clientSecret}`,
    `  export BITRIX24_TOKEN_URL=${application.tokenUrl}`,
    "  export GATEWAY_PUBLIC_URL=http://127.0.0.1:4000",
  ];
}

function readiness({ url, memberId, users, quietChat, application }: RunningPortal): string {
  return `${JSON.stringify({ url, memberId, users, quietChat: quietChat ?? null, application })}\n`;
}

function explain(error: unknown): string {
  const isSystemError = error instanceof Error && "code" in error;
  if (isSystemError && error.code === "EADDRINUSE") return "The port is already in use; choose another with --port";
  if (isSystemError && error.code === "EACCES") return "The port needs more rights; choose another with --port";
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<void> {
  const options = readCommandLine(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const portal = await startPortal(options.portal);
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void portal.close().then(() => process.exit(0));
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  if (options.exitWithParent && !process.stdin.isTTY) {
    process.stdin.on("end", end).on("close", end).on("error", end).resume();
  }
  // Said last: whoever reads it may end the program at once.
  process.stdout.write(options.readyJson ? readiness(portal) : banner(portal));
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
});
