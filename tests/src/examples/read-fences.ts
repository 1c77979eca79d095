export interface Fence {
  /** The chapter it is in. */
  chapter: string;
  language: string;
  text: string;
}

/** The fenced blocks of a Markdown text, in its order. */
export function readFences(markdown: string): Fence[] {
  const fences: Fence[] = [];
  let chapter = "";
  for (const [, heading, language = "", text = ""] of markdown.matchAll(/^## (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm))
    if (heading) chapter = heading;
    else fences.push({ chapter, language, text });
  return fences;
}

/** What is to be run, each with what the text shows as its answer: the block behind it, where that is one. */
export function withAnswers(fences: readonly Fence[]): { fence: Fence; answer: string | null }[] {
  return fences.flatMap((fence, i) => {
    if (!RUN.has(fence.language)) return [];
    const next = fences[i + 1];
    const isAnswer = next && next.chapter === fence.chapter && !RUN.has(next.language);
    return [{ fence, answer: isAnswer ? next.text : null }];
  });
}

const RUN: ReadonlySet<string> = new Set(["sh", "js", "html"]);
