/** How much is sent, and for how long. */
export interface Sizes {
  /** Of each contestant, in alternation. */
  rounds: number;
  /** Of the closed loops. */
  connections: number;
  /** Payments sent before anything is measured, so that code is compiled and connections are open. */
  warmUp: number;
  acceptSeconds: number;
  burst: number;
  /** Once for each contestant; 0 for never. */
  largeBurst: number;
  /** Whether latency at a rate is measured as well. */
  isSteady: boolean;
  /** Of each run at a rate. */
  steadySeconds: number;
}

export const FULL: Sizes = {
  rounds: 3,
  connections: 48,
  warmUp: 5_000,
  acceptSeconds: 8,
  burst: 5_000,
  largeBurst: 50_000,
  isSteady: true,
  steadySeconds: 20,
};

export const QUICK: Sizes = { ...FULL, rounds: 1, warmUp: 2_000, acceptSeconds: 4, largeBurst: 0, steadySeconds: 8 };
