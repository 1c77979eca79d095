/** Draws the page: Swagger UI for the calls, and a list of contents beside it. */

const reference = document.getElementById("reference");
const contents = document.getElementById("contents");

followColourScheme();

const ui = window.SwaggerUIBundle({
  url: "/openapi.json",
  domNode: reference,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  displayRequestDuration: true,
  filter: false,
  requestSnippetsEnabled: true,
  showMutatedRequest: false,
  syntaxHighlight: { activated: true },
  tryItOutEnabled: false,
  // Nobody else is asked anything.
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
  onComplete: () => whenDrawn(drawContents),
});
window.ui = ui;

/** Swagger UI has a dark look, under a class; the system says which one is wanted. */
function followColourScheme() {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}

/** Runs once the guide is on the page; Swagger UI draws it some time after it has read the document. */
function whenDrawn(work) {
  if (reference.querySelector(".info h2") && reference.querySelector(".opblock-tag")) return work();
  const observer = new MutationObserver(() => {
    if (!reference.querySelector(".info h2") || !reference.querySelector(".opblock-tag")) return;
    observer.disconnect();
    work();
  });
  observer.observe(reference, { childList: true, subtree: true });
}

function drawContents() {
  makeReachable();
  const chapters = [...reference.querySelectorAll(".info h2")].filter((heading) => !heading.closest("hgroup"));
  for (const heading of chapters) heading.id = slugOf(heading.textContent);
  const tags = [...reference.querySelectorAll(".opblock-tag[id]")];
  const webhooks = [...reference.querySelectorAll(".webhooks h2")].map((heading) => ["Webhook events", heading]);
  for (const [text, heading] of webhooks) heading.id = slugOf(text);
  contents.append(
    listOf(
      "Guide",
      chapters.map((heading) => [heading.textContent, heading]),
    ),
    listOf(
      "Calls",
      tags.map((tag) => [tag.dataset.tag ?? tag.textContent, tag]),
    ),
  );
  goToAnchor();
  window.addEventListener("hashchange", goToAnchor);
}

function listOf(title, entries) {
  const section = document.createElement("section");
  const heading = document.createElement("h2");
  heading.textContent = title;
  const list = document.createElement("ul");
  for (const [text, target] of entries) {
    const link = document.createElement("a");
    link.textContent = text;
    link.href = target.id.startsWith("operations-tag-") ? `#/${encodeURIComponent(text)}` : `#${target.id}`;
    link.addEventListener("click", () => target.scrollIntoView());
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  section.append(heading, list);
  return section;
}

/** What is wider than the screen is scrolled, also with the keyboard. */
function makeReachable() {
  for (const block of reference.querySelectorAll(".info .description pre, .info table")) block.tabIndex = 0;
}

/** Swagger UI puts a slash before what it does not know. */
function goToAnchor() {
  const id = decodeURIComponent(window.location.hash).replace(/^#\/?/, "");
  if (id) document.getElementById(id)?.scrollIntoView();
}

function slugOf(text) {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
