/** How thoroughly to measure. */
export interface BenchOptions {
  /** Fewer repetitions and shorter loads: to see that a benchmark runs, not to judge by. */
  readonly quick: boolean;
  /** How long memory is watched under load. */
  readonly soakSeconds: number;
  /** Where the measured programs write CPU profiles as they end; undefined for none. */
  readonly profileDirectory: string | undefined;
  /** A commit (or a folder with its build) whose gateway is measured beside this one. */
  readonly beside?: string | undefined;
  /** Of several workloads those with this in the name of their operation. */
  readonly only?: string | undefined;
}
