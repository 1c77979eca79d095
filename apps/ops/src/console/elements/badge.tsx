import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";
import type { Tone } from "./notice.tsx";

/** A word with a sign and a colour: each of the three says the same. */
export function Badge({ tone, icon, children }: { tone: Tone; icon: IconName; children: ComponentChildren }) {
  return (
    <span class={`badge is-${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}
