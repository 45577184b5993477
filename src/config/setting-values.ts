import ipaddr from "ipaddr.js";
import { z } from "zod";
import { isLoopback } from "../datasources/bitrix24/loopback.ts";
import { keyEntry } from "./key-entry.ts";

export const switchValue = z.enum(["true", "false"], { error: "must be true or false" }).transform((v) => v === "true");

export function wholeNumber(minimum: number, maximum: number) {
  const error = `must be a whole number between ${minimum} and ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, error)
    .transform(Number)
    .pipe(z.number().min(minimum, error).max(maximum, error));
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

export const httpUrl = z
  .string()
  .refine((value) => /^https?:$/.test(parseUrl(value)?.protocol ?? ""), "must be an http or https address");

/** Where what is read decides who may come in: nobody on the way may change it. */
export const securedUrl = z.string().refine((value) => {
  const url = parseUrl(value);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
}, "must be an https address; http is for this machine alone");

export const redisUrl = z
  .string()
  .refine((value) => /^rediss?:$/.test(parseUrl(value)?.protocol ?? ""), "must be a redis:// or rediss:// address");

const WEBHOOK_PATH = /^\/rest\/[1-9]\d*\/[A-Za-z0-9_-]+\/?$/;

/** An inbound webhook's address, with its closing slash. */
export const webhookUrl = z
  .string()
  .refine((value) => {
    const url = parseUrl(value);
    return url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && WEBHOOK_PATH.test(url.pathname);
  }, "must be a webhook's address, such as https://example.bitrix24.com/rest/1/SECRET/")
  .transform((value) => (value.endsWith("/") ? value : `${value}/`));

const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;

/** A portal's host name in lower case, with a port when it is not the default one. */
export const portalHost = z
  .string()
  .transform((host) => host.trim().toLowerCase())
  .pipe(z.string().regex(HOST, "must be host names without scheme or path, such as example.bitrix24.com"));

function items(value: string): string[] {
  return value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

export const hostList = z.string().transform(items).pipe(z.array(portalHost));

function isNetwork(value: string): boolean {
  const [address = "", bits] = value.split("/");
  // Looser forms exist, in which "10" is an address too.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return false;
  return bits === undefined || ipaddr.isValidCIDR(value);
}

const network = z.string().refine(isNetwork, "must be addresses or networks, such as 10.0.0.7 or 10.0.0.0/8");
export const networkList = z.string().transform(items).pipe(z.array(network));

export type CorsOrigins = readonly string[];
/** Stands for every origin on this machine. */
export const LOOPBACK_ORIGINS = "loopback";

const origin = z
  .string()
  .refine(
    (value) => value === LOOPBACK_ORIGINS || parseUrl(value)?.origin === value,
    "must be origins without a path, such as https://inbox.example.com, or the word loopback",
  );
export const corsOrigins = z.string().transform(items).pipe(z.array(origin));

export const keyList = z
  .string()
  .transform(items)
  .pipe(z.array(keyEntry))
  .refine((keys) => new Set(keys.map((key) => key.name)).size === keys.length, "must not name two keys alike");

/** `host=token` for each outgoing webhook of a portal. */
export const outgoingWebhooks = z
  .string()
  .transform(items)
  .pipe(
    z.array(
      z
        .string()
        .regex(/^[^=]+=[^=\s]{8,256}$/, "must be host=token, such as example.bitrix24.com=TOKEN, comma separated")
        .transform((entry) => ({
          host: entry.slice(0, entry.indexOf("=")),
          token: entry.slice(entry.indexOf("=") + 1),
        }))
        .pipe(z.object({ host: portalHost, token: z.string() })),
    ),
  )
  .refine(
    (webhooks) => new Set(webhooks.map(({ token }) => token)).size === webhooks.length,
    "must not name a token twice",
  );
