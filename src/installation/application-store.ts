import type { NamespaceBounds } from "../storage/key-value-store.ts";
import { type ApplicationCredentials, createApplicationCredentials } from "./application-credential.ts";
import {
  createInstallationStore,
  INSTALLATION_NAMESPACES,
  type InstallationStore,
  type InstallationStoreOptions,
} from "./installation-store.ts";
import { installedTokens, type KeptTokensOf } from "./kept-tokens.ts";
import { createSystemUsers, SYSTEM_USER_NAMESPACES, type SystemUsers } from "./system-users.ts";

/** Bounds for `openEventStorage`. */
export const APPLICATION_NAMESPACES: NamespaceBounds = { ...INSTALLATION_NAMESPACES, ...SYSTEM_USER_NAMESPACES };

/** All that is kept of the application in its portals: both sets of tokens of each, and which of them serves for what. */
export interface ApplicationStore {
  readonly installations: InstallationStore;
  readonly systemUsers: SystemUsers;
  readonly acting: ApplicationCredentials;
  /** Where renewed tokens of either set go. */
  readonly kept: readonly KeptTokensOf[];
}

export function createApplicationStore(options: InstallationStoreOptions): ApplicationStore {
  const installations = createInstallationStore(options);
  const systemUsers = createSystemUsers(options);
  return {
    installations,
    systemUsers,
    acting: createApplicationCredentials(installations, systemUsers),
    kept: [installedTokens(installations), systemUsers.keptTokens],
  };
}
