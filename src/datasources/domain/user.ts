import type { Id } from "./ids.ts";

export type UserKind = "EMPLOYEE" | "EXTRANET" | "CUSTOMER" | "BOT" | "NETWORK" | "EMAIL" | "UNKNOWN";

/** A person or bot of the portal, from `im.user.list.get`, `user.search`, recent lists or a session's history. `undefined`: this source does not tell. */
export interface UserRecord {
  readonly id: Id;
  readonly kind?: UserKind;
  readonly name?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly position?: string | null;
  readonly avatarUrl?: string | null;
  readonly avatarId?: Id | null;
  readonly color?: string | null;
  readonly gender?: "MALE" | "FEMALE" | "UNKNOWN" | null;
  /** `DD-MM` as the portal sends it. */
  readonly birthday?: string | null;
  readonly isActive?: boolean | null;
  readonly isExtranet?: boolean | null;
  readonly isNetwork?: boolean | null;
  readonly isBot?: boolean | null;
  readonly isConnector?: boolean | null;
  readonly hasPhoneDevice?: boolean | null;
  readonly externalAuthId?: string | null;
  readonly status?: string | null;
  readonly idleSince?: Date | null;
  readonly absentUntil?: Date | null;
  readonly lastActivityAt?: Date | null;
  readonly mobileLastSeenAt?: Date | null;
  readonly desktopLastSeenAt?: Date | null;
  readonly departmentIds?: readonly Id[];
  readonly phones?: {
    readonly work: string | null;
    readonly mobile: string | null;
    readonly inner: string | null;
  } | null;
  readonly profileUrl?: string | null;
  readonly website?: string | null;
  readonly email?: string | null;
  /** The portal's own type word, e.g. `user`, `bot`. */
  readonly portalType?: string | null;
  /** Free-form, as sent; keys as the method spells them. */
  readonly botData?: Readonly<Record<string, unknown>> | null;
  readonly services?: Readonly<Record<string, unknown>> | readonly unknown[] | null;
}
