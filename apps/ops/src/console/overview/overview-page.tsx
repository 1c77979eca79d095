import { CHARGES_QUEUE } from "@payonce/domain";
import { ActionForm } from "../elements/action-form.tsx";
import type { FormFailure } from "../elements/form-failure.ts";
import { LiveRegion } from "../elements/live-region.tsx";
import type { Notice } from "../elements/notice.tsx";
import { TimeAndAge } from "../elements/time.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { OverviewFigures } from "./overview-figures.tsx";
import type { Standing } from "./read-standing.ts";
import { ThroughputChart } from "./throughput-chart.tsx";

export interface OverviewPage {
  standing: Standing;
  signedIn: SignedIn;
  /** Whether the reader may pause and resume. */
  mayAct: boolean;
  /** False when the reader has stopped the updates. */
  isLive: boolean;
  notice?: Notice | undefined;
  failure?: FormFailure | undefined;
}

export function renderOverview({ standing, signedIn, mayAct, isLive, notice, failure }: OverviewPage): string {
  return renderPage(
    { title: "Overview", section: "/", signedIn, notice },
    <>
      <div class="page-head">
        <h1>Overview</h1>
        <p class="live-switch">
          {isLive ? (
            <>
              Updated every 2 s.{" "}
              <a class="button is-quiet" href="/?live=off">
                Stop updating
              </a>
            </>
          ) : (
            <>
              Not updated.{" "}
              <a class="button is-quiet" href="/">
                Update
              </a>
            </>
          )}
        </p>
      </div>
      <noscript>
        <p class="hint">Without scripts the figures are those of when the page was loaded.</p>
      </noscript>
      <LiveRegion id="figures" href="/overview/figures" everySeconds={2} isLive={isLive}>
        <OverviewFigures standing={standing} />
      </LiveRegion>
      <section class="card" aria-labelledby="throughput-heading">
        <h2 id="throughput-heading">Throughput of the queue charges</h2>
        <LiveRegion id="throughput" href="/overview/throughput" everySeconds={15} isLive={isLive}>
          <Throughput throughput={standing.throughput} />
        </LiveRegion>
      </section>
      <PauseCard standing={standing} csrf={signedIn.csrf} mayAct={mayAct} failure={failure} />
    </>,
  );
}

export function Throughput({ throughput }: Pick<Standing, "throughput">) {
  if (throughput === null) return <p class="muted">Redis is away: what the workers counted is not known.</p>;
  return <ThroughputChart throughput={throughput} />;
}

interface PauseCardProps {
  standing: Standing;
  csrf: string;
  mayAct: boolean;
  failure: FormFailure | undefined;
}

function PauseCard({ standing, csrf, mayAct, failure }: PauseCardProps) {
  const { pauses, at } = standing.overview;
  const pause = pauses.find(({ queue }) => queue === CHARGES_QUEUE);
  const form = { csrf, failure };
  return (
    <section class="card" id="pause" aria-labelledby="pause-heading">
      <h2 id="pause-heading">{pause ? "Charging is paused" : "Pause charging"}</h2>
      {pause ? (
        <p>
          Since <TimeAndAge at={pause.pausedAt} now={at} />. Reason: <q>{pause.reason}</q>
        </p>
      ) : (
        <p>
          While it is paused, payments are accepted and kept, and none is charged. An attempt that is out at that moment
          is finished.
        </p>
      )}
      {mayAct && pause && (
        <ActionForm {...form} name="resume" action={`/resume/${CHARGES_QUEUE}`} submitLabel="Resume charging" />
      )}
      {mayAct && !pause && (
        <details class="fold" open={failure !== undefined}>
          <summary>Pause charging…</summary>
          <ActionForm
            {...form}
            name="pause"
            action={`/pause/${CHARGES_QUEUE}`}
            submitLabel="Pause charging"
            isDangerous
          />
        </details>
      )}
    </section>
  );
}
