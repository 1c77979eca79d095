import { find } from "./elements.ts";

const EVERY_MS = 1000;

/** Shows how often the provider has charged for the order, as its own books have it. */
export function watchCharges(order: string) {
  const shown = find("charges");
  let timer: ReturnType<typeof setInterval> | undefined;
  const look = async () => {
    try {
      const answer = await fetch(`/orders/${order}/charges`);
      const { charges } = (await answer.json()) as { charges: number | null };
      if (charges === null) return;
      shown.textContent = String(charges);
      shown.dataset.charges = String(charges);
    } catch {
      // Offline: what was seen last stays.
    }
  };
  void look();
  return {
    /** Looks now, and while it is on again and again. */
    watch(isOn: boolean) {
      clearInterval(timer);
      if (isOn) timer = setInterval(look, EVERY_MS);
      void look();
    },
  };
}
