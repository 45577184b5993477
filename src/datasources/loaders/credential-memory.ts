import { type Capabilities, createCapabilityStore } from "./capabilities.ts";
import { type ChatMemory, createChatMemories } from "./chat-memory.ts";
import { type ChatSessions, createChatSessionsCache } from "./chat-sessions.ts";
import { createOperatorLoadCache, type OperatorLoads } from "./operator-loads.ts";
import { createPortalHabits, type PortalHabits } from "./portal-habits.ts";

/** What earlier operations of one credential have learned that outlives them. */
export interface CredentialMemory {
  readonly capabilities: Capabilities;
  readonly operatorLoads: OperatorLoads;
  readonly chatSessions: ChatSessions;
  readonly chats: ChatMemory;
  readonly habits: PortalHabits;
}

/** All credentials' memories, each part under a bound of its own. */
export interface CredentialMemories {
  /** `credentialKey` must differ for different credentials; it is only compared. */
  forCredential(host: string, credentialKey: string): CredentialMemory;
}

export function createCredentialMemories(): CredentialMemories {
  const capabilities = createCapabilityStore();
  const operatorLoads = createOperatorLoadCache();
  const chatSessions = createChatSessionsCache();
  const chats = createChatMemories();
  const habits = createPortalHabits();
  return {
    forCredential: (host, credentialKey) => ({
      capabilities: capabilities.forCredential(host, credentialKey),
      operatorLoads: operatorLoads.forCredential(credentialKey),
      chatSessions: chatSessions.forCredential(credentialKey),
      chats: chats.forCredential(credentialKey),
      habits: habits.forCredential(credentialKey),
    }),
  };
}

/** Of nobody else. */
export function emptyMemory(): CredentialMemory {
  return createCredentialMemories().forCredential("", "");
}
