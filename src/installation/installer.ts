import type { Logger } from "pino";
import type { PortalSession } from "../datasources/bitrix24/calls.ts";
import type { ApplicationCredential } from "../datasources/bitrix24/credentials.ts";
import { UpstreamError } from "../datasources/bitrix24/errors.ts";
import type { EventEnvelope } from "../datasources/bitrix24/event-envelope.ts";
import { type FormFields, textField } from "../datasources/bitrix24/form-body.ts";
import { UpstreamUsage } from "../datasources/bitrix24/usage.ts";
import type { Id } from "../datasources/domain/ids.ts";
import type { ApplicationCredentials } from "./application-credential.ts";
import { createAttemptLimit } from "./attempt-limit.ts";
import { type BindingReport, isComplete, repairBindings, wantedEvents } from "./bindings.ts";
import { type InstallOffer, readScriptOffer, readSystemUserOffer } from "./install-offer.ts";
import { hashSecret, type Installation, matchesHash } from "./installation.ts";
import type { InstallationStore } from "./installation-store.ts";
import { probeSystemUser } from "./system-user-probe.ts";
import type { SystemUsers } from "./system-users.ts";
import { type InstallRefusal, type VerificationServices, verifyAccessToken, verifyOffer } from "./verification.ts";

export type InstallOutcome =
  | { readonly kind: "installed"; readonly memberId: string }
  /** A repetition of what is already installed; nothing was changed. */
  | { readonly kind: "unchanged"; readonly memberId: string }
  | { readonly kind: "refused"; readonly reason: InstallRefusal | "INCOMPLETE" }
  | { readonly kind: "unavailable"; readonly reason: string }
  /** Too many callbacks within a minute; nobody was asked. */
  | { readonly kind: "tooMany" };

/** What is kept of portals and can be forgotten of one. */
interface Purgeable {
  purge(memberId: string): Promise<void>;
}

export interface InstallerOptions extends VerificationServices {
  readonly installations: InstallationStore;
  readonly systemUsers: SystemUsers;
  readonly acting: ApplicationCredentials;
  /** A chat of open lines in the portal, to see whether it can be read; undefined while none is known. */
  readonly knownChat: (memberId: string) => Promise<Id | undefined>;
  /** Events and dead letters of a portal go with its application. */
  readonly log: Purgeable;
  readonly deadLetters: Purgeable;
  /** Where portals deliver events; undefined: nothing is bound, which is logged. */
  readonly eventsAddress: string | undefined;
  /** What else is to be forgotten with a portal, e.g. learned chats. */
  /** `host`: where it was; undefined when it was in no portal any more. */
  readonly onUninstalled?: ((memberId: string, host: string | undefined) => Promise<void>) | undefined;
  readonly logger: Logger;
}

/** Installs the application in portals: verifies, keeps, binds; and takes it out again. */
export interface Installer {
  /** `address`: where the callback came from; it only shares out how many are verified. */
  install(offer: InstallOffer, address: string): Promise<InstallOutcome>;
  /** `ONAPPINSTALL` and `ONAPPUPDATE`, whoever sent them. */
  applicationEvent(envelope: EventEnvelope, address: string): Promise<InstallOutcome>;
  /** `ONAPPUSERREADY`, whoever sent it: the application's own user in the portal. Nothing but its `data` is looked at. */
  systemUserReady(data: FormFields, address: string): Promise<InstallOutcome>;
  /** Forgets a portal: tokens, log, dead letters. The caller has checked the `application_token`, which is the only proof there is. */
  uninstall(memberId: string): Promise<void>;
  /** Sets missing handlers in every portal, once at start. What fails is logged. */
  repairAll(): Promise<void>;
  /** Looks again what the application's own users are able to do. What fails counts as not proven. */
  probeAll(): Promise<void>;
  /** A session to see and set handlers with; undefined when the application is not installed there. */
  session(memberId: string): Promise<PortalSession | undefined>;
}

const BINDING_TIMEOUT_MS = 30_000;
/** A portal sends one callback for each installation; each costs calls to the portal and the authorization server. */
const VERIFICATIONS = { perMinute: 30, perMinuteOfFailed: 10 };
/** Callbacks of hosts that are not allowed are told at most this often. */
const TELL_FOREIGN_MS = 60_000;

