import type { ComponentChildren } from "preact";
import { type FormFailure, failureOf } from "./form-failure.ts";

export interface FoldProps {
  name: string;
  title: string;
  failure: FormFailure | undefined;
  children: ComponentChildren;
}

/** A form that is folded, so that nothing is one slip of the finger away. */
export function Fold({ name, title, failure, children }: FoldProps) {
  return (
    <details class="fold" id={`form-${name}`} open={failureOf(name, failure) !== undefined}>
      <summary>{title}</summary>
      {children}
    </details>
  );
}
