import type {
  DeadLetter,
  DeadLetterFacets,
  DeadLetterGroup,
  DeadLetterGroups,
  DeadLetterKind,
} from "@payonce/db/operations";
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
  kind: DeadLetterKind;
  /** How many of each kind match. */
  counts: Readonly<Record<DeadLetterKind, number>>;
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
  const { kind, counts, before, deadLetters, hasMore, groups, facets, now, signedIn, mayAct, notice } = page;
  // Payments are what the page is about where its address does not say.
  const query = { ...page.query, ...(kind === "refund" && { kind }) };
  const next = hasMore ? deadLetters.at(-1)?.id : undefined;
  return renderPage(
    { title: "Dead letters", section: "/dead-letters", signedIn, notice },
    <>
      <h1>Dead letters</h1>
      <p class="lead">
        Payments and refunds that wait for a person: their attempts are spent, or they made no progress. Retrying is
        always safe: what may have moved money is asked about first.
      </p>
      <Kinds kind={kind} counts={counts} query={page.query} />
      <DeadLetterFilters kind={kind} query={page.query} facets={facets} />
      {groups.count === 0 ? (
        <p class="card empty">{isEmpty(page.query) ? `No ${kind} waits for a person.` : "No dead letter matches."}</p>
      ) : (
        <>
          <Groups kind={kind} groups={groups.groups} query={query} now={now} />
          <Letters {...page} query={query} mayAct={mayAct && kind === "payment"} />
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

const WORDS = {
  payment: { label: "Payments", mayHave: "May have been charged" },
  refund: { label: "Refunds", mayHave: "May have gone back" },
} as const;

function Kinds({ kind, counts, query }: Pick<DeadLettersPage, "kind" | "counts" | "query">) {
  return (
    <nav class="tabs" aria-label="Dead letters by kind">
      {(["payment", "refund"] as const).map((one) => (
        <a
          key={one}
          href={hrefWith("/dead-letters", { ...query, ...(one === "refund" && { kind: one }) })}
          aria-current={one === kind ? "page" : undefined}
        >
          {`${WORDS[one].label} (${formatCount(counts[one])})`}
        </a>
      ))}
    </nav>
  );
}

interface GroupsProps {
  kind: DeadLetterKind;
  groups: readonly DeadLetterGroup[];
  query: DeadLetterQuery;
  now: Date;
}

function Groups({ kind, groups, query, now }: GroupsProps) {
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
          { header: WORDS[kind].label, cell: ({ count }) => formatCount(count), isNumber: true },
          {
            header: WORDS[kind].mayHave,
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

type LettersProps = Pick<DeadLettersPage, "kind" | "deadLetters" | "groups" | "query" | "now" | "mayAct">;

function Letters({ kind, deadLetters, groups, query, now, mayAct }: LettersProps) {
  const { count, outcomeUnknown } = groups;
  const summary = `${countOf(count, "dead letter", "dead letters")}: ${formatCount(outcomeUnknown)} may have ${kind === "payment" ? "been charged" : "gone back"}, ${formatCount(count - outcomeUnknown)} not.`;
  const caption = `Dead letters, those of the newest ${kind}s first`;
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