export function createInstaller(options: InstallerOptions): Installer {
  const { installations, systemUsers, logger } = options;
  const verifications = createAttemptLimit(VERIFICATIONS);
  let foreignToldAt = Number.NEGATIVE_INFINITY;
  /** Callbacks of one portal one after another: the second of a pair finds what the first kept. */
  const busy = new Map<string, Promise<unknown>>();

  function inTurn<T>(memberId: string, work: () => Promise<T>): Promise<T> {
    const turn = (busy.get(memberId) ?? Promise.resolve()).then(work, work);
    busy.set(memberId, turn);
    const done = (): void => {
      if (busy.get(memberId) === turn) busy.delete(memberId);
    };
    turn.then(done, done);
    return turn;
  }

  /** Anybody can post any host: one that is not allowed is refused before anything is looked up, queued or counted. */
  function refusedHost(host: string): InstallOutcome | undefined {
    if (options.allowedHosts.includes(host)) return undefined;
    if (performance.now() - foreignToldAt >= TELL_FOREIGN_MS) {
      foreignToldAt = performance.now();
      logger.warn({ portal: host }, "An installation callback named a portal that is not allowed");
    }
    return { kind: "refused", reason: "HOST_NOT_ALLOWED" };
  }

  async function install(offer: InstallOffer, address: string): Promise<InstallOutcome> {
    const existing = await installations.findLatest(offer.memberId);
    if (existing !== undefined && isRepetition(existing, offer)) return { kind: "unchanged", memberId: offer.memberId };
    if (!verifications.take(address)) return { kind: "tooMany" };
    const verdict = await verifyOffer(options, offer);
    if (verdict.kind !== "verified") {
      if (verdict.kind === "refused") verifications.failed(address);
      logger.warn({ portal: offer.host, reason: verdict.reason }, "An installation callback was not accepted");
      return verdict;
    }
    const { tokens, memberId, userId, scopes } = verdict.value;
    await installations.save({
      memberId,
      host: offer.host,
      clientId: options.application.clientId,
      tokens,
      applicationTokenHash:
        offer.applicationToken === null ? (existing?.applicationTokenHash ?? null) : hashSecret(offer.applicationToken),
      offerHash: hashSecret(offer.refreshToken),
      scopes: scopes.length > 0 ? scopes : offer.scopes,
      userId,
      status: "active",
      installedAt: new Date(),
    });
    logger.info({ portal: offer.host }, "The application is installed");
    await repair({ memberId, host: offer.host, scopes: scopes.length > 0 ? scopes : offer.scopes });
    return { kind: "installed", memberId };
  }

  /** A portal that was renamed proves itself by its token; whoever else names a foreign host is refused without a turn. */
  async function refusedEvent({ auth, authFields }: EventEnvelope): Promise<InstallOutcome | undefined> {
    const offer = authFields === undefined ? undefined : readScriptOffer(authFields);
    if (offer === undefined || auth === undefined || options.allowedHosts.includes(offer.host)) return undefined;
    const check = await installations.checkApplicationToken(auth.memberId, auth.applicationToken);
    return check === "right" ? undefined : refusedHost(offer.host);
  }

  /** The event brings the `application_token` and perhaps tokens. With a refresh token it is a callback like any other. */
  async function applicationEvent(envelope: EventEnvelope, address: string): Promise<InstallOutcome> {
    const { auth, authFields } = envelope;
    if (auth === undefined || authFields === undefined) return { kind: "refused", reason: "INCOMPLETE" };
    const { memberId, applicationToken } = auth;
    const existing = await installations.findLatest(memberId);
    if (existing !== undefined && existing.applicationTokenHash !== null) {
      if (matchesHash(existing.applicationTokenHash, applicationToken)) {
        // An update of the application removes its handlers.
        if (envelope.event === "ONAPPUPDATE") await repair(existing);
        return { kind: "unchanged", memberId };
      }
    }
    const offer = readScriptOffer(authFields);
    if (offer !== undefined) return refusedHost(offer.host) ?? install(offer, address);
    const accessToken = textField(authFields, "access_token");
    // A refresh token beside something malformed is no reason to ask for less proof.
    const isBare = textField(authFields, "refresh_token") === undefined;
    if (existing === undefined || accessToken === undefined || !isBare)
      return { kind: "refused", reason: "INCOMPLETE" };
    return learnApplicationToken(existing, accessToken, applicationToken, address);
  }

  /** The portal is known, its host was named by the authorization server; that host vouches for who sends the new token. */
  async function learnApplicationToken(
    existing: Installation,
    accessToken: string,
    applicationToken: string,
    address: string,
  ): Promise<InstallOutcome> {
    const { memberId, host } = existing;
    if (!verifications.take(address)) return { kind: "tooMany" };
    const verdict = await verifyAccessToken(options, host, accessToken);
    if (verdict.kind !== "verified") {
      if (verdict.kind === "refused") verifications.failed(address);
      logger.warn({ portal: host, reason: verdict.reason }, "An application token was not accepted");
      return verdict;
    }
    await installations.update(memberId, { applicationTokenHash: hashSecret(applicationToken) });
    await repair(existing);
    return { kind: "installed", memberId };
  }

  async function systemUserReady(offer: InstallOffer, address: string): Promise<InstallOutcome> {
    const { memberId, host } = offer;
    const existing = await systemUsers.find(memberId);
    // Its pair was exchanged when it was accepted, so that verifying it once more could only fail.
    if (existing !== undefined && existing.host === host && matchesHash(existing.offerHash, offer.refreshToken))
      return { kind: "unchanged", memberId };
    if (!verifications.take(address)) return { kind: "tooMany" };
    const verdict = await verifyOffer(options, offer, "systemUser");
    if (verdict.kind !== "verified") {
      if (verdict.kind === "refused") verifications.failed(address);
      logger.warn({ portal: host, reason: verdict.reason }, "What was told of the application's own user is not true");
      return verdict;
    }
    const { tokens, userId } = verdict.value;
    const { clientId } = options.application;
    const offerHash = hashSecret(offer.refreshToken);
    await systemUsers.save(
      { memberId, host, clientId, userId, offerHash, proven: [], isLost: false, readyAt: new Date() },
      tokens,
    );
    logger.info({ portal: host }, "The application has a user of its own in the portal");
    await probe(memberId);
    return { kind: "installed", memberId };
  }

  async function probe(memberId: string): Promise<void> {
    const credential = await systemUsers.credential(memberId);
    if (credential === undefined) return;
    const portal = sessionOf(credential);
    const knownChat = await options.knownChat(memberId);
    const proven = await probeSystemUser({ portal, knownChat, eventsAddress: options.eventsAddress });
    await systemUsers.noteProven(memberId, proven);
    logger.debug({ portal: credential.portal, proven }, "What the application's own user is able to do was looked at");
  }

  function sessionOf(credential: ApplicationCredential): PortalSession {
    return options.portals.session(credential, {
      signal: AbortSignal.timeout(BINDING_TIMEOUT_MS),
      deadlineAt: performance.now() + BINDING_TIMEOUT_MS,
      usage: new UpstreamUsage(),
    });
  }

  async function session(memberId: string): Promise<PortalSession | undefined> {
    const { acting } = options;
    const found = (await acting.proven(memberId, "bindings")) ?? (await acting.forAll(memberId));
    return found === undefined ? undefined : sessionOf(found.credential);
  }

  /** An installation is good without its handlers: they can be set later, by the next start or by hand. */
  async function repair({ memberId, host, scopes }: Pick<Installation, "memberId" | "host" | "scopes">): Promise<void> {
    const { eventsAddress } = options;
    if (eventsAddress === undefined) {
      logger.warn({ portal: host }, "No events are bound: the gateway's public address is not configured");
      return;
    }
    try {
      const portal = await session(memberId);
      if (portal !== undefined) logRepair(host, await repairBindings(portal, eventsAddress, wantedEvents(scopes)));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      logger.warn(
        { portal: host, reason: error.message },
        "The events could not be bound; they will be at the next start",
      );
    }
  }

  function logRepair(host: string, report: BindingReport): void {
    const { added, removed, refused } = report;
    if (!isComplete(report)) logger.error({ portal: host, refused }, "The portal does not let events be bound");
    else if (added.length + removed.length > 0)
      logger.info({ portal: host, added, removed }, "Event handlers were repaired");
  }

  return {
    session,
    install: async (offer, address) => refusedHost(offer.host) ?? inTurn(offer.memberId, () => install(offer, address)),
    applicationEvent: async (envelope, address) =>
      (await refusedEvent(envelope)) ??
      inTurn(envelope.auth?.memberId ?? "", () => applicationEvent(envelope, address)),
    uninstall: (memberId) =>
      inTurn(memberId, async () => {
        const host = (await installations.find(memberId))?.host;
        await options.log.purge(memberId);
        await options.deadLetters.purge(memberId);
        await installations.remove(memberId);
        await systemUsers.remove(memberId);
        // Once more for an event that was accepted in between. The token, the proof of a repeated try, goes after the first purge.
        await options.log.purge(memberId);
        await options.onUninstalled?.(memberId, host);
        logger.info("The application was taken out of a portal; its tokens and events are removed");
      }),
    systemUserReady: async (data, address) => {
      const offer = readSystemUserOffer(data);
      if (offer === undefined) return { kind: "refused", reason: "INCOMPLETE" };
      return refusedHost(offer.host) ?? inTurn(offer.memberId, () => systemUserReady(offer, address));
    },
    async probeAll() {
      for (const { memberId } of await installations.list()) await probe(memberId);
    },
    async repairAll() {
      for (const installation of await installations.list()) {
        if (installation.status === "active") {
          await repair(installation);
          continue;
        }
        const { memberId, host } = installation;
        if ((await options.acting.forAll(memberId)) === undefined) {
          logger.warn({ portal: host }, "The application must be installed again: its tokens are not renewed any more");
          continue;
        }
        logger.warn(
          { portal: host },
          "The tokens of who installed the application are not renewed any more: the application's own user acts instead",
        );
        await repair(installation);
      }
    },
  };
}

/** The same callback again: its pair was exchanged when it was accepted, so that verifying it once more could only fail. */
function isRepetition(existing: Installation, offer: InstallOffer): boolean {
  if (existing.status !== "active" || existing.host !== offer.host) return false;
  if (!matchesHash(existing.offerHash, offer.refreshToken)) return false;
  if (offer.applicationToken === null) return true;
  return existing.applicationTokenHash !== null && matchesHash(existing.applicationTokenHash, offer.applicationToken);
}
