import { type Capabilities, createCapabilityStore, type KeptCapabilities } from "./capabilities.ts";
import { type ChatMemory, createChatMemories } from "./chat-memory.ts";
import { type ChatSessions, createChatSessionsCache, type KeptSessions } from "./chat-sessions.ts";
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

/** What of it outlives the process. */
export interface KeptMemory {
  readonly capabilities?: KeptCapabilities;
  readonly sessions?: KeptSessions;
}

export function createCredentialMemories(kept: KeptMemory = {}): CredentialMemories {
  const capabilities = createCapabilityStore({ kept: kept.capabilities });
  const operatorLoads = createOperatorLoadCache();
  const chatSessions = createChatSessionsCache({ kept: kept.sessions });
  const chats = createChatMemories();
  const habits = createPortalHabits();
  return {
    forCredential: (host, credentialKey) => ({
      capabilities: capabilities.forCredential(host, credentialKey),
      operatorLoads: operatorLoads.forCredential(credentialKey),
      chatSessions: chatSessions.forPortal(host),
      chats: chats.forCredential(credentialKey),
      habits: habits.forCredential(credentialKey),
    }),
  };
}

/** Of nobody else. */
export function emptyMemory(): CredentialMemory {
  return createCredentialMemories().forCredential("", "");
}
