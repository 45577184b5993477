/** What is generated comes from it. Another in each campaign, so that it does not try the same again. */
export const SEED = Number(process.env.CAMPAIGN_SEED ?? 1);

/** How many to try: a slice, or in a campaign all of them. */
export function countOf(slice: number, whole: number): number {
  return process.env.CAMPAIGN === undefined ? slice : whole;
}
