/** What became of deliveries since the process started; for metrics. */
export interface ReceiverStats {
  /** Deliveries that were decoded and kept. */
  accepted: number;
  /** Events kept; a delivery may hold several. */
  events: number;
  /** Repetitions of a delivery that is already kept. */
  duplicates: number;
  /** Deliveries about activities of the CRM, each of which may be a session's. */
  activities: number;
  /** Known events that were not understood; kept as dead letters. */
  deadLetters: number;
  /** Events of a kind that the gateway has no use for. */
  unknownEvents: number;
  /** `ONAPPINSTALL`, `ONAPPUPDATE`, `ONAPPUNINSTALL`. */
  applicationEvents: number;
  /** Without a portal or token (401). */
  unauthenticated: number;
  /** With a token that is not the portal's, or of a portal that is not installed (403). */
  forbidden: number;
  /** Neither a form nor an event (400, 415). */
  unreadable: number;
  /** Larger than the limit (413). */
  tooLarge: number;
  /** Refused because nothing could be kept (503): these are lost, the portal does not repeat them. */
  unavailable: number;
}

export function noStats(): ReceiverStats {
  return {
    accepted: 0,
    events: 0,
    duplicates: 0,
    activities: 0,
    deadLetters: 0,
    unknownEvents: 0,
    applicationEvents: 0,
    unauthenticated: 0,
    forbidden: 0,
    unreadable: 0,
    tooLarge: 0,
    unavailable: 0,
  };
}
