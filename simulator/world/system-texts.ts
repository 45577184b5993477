/** Texts of the system messages a dialog gets; names are linked the way the messenger does it. */
export const systemText = {
  picked: (user: string) => `${user} picked conversation`,
  interceptedFrom: (user: string, other: string) => `${user} took conversation from ${other}`,
  rejected: (user: string) => `${user} rejected conversation`,
  cannotSkip: () => "You cannot skip this conversation because there is no other agent in the queue",
  transferredTo: (user: string, other: string) => `${user} transferred conversation to ${other}`,
  transferredToLine: (user: string, line: string) => `${user} transferred conversation to queue "${line}"`,
  ended: (user: string) => `${user} ended current conversation`,
  spam: (user: string) => `${user} marked conversation as spam`,
  joined: (user: string) => `${user} joined conversation`,
  started: (user: string) => `${user} started new conversation`,
  restarted: (user: string, id: number) => `${user} closed conversation #${id} and started a new one`,
  pinned: (user: string) => `${user} pinned conversation`,
  unpinned: (user: string) => `${user} unpinned conversation`,
  silentOn: (user: string) => `${user} enabled hidden mode`,
  silentOff: (user: string) => `${user} disabled hidden mode`,
  newSession: (id: number) => `Conversation #${id} started`,
  sentTo: (names: string) => `Enquiry has been assigned to ${names}`,
  left: (user: string) => `${user} left conversation`,
  leadCreated: () => "[b]A new lead has been created[/b]",
  quickBotToQueue: () => "The conversation was handed over to the queue",
} as const;

/** The messenger's mark-up for a person's name. */
export function mention(userId: number, name: string): string {
  return `[USER=${userId} REPLACE]${name}[/USER]`;
}
