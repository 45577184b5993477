import type { HttpProblem } from "../http-errors.ts";

/** Why a link does not lead to contents; nothing in it tells what a portal said. */
export const NO_LINK: HttpProblem = {
  status: 404,
  code: "NOT_FOUND",
  message: "This is no address that this gateway has given out, or it was cut. Read it again.",
};
export const OVER: HttpProblem = {
  status: 410,
  code: "NOT_FOUND",
  message: "This address was good for an hour or two only: read it again.",
};
export const NO_LONGER: HttpProblem = {
  status: 403,
  code: "FORBIDDEN",
  message: "Whoever was given this address may no longer use it.",
};
export const DENIED: HttpProblem = {
  status: 404,
  code: "NOT_FOUND_OR_FORBIDDEN",
  message: "The portal does not give it out: it is gone, or only for those who are logged in there.",
};

export function unavailable(retryAfterMs: number | undefined): HttpProblem {
  return {
    status: retryAfterMs === undefined ? 502 : 503,
    code: retryAfterMs === undefined ? "UPSTREAM_UNAVAILABLE" : "UPSTREAM_RATE_LIMITED",
    message: "The portal cannot give it out now: try again later.",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

export function tooManyTransfers(maximum: number): HttpProblem {
  return {
    status: 429,
    code: "LIMIT_EXCEEDED",
    limit: "fileTransfers",
    maximum,
    message: `At most ${maximum} files of one identity are transferred at once, and as many wait as may.`,
    retryAfterMs: 1_000,
  };
}

/** The bytes of an upload came before, or are coming. */
export const BEGUN: HttpProblem = {
  status: 409,
  code: "BAD_REQUEST",
  message: "This address takes a file once: begin anew with fileUploadStart.",
};
export function noByte(maximum: number): HttpProblem {
  return {
    status: 408,
    code: "LIMIT_EXCEEDED",
    limit: "fileIdleMs",
    maximum,
    message: `No byte came for ${maximum} ms: nothing was kept, send the file again.`,
  };
}

export function otherSize(expected: number): HttpProblem {
  return {
    status: 400,
    code: "BAD_REQUEST",
    message: `The file was announced with ${expected} bytes: send exactly those, with a Content-Length.`,
  };
}

export function otherType(expected: string): HttpProblem {
  return {
    status: 415,
    code: "BAD_REQUEST",
    message: `The file was announced as ${expected}: send it with this type.`,
  };
}

export const STORE_AWAY: HttpProblem = {
  status: 503,
  code: "UPSTREAM_UNAVAILABLE",
  message: "The gateways' common store is away, so that the file could not be sent on: try again later.",
  retryAfterMs: 5_000,
};

export function spoolFull(maximum: number): HttpProblem {
  return {
    status: 503,
    code: "LIMIT_EXCEEDED",
    limit: "uploadsBytes",
    maximum,
    message: `Too many files wait to be sent on: ${maximum} bytes in all, a quarter of them of one identity; each counts as 64 KiB at least.`,
    retryAfterMs: 10_000,
  };
}

export function tooLarge(limit: "fileBytes" | "uploadBytes", maximum: number): HttpProblem {
  return {
    status: 413,
    code: "LIMIT_EXCEEDED",
    limit,
    maximum,
    message: `The file is larger than the ${maximum} bytes that this gateway passes on.`,
  };
}
