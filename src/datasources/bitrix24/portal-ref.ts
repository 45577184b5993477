/** A portal, from the scheduler to the log: its host, and its own id where an application in it has told that. */
export interface PortalRef {
  /** With a port when not the default. */
  readonly host: string;
  /** `member_id`, stable when the host changes; undefined where only webhooks or users' tokens serve the portal. */
  readonly memberId: string | undefined;
}

const BY_HOST = "host:";

/** What a portal's log and records are kept under. */
export function portalName({ host, memberId }: PortalRef): string {
  return memberId ?? `${BY_HOST}${host}`;
}

/** The host in the name of a portal that is named by it. */
export function hostOfName(name: string): string | undefined {
  return isNamedByHost(name) ? name.slice(BY_HOST.length) : undefined;
}

/** Whether a name is that of a portal without an application: nothing can be posted for it. */
export function isNamedByHost(name: string): boolean {
  return name.startsWith(BY_HOST);
}
