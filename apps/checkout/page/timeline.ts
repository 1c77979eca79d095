import type { TimelineEvent } from "@payonce/client";
import { create, find } from "./elements.ts";
import { describeEvent } from "./words.ts";

/** Shows what happened to the order's payments, each event once, oldest first. */
export function createTimeline() {
  const list = find("timeline");
  const shown = new Set<string>();
  let startedAt: number | undefined;
  return {
    show(event: TimelineEvent) {
      if (shown.has(event.id)) return;
      shown.add(event.id);
      const at = Date.parse(event.at);
      startedAt ??= at;
      const { title, text, tone } = describeEvent(event);
      const after = create("time", { dateTime: event.at, textContent: `+${((at - startedAt) / 1000).toFixed(1)} s` });
      const head = create("p", { className: "event-title" }, create("strong", { textContent: title }), after);
      const item = create("li", {}, head, create("p", { textContent: text }));
      item.dataset.tone = tone;
      list.append(item);
    },
  };
}
