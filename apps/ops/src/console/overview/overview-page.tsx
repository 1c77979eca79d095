import type { FormFailure } from "../elements/form-failure.ts";
import { LiveRegion } from "../elements/live-region.tsx";
import type { Notice } from "../elements/notice.tsx";
import { renderPage, type SignedIn } from "../layout.tsx";
import { OverviewFigures } from "./overview-figures.tsx";
import { PauseCards } from "./pause-cards.tsx";
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
      <PauseCards standing={standing} csrf={signedIn.csrf} mayAct={mayAct} failure={failure} />
    </>,
  );
}

export function Throughput({ throughput }: Pick<Standing, "throughput">) {
  if (throughput === null) return <p class="muted">Redis is away: what the workers counted is not known.</p>;
  return <ThroughputChart throughput={throughput} />;
}
