import type { ApplicationCredential } from "../datasources/bitrix24/credentials.ts";
import type { Id } from "../datasources/domain/ids.ts";
import type { InstallationStore } from "./installation-store.ts";
import type { Ability, SystemUsers } from "./system-users.ts";

/** Whose tokens the application acts with. */
export interface ActingCredential {
  readonly credential: ApplicationCredential;
  readonly userId: Id;
}

/** The application's two sets of tokens in a portal, and which of them serves for what. */
export interface ApplicationCredentials {
  /** For everything: the installing administrator's, and once those are refused for good the system user's; undefined without any. */
  forAll(memberId: string): Promise<ActingCredential | undefined>;
  /** The system user's, where he was proven able to do it. */
  proven(memberId: string, ability: Ability): Promise<ActingCredential | undefined>;
}

export function createApplicationCredentials(
  installations: InstallationStore,
  systemUsers: SystemUsers,
): ApplicationCredentials {
  async function ofSystemUser(memberId: string, ability: Ability | undefined): Promise<ActingCredential | undefined> {
    const user = await systemUsers.find(memberId);
    if (user === undefined || (ability !== undefined && !user.proven.includes(ability))) return undefined;
    const credential = await systemUsers.credential(memberId);
    return credential === undefined ? undefined : { credential, userId: user.userId };
  }

  return {
    async forAll(memberId) {
      const installation = await installations.find(memberId);
      if (installation === undefined) return undefined;
      const credential = installation.status === "active" ? await installations.credential(memberId) : undefined;
      if (credential !== undefined) return { credential, userId: installation.userId };
      return await ofSystemUser(memberId, undefined);
    },
    async proven(memberId, ability) {
      // Without an installation there is no portal to act in.
      if ((await installations.find(memberId)) === undefined) return undefined;
      return await ofSystemUser(memberId, ability);
    },
  };
}
