const TRY_TIMEOUT_MS = 5000;

type PostWebhook = {
  /** Resolves with the status answered, or with null where there was none in time. Never rejects. */
  post(url: string, payload: string, signature: string): Promise<number | null>;
  /** Cuts off what is under way, and whatever begins later. */
  stop(): void;
};

export function createPostWebhook(): PostWebhook {
  // One per try: a single signal for all would gather a listener with each of them.
  const underWay = new Set<AbortController>();
  let stopped = false;

  return {
    async post(url, payload, signature) {
      if (stopped) return null;
      const controller = new AbortController();
      underWay.add(controller);
      const timer = setTimeout(() => controller.abort(), TRY_TIMEOUT_MS);
      timer.unref();
      try {
        const answer = await fetch(url, {
          method: "POST",
          headers: { "Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature },
          body: payload,
          // As at Stripe only a 2xx will do.
          redirect: "manual",
          signal: controller.signal,
        });
        await answer.body?.cancel();
        return answer.status;
      } catch {
        return null;
      } finally {
        clearTimeout(timer);
        underWay.delete(controller);
      }
    },
    stop() {
      stopped = true;
      for (const controller of underWay) controller.abort();
    },
  };
}
