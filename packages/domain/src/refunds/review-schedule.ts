const DAY_MS = 86_400_000;

/**
 * When a refund that has succeeded is compared with the provider's once more, counted from its success. Banks send refunds
 * back within days as a rule, and within a month at the latest.
 */
export const DEFAULT_REVIEW_WAITS_MS: readonly number[] = [1, 3, 7, 14, 30].map((days) => days * DAY_MS);
