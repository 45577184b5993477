import type { FastifyInstance } from "fastify";

/** Tells with which methods an address can be asked; none for one that is not there. */
export type MethodsOf = (url: string) => readonly string[];

/** Takes note of the routes that are registered from now on. */
export function knownRoutes(server: FastifyInstance): MethodsOf {
  const routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];
  server.addHook("onRoute", ({ url, method }) => {
    // For the preflights of every address.
    if (url !== "*") routes.push({ path: pathPattern(url), methods: [method].flat() });
  });
  return (url) => {
    const path = url.split("?")[0] ?? "";
    return [...new Set(routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods))].sort();
  };
}

/** `/a/:id/*` as a pattern. */
function pathPattern(url: string): RegExp {
  const parts = url.split("/").map((part) => {
    if (part === "*") return ".*";
    return part.startsWith(":") ? "[^/]+" : part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("/")}$`);
}
