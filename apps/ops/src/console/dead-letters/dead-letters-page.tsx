import type { DeadLetter, DeadLetterFacets, DeadLetterGroup, DeadLetterGroups } from "@payonce/db/operations";
import { countOf, formatCount } from "../elements/count.ts";
import { DataTable } from "../elements/data-table.tsx";
import type { Notice } from "../elements/notice.tsx";
import { Pager } from "../elements/pager.tsx";
import { Age } from "../elements/time.tsx";
import { deadLetterReasonWords } from "../elements/words.ts";
import { renderPage, type SignedIn } from "../layout.tsx";
import { hrefWith } from "../query.ts";
import { DeadLetterFilters } from "./dead-letter-filters.tsx";
import type { DeadLetterQuery } from "./dead-letter-query.ts";
import { DeadLetterTable } from "./dead-letter-table.tsx";

export interface DeadLettersPage {
  query: DeadLetterQuery;
  /** The last id of the page before. */
  before: string | undefined;
  deadLetters: readonly DeadLetter[];
  hasMore: boolean;
  groups: DeadLetterGroups;
  facets: DeadLetterFacets;
  now: Date;
  signedIn: SignedIn;
  mayAct: boolean;
  notice?: Notice | undefined;
}

export function renderDeadLetters(page: DeadLettersPage): string {
  const { query, before, deadLetters, hasMore, groups, facets, now, signedIn, mayAct, notice } = page;
  const next = hasMore ? deadLetters.at(-1)?.id : undefined;
  return renderPage(
    { title: "Dead letters", section: "/dead-letters", signedIn, notice },
    <>
      <h1>Dead letters</h1>
      <p class="lead">
        Payments that wait for a person: their attempts are spent, or they made no progress. Retrying is always safe:
        what may have been charged is asked about first.
      </p>
      <DeadLetterFilters query={query} facets={facets} />
      {groups.count === 0 ? (
        <p class="card empty">{isEmpty(query) ? "There is no dead letter." : "No dead letter matches."}</p>
      ) : (
        <>
          <Groups groups={groups.groups} query={query} now={now} />
          <Letters deadLetters={deadLetters} groups={groups} query={query} now={now} mayAct={mayAct} />
        </>
      )}
      <Pager
        firstHref={hrefWith("/dead-letters", query)}
        nextHref={next === undefined ? null : hrefWith("/dead-letters", { ...query, before: next })}
        isFirst={before === undefined}
      />
    </>,
  );
}

function isEmpty(query: DeadLetterQuery): boolean {
  return Object.values(query).every((value) => value === undefined);
}

interface GroupsProps {
  groups: readonly DeadLetterGroup[];
  query: DeadLetterQuery;
  now: Date;
}

function Groups({ groups, query, now }: GroupsProps) {
  return (
    <section class="card" aria-labelledby="groups-heading">
      <h2 id="groups-heading">By reason</h2>
      <DataTable
        caption="Dead letters that match, by reason"
        isCaptionHidden
        rows={groups}
        rowKey={({ reason }) => reason}
        columns={[
          {
            header: "Reason",
            cell: ({ reason, commonCode, commonCodeCount }) => (
              <>
                <a href={hrefWith("/dead-letters", { ...query, why: reason })}>{deadLetterReasonWords(reason)}</a>
                {commonCode && (
                  <span class="sub">
                    Most often <code>{commonCode}</code> ({formatCount(commonCodeCount)})
                  </span>
                )}
              </>
            ),
            isRowHeader: true,
          },
          { header: "Payments", cell: ({ count }) => formatCount(count), isNumber: true },
          {
            header: "May have been charged",
            cell: ({ outcomeUnknown }) => formatCount(outcomeUnknown),
            isNumber: true,
          },
          { header: "Oldest", cell: ({ oldest }) => <Age at={oldest} now={now} /> },
          { header: "Newest", cell: ({ newest }) => <Age at={newest} now={now} /> },
        ]}
      />
    </section>
  );
}

type LettersProps = Pick<DeadLettersPage, "deadLetters" | "groups" | "query" | "now" | "mayAct">;

function Letters({ deadLetters, groups, query, now, mayAct }: LettersProps) {
  const { count, outcomeUnknown } = groups;
  const summary = `${countOf(count, "dead letter", "dead letters")}: ${formatCount(outcomeUnknown)} may have been charged, ${formatCount(count - outcomeUnknown)} not.`;
  const caption = "Dead letters, those of the newest payments first";
  if (!mayAct)
    return (
      <section aria-labelledby="letters-heading">
        <h2 id="letters-heading">{summary}</h2>
        <DeadLetterTable caption={caption} deadLetters={deadLetters} now={now} />
      </section>
    );
  return (
    <section aria-labelledby="letters-heading">
      <h2 id="letters-heading">{summary}</h2>
      <form method="get" action="/dead-letters/retry">
        <div class="toolbar">
          {/* Shown by the page's script: without it, each is chosen by itself. */}
          <label class="choice" hidden>
            <input type="checkbox" data-chooses="id" autocomplete="off" />
            <span>All on this page</span>
          </label>
          <span id="chosen-count" role="status" />
          <span class="toolbar-buttons">
            <button type="submit" class="button">
              Retry chosen…
            </button>
            <a class="button is-primary" href={hrefWith("/dead-letters/retry", { all: "1", ...query })}>
              {`Retry all ${formatCount(count)} that match…`}
            </a>
          </span>
        </div>
        <DeadLetterTable caption={caption} deadLetters={deadLetters} now={now} chooseAs="id" />
      </form>
    </section>
  );
}
