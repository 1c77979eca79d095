import { CHARGES_QUEUE, REFUNDS_QUEUE, WEBHOOKS_QUEUE } from "@payonce/domain";
import { ActionForm } from "../elements/action-form.tsx";
import { type FormFailure, failureOf } from "../elements/form-failure.ts";
import { TimeAndAge } from "../elements/time.tsx";
import type { Standing } from "./read-standing.ts";

interface Pausable {
  queue: string;
  /** As in "Pause …" and "Resume …". */
  what: string;
  paused: string;
  explanation: string;
}

const PAUSABLE: readonly Pausable[] = [
  {
    queue: CHARGES_QUEUE,
    what: "charging",
    paused: "Charging is paused",
    explanation:
      "While it is paused, payments are accepted and kept, and none is charged. An attempt that is out at that moment is finished.",
  },
  {
    queue: REFUNDS_QUEUE,
    what: "refunding",
    paused: "Refunding is paused",
    explanation: "While it is paused, refunds are accepted and kept, and no money goes back. Charges go on.",
  },
  {
    queue: WEBHOOKS_QUEUE,
    what: "telling merchants",
    paused: "Telling merchants is paused",
    explanation: "While it is paused, events are kept, and no webhook is sent. Charges and refunds go on.",
  },
];

export interface PauseCardsProps {
  standing: Standing;
  csrf: string;
  mayAct: boolean;
  failure: FormFailure | undefined;
}

/** A card for each queue that can be paused. */
export function PauseCards(props: PauseCardsProps) {
  return (
    <div id="pause" class="columns">
      {PAUSABLE.map((one) => (
        <PauseCard key={one.queue} {...props} {...one} />
      ))}
    </div>
  );
}

function PauseCard(props: PauseCardsProps & Pausable) {
  const { standing, csrf, mayAct, failure, queue, what, paused, explanation } = props;
  const { pauses, at } = standing.overview;
  const pause = pauses.find((one) => one.queue === queue);
  const form = { csrf, failure };
  const heading = `pause-${queue}-heading`;
  return (
    <section class="card" aria-labelledby={heading}>
      <h2 id={heading}>{pause ? paused : `Pause ${what}`}</h2>
      {pause ? (
        <p>
          Since <TimeAndAge at={pause.pausedAt} now={at} />. Reason: <q>{pause.reason}</q>
        </p>
      ) : (
        <p>{explanation}</p>
      )}
      {mayAct && pause && (
        <ActionForm {...form} name={`resume-${queue}`} action={`/resume/${queue}`} submitLabel={`Resume ${what}`} />
      )}
      {mayAct && !pause && (
        <details class="fold" open={failureOf(`pause-${queue}`, failure) !== undefined}>
          <summary>{`Pause ${what}…`}</summary>
          <ActionForm
            {...form}
            name={`pause-${queue}`}
            action={`/pause/${queue}`}
            submitLabel={`Pause ${what}`}
            isDangerous
          />
        </details>
      )}
    </section>
  );
}
