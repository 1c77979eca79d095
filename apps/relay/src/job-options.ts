// A charger that cannot reach Postgres fails the job; BullMQ tries again for a while, and after that the sweep.
export const JOB_OPTIONS = {
  attempts: 10,
  backoff: { type: "fixed", delay: 1_000, jitter: 0.5 },
  removeOnComplete: { count: 1_000, age: 3_600 },
  removeOnFail: { count: 10_000, age: 7 * 24 * 3_600 },
} as const;
