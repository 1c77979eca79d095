import type { DeadLetterFacets, DeadLetterKind } from "@payonce/db/operations";
import { Choice } from "../elements/choice.tsx";
import { Icon } from "../elements/icon.tsx";
import { deadLetterReasonWords } from "../elements/words.ts";
import { AGE_CHOICES, type DeadLetterQuery } from "./dead-letter-query.ts";

/** Offers what there are dead letters of. */
export function DeadLetterFilters({
  kind,
  query,
  facets,
}: {
  kind: DeadLetterKind;
  query: DeadLetterQuery;
  facets: DeadLetterFacets;
}) {
  const isOfRefunds = kind === "refund";
  const { merchants, providerAccounts, reasons } = facets;
  return (
    <search>
      <form method="get" action="/dead-letters" class="card filters">
        {isOfRefunds && <input type="hidden" name="kind" value="refund" />}
        <div class="field is-wide">
          <label for="search">Search</label>
          <input
            id="search"
            name="search"
            type="search"
            maxLength={255}
            value={query.search ?? ""}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="search-hint"
          />
          <p class="hint" id="search-hint">
            {isOfRefunds
              ? "A whole id of the refund or its payment, here or at the provider, order reference or idempotency key."
              : "A whole payment id, order reference, idempotency key or id of the provider's object."}
          </p>
        </div>
        <Choice
          name="outcome"
          label={isOfRefunds ? "Gone back?" : "Charged?"}
          chosen={query.outcome}
          options={[
            { value: "unknown", label: isOfRefunds ? "May have gone back" : "May have been charged" },
            { value: "known", label: isOfRefunds ? "Not gone back" : "Not charged" },
          ]}
        />
        <Choice
          name="why"
          label="Why"
          chosen={query.why}
          options={reasons.map((value) => ({ value, label: deadLetterReasonWords(value) }))}
        />
        <Choice name="age" label="Dead-lettered" chosen={query.age} options={AGE_CHOICES} />
        <Choice
          name="merchant"
          label="Merchant"
          chosen={query.merchant}
          options={merchants.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Choice
          name="account"
          label="Account at the provider"
          chosen={query.account}
          options={providerAccounts.map((value) => ({ value, label: value }))}
        />
        <p class="actions">
          <button type="submit" class="button is-primary">
            <Icon name="search" />
            Search
          </button>
          <a class="button is-quiet" href={isOfRefunds ? "/dead-letters?kind=refund" : "/dead-letters"}>
            Clear
          </a>
        </p>
      </form>
    </search>
  );
}
