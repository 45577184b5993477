export { createOpenLinesLink, type StreamHandlers } from "./link.ts";
export { pagesOf, typePolicies } from "./policies.ts";
export { possibleTypes } from "./schema-facts.ts";
