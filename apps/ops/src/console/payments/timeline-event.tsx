import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../elements/icon.tsx";
import type { Tone } from "../elements/notice.tsx";
import { Time } from "../elements/time.tsx";

interface EventProps {
  at: Date;
  icon: IconName;
  tone?: Tone;
  title: ComponentChildren;
  /** One of the many steps between what matters. */
  isSmall?: boolean;
  children?: ComponentChildren;
}

/** One entry of a timeline. */
export function Event({ at, icon, tone = "neutral", title, isSmall = false, children }: EventProps) {
  return (
    <li class={`event is-${tone}${isSmall ? " is-small" : ""}`}>
      <span class="event-sign">
        <Icon name={icon} />
      </span>
      <div class="event-body">
        <p class="event-title">{title}</p>
        <p class="event-time">
          <Time at={at} isPrecise />
        </p>
        {children}
      </div>
    </li>
  );
}
