import { type BrowserPayment, createCheckout, PayonceError } from "@payonce/client";
import { createCardPicker } from "./card-picker.ts";
import { createCounters } from "./counters.ts";
import { find } from "./elements.ts";
import { orderOfPage } from "./order.ts";
import { createTimeline } from "./timeline.ts";
import { watchCharges } from "./watch-charges.ts";
import { describePayment, ELSEWHERE, OFFLINE, READY, SENDING, UNANSWERED, type Words } from "./words.ts";

const PRICE = { amount: 1900, currency: "eur" };
const price = new Intl.NumberFormat("en", { style: "currency", currency: PRICE.currency }).format(PRICE.amount / 100);

const { apiUrl = "", key = "" } = document.querySelector<HTMLElement>("meta[name=payonce]")?.dataset ?? {};
const order = orderOfPage();
const cards = createCardPicker();
const timeline = createTimeline();
const charges = watchCharges(order);
const counters = createCounters(order, ({ clicks, requests }) => {
  find("clicks").textContent = String(clicks);
  find("requests").textContent = String(requests);
});

const checkout = createCheckout({
  key,
  baseUrl: apiUrl,
  order,
  fetch(address, init) {
    if (init?.method === "POST") counters.add("requests");
    return fetch(address, init);
  },
});

let state: Words = READY;
let payment: BrowserPayment | undefined;
let isFollowing = false;

function show(next: Words = state): void {
  state = next;
  const isOver = state.tone === "good" || state.tone === "bad";
  const { title, text, tone } = navigator.onLine || isOver ? state : OFFLINE;
  find("state").dataset.tone = tone;
  find("state-title").textContent = title;
  find("state-text").textContent = text;
  const isPaid = payment?.status === "succeeded";
  // Not before the end: nobody could follow the payment from here any more.
  find<HTMLButtonElement>("again").disabled = isFollowing || state === SENDING;
  find("pay").textContent = isPaid ? `✓ Paid ${price}` : `Pay ${price}`;
  // On a phone the rest is further down.
  find("pay-hint").textContent = isPaid
    ? "Paid, once. Click on, if you like: it stays one payment."
    : state === READY
      ? "Click twice. Click ten times. It stays one payment."
      : tone === "bad"
        ? `${title}. Choose another card and pay again.`
        : `${title.replace(/…$/, "")}. Click again, if you like: it stays one payment.`;
}

function showPayment(news: BrowserPayment): void {
  // An answer can be overtaken by a later event.
  if (payment?.id === news.id && news.version < payment.version) return;
  payment = news;
  show(describePayment(news));
}

/** Follows the payment until it has ended, however long that takes. */
async function follow(): Promise<void> {
  if (isFollowing) return;
  isFollowing = true;
  charges.watch(true);
  try {
    for (let isOver = false; !isOver; ) {
      const result = await checkout.waitForResult({
        onUpdate(news, event) {
          timeline.show(event);
          showPayment(news);
        },
      });
      if (result.payment) showPayment(result.payment);
      isOver = result.outcome !== "undecided";
    }
  } catch (error) {
    showError(error);
  } finally {
    isFollowing = false;
    charges.watch(false);
    show();
  }
}

function showError(error: unknown): void {
  if (!(error instanceof PayonceError)) throw error;
  if (error.retryable) show(UNANSWERED);
  else if (error.code === "order_already_paid_for") show(ELSEWHERE);
  else show({ tone: "bad", title: "That did not work", text: `${error.message} (${error.code})` });
}

async function pay(): Promise<void> {
  counters.add("clicks");
  if (!isFollowing && payment?.status !== "succeeded") show(SENDING);
  try {
    showPayment(await checkout.pay({ ...PRICE, payment_method: cards.token(), description: "The Once Cup" }));
    await follow();
  } catch (error) {
    showError(error);
  }
}

/** What was begun before a reload, or in another tab. */
async function resume(): Promise<void> {
  try {
    const resumed = await checkout.resume();
    if (resumed.kind === "unanswered") show(UNANSWERED);
    if (resumed.kind !== "payment") return;
    showPayment(resumed.payment);
    await follow();
  } catch (error) {
    showError(error);
  }
}

find("price").textContent = price;
find("order").textContent = order;
find("form").dataset.isReady = "yes";
find<HTMLAnchorElement>("second-tab").href = location.href;
find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  void pay();
});
find("again").addEventListener("click", () => {
  checkout.forget();
  counters.forget();
  location.assign(location.pathname);
});
for (const type of ["online", "offline"]) window.addEventListener(type, () => show());
window.addEventListener("storage", () => {
  counters.read();
  if (!isFollowing && payment?.status !== "succeeded") void resume();
});
show();
void resume();
