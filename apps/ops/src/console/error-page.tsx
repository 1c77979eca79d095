import type { ErrorCode, Problem } from "@payonce/domain";
import { renderPage, type SignedIn } from "./layout.tsx";

/**
 * An error as a page, for the same status as the API's. Says what happened, what to do now, and the request's id, under
 * which the log has it.
 *
 * @param signedIn left out when nobody is signed in: then there is no navigation
 */
export function renderError(problem: Problem, signedIn?: SignedIn): string {
  const { status, title, detail, request_id } = problem;
  return renderPage(
    { title, signedIn },
    <div class="card error-page">
      <p class="error-status">{status}</p>
      <h1>{title}</h1>
      <p>{detail}</p>
      <p>{adviceFor(problem)}</p>
      <Ways problem={problem} isSignedIn={signedIn !== undefined} />
      <p class="muted">
        Request <code>{request_id}</code>
      </p>
    </div>,
  );
}

const ADVICE: Partial<Record<ErrorCode, string>> = {
  not_signed_in: "Sign in, and you come back to the page that you asked for.",
  role_insufficient: "Nothing was done. An admin can give you another role: payonce operators set-role.",
  request_forged: "Nothing was done. Go back, load the page again, and send the form once more.",
  payment_not_found: "Check that the id is whole. A payment can also be searched by its order or its idempotency key.",
  payment_changed: "Nothing was done. Look at the payment as it is now, and decide again.",
  count_changed: "Nothing was done. Look at the list as it is now, and decide again.",
  outcome_unknown: "Nothing was done. Retry it: the provider is asked first, and its answer is obeyed.",
  body_too_large: "Nothing was done. Say it in fewer words.",
  too_many_sign_ins: "Wait a while before you try again.",
  queues_unavailable: "The other pages work, and show what Postgres knows. Try again in a moment.",
  internal_error: "Try again. If it stays, the log has the reason under the id below.",
  database_unavailable:
    "Payments wait until the database is back; none is lost, and none is charged twice. This page works again then.",
};

function adviceFor({ code, status, retryable }: Problem): string {
  const advice = ADVICE[code];
  if (advice) return advice;
  if (status === 409) return "Nothing was done. Look at it as it is now, and decide again.";
  if (status === 422) return "Nothing was done. Go back and mend what is named above.";
  if (status === 404) return "It may have another id, or the address was mistyped.";
  return retryable ? "Try again in a moment." : "Nothing was done.";
}

function Ways({ problem, isSignedIn }: { problem: Problem; isSignedIn: boolean }) {
  const paymentId = paymentIn(problem);
  if (!isSignedIn)
    return (
      <p class="actions">
        <a class="button is-primary" href="/sign-in">
          Sign in
        </a>
      </p>
    );
  return (
    <p class="actions">
      {paymentId && (
        <a class="button is-primary" href={`/payments/${paymentId}`}>
          Back to the payment
        </a>
      )}
      <a class="button" href="/">
        Overview
      </a>
      <a class="button" href="/payments">
        Search payments
      </a>
    </p>
  );
}

/** The payment that the error, or the address, is about. One that does not exist is nothing to go back to. */
function paymentIn({ code, payment, instance }: Problem): string | null {
  if (code === "payment_not_found") return null;
  return /\/payments\/(pay_[0-9a-z]{26})(?:\/|$)/.exec(payment ?? instance)?.[1] ?? null;
}
